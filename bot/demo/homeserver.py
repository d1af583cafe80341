"""A Synapse on the loopback interface, for the demo, the tests and the bench."""

import asyncio
import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.demo.leash import leashed
from bot.demo.synapse import LOGGING, LOOPBACK, Limits, Neighbours, settings

__all__ = ["SERVER_NAME", "Account", "Homeserver", "HomeserverFailed", "Limits", "Refused", "homeserver", "request"]

SERVER_NAME = "stadtbote.localhost"
_OPERATOR = "homeserver-operator"
_ATTEMPTS = 3
_LOG_LINES = 15
_PROBE_SECONDS = 0.05
_STOP_SECONDS = 10.0
_REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A login on the homeserver: who, on which device, and what proves it."""

    user_id: str
    device_id: str
    access_token: str
    password: str

    @property
    def localpart(self) -> str:
        """The user's name without `@` and server."""
        return self.user_id[1:].partition(":")[0]


class HomeserverFailed(Exception):
    """The homeserver did not become ready, or its directory is in use; `log` has its last lines."""

    def __init__(self, *, reason: str, log: str) -> None:
        super().__init__(f"{reason}\n{log}" if log else reason)
        self.reason = reason
        self.log = log


class Refused(Exception):
    """The homeserver answered a request with an error."""

    def __init__(self, *, status: int, errcode: str, error: str) -> None:
        super().__init__(f"{status} {errcode}: {error}")
        self.status = status
        self.errcode = errcode
        self.error = error


