"""The doctor: what is well, every illness that can be staged with its remedy, and that it changes nothing."""

import asyncio
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from typer.testing import CliRunner

from bot.__main__ import app
from bot.app import matrix_account
from bot.clock import clock
from bot.config import load
from bot.demo.homeserver import Homeserver
from bot.demo.installed import Installation
from bot.matrix import sync
from bot.matrix.secrets import load_secrets
from bot.matrix.session import Session
from bot.metrics import CONTENT_TYPE, Metrics, Snapshot
from storage.database import Database
from storage.schema_version import prepare
from tests.rig.town import Town

pytestmark = [pytest.mark.synapse, pytest.mark.asyncio(loop_scope="module")]

WELL = {
    "configuration": "ok",
    "versions": "ok",
    "time zone": "ok",
    "file modes": "ok",
    "disk": "ok",
    "database": "ok",
    "homeserver": "ok",
    "clock": "ok",
    "login": "ok",
    "identity": "ok",
    "device": "ok",
    "secret storage": "ok",
    "one-time keys": "ok",
    "event clock": "ok",
    "rooms": "ok",
    "admin room": "ok",
    "running bot": "ok",
    "backoff": "ok",
    "limits": "ok",
}
STOPPED = {name: outcome for name, outcome in WELL.items() if name not in {"backoff", "limits"}} | {
    "running bot": "warn"
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the doctor said: its exit code, and outcome, words and remedy by the name of the check."""

    status: int
    outcomes: dict[str, str]
    details: dict[str, str]
    mends: dict[str, str]


async def examined(config: Path) -> Report:
    """Call the doctor, as an operator does."""
    said = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--config", str(config)])
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    assert said.stderr == ""
    outcomes, details, mends, name = {}, {}, {}, ""
    for line in said.stdout.splitlines():
        if match := re.fullmatch(r"(ok|warn|FAIL) +([a-z -]+): (.+)", line):
            name = match[2]
            outcomes[name], details[name] = match[1], match[3]
        else:
            assert line.startswith("     mend: ")
            mends[name] = line.removeprefix("     mend: ")
    assert set(mends) == {name for name, outcome in outcomes.items() if outcome != "ok"}
    return Report(status=said.exit_code, outcomes=outcomes, details=details, mends=mends)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def healthy(synapse: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A bot with everything it needs, that has run and has stopped; tests examine copies of it."""
    async with Town(synapse, tmp_path_factory.mktemp("town")) as made:
        await made.import_register()
        port = unused_port()
        with made.bot.config.open("a") as config:
            config.write(f'[http]\nlisten = "127.0.0.1:{port}"\n')
        await made.start()
        room = await made.room("koord-m")
        with made.bot.config.open("a") as config:
            config.write(f'[admin]\nroom = "{room}"\n')
        (made.bot.directory / "state" / "recovery-key").unlink()
        running = await examined(made.bot.config)
        assert (running.status, running.outcomes) == (0, WELL), running
        await made.bot.stop()
        yield made


@pytest.fixture
def copy(healthy: Town, tmp_path: Path) -> Installation:
    """The same installation in a folder of its own, to be broken."""
    made = Installation(tmp_path / "stadtbote")
    shutil.copytree(healthy.bot.directory, made.directory, copy_function=shutil.copy2)
    return made


def changed(installation: Installation, statement: str, *values: object) -> None:
    """Change the database behind the bot's back."""
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute(statement, values)


def configured(installation: Installation, old: str, new: str) -> None:
    text = installation.config.read_text()
    assert old in text
    installation.config.write_text(text.replace(old, new))


# --- what is well ----------------------------------------------------------------------------------------------------


async def test_a_stopped_bot_is_well_but_for_not_running(copy: Installation) -> None:
    report = await examined(copy.config)
    assert (report.status, report.outcomes) == (0, STOPPED)
    assert report.mends["running bot"] == f"stadtbote run --config {copy.config}"


async def test_the_doctor_changes_nothing(healthy: Town, copy: Installation) -> None:
    def everything() -> list[str]:
        with closing(sqlite3.connect(f"file:{copy.database}?mode=ro", uri=True)) as connection:
            return list(connection.iterdump())

    files = {path: path.stat().st_mtime_ns for path in (copy.directory / "state").iterdir()}
    before, devices = everything(), await _devices(healthy)
    await examined(copy.config)
    assert everything() == before
    assert await _devices(healthy) == devices
    assert {path: path.stat().st_mtime_ns for path in (copy.directory / "state").iterdir()} == files


async def _devices(town: Town) -> set[str]:
    answer = await town.server.api("GET", "/_matrix/client/v3/devices", token=town.account.access_token)
    return {device["device_id"] for device in answer["devices"]}


# --- files and database ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["state", "state/secret", "password", "stadtbote.db"])
async def test_a_secret_that_others_can_read_is_found_and_the_command_mends_it(copy: Installation, name: str) -> None:
    path = copy.directory / name
    path.chmod(0o755 if path.is_dir() else 0o644)
    report = await examined(copy.config)
    assert report.status == 1
    assert report.outcomes["file modes"] == "FAIL"
    assert str(path) in report.details["file modes"]
    await asyncio.to_thread(subprocess.run, report.mends["file modes"].split(), check=True)
    assert (await examined(copy.config)).outcomes == STOPPED


async def test_a_configuration_that_others_can_read_is_only_a_warning(copy: Installation) -> None:
    copy.config.chmod(0o644)
    report = await examined(copy.config)
    assert (report.status, report.outcomes) == (0, STOPPED | {"file modes": "warn"})


async def test_a_recovery_key_that_lies_about_is_to_be_moved_away(copy: Installation) -> None:
    key = copy.directory / "state" / "recovery-key"
    key.touch(mode=0o600)
    report = await examined(copy.config)
    assert (report.status, report.outcomes) == (0, STOPPED | {"recovery key": "warn"})
    assert report.mends["recovery key"].endswith(f"rm {key}")


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "outcome"), [(2**30, "ok"), (2**30 - 1, "warn"), (100 * 2**20 - 1, "FAIL")])
async def test_a_disk_that_fills_up_is_seen(
    copy: Installation, monkeypatch: pytest.MonkeyPatch, free: int, outcome: str
) -> None:
    monkeypatch.setattr("bot.doctor.files.shutil.disk_usage", lambda _folder: _Usage(2**40, 0, free))
    assert (await examined(copy.config)).outcomes["disk"] == outcome


