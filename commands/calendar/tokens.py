"""Text cut into words, numbers and dates, each with the kinds of meaning it may have."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from commands.calendar.lexicon import Meanings, meanings, words
from commands.calendar.periods import day_of_year, month_of, week_of_year
from storage.values import Language

FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word, number, date or sign of a text; without meanings it ends every phrase."""

    text: str
    word: str
    """Folded: small letters, ä ö ü ß written out."""
    start: int
    end: int
    meanings: Meanings = field(default_factory=dict)
    tight: bool = False
    """Follows the token before it without a space."""

    @property
    def capital(self) -> bool:
        """Begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def sign(self) -> bool:
        """Is punctuation."""
        return not self.text[:1].isalnum()

    @property
    def opaque(self) -> bool:
        """Is a word that date phrases do not know."""
        return not self.sign and not self.meanings


_PATTERN = re.compile(
    r"""
      (?P<iso>      [0-9]{4}-[0-9]{2}-[0-9]{2} (?![0-9]) | [0-9]{4}/[0-9]{1,2}/[0-9]{1,2} (?![0-9]) )
    | (?P<isoweek>  [0-9]{4}-?W[0-9]{2} (?![0-9]) )
    | (?P<isomonth> [0-9]{4}-[0-9]{2} (?![0-9]) )
    | (?P<dmy>      [0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2}) (?![0-9]|\.[0-9]) )
    | (?P<slashed>  [0-9]{1,2}/[0-9]{1,2}/[0-9]{4} (?![0-9]) )
    | (?P<my>       [0-9]{1,2}/[0-9]{4} (?![0-9/]) )
    | (?P<dm>       [0-9]{1,2}\.[0-9]{1,2}\. (?![0-9]) )
    | (?P<bare>     [0-9]{1,2}\.[0-9]{1,2} (?![0-9]|\.[0-9]) )
    | (?P<odd>      [0-9]+ (?:[.,:][0-9]+)+ )
    | (?P<th>       [0-9]{1,2}(?:st|nd|rd|th|s?te[nrs]?)\b )
    | (?P<nth>      [0-9]{1,2}\. (?![0-9]) )
    | (?P<kw>       (?:KW|CW)[0-9]{1,2} (?![0-9]) )
    | (?P<quarter>  Q[1-4]\b )
    | (?P<short>    ['’][0-9]{2}\b )
    | (?P<number>   [0-9]+ )
    | (?P<tens>     (?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)y-[a-z]+ )
    | (?P<word>     (?:[^\W\d_][\u0300-\u036f]*)+ (?:['’](?:[^\W\d_][\u0300-\u036f]*)+)? \.? )
    | (?P<other>    \S )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GLUE = frozenset("-–—/_@#+=*~\\.%")
_ABBREVIATIONS = frozenset(
    words(
        "mo di mi do fr sa so mon tue tues wed thu thur thurs fri sat sun jan jaen feb febr mrz maer mar apr jun "
        "jul aug sep sept okt oct nov dez dec kw inkl incl einschl d i ii iii iv m j"
    )
)
"""Words whose full stop belongs to them; "m." and "j." as in "15. d. M."."""
_LABELS = frozenset(
    words(
        "kapitel kap ziffer ziffern ziff nummer nr abschnitt absatz abs art artikel paragraph punkt raum zimmer "
        "version seite tabelle anlage top release chapter section sec room page item clause klausel stufe phase "
        "level stage paket step schritt paragraf paragrafen punkte punkten kapiteln seiten abschnitten paragraphs "
        "chapters sections §"
    )
)
_TITLES = frozenset(words("herr herrn frau familie mr mrs ms dr prof"))
_COUNTED = frozenset(
    words(
        "€ $ % euro eur mio faelle faellen cases datensaetze datensaetzen records buerger buergern buergerinnen "
        "einwohner einwohnern inhabitants personen people stellen posts antraege antraegen applications nutzer "
        "nutzern nutzerinnen users vorgaenge vorgaengen seiten pages stunden hours prozent percent stueck "
        "mitarbeiter mitarbeitern beschaeftigte beschaeftigten employees dokumente dokumenten documents haushalte "
        "haushalten households"
    )
)
"""What is counted in thousands, so that the number before it is no year."""
_CHAPTERS = frozenset({"DM", "BARE"})
_JOINS = frozenset({"und", "and", "bis", "to", "-", "–"})


def fold(text: str) -> str:
    """Small letters, ä ö ü ß written out, without a final full stop or a genitive's apostrophe ("next week's")."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("’", "'").removesuffix(".").removesuffix("'s")
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(sign, letters)
    return plain


def tokenise(text: str, *, language: Language | None, literals: Collection[str]) -> list[Token]:
    """Cut a text; `literals` are the words the grammar knows beside those of the lexicon."""
    tokens: list[Token] = []
    position = 0
    while (found := _PATTERN.search(text, position)) is not None:
        token = _token(found, language=language, literals=literals)
        tokens.append(replace(token, tight=bool(tokens) and tokens[-1].end == token.start))
        position = token.end
    return _without_counts(_without_labelled(_without_glued(tokens)))


def _token(found: re.Match[str], *, language: Language | None, literals: Collection[str]) -> Token:
    kind, text = found.lastgroup or "other", found[0]
    if kind == "word":
        return _word_token(found, text, language=language, literals=literals)
    if kind == "tens":
        known = meanings(fold(text), language)
    elif kind == "other":
        known = _sign(text)
    else:
        known = _number(kind, text)
    return Token(text=text, word=fold(text), start=found.start(), end=found.end(), meanings=known)


def _word_token(found: re.Match[str], text: str, *, language: Language | None, literals: Collection[str]) -> Token:
    dotted = text.endswith(".") and fold(text) in _ABBREVIATIONS
    text = text if dotted else text.removesuffix(".")
    word = fold(text)
    known: Meanings = dict(meanings(word, language))
    if "SHORTDOW" in known:
        _weigh_short_weekday(known, text, dotted=dotted)
    if "WEAKMONTH" in known and not text[:1].isupper():
        known["LOWMONTH"] = known.pop("WEAKMONTH")
    if text == "AT":
        known = {"UNIT": "workday"}
    if word in literals:
        known["WORD"] = True
    return Token(text=text, word=word, start=found.start(), end=found.start() + len(text), meanings=known)


def _weigh_short_weekday(known: Meanings, text: str, *, dotted: bool) -> None:
    # "Fr." is a weekday anywhere, "Fr" after a preposition, "fr" only where nothing else can be meant.
    number = known.pop("SHORTDOW")
    kind = "LOWDOW" if not text[:1].isupper() else "DOW" if dotted else "WEAKDOW"
    known[kind] = number


def _sign(text: str) -> Meanings:
    if text == ",":
        return {"COMMA": True}
    if text in "-–—":
        return {"DASH": True}
    return {"SLASH": True} if text == "/" else {}


def _in_range(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def full_year(text: str) -> int:
    """The year of four digits, or of two: those of this century."""
    return int(text) if len(text) == 4 else 2000 + int(text)


def _date(year: int, month: int, day: int) -> Meanings:
    if not _in_range(year):
        return {}
    cycle = day_of_year(day, month)
    return {"DATE": cycle.in_year(year) if cycle.in_year else cycle.missing}


def _slashed(text: str) -> Meanings:
    first, second, year = (int(part) for part in text.split("/"))
    # 7/12/2026 is 7 December to some and July 12 to others: not a date until one of the two cannot be a month.
    if first > 12 >= second:
        return _date(year, second, first)
    if second > 12 >= first:
        return _date(year, first, second)
    return _date(year, first, second) if first == second else {}


def _number(kind: str, text: str) -> Meanings:
    parts = [int(part) for part in re.findall("[0-9]+", text)]
    match kind:
        case "iso":
            return _date(*parts)
        case "dmy":
            return _date(full_year(text.rpartition(".")[2]), parts[1], parts[0])
        case "slashed":
            return _slashed(text)
        case "isoweek":
            cycle = week_of_year(parts[1])
            return {"DATE": cycle.in_year(parts[0])} if _in_range(parts[0]) and cycle.in_year else {}
        case "isomonth":
            return _month_and_year(parts[1], parts[0], kind="DATE")
        case "my":
            return {**_month_and_year(parts[0], parts[1], kind="MY"), "OFYEAR": (parts[0], parts[1])}
        case "dm":
            return {"DM": (parts[0], parts[1])}
        case "bare":
            return {"BARE": (parts[0], parts[1])}
        case "th":
            return {"NTH": parts[0], "TH": parts[0]}
        case "nth":
            return {"NTH": parts[0], "DOT": parts[0]}
        case "kw":
            return {"KWN": parts[0]}
        case "quarter":
            return {"QN": parts[0]}
        case "short":
            return {"YEAR": 2000 + parts[0]}
        case "number":
            return _digits(text)
        case _:
            return {}


def _month_and_year(month: int, year: int, *, kind: str) -> Meanings:
    exists = 1 <= month <= 12 and _in_range(year)
    return {kind: month_of(date(year, month, 1))} if exists else {}


def _digits(text: str) -> Meanings:
    number = int(text) if len(text) <= 4 else 0
    if len(text) == 4 and _in_range(number):
        return {"YEAR": number}
    return {"NUM": number, "DIGITS": number} if 0 < number < 1000 else {}


def _without_glued(tokens: list[Token]) -> list[Token]:
    """Take the meaning from what is glued to an unknown word: "P-12", "Oktober-Bericht", "oktober_2026.pdf"."""
    kept: list[Token] = []
    for chunk in _chunks(tokens):
        alien = any(token.opaque for token in chunk) or _runs_together(chunk)
        kept += [replace(token, meanings={}) if alien and not token.sign else token for token in chunk]
    return kept


def _chunks(tokens: list[Token]) -> list[list[Token]]:
    chunks: list[list[Token]] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        glued = before is not None and token.tight and (_glues(before) and _glues(token))
        if glued:
            chunks[-1].append(token)
        else:
            chunks.append([token])
    return chunks


def _glues(token: Token) -> bool:
    return not token.sign or token.text in _GLUE


def _runs_together(chunk: list[Token]) -> bool:
    pairs = pairwise(chunk)
    return any(not left.sign and not right.sign and not _may_touch(left, right) for left, right in pairs)


def _may_touch(left: Token, right: Token) -> bool:
    # "15.Oktober", "1.-3.12.", "14Tage", "5AT", "11.12.2026" after "Fr."
    return left.text.endswith(".") or ("NUM" in left.meanings and "UNIT" in right.meanings)


def _without_counts(tokens: list[Token]) -> list[Token]:
    """Take the meaning from years that count something: "2000 Euro", "für 2000 Fälle"."""
    following = [*(token.word for token in tokens[1:]), ""]
    return [
        replace(token, meanings={}) if "YEAR" in token.meanings and after in _COUNTED else token
        for token, after in zip(tokens, following, strict=False)
    ]


def _without_labelled(tokens: list[Token]) -> list[Token]:
    """Take the meaning from what is a name: "Kapitel 3.2.", "Ziffern 4.1. und 4.2.", "OZG 2.0.", "Frau Mai"."""
    kept: list[Token] = []
    before, labelled = None, False
    for token in tokens:
        if token.text != ".":
            labelled = _is_labelled(token, before) or (labelled and _continues(token, before))
            before = token
        named = token.text[:1].isdigit() or token.capital
        kept.append(replace(token, meanings={}) if labelled and named else token)
    return kept


def _is_labelled(token: Token, before: Token | None) -> bool:
    if before is None or before.word in _TITLES:
        return before is not None and token.capital
    if not token.text[:1].isdigit() or _says_the_year(token):
        return False
    acronym = before.opaque and before.text.isupper() and len(before.text) > 1
    return before.word in _LABELS or (acronym and bool(_CHAPTERS & token.meanings.keys()))


def _continues(token: Token, before: Token | None) -> bool:
    if token.word in _JOINS:
        return True
    return before is not None and before.word in _JOINS and bool(_CHAPTERS & token.meanings.keys())


def _says_the_year(token: Token) -> bool:
    return "DATE" in token.meanings and bool(re.search("[0-9]{4}", token.text))


def glued(tokens: Sequence[Token], at: int) -> bool:
    """Whether the tokens before and from `at` on are one word in print: a phrase neither begins nor ends there."""
    if not 0 < at < len(tokens) or not tokens[at].tight:
        return False
    left, right = tokens[at - 1], tokens[at]
    if left.sign:
        return left.text in _GLUE and at > 1 and left.tight and not tokens[at - 2].sign and not right.sign
    if right.sign:
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        return right.text in _GLUE and after is not None and after.tight and not after.sign
    return True
