"""The written reference of all commands, generated from their declarations."""

from pathlib import Path

from commands import ALL
from commands.framework.reference import reference
from commands.framework.texts import installed
from storage.values import Language

FILES = {Language.DE: "befehle.md", Language.EN: "commands.md"}


def write_reference(folder: Path) -> list[Path]:
    """Write the reference in both languages into `folder`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language, name in FILES.items():
        file = folder / name
        file.write_text(reference_in(language), encoding="utf-8")
        written.append(file)
    return written


def reference_in(language: Language) -> str:
    """The reference in this language, as Markdown."""
    return reference(ALL, language, installed())
