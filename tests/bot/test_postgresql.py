"""PostgreSQL instead of a file: an operator changes `storage.url` and nothing else; `migrate` brings everything."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.cast import BUNDLE
from bot.demo.homeserver import Homeserver
from bot.demo.installed import Finished, Installation
from tests.conversation import Conversation
from tests.rig.postgres import Server
from tests.rig.town import PASSWORD, Town

NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture
async def url(postgres: Server) -> AsyncIterator[str]:
    """A database on a server with nothing in it."""
    yield await postgres.create("operator")
    await postgres.drop("operator")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A configured bot with an SQLite file, whose homeserver is not there."""
    made = Installation(tmp_path / "stadtbote")
    made.configure(
        homeserver=NOBODY_THERE,
        user_id="@stadtbote:muenchen.example",
        password=PASSWORD,
        servers=["muenchen.example"],
        administrators=["@it:muenchen.example"],
    )
    return made


def stored_at(installation: Installation, url: str) -> None:
    """Change the one line of the configuration."""
    before = installation.config.read_text().partition("[storage]")[0]
    installation.config.write_text(f"{before}[storage]\nurl = {json.dumps(url)}\n")


async def succeeded(installation: Installation, name: str, *arguments: str) -> Finished:
    """Run a command that must end well."""
    finished = await installation.command(name, *arguments)
    assert finished.status == 0, finished
    return finished


async def exported(installation: Installation) -> str:
    """The whole register as a bundle, without the moment of the export."""
    lines = (await succeeded(installation, "export", "-")).out.splitlines()
    return "\n".join(line for line in lines if not line.startswith("exported_at:"))


async def test_import_and_export_need_nothing_but_the_url(installation: Installation, url: str, tmp_path: Path) -> None:
    stored_at(installation, url)
    await succeeded(installation, "import", str(BUNDLE), "--yes")
    there = await exported(installation)
    await asyncio.to_thread(stored_at, installation, f"sqlite+aiosqlite:///{tmp_path}/other.db")
    await succeeded(installation, "import", str(BUNDLE), "--yes")
    assert await exported(installation) == there
    assert "P-1" in there


async def test_doctor_knows_the_server(installation: Installation, url: str) -> None:
    stored_at(installation, url)
    await succeeded(installation, "import", str(BUNDLE), "--yes")
    said = (await installation.command("doctor")).out
    lines = [line for line in said.splitlines() if " database: " in line]
    assert lines
    assert all(line.startswith("ok ") for line in lines), said
    assert "postgresql+asyncpg://" in said


async def test_migrate_copies_everything_says_what_and_which_line_to_change(
    installation: Installation, url: str
) -> None:
    await succeeded(installation, "import", str(BUNDLE), "--yes")
    before = await exported(installation)
    migrated = await succeeded(installation, "migrate", "--to", url)
    assert f'url = "{url}"' in migrated.out
    assert any(line.split()[0] == "projects" for line in migrated.out.splitlines()), migrated.out
    refused = await installation.command("migrate", "--to", url)
    assert refused.status == 1
    assert "is not empty" in refused.err
    stored_at(installation, url)
    assert await exported(installation) == before
    back = await succeeded(installation, "migrate", "--to", "sqlite+aiosqlite:///back.db")
    assert 'url = "sqlite+aiosqlite:///back.db"' in back.out
    stored_at(installation, "sqlite+aiosqlite:///back.db")
    assert (installation.directory / "back.db").stat().st_mode & 0o777 == 0o600
    assert await exported(installation) == before


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("mysql://localhost/register", "storage.url: must begin with"),
        ("sqlite+aiosqlite:///stadtbote.db", "names already"),
        ("postgresql+asyncpg://bote:geheim@127.0.0.1:1/stadtbote", "cannot be opened"),
    ],
)
async def test_what_cannot_be_copied_into_is_one_clear_line(installation: Installation, to: str, said: str) -> None:
    await succeeded(installation, "import", str(BUNDLE), "--yes")
    refused = await installation.command("migrate", "--to", to)
    assert refused.status == 1
    assert said in refused.err
    assert "geheim" not in refused.err
    assert refused.err.count("\n") == 1


async def test_a_user_who_may_not_make_tables_is_told_so(
    installation: Installation, url: str, postgres: Server
) -> None:
    async with postgres.connected("operator") as connection:
        await connection.execute("DROP ROLE IF EXISTS bote; CREATE ROLE bote LOGIN")
    stored_at(installation, url.replace("postgres@", "bote@"))
    refused = await installation.command("import", str(BUNDLE), "--yes")
    assert refused.status == 1
    assert "make this user the owner" in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(
    "typed", ["!neu projekt A\0B", "!zeige \0", "!ändern P-1 titel:\0", "!zeige @a\0:b.example", "!sitz M stimme @\0:b"]
)
async def test_a_character_that_a_server_cannot_store_is_no_error(talk: Conversation, typed: str) -> None:
    said = await talk.says("koord-m", typed)
    assert said.text
    assert "Fehlers im Programm" not in said.text


@pytest.mark.synapse
async def test_a_bot_runs_on_a_server_and_goes_on_there_after_moving_to_it(
    synapse: Homeserver, tmp_path: Path, url: str
) -> None:
    async with Town(synapse, tmp_path) as town:
        await town.import_register()
        await town.start()
        room = await town.room("koord-m")
        person = await town.person("koord-m")
        asked = await person.say(room, "!neu projekt Online-Führerschein")
        said = await person.reply_to(asked, sender=town.bot_id)
        await town.bot.stop()
        await succeeded(town.bot, "migrate", "--to", url)
        stored_at(town.bot, url)
        await town.start()
        edited = await person.say(room, "!neu projekt Führerschein online", edit_of=asked)
        assert edited
        changed = await person.until(
            lambda heard: next((one for one in heard if one.kind == "edit" and one.target == said.event_id), None)
        )
        assert "Führerschein online" in changed.body
        assert changed.encrypted
        assert "Führerschein online" in (await town.ask("koord-m", room, '!zeige "Führerschein online"')).body
        doctor = await town.bot.command("doctor")
        assert "postgresql+asyncpg://" in doctor.out


async def test_a_database_that_cannot_hold_every_character_is_refused(
    installation: Installation, postgres: Server
) -> None:
    async with postgres.connected() as connection:
        await connection.execute(
            "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    stored_at(installation, postgres.url("latin"))
    refused = await installation.command("import", str(BUNDLE), "--yes")
    await postgres.drop("latin")
    assert refused.status == 1
    assert "ENCODING 'UTF8'" in refused.err
