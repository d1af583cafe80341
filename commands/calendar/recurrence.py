"""Phrases for what is repeated, as recurrence rules (RFC 5545)."""

from commands.calendar.chart import Grammar, Place
from commands.calendar.periods import Amount, Cycle

RECURRENCE = Grammar()
phrase = RECURRENCE.phrase

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "half": ("MONTHLY", 6),
    "year": ("YEARLY", 1),
}
_EVERY = "jede|jeden|jeder|jedes|jedem|every|each"

_ADVERBS = {
    "taeglich": (1, "day"),
    "daily": (1, "day"),
    "woechentlich": (1, "week"),
    "weekly": (1, "week"),
    "zweiwoechentlich": (2, "week"),
    "vierzehntaegig": (2, "week"),
    "vierzehntaeglich": (2, "week"),
    "biweekly": (2, "week"),
    "fortnightly": (2, "week"),
    "dreiwoechentlich": (3, "week"),
    "vierwoechentlich": (4, "week"),
    "monatlich": (1, "month"),
    "monthly": (1, "month"),
    "zweimonatlich": (2, "month"),
    "vierteljaehrlich": (3, "month"),
    "quartalsweise": (3, "month"),
    "quarterly": (3, "month"),
    "halbjaehrlich": (6, "month"),
    "semiannually": (6, "month"),
    "jaehrlich": (1, "year"),
    "yearly": (1, "year"),
    "annually": (1, "year"),
}


def _rule(amount: Amount, extra: str = "") -> str | None:
    if amount.unit not in _FREQUENCIES:
        return None
    count, unit = amount.count, amount.unit
    if unit == "day" and count % 7 == 0:
        count, unit = count // 7, "week"
    frequency, factor = _FREQUENCIES[unit]
    interval = f";INTERVAL={count * factor}" if count * factor > 1 else ""
    return f"FREQ={frequency}{interval}{extra}"


def _monthly(day: str) -> str:
    return f"FREQ=MONTHLY;{day}"


# --- how often -------------------------------------------------------------------------------------------------------


@phrase("often", "word:" + "|".join(_ADVERBS))
def _adverb(word: str) -> Amount:
    count, unit = _ADVERBS[word]
    return Amount(count=count, unit=unit)


@phrase("often", "alle|every amount:<amount>")
@phrase("often", f"{_EVERY} u:UNIT", f"{_EVERY} other:other u:UNIT", f"{_EVERY} n:NTH u:UNIT")
@phrase("often", "half|semi|halb DASH? yearly|annually|jaehrlich", "n:DIGITS DASH taegig|taeglich")
def _often(place: Place, amount: Amount | None, u: str | None, other: str | None, n: int | None) -> Amount | None:
    if amount is not None:
        return amount
    if place.tokens[place.end - 1].word in ("taegig", "taeglich"):
        return Amount(count=n or 1, unit="day")
    if u is None:
        return Amount(count=6, unit="month")
    return Amount(count=2 if other else n or 1, unit=u)


# --- on which weekdays -----------------------------------------------------------------------------------------------


@phrase("days", "a:<dow> COMMA|und|and? b:<dow>? und|and? c:<dow>?")
@phrase("adverbdays", "a:DOWS COMMA|und|and|DASH? b:DOWS? und|and? c:DOWS?")
def _days(place: Place, a: int, b: int | None, c: int | None) -> str | None:
    last = place.tokens[place.end - 1]
    if last.word in ("und", "and") or last.sign:
        return None
    days = sorted({day for day in (a, b, c) if day is not None})
    return "BYDAY=" + ",".join(DAYS[day] for day in days)


@phrase("rule", f"{_EVERY} days:<days>", "on? days:<adverbdays>")
@phrase("rule", "often:<often> am|on|jeweils|immer? am|on? days:<days>", "often:<often> on? days:<adverbdays>")
def _weekly(days: str, often: Amount | None) -> str | None:
    often = often or Amount(count=1, unit="week")
    rule = _rule(often)
    return f"{rule};{days}" if rule and rule.startswith("FREQ=WEEKLY") else None


