"""Phrases counted from a day: in two weeks, 5 working days ago, the last 30 days."""

from dataclasses import replace
from datetime import date

from commands.calendar.chart import CountDays, Grammar, Scene
from commands.calendar.periods import (
    DAY,
    Amount,
    Cycle,
    following,
    moved,
    nearest,
    one_day,
    preceding,
    unit_around,
    weekday,
    whole_year,
)
from commands.calendar.values import Found, Grain, Period

AMOUNTS = Grammar()
phrase = AMOUNTS.phrase

# --- amounts of time -------------------------------------------------------------------------------------------------


@phrase("amount", "n:NUM u:UNIT", "n:NUM kind:working|business|calendar|full|volle|vollen? u:UNIT")
def _amount(n: int, u: str, kind: str | None) -> Amount | None:
    unit = "workday" if kind in ("working", "business") and u == "day" else u
    return Amount(count=n, unit=unit) if unit != "weekend" else None


@phrase("amount", "n:NUM halben|halbes|halbe u:UNIT", "half a u:UNIT")
def _half_amount(n: int | None, u: str) -> Amount | None:
    return Amount(count=6, unit="month") if u == "year" and n in (None, 1) else None


@phrase("amount", "anderthalb|eineinhalb u:UNIT")
def _one_and_a_half(u: str) -> Amount | None:
    return Amount(count=18, unit="month") if u == "year" else None


@phrase("amount", "a? fortnight")
def _fortnight() -> Amount:
    return Amount(count=2, unit="week")


def shifted(scene: Scene, day: date, amount: Amount, sign: int) -> Period | None:
    """The day an amount of time before or after `day`; None where it cannot be told."""
    if amount.unit in ("workday", "werktag"):
        return _counted(scene, day, amount, sign)
    found = moved(day, amount, sign)
    return one_day(found) if found else None


def _counted(scene: Scene, day: date, amount: Amount, sign: int) -> Period | None:
    count: CountDays | None = scene.workday if amount.unit == "workday" else scene.werktag
    if count is None:
        return None
    return replace(one_day(count(day, sign * amount.count)), werktage=amount.unit == "werktag")


# --- from here on, so far back ---------------------------------------------------------------------------------------


@phrase("simple", "in amount:<amount> time?", "amount:<amount> from now|today|heute")
def _ahead(scene: Scene, amount: Amount) -> Period | None:
    return shifted(scene, scene.today, amount, 1)


@phrase("simple", "vor amount:<amount>", "amount:<amount> ago|her today?")
def _ago(scene: Scene, amount: Amount) -> Period | None:
    return shifted(scene, scene.today, amount, -1)


@phrase("simple", "base:<today> sign:in|vor amount:<amount>", "base:<today> amount:<amount> sign:ago")
def _from_a_day(scene: Scene, base: Period, sign: str, amount: Amount) -> Period | None:
    return shifted(scene, base.start, amount, 1 if sign == "in" else -1)


@phrase("simple", "dow:<dow> in amount:<amount>", "amount:<amount> from|on dow:<dow>")
def _weekday_ahead(scene: Scene, dow: int, amount: Amount) -> Period | None:
    """Read "Montag in einer Woche": a week after the Monday to come."""
    base = following(weekday(dow), scene.today)
    return shifted(scene, base.start, amount, 1) if isinstance(base, Period) else None


@phrase("simple", "dow:<dow> vor amount:<amount>", "dow:<dow> amount:<amount> ago", "amount:<amount> ago on? dow:<dow>")
def _weekday_back(scene: Scene, dow: int, amount: Amount) -> Period | None:
    """Read "Montag vor einer Woche": a week before the latest Monday."""
    base = preceding(weekday(dow), scene.today)
    return shifted(scene, base.start, amount, -1) if isinstance(base, Period) else None


@phrase("relative", "amount:<amount> edge:vor|before|nach|after|ab|from AT|LOOSE|ART? ART? found:<spot>")
def _beside(scene: Scene, amount: Amount, edge: str, found: Found) -> Found | None:
    """Read "zwei Wochen vor Weihnachten", "3 days after 1 December"."""
    if not isinstance(found, Period):
        return found
    before = edge in ("vor", "before")
    return shifted(scene, found.start if before else found.last, amount, -1 if before else 1)


@phrase("simple", "edge:NTH|REL n:NUM u:UNIT of|in|im|des|von ART? cycle:<whole>")
@phrase("simple", "edge:NTH|REL n:NUM u:UNIT of|in|im|des|von ART? found:<inyear>")
@phrase("simple", "edge:NTH|REL n:NUM u:UNIT of|in|im|des|von jahr|jahres|year? year:YEAR")
def _first_or_last(
    scene: Scene, edge: int | str, n: int, u: str, cycle: Cycle | None, found: Found | None, year: int | None
) -> Found | None:
    """Read "the first two weeks of December"."""
    if cycle is not None:
        found = nearest(cycle, scene.today, scene.tense)
    if year is not None:
        found = whole_year(year)
    if not isinstance(found, Period):
        return found
    if edge not in (1, "last"):
        return None
    amount = Amount(count=n, unit=u)
    start = moved(found.end, amount, -1) if edge == "last" else found.start
    end = moved(found.start, amount, 1) if edge == 1 else found.end
    inside = start and end and found.start <= start < end <= found.end
    return Period(start=start, end=end, grain=Grain.PART) if start and end and inside else None


# --- rolling ---------------------------------------------------------------------------------------------------------


@phrase("simple", "rel:REL|past amount:<amount>", "n:NUM rel:REL u:UNIT")
def _last_or_next(scene: Scene, rel: str, amount: Amount | None, n: int | None, u: str | None) -> Period | None:
    amount = amount or (Amount(count=n, unit=u) if n and u else None)
    if amount is None or rel not in ("last", "past", "next", "coming"):
        return None
    return rolling(scene, amount, 1 if rel in ("next", "coming") else -1)


@phrase("simple", "rel:REL halben|halbe|halbes u:ONE")
def _last_half_year(scene: Scene, rel: str, u: str) -> Period | None:
    return _last_or_next(scene, rel, Amount(count=6, unit="month"), None, None) if u == "year" else None


@phrase("simple", "innerhalb|binnen|within of|von|der|des|the? REL? amount:<amount>")
def _within(scene: Scene, amount: Amount) -> Period | None:
    """Read "innerhalb von zwei Wochen": up to and including the day two weeks ahead."""
    end = shifted(scene, scene.today, amount, 1)
    return Period(start=scene.today, end=end.end, grain=Grain.ROLLING, werktage=end.werktage) if end else None


def rolling(scene: Scene, amount: Amount, sign: int) -> Period | None:
    """The last or next so many days, today included; quarters are those of the calendar."""
    if amount.unit == "quarter":
        first = -amount.count if sign < 0 else 1
        start, end = (unit_around("quarter", scene.today, shift).start for shift in (first, first + amount.count))
        return Period(start=start, end=end, grain=Grain.QUARTER)
    if sign > 0:
        end_day = shifted(scene, scene.today, amount, 1)
        return Period(start=scene.today, end=end_day.start, grain=Grain.ROLLING) if end_day else None
    tomorrow = scene.today + DAY
    first_day = shifted(scene, tomorrow, amount, -1)
    return Period(start=first_day.start, end=tomorrow, grain=Grain.ROLLING) if first_day else None
