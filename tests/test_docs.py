"""The documents tell the truth: generated ones are current, and what the README names exists."""

import re
from pathlib import Path

import pytest
import typer.main

from bot.__main__ import app
from bot.docs import FILES, reference_in
from storage.bundle_lists import LISTS
from storage.sheets.columns import patterns
from storage.sheets.grid import LISTS_IN_SHEETS
from storage.values import Language

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", Language)
def test_the_written_reference_is_current(language: Language) -> None:
    written = (ROOT / "docs" / FILES[language]).read_text(encoding="utf-8")
    assert written == reference_in(language), "run `make docs`"


def test_the_readme_names_every_command_of_the_command_line_and_no_other() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"stadtbote (\w+)", README))
    assert named == known


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_every_file_that_the_readme_links_to_exists() -> None:
    assert all((ROOT / link).exists() for link in re.findall(r"\]\((?!http)([^)]+)\)", README))


@pytest.mark.parametrize("collection", LISTS_IN_SHEETS)
def test_the_columns_of_spreadsheets_are_documented(collection: str) -> None:
    text = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {collection}\n")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| `([^`]+)` \| ([a-z]+)", section, re.MULTILINE))
    columns = patterns(LISTS[collection])
    assert told == {name: "words" if of.words else "date" if of.dated else "text" for name, of in columns}


def test_the_bundles_lists_are_documented() -> None:
    text = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
    assert re.findall(r"`(\w+)`", text.split("The lists are ")[1].split(".")[0]) == list(LISTS)