@phrase("rule", f"{_EVERY} other:other dow:<dow>", f"{_EVERY} n:<nth> dow:<dow>")
def _every_nth_weekday(place: Place, other: str | None, n: int | None, dow: int) -> str | None:
    """Read "every other Friday"; the first and last one are meant of the month."""
    if place.after is not None and place.after.word in ("im", "in", "of", "des", "pro", "per"):
        return None
    count = 2 if other else n or 1
    if count in (1, -1):
        return _monthly(f"BYDAY={count}{DAYS[dow]}")
    return f"FREQ=WEEKLY;INTERVAL={count};BYDAY={DAYS[dow]}"


@phrase("rule", "werktags|wochentags|arbeitstaeglich|werktaeglich|weekdays", f"{_EVERY} u:UNIT",
        f"{_EVERY} weekday|wochentag", f"{_EVERY} working|business day")  # fmt: skip
def _working_days(place: Place, u: str | None) -> str | None:
    if u not in (None, "werktag", "workday"):
        return None
    saturday = u == "werktag" or place.first.word in ("werktags", "werktaeglich")
    return "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[: 6 if saturday else 5])


@phrase("rule", f"{_EVERY} wochenende|weekend")
def _weekends() -> str:
    return "FREQ=WEEKLY;BYDAY=SA,SU"


# --- on which days of a month or year --------------------------------------------------------------------------------

_OF_MONTH = "im|in|of|des|jedes|jeden|every|each|eines? jedes|jeden|every|each|eines|ART? monat|monats|month"


@phrase("rule", f"{_EVERY}|am|on? ART? n:<nth> dow:<dow> {_OF_MONTH}")
@phrase("rule", f"{_EVERY} monat|month am|on|jeweils? am|on? ART? n:<nth> dow:<dow>")
@phrase("rule", "monatlich|monthly am|on|jeweils ART? n:<nth> dow:<dow>")
def _monthly_weekday(n: int, dow: int) -> str | None:
    return _monthly(f"BYDAY={n}{DAYS[dow]}") if n <= 5 else None


@phrase("rule", "am|on|zum|bis? zum? ART? n:DOT|TH of|an? jedes|jeden|every|each|eines monats|monat|month")
@phrase("rule", f"{_EVERY} monat|month am|on|zum ART? n:NTH", "monatlich|monthly am|on|zum ART? n:NTH")
@phrase("rule", "immer|jeweils am|zum n:DOT", "am|zum n:NTH eines|jedes monats", f"{_EVERY} n:NTH of the? month")
@phrase("rule", f"{_EVERY} n:DOT|TH", f"{_EVERY} n:DOT|TH im|of|des ART? monat|monats|month")
@phrase("rule", "am|on|zum ART? n:<nth> tag|day of|im|in? jedes|jeden|every|each|eines monats|monat|month")
def _monthly_day(place: Place, n: int) -> str | None:
    if n > 31 or (place.after is not None and (place.after.opaque or "NTH" in place.after.meanings)):
        return None
    return _monthly(f"BYMONTHDAY={n}")


@phrase("rule", f"{_EVERY} cycle:<date>", f"{_EVERY} jahr|year am|on|zum|bis? zum|the? cycle:<date>")
@phrase("rule", "jaehrlich|yearly|annually am|on|zum|bis? zum|the? cycle:<date>")
def _yearly_day(cycle: Cycle) -> str | None:
    day, month = cycle.missing.day, cycle.missing.month
    return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}" if day and month else None


@phrase("rule", f"{_EVERY} month:MONTH")
def _every_month_named(month: int) -> str:
    return f"FREQ=YEARLY;BYMONTH={month}"


@phrase("rule", "often:<often>")
def _plain(place: Place, often: Amount) -> str | None:
    before = place.before.word if place.before else ""
    several = (before.endswith("mal") and before != "einmal") or before in ("twice", "times")
    return None if several else _rule(often)
