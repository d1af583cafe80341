"""Texts that people wrote: checked before they are kept, cut and quoted where a reply repeats them."""

from pydantic import TypeAdapter, ValidationError

from commands.framework.caller import Caller
from commands.framework.refusal import Refusal
from storage.values import Language, Text

LONGEST = 240
"""Signs of somebody's words that a card repeats."""


class TextRefused(Refusal):
    """A text that is empty, too long or holds signs that mislead."""


_TEXT: TypeAdapter[str] = TypeAdapter(Text)


def readable(text: str) -> str:
    """A text in normal form, as records hold it. Raises TextRefused."""
    try:
        return _TEXT.validate_python(text)
    except ValidationError:
        raise TextRefused from None


def short(text: str) -> str:
    """As much of a text as a card repeats, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1].rstrip() + "…"


def typed(caller: Caller, de: str, en: str) -> str:
    """A command as the caller would type it."""
    return de if caller.language is Language.DE else en


def quoted(text: str) -> str:
    """A text in quotation marks that it does not hold itself, for a command line."""
    pairs = (("„", "“"), ('"', '"'), ("»", "«"))
    opening, closing = next((p for p in pairs if p[0] not in text and p[1] not in text), ("", ""))
    return f"{opening}{text}{closing}"
