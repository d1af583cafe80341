"""The log: whatever people write and whatever breaks, it holds no message and no secret."""

import json
import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from tests.bot.faulty import BREAKS
from tests.rig.town import PASSWORD, Town

pytestmark = pytest.mark.synapse

CANARY = "Zwetschgendatschi"


async def _talk(town: Town) -> None:
    """Commands, an edit, something that cannot be read, a note, an unencrypted one, and one that breaks the bot."""
    room = await town.room("koord-m")
    anna = await town.person("koord-m")
    said = await anna.say(room, f'!neu projekt "{CANARY} eins"')
    await anna.reply_to(said, sender=town.bot_id)
    await anna.say(room, f'!neu projekt "{CANARY} zwei"', edit_of=said)
    await anna.next_from(town.bot_id, room, kinds={"edit"})
    await town.ask("koord-m", room, f"!{CANARY}")
    await anna.send_plain(room, "m.room.message", {"msgtype": "m.text", "body": f"!{CANARY} offen"})
    broken = await anna.say(room, f"!{BREAKS} {CANARY} drei")
    apology = await anna.reply_to(broken, sender=town.bot_id)
    assert CANARY not in apology.body


def _secrets(town: Town) -> set[str]:
    """Everything that must stay secret: password, access token, and what lies in the state directory."""
    ((token,),) = town.rows("SELECT access_token FROM matrix_account")
    files = (town.bot.directory / "state").iterdir()
    kept = " ".join(file.read_text(encoding="utf-8") for file in files)
    found = {token, PASSWORD, *re.findall(r"[0-9A-Za-z]{16,}", kept), *re.findall(r"(?:\w{4} ){3,}\w+", kept)}
    assert len(found) >= 4
    return found


def _configured(town: Town, section: str, setting: str) -> None:
    with Path(town.bot.config).open("a", encoding="utf-8") as config:
        config.write(f"[{section}]\n{setting}\n")


FORMS = {
    "console": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning|error) +\S.*"),
    "json": re.compile(r'\{"timestamp": "[^"]+", "level": "(info|warning|error)", "event": ".*\}'),
}


@pytest.mark.parametrize("form", FORMS)
async def test_the_log_has_a_line_for_each_event_and_neither_message_nor_secret(town: Town, form: str) -> None:
    port = unused_port()
    _configured(town, "log", f'format = "{form}"')
    _configured(town, "http", f'listen = "127.0.0.1:{port}"')
    await town.import_register()
    await town.bot.start(module="tests.bot.faulty")
    await _talk(town)
    secrets = _secrets(town)
    figures = await _figures(port)
    await town.bot.stop()
    log = town.bot.log.read_text(encoding="utf-8")
    # What happened is told all the same, by the bot and by others in its process.
    for event in ("handling_failed", "RuntimeError from ValueError", "unexpected", "failed with %s"):
        assert event in log
    assert "Traceback" not in log
    for word in {CANARY, BREAKS, *secrets}:
        assert word not in log
    # The command and its edit.
    assert 'stadtbote_handling_seconds_count{command="projects.new"} 2.0' in figures
    for word in {CANARY, town.server.server_name, *secrets}:
        assert word not in figures
    lines = _logged(log)
    assert [line for line in lines if not FORMS[form].fullmatch(line)] == []
    if form == "json":
        assert {"handling_failed", "unexpected", "heard %s"} <= {json.loads(line)["event"] for line in lines}


async def _figures(port: int) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


def _logged(log: str) -> list[str]:
    # The one line for a person, beside the log: where the recovery key of a new identity lies.
    return [line for line in log.splitlines() if not line.startswith("stadtbote: ")]


def test_a_crash_leaves_its_place_in_the_log_and_not_its_words() -> None:
    program = (
        "from bot.log import configure\n"
        "configure('json')\n"
        f"raise ExceptionGroup('{CANARY}', [ValueError('{CANARY}')])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    told = json.loads(line)
    assert (told["level"], told["event"], told["error"]) == ("critical", "crashed", "ValueError")
    assert CANARY not in line
