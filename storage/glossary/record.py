"""Glossary entries as records."""

from typing import ClassVar

from storage.values import Line, Record, Source


class Entry(Record):
    """A German word with its English twin or another name for it; `means` an id, a city or a word."""

    collection: ClassVar[str] = "glossary"
    key_field: ClassVar[str | None] = None

    de: Line
    en: Line | None = None
    alias: Line | None = None
    means: Source

    def own_key(self) -> str:
        """The words of the entry, which no second entry may repeat."""
        return " = ".join(word for word in (self.de, self.en, self.alias) if word)
