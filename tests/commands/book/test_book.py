"""The log of official acts can be checked by an auditor with the script of the documentation, and only grows."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.book import print_book
from storage.book import Entry, entries
from storage.official import OFFICIAL
from storage.register import owners
from storage.view import View
from tests.conversation import Conversation

DOCS = Path(__file__).parents[3] / "docs" / "protokollbuch.md"


async def book(talk: Conversation) -> tuple[Entry, ...]:
    async with talk.database.read() as connection:
        return tuple([entry async for entry in entries(View(connection))])


async def printed(talk: Conversation) -> str:
    out = io.StringIO()
    async with talk.database.read() as connection:
        await print_book(View(connection), out, talk.now)
    return out.getvalue()


def checked(folder: Path, text: str, *noted: str) -> subprocess.CompletedProcess[str]:
    """What the auditor's script says of this text."""
    script, file = folder / "check.py", folder / "book.md"
    found = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    script.write_text(found[1], encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(script), str(file), *noted], capture_output=True, text=True, check=False
    )


async def test_an_act_is_recorded_with_who_for_whom_and_what_it_was_before(talk: Conversation) -> None:
    await talk.says("koord-m", '!sitz N presse @vertretung:nuernberg.example amt:"Pressestelle"')
    last = (await book(talk))[-1]
    assert re.fullmatch(r"- record: seats s\d+", last.lines[2])
    assert re.fullmatch(
        r'- by: u\d+ for M, as M coordination "arbeitsebene"; M voting "referentenkreis" "Koordinationsstelle"',
        last.lines[3],
    )
    assert '- role: - -> "press"' in last.lines
    assert '- office: - -> "Pressestelle"' in last.lines


async def test_working_data_is_no_official_act(talk: Conversation) -> None:
    before = await book(talk)
    await talk.says("koord-n", "!status P-1 gelb – Schnittstelle fehlt")
    assert await book(talk) == before


async def test_what_is_taken_back_stays_in_the_book_with_its_taking_back(talk: Conversation) -> None:
    before = await book(talk)
    await talk.says("koord-m", "!sitz N presse @vertretung:nuernberg.example")
    await talk.says("koord-m", "!rückgängig")
    after = await book(talk)
    assert after[: len(before)] == before
    assert [any(line.startswith("- takes back:") for line in entry.lines) for entry in after[len(before) :]] == [
        False,
        True,
    ]


async def test_the_same_register_gives_the_same_book_and_later_acts_are_only_added(talk: Conversation) -> None:
    before = await book(talk)
    assert await book(talk) == before
    for line in ("!sitz N presse @vertretung:nuernberg.example", "!mitgliedschaft R kandidat"):
        await talk.says("koord-m", line)
        await talk.says("koord-m", "ja")
    after = await book(talk)
    assert len(after) == len(before) + 2
    assert after[: len(before)] == before


async def test_erasing_somebody_changes_no_entry_and_no_name_stays(talk: Conversation) -> None:
    await talk.says("koord-m", "!sitz N vertretung vakant @vertretung:nuernberg.example")
    talk.now = talk.now.replace(day=19)
    before, text = await book(talk), await printed(talk)
    assert "Vertretung Nürnberg" in text
    shown = await talk.says("koord-n", "!datenschutz löschen @vertretung:nuernberg.example")
    await talk.says("koord-n", "ja", reply_to=shown)
    assert await book(talk) == before
    text = await printed(talk)
    assert "Vertretung Nürnberg" not in text
    assert "Ehemalige Person (u" in text


async def test_the_script_of_the_documentation_accepts_the_book(talk: Conversation, tmp_path: Path) -> None:
    last = (await book(talk))[-1]
    said = checked(tmp_path, await printed(talk), last.hash)
    assert said.stdout == f"{last.number} entries, newest hash {last.hash}\n", said.stderr


async def test_the_script_finds_a_line_that_was_changed_added_or_taken_out(talk: Conversation, tmp_path: Path) -> None:
    text = await printed(talk)
    place = next(line for line in text.splitlines() if line.startswith("- votes["))
    forged = {
        "changed": text.replace(place, place.replace("- ->", '"against" ->'), 1),
        "added": text.replace(place, f'{place}\n- votes[X].choice: - -> "for"', 1),
        "taken out": text.replace(f"{place}\n", "", 1),
        "an entry less": re.sub(r"### 5\n(.+\n)+", "", text, count=1),
        "the end gone": text[: text.index("## End")],
    }
    assert {how for how, other in forged.items() if other == text} == set()
    assert {how for how, other in forged.items() if checked(tmp_path, other).returncode == 0} == set()
    assert checked(tmp_path, text, "0" * 64).returncode != 0


async def test_coordination_gets_the_hash_to_note_and_nobody_else(talk: Conversation) -> None:
    last = (await book(talk))[-1]
    said = await talk.says("koord-m", "!export protokollbuch")
    assert f"{last.number} Einträge" in said.text
    assert last.hash in said.text
    assert "stadtbote export --protokollbuch" in said.text
    await talk.says("koord-m", "!sitz N presse @vertretung:nuernberg.example")
    await talk.says("koord-n", "!status P-1 gelb – Schnittstelle fehlt")
    assert (await book(talk))[-1].hash in (await talk.says("koord-m", "!export protokollbuch")).text
    assert (await book(talk))[-1].hash in (await talk.says("koord-m", "!export protokollbuch")).text
    refused = await talk.says("koord-n", "!export protokollbuch")
    assert refused.text.endswith("Es wurde nichts geändert.")


@pytest.mark.parametrize("typed", ["!export acts", "!export protokollbuch"])
async def test_both_languages_ask_for_it(talk: Conversation, typed: str) -> None:
    assert "docs/protokollbuch.md" in (await talk.says("koord-m", typed)).text


def test_every_official_part_of_the_register_exists() -> None:
    tables = {table.name: set(table.columns) for _, table in owners()}
    missing = {name: set(columns) - tables[name] for name, columns in OFFICIAL.items()}
    assert {name for name, columns in missing.items() if columns} == set()
