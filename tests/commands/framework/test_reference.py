"""The written reference holds every command with all that is declared about it."""

from commands.framework.reference import reference
from commands.framework.syntax import signature
from storage.values import Language
from tests.commands.framework.samples import SAMPLES, STATUS, sample_texts

TEXTS = sample_texts()
GERMAN = reference((SAMPLES,), Language.DE, TEXTS)
ENGLISH = reference((SAMPLES,), Language.EN, TEXTS)


def chapter(page: str, title: str) -> str:
    return page.split(f"\n### {title}\n")[1].split("\n### ", maxsplit=1)[0].split("\n## ", maxsplit=1)[0]


def test_the_page_begins_with_the_grammar_that_all_commands_share() -> None:
    assert GERMAN.startswith("# Befehle\n")
    assert GERMAN.index("\n## Schreibweise\n") < GERMAN.index("\n## Projekte\n")
    assert ENGLISH.index("\n## How commands are written\n") < ENGLISH.index("\n## Projects\n")


def test_a_command_is_described_by_what_is_declared() -> None:
    said = chapter(GERMAN, "Status melden")
    assert f"\n    {signature(STATUS, Language.DE, TEXTS)}\n" in said
    assert "Hält fest, wie ein Projekt steht.\n\nAuch per Antwort." in said
    assert "\n- `projekt` (nötig): Projekt. Um welches Projekt geht es?\n" in said
    assert "\n- `ampel` (darf fehlen): `grün`, `gelb` oder `rot`\n" in said
    assert "\n- `bis:` (darf fehlen): Datum, etwa" in said
    assert "\n- `text` (darf fehlen): Text\n" in said
    assert "Beispiele: `!status P-1 gelb – Vergabe verzögert sich` · `!status P-1` · `!stand P-1 rot`\\\n" in said
    assert "Gleichbedeutend: `!stand` · `!update`\\\n" in said
    assert "Berechtigt: alle mit einem Sitz in der Kooperation\\\n" in said
    assert "Rückgängig zu machen: ja" in said


def test_what_cannot_be_undone_says_why() -> None:
    assert "Can be undone: no. It is already known." in chapter(ENGLISH, "Publish")


def test_the_page_ends_with_one_line_break() -> None:
    assert GERMAN.endswith("\n")
    assert not GERMAN.endswith("\n\n")


def test_no_line_has_blanks_at_its_end() -> None:
    assert not [line for line in (GERMAN + ENGLISH).splitlines() if line != line.rstrip()]
