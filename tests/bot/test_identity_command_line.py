"""The bot's identity as the operator meets it: made, kept safe, brought back, and what is said where that fails."""

import asyncio
import os
import pty
import re
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.complaints import IDENTITIES, exit_code, explained
from bot.demo.homeserver import Homeserver
from bot.demo.installed import ROOT, Finished, Installation
from bot.matrix.errors import ApprovalNeeded, DeviceNotSigned, IdentityError, Unauthorized
from bot.matrix.profile import FIELD
from bot.matrix.secret_storage import read_recovery_key
from storage.matrix.record import fingerprint
from tests.bot.test_command_line import asked_of, no_logs, said_one_clear_line, typed
from tests.rig.town import PASSWORD, Town

__all__ = ["no_logs"]

WRONG_KEY = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"
KEY = re.compile(r"(?:[1-9A-HJ-NP-Za-km-z]{4} ){11}[1-9A-HJ-NP-Za-km-z]{1,4}")


@pytest.fixture
async def elsewhere(synapse: Homeserver, town: Town, tmp_path: Path) -> AsyncIterator[Town]:
    """The same account, to be installed on another machine."""
    async with Town(synapse, tmp_path / "elsewhere") as made:
        made.account, made.bot_id = town.account, town.bot_id
        made.configure()
        yield made


def key_file(town: Town) -> Path:
    return town.bot.directory / "state" / "recovery-key"


def identity_of(town: Town) -> str:
    ((master,),) = town.rows("SELECT master_key FROM matrix_account")
    return str(master)


