"""Several homeservers on this machine that talk to each other and to nobody else."""

import asyncio
import json
import random
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.demo.homeserver import Homeserver, HomeserverFailed
from bot.demo.synapse import HOST, LOOPBACK, Certificate, Limits, Neighbours

_PORTS = range(20_000, 32_000)
"""Below those from which systems take one for every outgoing connection, so that none is taken by chance."""
_ATTEMPTS = 200


class Federation:
    """Homeservers by the names their makers give them, in the order of `members`; nothing is bound to an event loop.

    A server's own name is `localhost:PORT` with the port that other servers reach it at: such a name needs neither
    DNS nor a file that points the way. It is part of every account and room, therefore the ports are the same again
    when a federation goes on in a directory it was in before.
    """

    def __init__(self, directory: Path, members: Sequence[str], *, limits: Limits = Limits.GENEROUS) -> None:
        self.directory = directory.resolve()
        self._members = tuple(members)
        self._limits = limits
        self._ports = self.directory / "federation.json"
        self._servers: dict[str, Homeserver] = {}

    def __getitem__(self, member: str) -> Homeserver:
        """One of the homeservers; known once `start` was called."""
        return self._servers[member]

    @property
    def names(self) -> tuple[str, ...]:
        """The servers' own names, as they stand in Matrix IDs."""
        return tuple(server.server_name for server in self._servers.values())

    async def start(self) -> None:
        """Start all at the same time and return when all answer; raises HomeserverFailed, with none running."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._servers = self._prepared()
        try:
            await _all_started(self._servers.values())
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End all and keep their files; stopping twice is harmless."""
        await asyncio.gather(*(one.stop() for one in self._servers.values()))

    def _prepared(self) -> dict[str, Homeserver]:
        ports = self._known_ports()
        names = tuple(f"{HOST}:{port}" for port in ports.values())
        shown = _certificate(self.directory / "certificate")
        return {
            member: Homeserver(
                self.directory / member,
                limits=self._limits,
                server_name=f"{HOST}:{port}",
                neighbours=Neighbours(port=port, names=names, certificate=shown),
            )
            for member, port in ports.items()
        }

    def _known_ports(self) -> dict[str, int]:
        if not self._ports.exists():
            ports = dict(zip(self._members, free_ports(len(self._members)), strict=True))
            self._ports.write_text(json.dumps(ports), encoding="utf-8")
            return ports
        known: dict[str, int] = json.loads(self._ports.read_text(encoding="utf-8"))
        for member, port in known.items():
            if not _is_free(port):
                reason = f"port {port} is in use by another program, and {member} is {HOST}:{port} for ever"
                raise HomeserverFailed(reason=reason, log="")
        return known


async def _all_started(servers: Iterable[Homeserver]) -> None:
    # None may still be starting when the first one's failure is told.
    ended = await asyncio.gather(*(one.start() for one in servers), return_exceptions=True)
    for failure in ended:
        if isinstance(failure, BaseException):
            raise failure


def free_ports(count: int) -> list[int]:
    """So many different ports of the loopback interface that nobody listens at; raises HomeserverFailed."""
    found = [port for port in random.sample(_PORTS, _ATTEMPTS) if _is_free(port)]
    if len(found) < count:
        raise HomeserverFailed(reason="no free port on the loopback interface", log="")
    return found[:count]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Synapse does, so that connections of an earlier run in TIME_WAIT do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _certificate(folder: Path) -> Certificate:
    try:
        # What makes certificates comes with the homeserver, not with the bot.
        from bot.demo.certificates import certificate  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        reason = f"{missing.name} is not installed; it comes with matrix-synapse"
        raise HomeserverFailed(reason=reason, log="") from None
    return certificate(folder)
