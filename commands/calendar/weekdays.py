"""Phrases for a weekday: next Friday, Tuesday after Easter, Friday, 11 December."""

from commands.calendar.chart import Grammar, Place, Scene
from commands.calendar.cycles import SHIFTS, counts_a_noun
from commands.calendar.periods import (
    DAY,
    Cycle,
    day_of_month,
    day_of_year,
    following,
    nearest,
    one_day,
    preceding,
    week_of,
    weekday,
)
from commands.calendar.values import Found, Grain, NoSuchDay, Period, Tense, WrongWeekday

WEEKDAYS = Grammar()
phrase = WEEKDAYS.phrase

# --- weekdays --------------------------------------------------------------------------------------------------------


@phrase("simple", "dow:DOW DAYPART?")
@phrase("spot", "dow:<dow> DAYPART?")
def _weekday(scene: Scene, dow: int) -> Period | NoSuchDay:
    return nearest(weekday(dow), scene.today, scene.tense)


@phrase("simple", "word:am|bis dow:LOWDOW")
def _small_weekday(scene: Scene, word: str, dow: int) -> Period | NoSuchDay | None:
    # "bis so" and "bis do" are no dates, "am so" is hardly anything else.
    return nearest(weekday(dow), scene.today, scene.tense) if word == "am" else None


@phrase("simple", "rel:REL dow:<dow> DAYPART?")
def _relative_weekday(scene: Scene, rel: str, dow: int) -> Period | NoSuchDay:
    today, cycle = scene.today, weekday(dow)
    match rel:
        case "last":
            return preceding(cycle, today)
        case "prelast":
            found = preceding(cycle, today)
            return one_day(found.start - 7 * DAY) if isinstance(found, Period) else found
        case "this" if scene.tense == Tense.PAST and dow < today.weekday():
            return preceding(cycle, today)
        case "this" | "coming":
            return following(cycle, today)
        case _:
            return one_day(week_of(today).start + 7 * SHIFTS[rel] * DAY + dow * DAY)


@phrase("simple", "dow:<dow> COMMA? of|in|der? ART? week:<week>", "week:<week> COMMA? am|on? dow:<dow> DAYPART?")
def _weekday_in_week(week: Found, dow: int) -> Found:
    return one_day(week.start + dow * DAY) if isinstance(week, Period) else week


@phrase("simple", "dow:<dow> COMMA? ART? found:<inyear>", "dow:<dow> COMMA? ART? found:DATE")
@phrase("simple", "dow:<dow> COMMA? ART? cycle:<date>")
@phrase("simple", "dow:<dow> COMMA? ART? dm:BARE")
@phrase("simple", "dow:DOW COMMA? ART? number:DOT|TH")
def _weekday_and_date(
    scene: Scene,
    place: Place,
    dow: int,
    found: Found | None,
    cycle: Cycle | None,
    dm: tuple[int, int] | None,
    number: int | None,
) -> Found | None:
    if dm is not None:
        # "Freitag 20.11": without its last full stop a date only if the weekday bears it out.
        meant = _on_weekday(scene, day_of_year(*dm), dow)
        return meant if isinstance(meant, Period) and meant.start.weekday() == dow else None
    if number is not None:
        cycle = day_of_month(number) if not counts_a_noun(place) else None
    if cycle is not None:
        found = _on_weekday(scene, cycle, dow)
    if not isinstance(found, Period):
        return found
    if found.grain != Grain.DAY:
        return None
    return found if found.start.weekday() == dow else WrongWeekday(day=found.start, named=dow)


def _on_weekday(scene: Scene, cycle: Cycle, dow: int) -> Period | NoSuchDay:
    """The nearest in the direction of the tense, unless only the one in the other direction has that weekday."""
    meant = nearest(cycle, scene.today, scene.tense)
    both = (following(cycle, scene.today), preceding(cycle, scene.today))
    fitting = [found for found in both if isinstance(found, Period) and found.start.weekday() == dow]
    return meant if meant in fitting or not fitting else fitting[0]


@phrase("simple", "dow:<dow> week", "base:<today> week")
def _weekday_week(scene: Scene, dow: int | None, base: Period | None) -> Period | None:
    """Read "Friday week" and "tomorrow week": a week after it."""
    day = base if dow is None else following(weekday(dow), scene.today)
    return one_day(day.start + 7 * DAY) if isinstance(day, Period) else None


@phrase("simple", "dow:<dow> after next")
def _weekday_after_next(scene: Scene, dow: int) -> Period:
    return one_day(week_of(scene.today).start + (14 + dow) * DAY)


@phrase("relative", "dow:<dow> edge:vor|before|nach|after ART? found:<simple>")
def _weekday_beside(dow: int, edge: str, found: Found) -> Found:
    """Read "Dienstag nach Ostern", "the Friday before Christmas"."""
    if not isinstance(found, Period):
        return found
    if edge in ("nach", "after"):
        return one_day(found.end + (dow - found.end.weekday()) % 7 * DAY)
    return one_day(found.start - DAY - (found.start.weekday() - 1 - dow) % 7 * DAY)
