"""The command line: what the operator types, what is answered, and with which exit code."""

import asyncio
import json
import os
import re
import shutil
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port
from typer.testing import CliRunner

from bot.__main__ import app
from bot.demo.cast import BUNDLE
from bot.demo.installed import Finished, Installation
from storage.bundle_format import read_bundle
from tests.rig.town import PASSWORD, Town

OPERATOR = "@it:muenchen.example"
NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A configured bot whose homeserver is not there."""
    made = Installation(tmp_path / "stadtbote")
    made.configure(
        homeserver=NOBODY_THERE,
        user_id="@stadtbote:muenchen.example",
        password=PASSWORD,
        servers=["muenchen.example"],
        administrators=[OPERATOR],
    )
    return made


@pytest.fixture(autouse=True)
def no_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging, once set up, stays for the whole process, and so would the stream of one test."""
    monkeypatch.setattr("bot.log.configure", lambda _form: None)


def typed(installation: Installation, name: str, *arguments: str, stdin: str = "") -> Finished:
    """Run a command in this process; what would be a traceback is raised."""
    said = CliRunner().invoke(app, [name, "--config", str(installation.config), *arguments], input=stdin)
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    return Finished(status=said.exit_code, out=said.stdout, err=said.stderr)


def said_one_clear_line(finished: Finished, *phrases: str, status: int = 1) -> None:
    """The command failed with this status and one line that has the phrases, without a traceback."""
    assert finished.status == status, finished
    lines = [line for line in finished.err.splitlines() if line.startswith("stadtbote: ")]
    assert len(lines) == 1, finished.err
    # Beside it there is at most what `run` logs of its start.
    assert all(" info " in line for line in finished.err.splitlines() if line not in lines), finished.err
    for phrase in phrases:
        assert phrase in lines[0]


# --- mistakes of the operator ----------------------------------------------------------------------------------------


def test_without_a_configuration_the_way_to_one_is_named(tmp_path: Path) -> None:
    said_one_clear_line(typed(Installation(tmp_path), "run"), "config.toml", "stadtbote init")


def test_an_unknown_key_of_the_configuration_is_named(installation: Installation) -> None:
    with installation.config.open("a") as config:
        config.write("[locale]\nlangage = 'de'\n")
    said_one_clear_line(typed(installation, "run"), "locale.langage: unknown key")


def test_wrong_use_is_told_apart_from_failure(installation: Installation) -> None:
    assert typed(installation, "import").status == 2
    assert typed(installation, "run", "--colour").status == 2
    assert typed(installation, "fly").status == 2
    assert typed(installation, "run", "--help").status == 0


def test_a_first_login_at_a_homeserver_that_is_not_there_is_one_line(installation: Installation) -> None:
    asked = ("--homeserver", NOBODY_THERE, "--user", "@bote:x", "--administrator", OPERATOR)
    installation.config.unlink()
    said_one_clear_line(typed(installation, "init", *asked, stdin="geheim\n"), "cannot be reached", "homeserver")


# --- the database ----------------------------------------------------------------------------------------------------


def imported(installation: Installation) -> None:
    finished = typed(installation, "import", "--yes", str(BUNDLE))
    assert finished.status == 0, finished.err


def test_a_newer_database_is_refused(installation: Installation) -> None:
    imported(installation)
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    said_one_clear_line(typed(installation, "run"), "stadtbote.db", "newer")


def test_a_database_of_another_program_is_refused(installation: Installation) -> None:
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
    said_one_clear_line(typed(installation, "run"), "stadtbote.db", "not Stadtbote's")


def test_a_file_that_is_no_database_is_refused(installation: Installation) -> None:
    installation.database.write_bytes(b"Protokoll der Sitzung vom Montag\n" * 100)
    said_one_clear_line(typed(installation, "run"), "stadtbote.db", "no database")


def test_a_locked_database_is_one_line(installation: Installation, tmp_path: Path) -> None:
    imported(installation)
    changed = tmp_path / "anders.yaml"
    changed.write_text(BUNDLE.read_text("utf-8").replace("phase: pilot\n", "phase: operation\n"), "utf-8")
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert typed(installation, "import", "--yes", str(BUNDLE)).status == 0, "nothing to write, nothing to wait for"
        finished = typed(installation, "import", "--yes", str(changed))
    said_one_clear_line(finished, "locked")


# Root may write where nobody else may; without that right it is like everybody.
AS_EVERYBODY = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override") if os.geteuid() == 0 else ()


@pytest.mark.skipif(bool(AS_EVERYBODY) and not shutil.which("setpriv"), reason="root may write everywhere")
async def test_a_read_only_database_is_one_line(installation: Installation) -> None:
    await asyncio.to_thread(imported, installation)
    installation.database.chmod(0o400)
    installation.directory.chmod(0o500)
    try:
        finished = await installation.command("import", "--yes", str(BUNDLE), before=AS_EVERYBODY)
    finally:
        installation.directory.chmod(0o700)
    said_one_clear_line(finished, "read-only")


