"""The words of date phrases in both languages, and the kinds of meaning each may have.

Keys are folded: small letters, ä ö ü ß written out. A word may have several kinds; the grammar decides.
"""

from collections.abc import Iterable, Mapping

from storage.values import Language

Meanings = dict[str, object]
LEXICON: dict[str, Meanings] = {}


def words(text: str) -> list[str]:
    """The words of a list written as prose."""
    return text.split()


def _add(kind: str, listed: str | Iterable[str], value: object = None) -> None:
    for word in words(listed) if isinstance(listed, str) else listed:
        LEXICON.setdefault(word, {})[kind] = value


def _inflected(stems: str, endings: str = "e en er es em") -> list[str]:
    return [stem + ending for stem in stems.split() for ending in endings.split()]


# --- numbers ---------------------------------------------------------------------------------------------------------

_GERMAN = words(
    "null ein zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
)
_GERMAN_TENS = words("zwanzig dreissig vierzig fuenfzig sechzig siebzig achtzig neunzig")
_ENGLISH = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ENGLISH_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
_ENGLISH_NTHS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_GERMAN_NTHS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
LAST_DAY_NUMBER = 31


def _german_numbers() -> dict[int, str]:
    tens = {10 * (2 + i): word for i, word in enumerate(_GERMAN_TENS)}
    compound = {ten + i: f"{_GERMAN[i]}und{word}" for ten, word in tens.items() for i in range(1, 10)}
    return dict(enumerate(_GERMAN)) | tens | compound | {100: "hundert"}


def _english_numbers() -> dict[int, str]:
    tens = {10 * (2 + i): word for i, word in enumerate(_ENGLISH_TENS)}
    compound = {ten + i: f"{word}-{_ENGLISH[i]}" for ten, word in tens.items() for i in range(1, 10)}
    return dict(enumerate(_ENGLISH)) | tens | compound | {100: "hundred"}


def _german_nth(number: int, word: str) -> str:
    return _GERMAN_NTHS.get(number) or word + ("t" if number < 20 else "st")


def _english_nth(number: int, word: str) -> str:
    if number < 20:
        return _ENGLISH_NTHS[number - 1]
    tens, _, unit = word.partition("-")
    return f"{tens}-{_ENGLISH_NTHS[_ENGLISH.index(unit) - 1]}" if unit else tens.removesuffix("y") + "ieth"


for _number, _word in _german_numbers().items():
    _add("NUM", _word, _number)
    if 1 <= _number <= LAST_DAY_NUMBER:
        _add("NTH", _inflected(_german_nth(_number, _word)), _number)
for _number, _word in _english_numbers().items():
    _add("NUM", _word, _number)
    if 1 <= _number <= LAST_DAY_NUMBER:
        _add("NTH", _english_nth(_number, _word), _number)
_add("NUM", "eine einem einen einer eines a", 1)
_add("NUM", "zwo beiden", 2)
_add("ROMAN", "i", 1)
_add("ROMAN", "ii", 2)
_add("ROMAN", "iii", 3)
_add("ROMAN", "iv", 4)

# --- weekdays --------------------------------------------------------------------------------------------------------

_DAYPARTS = "frueh morgen vormittag mittag nachmittag abend nacht"
_WEEKDAYS = (
    ("montag monday", "mo mon"),
    ("dienstag tuesday", "di tue tues"),
    ("mittwoch wednesday wendesday", "mi wed weds"),
    ("donnerstag thursday", "do thu thur thurs"),
    ("freitag friday", "fr fri"),
    ("samstag sonnabend saturday", "sa sat"),
    ("sonntag sunday", "so sun"),
)
for _day, (_names, _shorts) in enumerate(_WEEKDAYS):
    _german = [name for name in _names.split() if not name.endswith("day")]
    _add("DOW", _names, _day)
    _add("DOW", [name + part for name in _german for part in _DAYPARTS.split()], _day)
    _add("DOW", [name + "es" for name in _german], _day)
    _add("SHORTDOW", _shorts, _day)
    _add("DOWS", [name + "s" for name in _names.split()], _day)
_add("DAYPART", _DAYPARTS + " morgens abends nachts mittags morning afternoon evening noon night")

# --- months and seasons ----------------------------------------------------------------------------------------------

_MONTHS = (
    "januar jaenner jaen januars january",
    "februar feber februars february febuary feburary feb febr",
    "maerz mrz maer",
    "april aprils apr",
    "mai mais",
    "juni juno juin june",
    "juli julei july jul",
    "august augusts aug",
    "september septembers sept sep septmber",
    "oktober oktobers october okt oct ocotber",
    "november novembers nov novmber",
    "dezember dezembers december dez dec dezmber",
)
_GERMAN_ONLY = frozenset(words("januar februar maerz mai juni juli oktober dezember okt dez"))
for _month, _words in enumerate(_MONTHS, start=1):
    _add("MONTH", _words, _month)
for _month, _words in enumerate(_MONTHS, start=1):
    _add("MONTHWEEK", words(_words)[0] + "woche", _month)
    _add("MONTHHALF", words(_words)[0] + "haelfte", _month)
    # Nobody writes "Juli 19" in German for a day: where the name is German, two digits after it are a year.
    _add("GERMANMONTH", [name for name in words(_words) if name in _GERMAN_ONLY], _month)
