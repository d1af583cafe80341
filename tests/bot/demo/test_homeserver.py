"""The local homeserver starts, remembers, says why it cannot, and leaves nothing running."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from bot.demo.homeserver import Homeserver, HomeserverFailed, Limits, Refused, homeserver

STARTER = """
import os, subprocess
from bot.demo.leash import leashed
program = leashed("http.server", "--bind", "127.0.0.1", "0")
child = subprocess.Popen(program, stdin=subprocess.PIPE, start_new_session=True)
print(child.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def has_ended(pid: int, *, seconds: float) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([process], [], [], seconds)
    os.close(process)
    return bool(ready)


@pytest.mark.synapse
async def test_a_kept_homeserver_knows_its_accounts_again_and_leaves_no_process(tmp_path: Path) -> None:
    async with homeserver(tmp_path, keep=True) as first:
        anna = await first.register("anna", "Passwort", displayname="Anna")
        assert anna.user_id == "@anna:stadtbote.localhost"
        pid, port = first.pid, first.port
    assert pid is not None
    assert has_ended(pid, seconds=0)

    async with homeserver(tmp_path, limits=Limits.DEFAULT) as second:
        assert second.port == port
        assert await second.register("anna", "Passwort") == anna
        assert await second.api("GET", "/_matrix/client/v3/joined_rooms", token=anna.access_token) == {
            "joined_rooms": []
        }
        again = await second.login("anna", "Passwort", device_id=anna.device_id)
        assert again.device_id == anna.device_id
        with pytest.raises(Refused) as refused:
            await second.login("anna", "falsch")
        assert refused.value.errcode == "M_FORBIDDEN"
    assert not second.directory.exists()


@pytest.mark.synapse
async def test_a_homeserver_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(HomeserverFailed, match="ended with status") as failed:
        await Homeserver(tmp_path, server_name="kein name").start()
    assert "kein name" in failed.value.log


@pytest.mark.synapse
async def test_a_second_homeserver_does_not_touch_a_directory_in_use(tmp_path: Path, synapse: Homeserver) -> None:
    with pytest.raises(HomeserverFailed, match="in use"):
        await Homeserver(synapse.directory.parent).start()
    assert (await synapse.api("GET", "/_matrix/client/versions"))["versions"]


@pytest.mark.skipif(sys.platform != "linux", reason="watches processes by pidfd")
def test_a_leashed_program_ends_when_its_starter_is_killed() -> None:
    starter = subprocess.run([sys.executable, "-c", STARTER], capture_output=True, text=True, check=False)
    assert starter.returncode == -9
    assert has_ended(int(starter.stdout), seconds=20)