def test_a_database_in_a_folder_that_cannot_be_made_is_one_line(installation: Installation) -> None:
    (installation.directory / "daten").write_text("a file where the folder should be")
    with installation.config.open("a") as config:
        config.write('[storage]\nurl = "sqlite+aiosqlite:///daten/stadtbote.db"\n')
    said_one_clear_line(typed(installation, "run"), "daten")


# --- bundles ---------------------------------------------------------------------------------------------------------


def register(installation: Installation) -> dict[str, int]:
    """How many rows each table of the database holds."""
    with closing(sqlite3.connect(installation.database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def test_a_dry_run_shows_what_would_come_and_changes_nothing(installation: Installation) -> None:
    typed(installation, "export", "-")
    before = register(installation)
    finished = typed(installation, "import", "--dry-run", str(BUNDLE))
    assert finished.status == 0
    assert "projects: 9 new, 0 changed, 0 unchanged" in finished.out
    assert register(installation) == before


def test_without_a_terminal_an_import_wants_to_be_confirmed_on_the_command_line(
    installation: Installation,
) -> None:
    finished = typed(installation, "import", str(BUNDLE))
    said_one_clear_line(finished, "--yes")
    assert register(installation)["projects"] == 0


def test_a_second_import_of_the_same_bundle_changes_nothing(installation: Installation) -> None:
    imported(installation)
    before = register(installation)
    assert before["projects"] == 9
    finished = typed(installation, "import", "--yes", str(BUNDLE))
    assert finished.status == 0
    assert "projects: 0 new, 0 changed, 9 unchanged" in finished.out
    assert "Imported" not in finished.out
    assert register(installation) == before


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_export_holds_what_was_imported(installation: Installation, tmp_path: Path, suffix: str) -> None:
    imported(installation)
    exported = tmp_path / f"export.{suffix}"
    finished = typed(installation, "export", str(exported))
    assert finished.status == 0, finished.err
    assert normalised(exported.read_bytes()) == normalised(BUNDLE.read_bytes())


def normalised(bundle: bytes) -> dict[str, object]:
    """What a bundle says, in the order of its keys."""
    said = read_bundle(bundle, name="bundle").model_dump(
        mode="json", exclude_defaults=True, by_alias=True, exclude={"exported_at", "counters"}
    )
    return {
        name: sorted(value, key=lambda one: json.dumps(one, sort_keys=True)) if isinstance(value, list) else value
        for name, value in said.items()
    }


def test_an_export_to_standard_output_is_nothing_but_the_bundle(installation: Installation) -> None:
    imported(installation)
    finished = typed(installation, "export", "-")
    assert finished.status == 0
    assert normalised(finished.out.encode()) == normalised(BUNDLE.read_bytes())


def test_the_log_of_official_acts_is_written_as_a_file(installation: Installation, tmp_path: Path) -> None:
    typed(installation, "import", str(BUNDLE), "--yes")
    book = tmp_path / "protokollbuch.md"
    assert typed(installation, "export", "--protokollbuch", str(book)).status == 0
    assert "- record: decisions B-1" in book.read_text("utf-8")
    assert typed(installation, "export", "--protokollbuch", "--history", str(book)).status == 2


def test_all_that_is_kept_about_somebody_is_written_for_them(installation: Installation, tmp_path: Path) -> None:
    typed(installation, "import", str(BUNDLE), "--yes")
    file = tmp_path / "auskunft.json"
    assert typed(installation, "privacy", "@koordination:muenchen.example", str(file)).status == 0
    assert file.stat().st_mode & 0o777 == 0o600
    tables = {each["table"]: each for each in json.loads(file.read_text("utf-8"))}
    assert [row["name"] for row in tables["people"]["rows"]] == ["Koordination München"]
    assert len(tables["seats"]["rows"]) == 2
    assert "decisions_votes" in tables


def test_before_there_is_anything_to_export_that_is_said(installation: Installation) -> None:
    said_one_clear_line(typed(installation, "export", "-"), "no cooperation")


def test_a_bundle_with_three_mistakes_names_all_three_and_imports_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    text = BUNDLE.read_text(encoding="utf-8")
    mistakes = {
        "phase: pilot\n": "phase: pilott\n",
        "signed_on: 2020-07-09": "signed_on: 2020-02-31",
        "holder: referat-bst,": "holder: referat-xyz,",
    }
    for right, wrong in mistakes.items():
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    broken = tmp_path / "kaputt.yaml"
    broken.write_text(text, encoding="utf-8")
    lines = list(enumerate(text.splitlines(), 1))
    places = [next(n for n, line in lines if wrong.strip() in line) for wrong in mistakes.values()]

    finished = typed(installation, "import", "--yes", str(broken))
    assert finished.status == 1
    assert "Traceback" not in finished.err
    assert sorted(int(n) for n in re.findall(r"kaputt\.yaml, line (\d+)", finished.err)) == sorted(places)
    assert finished.err.splitlines()[-1] == "stadtbote: Nothing was imported."
    assert not installation.database.exists() or register(installation)["projects"] == 0


def test_a_bundle_that_is_not_there_is_one_line(installation: Installation, tmp_path: Path) -> None:
    said_one_clear_line(typed(installation, "import", str(tmp_path / "nichts.yaml")), "nichts.yaml")


# --- with a homeserver -----------------------------------------------------------------------------------------------


def asked_of(town: Town) -> tuple[str, ...]:
    """The answers that `init` takes as options."""
    return ("--homeserver", town.server.url, "--user", town.bot_id, "--administrator", OPERATOR)


@pytest.mark.synapse
async def test_a_first_login_makes_a_private_configuration_and_one_device(town: Town) -> None:
    town.bot.config.unlink()
    finished = await asyncio.to_thread(typed, town.bot, "init", *asked_of(town), stdin=f"{PASSWORD}\n")
    assert finished.status == 0, finished.err
    assert stat.S_IMODE(town.bot.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(town.bot.database.stat().st_mode) == 0o600
    assert PASSWORD not in town.bot.config.read_text()
    ((device, token),) = town.rows("SELECT device_id, access_token FROM matrix_account")
    assert token not in finished.out + finished.err + town.bot.config.read_text()

    again = await asyncio.to_thread(typed, town.bot, "init", *asked_of(town), stdin=f"{PASSWORD}\n")
    said_one_clear_line(again, "exists already")
    assert town.rows("SELECT device_id FROM matrix_account") == [(device,)]
    await town.start()
    assert await town.bot.stop() == 0
    assert town.rows("SELECT device_id FROM matrix_account") == [(device,)]


@pytest.mark.synapse
async def test_a_first_login_with_a_token_keeps_its_device(town: Town) -> None:
    town.bot.config.unlink()
    finished = await asyncio.to_thread(
        typed, town.bot, "init", "--token", *asked_of(town), stdin=f"{town.account.access_token}\n"
    )
    assert finished.status == 0, finished.err
    assert town.rows("SELECT device_id FROM matrix_account") == [(town.account.device_id,)]


@pytest.mark.synapse
async def test_a_first_login_that_fails_leaves_no_configuration(town: Town) -> None:
    town.bot.config.unlink()
    said_one_clear_line(
        await asyncio.to_thread(typed, town.bot, "init", *asked_of(town), stdin="falsch\n"),
        "does not accept the login",
        status=3,
    )
    assert not town.bot.config.exists()
    assert (await asyncio.to_thread(typed, town.bot, "init", *asked_of(town), stdin=f"{PASSWORD}\n")).status == 0


@pytest.mark.synapse
async def test_a_bot_with_a_password_logs_in_by_itself_and_only_once(town: Town) -> None:
    before = len(await devices(town))
    await town.start()
    ((device,),) = town.rows("SELECT device_id FROM matrix_account")
    assert await town.bot.stop() == 0
    await town.start()
    assert town.rows("SELECT device_id FROM matrix_account") == [(device,)]
    assert len(await devices(town)) == before + 1


async def devices(town: Town) -> list[str]:
    answer = await town.server.api("GET", "/_matrix/client/v3/devices", token=town.account.access_token)
    return [device["device_id"] for device in answer["devices"]]


@pytest.mark.synapse
async def test_a_token_that_was_withdrawn_is_one_line(town: Town) -> None:
    await town.start()
    assert await town.bot.stop() == 0
    ((token,),) = town.rows("SELECT access_token FROM matrix_account")
    await town.server.api("POST", "/_matrix/client/v3/logout", token=token, body={})
    said_one_clear_line(await town.bot.command("run"), "does not accept the login", "init", status=3)


@pytest.mark.synapse
async def test_a_wrong_password_is_one_line(town: Town) -> None:
    (town.bot.directory / "password").write_text("falsch\n")
    said_one_clear_line(await town.bot.command("run"), "does not accept the login", status=3)


@pytest.mark.synapse
async def test_an_address_that_another_program_listens_at_is_one_line(town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with town.bot.config.open("a") as config:
            config.write(f'\n[http]\nlisten = "127.0.0.1:{port}"\n')
        finished = await town.bot.command("run")
    assert finished.status == 1
    assert "[http] listen is in use already" in finished.err.splitlines()[-1]
    assert "Traceback" not in finished.err


@pytest.mark.synapse
async def test_a_second_bot_that_was_started_by_mistake_ends_and_leaves_the_first_alone(town: Town) -> None:
    with town.bot.config.open("a") as config:
        config.write(f'\n[http]\nlisten = "127.0.0.1:{unused_port()}"\n')
    await town.import_register()
    await town.start()
    room = await town.room("koord-m")
    finished = await town.bot.command("run")
    assert finished.status == 1
    assert "[http] listen is in use already" in finished.err.splitlines()[-1]
    assert (await town.ask("koord-m", room, "!ich")).body
    assert town.bot.ended is None
    assert await town.bot.stop() == 0


@pytest.mark.synapse
async def test_a_bot_that_was_told_to_stop_says_so_at_the_end_of_its_log(town: Town) -> None:
    await town.start()
    assert await town.bot.stop() == 0
    assert town.bot.last_words().endswith("stopped")