_add("WEAKMONTH", "jan", 1)
_add("WEAKMONTH", "mar march", 3)
_add("WEAKMONTH", "may", 5)
_add("WEAKMONTH", "jun", 6)
_add("SEASON", "fruehling fruehlings fruehjahr fruehjahrs spring", 3)
_add("SEASON", "sommer sommers summer", 6)
_add("SEASON", "herbst herbsts herbstes autumn", 9)
_add("SEASON", "winter winters", 12)

# --- units -----------------------------------------------------------------------------------------------------------

_UNITS = {
    "day": ("tag tages day", "tage tagen days"),
    "week": ("woche week", "wochen weeks"),
    "weekend": ("wochenende wochenendes weekend", "wochenenden weekends"),
    "month": ("monat monats monates month", "monate monaten months"),
    "quarter": (
        "quartal quartals quartales vierteljahr vierteljahrs quarter",
        "quartale quartalen vierteljahre quarters",
    ),
    "half": ("halbjahr halbjahrs halbjahres", "halbjahre halbjahren"),
    "year": ("jahr jahrs jahres year", "jahre jahren years"),
    "workday": ("arbeitstag arbeitstages workday", "arbeitstage arbeitstagen workdays"),
    "werktag": ("werktag werktages", "werktage werktagen"),
}
for _unit, (_one, _many) in _UNITS.items():
    _add("UNIT", _one, _unit)
    _add("UNIT", _many, _unit)
for _unit in ("week", "weekend", "month", "quarter", "half", "year"):
    # "the last week" is a period; "the last day for notice" is none, and "the last weeks" are too vague for one.
    _add("ONE", _UNITS[_unit][0], _unit)
_add("PREVIOUS", "vorwoche", "week")
_add("PREVIOUS", "vormonat vormonats vormonates", "month")
_add("PREVIOUS", "vorquartal vorquartals", "quarter")
_add("PREVIOUS", "vorjahr vorjahrs vorjahres", "year")
for _unit, _stems in {"month": "monats", "quarter": "quartals", "half": "halbjahres", "year": "jahres"}.items():
    for _part, _tails in enumerate(("anfang beginn start", "mitte", "ende schluss")):
        _add("UNITPART", [_stems + tail + s for tail in _tails.split() for s in ("", "s", "es")], (_part, _unit))
_add("UNITPART", "wochenanfang wochenbeginn wochenstart", (0, "week"))
_add("UNITPART", "wochenmitte", (1, "week"))
_add("UNITPART", "eow", (2, "week"))
_add("UNITPART", "eom ultimo", (2, "month"))
_add("UNITPART", "eoq", (2, "quarter"))
_add("UNITPART", "eoy", (2, "year"))
_add("PART", "anfang anfangs beginn start early beginning begining beginnning", 0)
_add("PART", "mitte mid middle", 1)
_add("PART", "ende end late schluss ausgang", 2)
_add("KW", "kw kalenderwoche kalenderwochen cw")

# --- which one -------------------------------------------------------------------------------------------------------

_add("REL", [*_inflected("letzt vergangen vorig zurueckliegend"), "last", "previous", "prior"], "last")
_add("REL", _inflected("vorletzt vorvorig"), "prelast")
_add("REL", [*_inflected("naechst nachst"), "next"], "next")
_add("REL", _inflected("uebernaechst"), "afternext")
_add("REL", [*_inflected("dies laufend aktuell gegenwaertig jetzig heurig"), "this", "current", "dies"], "this")
_add("REL", [*_inflected("kommend"), "coming", "upcoming"], "coming")
_add("DAYWORD", "heute heut today tonight", 0)
_add("DAYWORD", "tomorrow tomorow tommorow tommorrow", 1)
_add("DAYWORD", "uebermorgen", 2)
_add("DAYWORD", "gestern yesterday", -1)
_add("DAYWORD", "vorgestern", -2)
_add("DAYWORD", "vorvorgestern", -3)
_add("MORROW", "morgen", 1)
_add("NOW", "jetzt sofort now")

# --- small words -----------------------------------------------------------------------------------------------------

_add("ART", "der die das den dem des the")
_add("AT", "am an im in on during waehrend")
_add("LOOSE", "zu zum zur vom von beim bei fuer for from of at ins ueber uebers over dated")
_add("SINCE", "seit since")
_add("UNTIL", "bis until till til by spaetestens")
_add("FIRM", "einschliesslich inklusive inkl einschl incl including inclusive spaetestens latest")
_add("BEFORE", "vor before")
_add("AFTER", "nach after")

_ONLY: Mapping[str, Language] = {
    **dict.fromkeys(("so", "do", "mi", "di", "mo"), Language.DE),
    **dict.fromkeys(("sat", "sun", "mon", "wed", "a", "i"), Language.EN),
}
"""Words that are common in the other language with another meaning."""


def meanings(word: str, language: Language | None) -> Meanings:
    """The kinds of meaning a folded word may have, in a text of that language or of any."""
    only = _ONLY.get(word)
    return LEXICON.get(word, {}) if language is None or only is None or only == language else {}