async def request(method: str, url: str, *, token: str | None = None, body: object = None) -> Any:
    """Send one JSON request and give the decoded answer.

    Raises Refused on a status from 400 and aiohttp.ClientError if nothing answers. Belongs to no event loop.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers, timeout=_REQUEST_TIMEOUT) as session,
        session.request(method, url, json=body) as response,
    ):
        answer = await response.json(content_type=None)
        if response.status >= 400:
            raise _refusal(response.status, answer)
        return answer


def _refusal(status: int, answer: object) -> Refused:
    facts = answer if isinstance(answer, dict) else {}
    return Refused(status=status, errcode=str(facts.get("errcode", "")), error=str(facts.get("error", answer)))


class Homeserver:
    """A Synapse process and the accounts made on it.

    Nothing here is bound to an event loop: a fixture may start it in one loop and tests may use it from others.
    Its files live in `directory / "homeserver"` and outlast `stop`; starting again on them finds the same accounts,
    on the same port if that is free.
    """

    def __init__(
        self,
        directory: Path,
        *,
        limits: Limits = Limits.GENEROUS,
        server_name: str = SERVER_NAME,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.directory = directory.resolve() / "homeserver"
        self.limits = limits
        self.server_name = server_name
        self.neighbours = neighbours
        self.log = self.directory / "homeserver.log"
        self._config = self.directory / "homeserver.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._port = 0
        self._secret = ""
        self._accounts: dict[str, Account] = {}

    @property
    def port(self) -> int:
        """The port of the client interface."""
        return self._port

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process, or None while it is stopped."""
        return self._process.pid if self._process else None

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts registered through this directory, by localpart."""
        return MappingProxyType(self._accounts)

    def user_id(self, localpart: str) -> str:
        """Give the Matrix ID of a name on this server."""
        return f"@{localpart}:{self.server_name}"

    async def start(self, *, deadline: float = 60.0) -> None:
        """Start the process and return when it answers; `deadline` in seconds. Raises HomeserverFailed."""
        self._claim()
        try:
            for attempts_left in reversed(range(_ATTEMPTS)):
                self._prepare()
                self._spawn()
                if await self._became_ready(deadline, retry_port=attempts_left > 0):
                    return
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the process (SIGTERM, then SIGKILL after ten seconds) and keep its files; stopping twice is harmless."""
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(_end, process)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def kill(self) -> None:
        """End the process at once, as a power cut would, and keep its files."""
        if self._process is not None:
            self._process.kill()
        await self.stop()

    async def api(self, method: str, path: str, *, token: str | None = None, body: object = None) -> Any:
        """Send one request to this server, `path` as in "/_matrix/client/versions"; raises Refused."""
        return await request(method, self.url + path, token=token, body=body)

    async def register(
        self,
        localpart: str,
        password: str,
        admin: bool = False,  # noqa: FBT001, FBT002 - the word stands at every call
        displayname: str | None = None,
    ) -> Account:
        """Make an account with one device; a localpart made in this directory before gives the account it got then."""
        if localpart in self._accounts:
            return self._accounts[localpart]
        path = "/_synapse/admin/v1/register"
        nonce = (await self.api("GET", path))["nonce"]
        proof = "\0".join((nonce, localpart, password, "admin" if admin else "notadmin"))
        body = {
            "nonce": nonce,
            "username": localpart,
            "password": password,
            "displayname": displayname or localpart,
            "admin": admin,
            "mac": hmac.new(self._secret.encode(), proof.encode(), hashlib.sha1).hexdigest(),
        }
        return self._remember(_account(await self.api("POST", path, body=body), password))

    async def login(self, localpart: str, password: str, *, device_id: str | None = None) -> Account:
        """Log in with a password, on a new device or on the one named; raises Refused."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": localpart},
            "password": password,
            **({"device_id": device_id} if device_id else {}),
        }
        return _account(await self.api("POST", "/_matrix/client/v3/login", body=body), password)

    async def operator(self) -> Account:
        """Give a server administrator, made on first use."""
        return await self.register(_OPERATOR, secrets.token_urlsafe(), admin=True)

    async def events(self, room_id: str) -> list[dict[str, Any]]:
        """Give every event of a room, oldest first, exactly as the server has it."""
        token = (await self.operator()).access_token
        path = f"/_synapse/admin/v1/rooms/{quote(room_id, safe='')}/messages?dir=b&limit=500"
        newest_first: list[dict[str, Any]] = []
        page = await self.api("GET", path, token=token)
        while page["chunk"]:
            newest_first += page["chunk"]
            if "end" not in page:
                break
            page = await self.api("GET", f"{path}&from={quote(page['end'], safe='')}", token=token)
        return newest_first[::-1]

    def _claim(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.directory / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            # Two Synapses on one SQLite file would corrupt it.
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise HomeserverFailed(reason=f"{self.directory} is in use by another homeserver", log="") from None

    def _prepare(self) -> None:
        known = json.loads(self._config.read_text()) if self._config.exists() else {}
        self._port = _free_port(prefer=known.get("listeners", [{"port": 0}])[0]["port"])
        told = settings(
            self.directory,
            port=self._port,
            server_name=self.server_name,
            limits=self.limits,
            neighbours=self.neighbours,
        )
        told |= {name: known.get(name, secrets.token_hex(32)) for name in _SECRETS}
        self._secret = told["registration_shared_secret"]
        _write_secret(self._config, json.dumps(told, indent=1))
        _write_secret(self.directory / "log.json", json.dumps(LOGGING))
        if not (signing_key := self.directory / "signing.key").exists():
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            _write_secret(signing_key, f"ed25519 local {seed}\n")
        if (accounts := self.directory / "accounts.json").exists():
            self._accounts = {name: Account(**facts) for name, facts in json.loads(accounts.read_text()).items()}

    def _remember(self, account: Account) -> Account:
        self._accounts[account.localpart] = account
        facts = {name: asdict(known) for name, known in self._accounts.items()}
        _write_secret(self.directory / "accounts.json", json.dumps(facts, indent=1))
        return account

    def _spawn(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                leashed("synapse.app.homeserver", "-c", str(self._config)),
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is ours to answer, in order
            )

    async def _became_ready(self, deadline: float, *, retry_port: bool) -> bool:
        try:
            async with asyncio.timeout(deadline):
                while not await self._healthy():
                    if self._process is None or self._process.poll() is not None:
                        return self._refuse_to_wait(retry_port=retry_port)
                    await asyncio.sleep(_PROBE_SECONDS)
        except TimeoutError:
            raise HomeserverFailed(reason=f"not ready after {deadline:g} s", log=self._log_tail()) from None
        return True

    def _refuse_to_wait(self, *, retry_port: bool) -> bool:
        log = self._log_tail()
        if retry_port and "Address already in use" in log:
            return False
        status = self._process.poll() if self._process else None
        raise HomeserverFailed(reason=f"the homeserver ended with status {status} before it was ready", log=log)

    async def _healthy(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=_REQUEST_TIMEOUT) as session,
                session.get(f"{self.url}/health") as response,
            ):
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:])


@asynccontextmanager
async def homeserver(
    directory: Path,
    *,
    keep: bool = False,
    limits: Limits = Limits.GENEROUS,
    server_name: str = SERVER_NAME,
) -> AsyncIterator[Homeserver]:
    """Run a homeserver inside `directory` for as long as the block lasts; `keep` leaves its files for the next time."""
    server = Homeserver(directory, limits=limits, server_name=server_name)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
        if not keep:
            shutil.rmtree(server.directory)


def _account(answer: Mapping[str, str], password: str) -> Account:
    return Account(
        user_id=answer["user_id"],
        device_id=answer["device_id"],
        access_token=answer["access_token"],
        password=password,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _free_port(*, prefer: int) -> int:
    for port in (prefer, 0):
        with socket.socket() as probe:
            # As Synapse does, so that connections of an earlier run in TIME_WAIT do not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise HomeserverFailed(reason="no free port on the loopback interface", log="")


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


_SECRETS = ("registration_shared_secret", "macaroon_secret_key", "form_secret")