async def test_a_database_that_another_program_has_locked_is_found(copy: Installation) -> None:
    with closing(sqlite3.connect(copy.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        report = await examined(copy.config)
    assert report.status == 1
    assert report.outcomes["database"] == "FAIL"
    assert "is locked by another program" in report.details["database"]
    assert report.mends["database"].endswith(f"fuser -v {copy.database}")


async def test_a_damaged_database_is_found(copy: Installation) -> None:
    # Everything behind the first pages, which hold the schema.
    with copy.database.open("r+b") as file:
        size = copy.database.stat().st_size
        file.seek(size // 2)
        file.write(b"\x7f" * (size // 4))
    report = await examined(copy.config)
    assert report.status == 1
    assert "is damaged" in report.details["database"]
    assert "backup" in report.mends["database"]


async def test_a_database_that_is_not_there_yet_is_found_and_not_made(copy: Installation) -> None:
    copy.database.unlink()
    report = await examined(copy.config)
    assert report.outcomes["database"] == "FAIL"
    assert "login" not in report.outcomes
    assert not copy.database.exists()


# --- login, identity and keys ----------------------------------------------------------------------------------------


async def test_a_token_that_is_not_accepted_is_found(copy: Installation) -> None:
    changed(copy, "UPDATE matrix_account SET access_token = 'syt_withdrawn'")
    report = await examined(copy.config)
    assert (report.status, report.outcomes["login"]) == (1, "FAIL")
    assert report.mends["login"] == f"stadtbote init --again --config {copy.config}"


async def test_another_user_in_the_configuration_is_found(copy: Installation) -> None:
    configured(copy, 'user_id = "@', 'user_id = "@other-')
    assert (await examined(copy.config)).outcomes["login"] == "FAIL"


async def test_without_a_login_the_way_to_one_is_named(healthy: Town, copy: Installation) -> None:
    changed(copy, "DELETE FROM matrix_account")
    report = await examined(copy.config)
    assert (report.outcomes["login"], report.mends["login"]) == ("warn", f"stadtbote run --config {copy.config}")
    configured(copy, "password_file", "# password_file")
    report = await examined(copy.config)
    assert report.status == 1
    assert report.mends["login"] == f"stadtbote init --again --config {copy.config}"


async def test_a_secret_file_of_another_backup_is_found(copy: Installation) -> None:
    _secret(copy, pickle_key="0" * 64)
    report = await examined(copy.config)
    assert report.outcomes["secret file"] == "FAIL"
    assert "same backup" in report.mends["secret file"]


def _secret(installation: Installation, **values: object) -> None:
    file = installation.directory / "state" / "secret"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


@pytest.mark.parametrize("seeds", [None, dict.fromkeys(("master", "self_signing", "user_signing"), "11" * 32)])
async def test_an_identity_that_this_machine_cannot_prove_is_found(
    copy: Installation, seeds: dict[str, str] | None
) -> None:
    _secret(copy, seeds=seeds)
    report = await examined(copy.config)
    assert (report.status, report.outcomes["identity"]) == (1, "FAIL")
    assert report.mends["identity"] == f"stadtbote init --recovery-key --config {copy.config}"


@asynccontextmanager
async def without_identity(town: Town, config: Path) -> AsyncIterator[Session]:
    """A session of this installation as an older version would have begun it: keys uploaded, nothing signed."""
    settings = load(config)
    database = Database(settings.storage.url)
    await prepare(database)
    secrets = load_secrets(settings.matrix.state_dir)
    session = await Session.open(matrix_account(settings), database, secrets, now=clock)
    await sync.start(session)
    yield session
    await session.close()
    await database.close()


async def test_a_bot_without_an_identity_is_found(synapse: Homeserver, tmp_path: Path) -> None:
    async with Town(synapse, tmp_path) as town:
        async with without_identity(town, town.bot.config):
            pass
        report = await examined(town.bot.config)
    found = {"identity": "FAIL", "device": "FAIL", "secret storage": "warn"}
    assert {name: report.outcomes[name] for name in found} == found
    assert report.mends["identity"] == f"stadtbote run --config {town.bot.config}"


@pytest.mark.parametrize(
    ("seeds", "mend"), [({}, "run"), ({"seeds": None}, "init --recovery-key")], ids=["ours", "not"]
)
async def test_a_device_that_its_identity_has_not_signed_is_found(
    healthy: Town, copy: Installation, seeds: dict[str, None], mend: str
) -> None:
    _secret(copy, **seeds)
    copy.database.unlink()
    for journal in copy.directory.glob("stadtbote.db-*"):
        journal.unlink()
    async with without_identity(healthy, copy.config):
        pass
    report = await examined(copy.config)
    assert (report.status, report.outcomes["device"]) == (1, "FAIL")
    assert "is not signed by the identity" in report.details["device"]
    assert report.mends["device"] == f"stadtbote {mend} --config {copy.config}"


async def test_a_device_with_other_keys_on_the_homeserver_is_found(healthy: Town, copy: Installation) -> None:
    other = await healthy.server.login(healthy.localpart("stadtbote"), "Passwort")
    await _put_keys_of_nobody(healthy, other.access_token, other.device_id)
    changed(copy, "UPDATE matrix_account SET access_token = ?, device_id = ?", other.access_token, other.device_id)
    report = await examined(copy.config)
    assert "shows other keys" in report.details["device"]
    assert report.mends["device"] == f"stadtbote init --again --config {copy.config}"


async def _put_keys_of_nobody(town: Town, token: str, device: str) -> None:
    keys = {f"{kind}:{device}": "A" * 43 for kind in ("curve25519", "ed25519")}
    body = {"user_id": town.bot_id, "device_id": device, "algorithms": [], "keys": keys, "signatures": {}}
    await town.server.api("POST", "/_matrix/client/v3/keys/upload", token=token, body={"device_keys": body})


async def test_used_up_keys_are_found_with_and_without_a_spare_one(synapse: Homeserver, tmp_path: Path) -> None:
    async with Town(synapse, tmp_path) as town:
        await town.start()
        await town.bot.stop()
        ((device,),) = town.rows("SELECT device_id FROM matrix_account")
        stranger = (await town.register("fremd")).access_token
        claims = [await _claimed(town, stranger, device) for _ in range(50)]
        assert not any("fallback" in claim for claim in claims)
        report = await examined(town.bot.config)
        assert report.outcomes["one-time keys"] == "warn"
        assert report.details["one-time keys"].startswith("0 one-time keys, an unused fallback key")
        assert "fallback" in await _claimed(town, stranger, device)
        report = await examined(town.bot.config)
        assert (report.status, report.outcomes["one-time keys"]) == (1, "FAIL")
        # The remedy is to run the bot.
        assert report.mends["one-time keys"] == f"stadtbote run --config {town.bot.config}"
        await town.start()
        await town.bot.stop()
        assert (await examined(town.bot.config)).outcomes["one-time keys"] == "ok"


async def _claimed(town: Town, token: str, device: str) -> dict[str, Any]:
    body = {"one_time_keys": {town.bot_id: {device: "signed_curve25519"}}}
    answer = await town.server.api("POST", "/_matrix/client/v3/keys/claim", token=token, body=body)
    (key,) = answer["one_time_keys"][town.bot_id][device].values()
    return dict(key)


# --- homeserver, clocks and rooms ------------------------------------------------------------------------------------


async def test_a_homeserver_that_cannot_be_reached_is_found(healthy: Town, copy: Installation) -> None:
    configured(copy, healthy.server.url, "http://127.0.0.1:9")
    report = await examined(copy.config)
    assert (report.status, report.outcomes["homeserver"]) == (1, "FAIL")
    assert report.mends["homeserver"].endswith("curl http://127.0.0.1:9/_matrix/client/versions")


@asynccontextmanager
async def homeserver_that_says(versions: list[str], *, ahead: timedelta) -> AsyncIterator[str]:
    """A homeserver whose clock is `ahead` of ours; a real one shares ours."""

    async def answered(_request: web.Request) -> web.Response:
        date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        return web.json_response({"versions": versions}, headers={"Date": date})

    stub = web.Application()
    stub.router.add_get("/_matrix/client/versions", answered)
    async with TestServer(stub) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.mark.parametrize(("seconds", "outcome"), [(28, "ok"), (-28, "ok"), (40, "FAIL"), (-40, "FAIL")])
async def test_clocks_that_differ_by_more_than_thirty_seconds_are_found(
    healthy: Town, copy: Installation, seconds: int, outcome: str
) -> None:
    async with homeserver_that_says(["v1.11"], ahead=timedelta(seconds=seconds)) as url:
        configured(copy, healthy.server.url, url)
        report = await examined(copy.config)
    assert report.outcomes["clock"] == outcome
    assert ("ahead of" if seconds > 0 else "behind") in report.details["clock"]
    assert outcome == "ok" or report.mends["clock"].startswith("timedatectl")


async def test_a_homeserver_that_is_too_old_is_found(healthy: Town, copy: Installation) -> None:
    async with homeserver_that_says(["r0.6.1"], ahead=timedelta(0)) as url:
        configured(copy, healthy.server.url, url)
        assert (await examined(copy.config)).outcomes["homeserver"] == "FAIL"


async def test_stamps_of_events_that_differ_from_our_clock_are_found(copy: Installation) -> None:
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    changed(copy, "UPDATE outbox SET sent = ? WHERE sent IS NOT NULL", earlier.replace("+00:00", "Z"))
    report = await examined(copy.config)
    assert (report.status, report.outcomes["event clock"]) == (1, "FAIL")
    assert report.outcomes["clock"] == "ok"


async def test_one_message_that_was_sent_twice_over_does_not_make_a_clock_wrong(copy: Installation) -> None:
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
    statement = "UPDATE outbox SET sent = ? WHERE id = (SELECT max(id) FROM outbox WHERE event IS NOT NULL)"
    changed(copy, statement, earlier.replace("+00:00", "Z"))
    assert (await examined(copy.config)).outcomes["event clock"] == "ok"


async def test_an_admin_room_that_is_not_named_there_or_joined_is_found(healthy: Town, copy: Installation) -> None:
    (line,) = re.findall(r"^room = .*$", copy.config.read_text(), re.MULTILINE)
    configured(copy, line, 'room = ""')
    report = await examined(copy.config)
    assert (report.status, report.outcomes["admin room"]) == (0, "warn")

    configured(copy, 'room = ""', f'room = "#nirgends:{healthy.server.server_name}"')
    report = await examined(copy.config)
    assert (report.status, report.outcomes["admin room"]) == (1, "FAIL")
    assert "there is no room" in report.details["admin room"]

    anna = await healthy.person("koord-m")
    elsewhere = await anna.create_room(encrypted=True)
    configured(copy, f"#nirgends:{healthy.server.server_name}", elsewhere)
    report = await examined(copy.config)
    assert report.details["admin room"] == f"the bot is not in {elsewhere}"
    assert report.mends["admin room"] == f"in that room: /invite {healthy.bot_id}"


async def test_an_admin_room_that_others_can_read_is_a_warning(copy: Installation) -> None:
    changed(copy, "UPDATE matrix_room SET encrypted = 0")
    assert (await examined(copy.config)).outcomes["admin room"] == "warn"


async def test_a_bot_in_no_room_is_told_how_to_invite_it(synapse: Homeserver, tmp_path: Path) -> None:
    async with Town(synapse, tmp_path) as town:
        await town.start()
        report = await examined(town.bot.config)
    assert report.outcomes["rooms"] == "warn"
    assert report.mends["rooms"].endswith(f"/invite {town.bot_id}")
    assert report.outcomes["recovery key"] == "warn"


# --- the running bot -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def listener(installation: Installation, ready: str, snapshot: Snapshot, metrics: Metrics) -> AsyncIterator[None]:
    """Something that answers where the bot would, as a bot in this state does."""

    async def readyz(_request: web.Request) -> web.Response:
        return web.Response(text=f"{ready}\n", status=200 if ready == "ready" else 503)

    async def measured(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(snapshot), headers={"Content-Type": CONTENT_TYPE})

    stub = web.Application()
    stub.router.add_get("/readyz", readyz)
    stub.router.add_get("/metrics", measured)
    (port,) = re.findall(r"listen = \"127\.0\.0\.1:(\d+)\"", installation.config.read_text())
    async with TestServer(stub, port=int(port)):
        yield


async def test_a_bot_that_runs_but_is_not_ready_is_found_with_its_reason(copy: Installation) -> None:
    async with listener(copy, "database: full", Snapshot(lag=None), Metrics()):
        report = await examined(copy.config)
    assert (report.status, report.outcomes["running bot"]) == (1, "FAIL")
    assert report.details["running bot"] == "database: full"


async def test_limits_and_servers_that_are_left_alone_are_told_with_the_way_to_lift_them(
    healthy: Town, copy: Installation
) -> None:
    metrics = Metrics()
    metrics.rate_limited("send")
    metrics.rate_limited("join")
    slow = Snapshot(lag=timedelta(0), quiet=timedelta(seconds=5), servers_away=3, left_alone=2)
    async with listener(copy, "ready", slow, metrics):
        report = await examined(copy.config)
    assert report.outcomes == WELL | {"backoff": "warn", "limits": "warn"}
    assert "2 times since its start, now for 5 s" in report.details["limits"]
    assert report.details["backoff"].startswith("3 homeservers of others do not answer ours; 2 people")
    # The request that is named does lift the limits.
    operator = await healthy.server.operator()
    (path,) = re.findall(r"'http://[^/]+(/_synapse/[^']+)'", report.mends["limits"])
    (body,) = re.findall(r"-d '([^']+)'", report.mends["limits"])
    answer = await healthy.server.api("POST", path, token=operator.access_token, body=json.loads(body))
    assert answer == {"messages_per_second": 0, "burst_count": 0}


async def test_something_else_at_the_bots_address_is_told_apart(copy: Installation) -> None:
    (port,) = re.findall(r"listen = \"127\.0\.0\.1:(\d+)\"", copy.config.read_text())
    async with TestServer(web.Application(), port=int(port)):
        report = await examined(copy.config)
    assert report.outcomes["running bot"] == "warn"


async def test_without_a_listener_the_doctor_says_how_to_switch_it_on(copy: Installation) -> None:
    (line,) = re.findall(r"^listen = .*$", copy.config.read_text(), re.MULTILINE)
    configured(copy, line, 'listen = ""')
    report = await examined(copy.config)
    assert (report.status, report.outcomes) == (0, STOPPED)
    assert "[http] listen" in report.mends["running bot"]


async def test_a_configuration_that_cannot_be_read_is_one_finding(tmp_path: Path) -> None:
    report = await examined(tmp_path / "config.toml")
    assert (report.status, report.outcomes) == (1, {"configuration": "FAIL"})
