"""The surface of a command line: words, fields, dashes, quotes, and texts made harmless."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from storage.folding import fold, fold_words

LONGEST = 24_000
"""Characters a message may have: the longest text of a record and a command around it."""

# Marks that turn the reading direction, and blanks nobody sees: a line must not say one thing and store another.
_UNSEEN = frozenset("\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_DASH = re.compile(r"[–—-](?=\s|$)")
_FIELD = re.compile(r"([^\W\d_][^\W_]*(?:[-_][^\W_]+)*):(?!//)")
_WORD = re.compile(r"[^\s,]+")
_CLOSING = {"„": '“”"', "“": '”“"', '"': '"”“', "»": "«", "«": "»"}
_MOST_WORDS = 40
"""As many words as are tried as one name or phrase."""
_LONGEST_QUOTE = 1_000


def normalised(text: str) -> str:
    """`text` composed (NFC), with plain line ends, without control characters and invisible marks."""
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    return "".join(" " if sign == "\t" else sign for sign in lines if not _forbidden(sign))


def _forbidden(sign: str) -> bool:
    if sign in "\n\t" or " " <= sign <= "~":
        return False
    code = ord(sign)
    nobody = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return nobody or sign in _UNSEEN or unicodedata.category(sign) in {"Cc", "Cs"}


def _ends_a_word(text: str, at: int) -> bool:
    return at == len(text) or text[at].isspace() or text[at] == ","


def folded(text: str) -> str:
    """How words and phrases are compared: "Nicht  mehr!" and "nicht mehr" are alike."""
    return " ".join(fold_words(text))


def complete_part(line: str) -> str:
    """`line` without the name of a field or a comma at its end."""
    return re.sub(r"(?:(?:^|(?<=\s))[^\s:]+:|,)?\s*$", "", line).rstrip()


def unquoted(text: str) -> str:
    """`text` without the quotes around all of it."""
    found = Scan(text=text).quoted(0) if text else None
    return found[0].strip() if found and found[1] == len(text) else text


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One line and what begins where in it; positions count characters.

    `fields` are the folded names of the fields that the command knows; `stray` says whether `name:value` with an
    unknown name counts as a field, too (a mistyped one); `dashes` whether a dash ends what stands before it.
    """

    text: str
    fields: frozenset[str] = frozenset()
    stray: bool = False
    dashes: bool = True

    def skip(self, at: int, signs: str = "") -> int:
        """The first position from `at` on that is neither blank nor one of `signs`."""
        while at < len(self.text) and (self.text[at].isspace() or self.text[at] in signs):
            at += 1
        return at

    def dash(self, at: int) -> int | None:
        """Where the free text after a dash at `at` begins, None if there is no dash."""
        found = _DASH.match(self.text, at) if self.dashes and (at == 0 or self.text[at - 1].isspace()) else None
        return found.end() if found else None

    def field(self, at: int) -> tuple[str, int] | None:
        """The name of a field that begins at `at`, and where its value begins."""
        found = _FIELD.match(self.text, at)
        if found is None:
            return None
        glued = found.end() < len(self.text) and not self.text[found.end()].isspace()
        known = fold(found[1]) in self.fields
        return (found[1], found.end()) if known or (glued and self.stray) else None

    def ends(self, at: int) -> bool:
        """Whether what stands before `at` ends there: by the end of the line, a dash or a field."""
        return at >= len(self.text) or self.dash(at) is not None or self.field(at) is not None

    def quoted(self, at: int) -> tuple[str, int] | None:
        """The text in quotes that begins at `at`, and where it ends; None without a closing quote before a blank."""
        closing = _CLOSING.get(self.text[at : at + 1])
        if closing is None:
            return None
        for end in range(at + 2, min(len(self.text), at + _LONGEST_QUOTE)):
            if self.text[end] in closing and _ends_a_word(self.text, end + 1):
                inner = self.text[at + 1 : end].strip()
                return (inner, end + 1) if inner else None
        return None

    def word(self, at: int) -> tuple[str, int]:
        """The word at `at` up to a blank or comma, and where it ends; empty at the end of the line."""
        found = _WORD.match(self.text, at)
        return (found[0], found.end()) if found else ("", at)

    def words(self, at: int) -> Iterator[tuple[str, int]]:
        """The words from `at` on that may belong together, each with its end: up to a comma, a dash or a field."""
        for _ in range(_MOST_WORDS):
            word, end = self.word(at)
            if not word:
                return
            yield word, end
            at = self.skip(end)
            if self.ends(at):
                return

    def segment(self, at: int) -> int:
        """Where the run of plain words from `at` on ends: before the next field or dash, or at the end."""
        while not self.ends(at):
            quote = self.quoted(at)
            end = quote[1] if quote else at
            while end < len(self.text) and not self.text[end].isspace():
                end += 1
            at = self.skip(end)
        return at
