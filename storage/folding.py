"""How words are compared: without case, umlaut spelling, accents and punctuation."""

import re
import unicodedata

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """`text` in lower case with ä as ae, ß as ss, accents dropped: 'Größe' and 'GROESSE' fold alike."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(UMLAUTS)
    bare = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in bare if not unicodedata.combining(c))


def fold_words(text: str) -> list[str]:
    """The folded words of `text`, without punctuation: 'Online-Hundesteuer' is two words."""
    return WORD.findall(fold(text))