async def on_terminal(town: Town, *arguments: str, stdin: str) -> tuple[str, str, int | None]:
    """What a command says on a terminal, what beside it, and its exit code."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments, "--config", str(town.bot.config)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=theirs,
        stderr=asyncio.subprocess.PIPE,
    )
    _, beside = await process.communicate(stdin.encode())
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    return shown, beside.decode(), process.returncode


async def init(town: Town, *arguments: str, stdin: str) -> Finished:
    return await asyncio.to_thread(typed, town.bot, "init", *arguments, stdin=stdin)


# --- the recovery key ------------------------------------------------------------------------------------------------


@pytest.mark.synapse
async def test_init_shows_the_recovery_key_once_on_the_terminal_and_keeps_it_nowhere(town: Town) -> None:
    town.bot.config.unlink()
    shown, beside, status = await on_terminal(town, "init", *asked_of(town), stdin=f"{PASSWORD}\n")
    assert (status, beside) == (0, "")
    (key,) = KEY.findall(shown)
    assert len(read_recovery_key(key).raw) == 32
    assert fingerprint(identity_of(town)) in shown
    assert not key_file(town).exists()
    kept = [file.read_bytes() for file in town.bot.directory.rglob("*") if file.is_file()]
    for secret in (key, key.replace(" ", ""), read_recovery_key(key).raw.hex()):
        assert not any(secret.encode() in content for content in kept)
    await town.start()
    assert not key_file(town).exists()


@pytest.mark.synapse
async def test_without_a_terminal_the_recovery_key_lies_in_a_private_file_and_in_no_output(town: Town) -> None:
    town.bot.config.unlink()
    finished = await init(town, *asked_of(town), stdin=f"{PASSWORD}\n")
    assert finished.status == 0
    key = key_file(town).read_text().strip()
    assert stat.S_IMODE(key_file(town).stat().st_mode) == 0o600
    assert finished.err.count("\n") == 1
    assert str(key_file(town)) in finished.err
    assert "safe place" in finished.err
    assert not KEY.search(finished.out + finished.err)
    assert len(read_recovery_key(key).raw) == 32


@pytest.mark.synapse
async def test_run_on_a_fresh_account_gives_it_an_identity_and_logs_no_recovery_key(town: Town) -> None:
    await town.start()
    first, key = identity_of(town), key_file(town).read_text().strip()
    log = town.bot.log.read_text()
    assert key not in log
    assert not KEY.search(log)
    assert str(key_file(town)) in log
    assert fingerprint(first) in log
    key_file(town).unlink()
    await town.bot.stop()
    await town.start()
    assert not key_file(town).exists()
    assert identity_of(town) == first


# --- another machine -------------------------------------------------------------------------------------------------


@pytest.mark.synapse
async def test_on_another_machine_run_stops_with_instructions_until_the_recovery_key_is_given(
    town: Town, elsewhere: Town
) -> None:
    await town.start()
    await town.bot.stop()
    stopped = await elsewhere.bot.command("run")
    assert stopped.status == 4
    said = [line for line in stopped.err.splitlines() if line.startswith("stadtbote: ")]
    assert fingerprint(identity_of(town)) in said[0]
    assert "init --recovery-key" in said[1]
    assert "Traceback" not in stopped.err

    wrong = await init(elsewhere, "--recovery-key", stdin=f"{WRONG_KEY}\n")
    said_one_clear_line(wrong, "not the recovery key", status=4)
    mistyped = await init(elsewhere, "--recovery-key", stdin="EsTc LW2K\n")
    said_one_clear_line(mistyped, "no recovery key", status=4)
    key = key_file(town).read_text()
    brought = await init(elsewhere, "--recovery-key", stdin=key)
    assert brought.status == 0, brought.err
    assert fingerprint(identity_of(town)) in brought.out
    assert not KEY.search(brought.out + brought.err)
    await elsewhere.start()
    assert identity_of(elsewhere) == identity_of(town)
    assert not key_file(elsewhere).exists()


@pytest.mark.synapse
async def test_a_first_login_elsewhere_takes_password_and_recovery_key(town: Town, elsewhere: Town) -> None:
    await town.start()
    await town.bot.stop()
    elsewhere.bot.config.unlink()
    without = await init(elsewhere, *asked_of(elsewhere), stdin=f"{PASSWORD}\n")
    assert without.status == 4
    assert not elsewhere.bot.config.exists()
    both = f"{PASSWORD}\n{key_file(town).read_text()}"
    finished = await init(elsewhere, "--recovery-key", *asked_of(elsewhere), stdin=both)
    assert finished.status == 0, finished.err
    assert identity_of(elsewhere) == identity_of(town)


@pytest.mark.synapse
async def test_a_first_login_that_stopped_at_another_identity_leaves_the_way_to_another_account_open(
    town: Town, elsewhere: Town, synapse: Homeserver
) -> None:
    await town.start()
    await town.bot.stop()
    elsewhere.bot.config.unlink()
    assert (await init(elsewhere, *asked_of(elsewhere), stdin=f"{PASSWORD}\n")).status == 4
    other = await synapse.register(f"{town.account.localpart}-2", PASSWORD)
    elsewhere.bot_id = other.user_id
    finished = await init(elsewhere, *asked_of(elsewhere), stdin=f"{PASSWORD}\n")
    assert finished.status == 0, finished.err
    assert elsewhere.rows("SELECT user_id FROM matrix_account") == [(other.user_id,)]
    await elsewhere.start()


@pytest.mark.synapse
async def test_without_the_secret_file_a_new_device_and_the_recovery_key_bring_the_identity_back(town: Town) -> None:
    await town.start()
    await town.bot.stop()
    first, key = identity_of(town), key_file(town).read_text()
    (town.bot.directory / "state" / "secret").unlink()
    stopped = await town.bot.command("run")
    assert stopped.status == 1
    assert "init --again --recovery-key" in stopped.err
    brought = await init(town, "--again", "--recovery-key", stdin=key)
    assert brought.status == 0, brought.err
    assert identity_of(town) == first
    await town.start()


@pytest.mark.parametrize(
    ("options", "secret"), [((), "no password"), (("--token",), "no access token")], ids=["password", "token"]
)
def test_a_first_login_without_its_secret_is_wrong_use(tmp_path: Path, options: tuple[str, ...], secret: str) -> None:
    asked = ("--homeserver", "http://127.0.0.1:9", "--user", "@stadtbote:b.example", "--administrator", "@it:b.example")
    nothing = Installation(tmp_path)
    said_one_clear_line(typed(nothing, "init", *options, *asked), secret, "standard input", status=2)
    assert not nothing.config.exists()


# --- a new device ----------------------------------------------------------------------------------------------------


@pytest.mark.synapse
async def test_after_a_withdrawn_login_init_again_makes_a_new_device_of_the_same_identity(town: Town) -> None:
    await town.start()
    await town.bot.stop()
    ((old, token),) = town.rows("SELECT device_id, access_token FROM matrix_account")
    first = identity_of(town)
    await town.server.api("POST", "/_matrix/client/v3/logout", token=token, body={})
    said_one_clear_line(await town.bot.command("run"), "does not accept the login", "init --again", status=3)

    again = await init(town, "--again", stdin="")
    assert again.status == 0, again.err
    await town.start()
    ((new,),) = town.rows("SELECT device_id FROM matrix_account")
    assert new != old
    assert identity_of(town) == first
    anna = await town.person("koord-m")
    body: dict[str, Any] = {"device_keys": {town.bot_id: []}}
    seen = await town.server.api("POST", "/_matrix/client/v3/keys/query", token=anna.account.access_token, body=body)
    own = next(iter(seen["self_signing_keys"][town.bot_id]["keys"]))
    assert own in seen["device_keys"][town.bot_id][new]["signatures"][town.bot_id]


@pytest.mark.synapse
async def test_a_running_bot_whose_login_is_withdrawn_ends_with_its_own_code(town: Town) -> None:
    await town.start()
    ((token,),) = town.rows("SELECT access_token FROM matrix_account")
    await town.server.api("POST", "/_matrix/client/v3/logout", token=token, body={})
    process = town.bot._process
    assert process is not None
    await process.wait()
    assert town.bot.ended == 3
    assert "init --again" in town.bot.last_words()


@pytest.mark.synapse
async def test_a_renewed_token_of_the_same_device_keeps_its_keys(town: Town) -> None:
    await town.start()
    await town.bot.stop()
    ((device,),) = town.rows("SELECT device_id FROM matrix_account")
    pickle = town.rows("SELECT pickle FROM matrix_olm_account")
    renewed = await town.server.login(town.account.localpart, PASSWORD, device_id=device)
    (town.bot.directory / "password").write_text(f"{renewed.access_token}\n")
    town.bot.config.write_text(town.bot.config.read_text().replace("password_file", "access_token_file"))
    assert (await init(town, "--again", stdin="")).status == 0
    assert town.rows("SELECT access_token FROM matrix_account") == [(renewed.access_token,)]
    assert town.rows("SELECT pickle FROM matrix_olm_account") == pickle
    await town.start()


def test_again_and_a_recovery_key_need_what_they_go_on_with(tmp_path: Path) -> None:
    nothing = Installation(tmp_path)
    said_one_clear_line(typed(nothing, "init", "--again"), "no such file")


# --- what people see -------------------------------------------------------------------------------------------------


@pytest.mark.synapse
async def test_the_bot_says_who_it_is_as_clients_and_its_profile_show_it(town: Town) -> None:
    await town.start()
    anna = await town.person("koord-m")
    room = await anna.create_room(encrypted=True, invite=[town.bot_id])
    await anna.settle(room, [town.bot_id, anna.user_id])
    await anna.next_from(town.bot_id, room)
    said = (await town.ask("koord-m", room, "!identität")).body
    ((device, master),) = town.rows("SELECT device_id, master_key FROM matrix_account")
    token = anna.account.access_token
    body: dict[str, Any] = {"device_keys": {town.bot_id: []}}
    seen = await town.server.api("POST", "/_matrix/client/v3/keys/query", token=token, body=body)
    profile = await town.server.api("GET", f"/_matrix/client/v3/profile/{town.bot_id}", token=token)
    assert f"ed25519:{master}" in seen["master_keys"][town.bot_id]["keys"]
    for shown in (
        town.bot_id,
        device,
        fingerprint(seen["device_keys"][town.bot_id][device]["keys"][f"ed25519:{device}"]),
        fingerprint(master),
        profile[FIELD],
    ):
        assert shown in said


# --- failures of the identity ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        *(kind() for kind in IDENTITIES if kind is not ApprovalNeeded),
        ApprovalNeeded(page=None),
        ApprovalNeeded(page="https://konto.example/?action=org.matrix.cross_signing_reset"),
        *(DeviceNotSigned(reason=reason) for reason in ("other_keys", "refused", "not_kept")),
    ],
    ids=str,
)
def test_every_failure_of_the_identity_says_what_to_do_and_has_its_own_code(error: IdentityError) -> None:
    lines = explained(error)
    assert lines
    assert exit_code(error) == exit_code(ExceptionGroup("", [error])) == 4
    assert getattr(error, "page", None) is None or str(error.page) in lines[0]  # type: ignore[attr-defined]


def test_a_login_that_is_not_accepted_has_its_own_code() -> None:
    assert exit_code(ExceptionGroup("", [Unauthorized()])) == 3
    assert exit_code(OSError()) == 1
