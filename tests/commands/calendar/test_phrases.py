"""Field values and questions: the vectors, what a command's field means, and what holds for any text."""

import json
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.calendar.grammar import GRAMMAR
from commands.calendar.lexicon import words
from commands.calendar.phrases import find_range, find_ranges, find_step, longest_day_prefix, parse_day
from commands.calendar.steps import stepped
from commands.calendar.values import DayFound, DayResult, Grain, NoSuchDay, NotADate, Range, Rule, Tense, WrongWeekday
from commands.calendar.workdays import Calendar, ExtraDay, add_werktage, add_workdays
from storage.values import Language

TODAY = date(2026, 11, 18)
MUNICH = Calendar(
    subdivision="BY", categories=("public", "catholic"), extra=(ExtraDay.parse("--12-24", name="Heiligabend"),)
)
workday = partial(add_workdays, calendars=[MUNICH])
werktag = partial(add_werktage, calendars=[MUNICH])
VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "dates.json").read_text(encoding="utf-8")
)["vectors"]


def parsed(text: str, tense: Tense = Tense.FUTURE) -> DayResult:
    return parse_day(text, today=TODAY, tense=tense, workday=workday, werktag=werktag)


def prefix(text: str) -> tuple[DayResult, int]:
    return longest_day_prefix(text.split(), today=TODAY, workday=workday, werktag=werktag)


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['phrase']}-{vector.get('tense', '')}")
def test_a_phrase_means_what_its_vector_says(vector: dict[str, Any]) -> None:
    for tense in [Tense(vector["tense"])] if "tense" in vector else Tense:
        for language in (Language(vector["lang"]), None):
            found = find_range(vector["phrase"], today=TODAY, tense=tense, language=language)
            assert shown(found) == {key: vector.get(key) for key in ("start", "end", "grain", "rrule")}


def shown(found: Range | Rule | None) -> dict[str, str | None]:
    said: dict[str, str | None] = dict.fromkeys(("start", "end", "grain", "rrule"))
    if isinstance(found, Rule):
        return said | {"rrule": found.rrule}
    if isinstance(found, Range):
        start, end = found.start, found.end
        said |= {"start": start.isoformat() if start else None, "end": end.isoformat() if end else None}
        said["grain"] = found.grain.value
    return said


def test_working_days_in_a_question_need_a_calendar() -> None:
    asked = "Zehn Arbeitstage ab heute, wann ist das?"
    assert find_range(asked, today=TODAY, tense=Tense.FUTURE) is None
    found = find_range(asked, today=TODAY, tense=Tense.FUTURE, workday=workday)
    assert isinstance(found, Range)
    assert found.start == date(2026, 12, 2)


def test_a_masked_name_ends_a_phrase_and_keeps_the_offsets() -> None:
    text = "Was lief bei ………… 2025?"
    found = find_range(text, today=TODAY, tense=Tense.PAST)
    assert found is not None
    assert text[slice(*found.span)] == "2025"


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("und in der Woche davor?", date(2026, 11, 2), date(2026, 11, 9)),
        ("and the week after?", date(2026, 11, 16), date(2026, 11, 23)),
        ("im Monat davor", date(2026, 10, 1), date(2026, 11, 1)),
        ("am Tag danach", date(2026, 11, 16), date(2026, 11, 17)),
    ],
)
def test_a_step_leads_to_the_neighbour_of_what_was_talked_about(words: str, start: date, end: date) -> None:
    last_week = Range(start=date(2026, 11, 9), end=date(2026, 11, 16), grain=Grain.WEEK)
    step = find_step(words)
    assert step is not None
    found = stepped(last_week, step)
    assert found is not None
    assert (found.start, found.end) == (start, end)


def test_there_is_no_step_beyond_an_open_end() -> None:
    step = find_step("in der Woche davor")
    assert step is not None
    assert stepped(Range(start=None, end=TODAY, grain=Grain.UNTIL), step) is None


# --- the value of a field --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11.12.", "2026-12-11"),
        ("11.12", "2026-12-11"),
        ("11.12.26", "2026-12-11"),
        ("11. 12. 2026", "2026-12-11"),
        ("2026-12-11", "2026-12-11"),
        ("Fr., 11.12.2026", "2026-12-11"),
        ("bis zum 11.12.", "2026-12-11"),
        ("until 30 November", "2026-11-30"),
        ("Morgen", "2026-11-19"),
        ("naechsten Freitag", "2026-11-27"),
        ("next Friday", "2026-11-27"),
        ("fr", "2026-11-20"),
        ("15.", "2026-12-15"),
        ("2 Wochen", "2026-12-02"),
        ("in two weeks", "2026-12-02"),
        ("KW 50", "2026-12-13"),
        ("Ende Q2", "2027-06-30"),
        ("end of March", "2027-03-31"),
        ("zum Quartalsende", "2026-12-31"),
        ("2027", "2027-12-31"),
        ("12/2026", "2026-12-31"),
        ("29.2.", "2028-02-29"),
        ("5 AT", "2026-11-25"),
        ("in 5 AT", "2026-11-25"),
        ("5 Arbeitstage", "2026-11-25"),
        ("5 working days", "2026-11-25"),
        ("26 AT", "2026-12-28"),
        ("5 AT nach Ostern", "2027-04-05"),
        ("heute", "2026-11-18"),
        ("18.11.", "2026-11-18"),
        ("Mittwoch", "2026-11-25"),
        ("Karfreitag", "2027-03-26"),
        ("31. nächsten Monats", "2026-12-31"),
    ],
)
def test_a_due_date_is_the_last_day_of_what_was_said(text: str, day: str) -> None:
    found = parsed(text)
    assert isinstance(found, DayFound)
    assert found.day.isoformat() == day


def test_a_beginning_is_the_first_day_of_what_was_said() -> None:
    found = parsed("ab Oktober")
    assert isinstance(found, DayFound)
    assert found.first == date(2027, 10, 1)


def test_a_past_field_looks_back() -> None:
    found = parsed("7.12.", Tense.PAST)
    assert isinstance(found, DayFound)
    assert found.day == date(2025, 12, 7)


def test_werktage_count_saturdays_and_say_so() -> None:
    found = parsed("5 Werktage")
    assert isinstance(found, DayFound)
    assert (found.day, found.werktage) == (date(2026, 11, 24), True)
    counted = parsed("5 AT")
    assert isinstance(counted, DayFound)
    assert not counted.werktage


def test_without_a_calendar_working_days_are_no_date() -> None:
    assert isinstance(parse_day("5 AT", today=TODAY), NotADate)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30.2.", NoSuchDay(text="30.2.", day=30, month=2)),
        ("31.4.2026", NoSuchDay(text="31.4.2026", day=31, month=4, year=2026)),
        ("29.2.2027", NoSuchDay(text="29.2.2027", day=29, month=2, year=2027)),
        ("2026-02-30", NoSuchDay(text="2026-02-30", day=30, month=2, year=2026)),
        ("30. Februar 2026", NoSuchDay(text="30. Februar 2026", day=30, month=2, year=2026)),
        ("KW 53 2027", NoSuchDay(text="KW 53 2027", week=53, year=2027)),
        ("Montag, 11.12.2026", WrongWeekday(text="Montag, 11.12.2026", day=date(2026, 12, 11), named=0)),
        ("demnächst", NotADate(text="demnächst")),
        ("jeden Montag", NotADate(text="jeden Montag")),
        ("Freitag Bericht", NotADate(text="Freitag Bericht")),
        ("7/12/2026", NotADate(text="7/12/2026")),
        ("", NotADate(text="")),
    ],
)
def test_a_slip_is_told_from_what_is_no_date(text: str, expected: DayResult) -> None:
    assert parsed(text) == expected


def test_the_last_real_day_is_at_hand_for_a_suggestion() -> None:
    assert NoSuchDay(day=31, month=4, year=2026).last == 30
    assert NoSuchDay(day=30, month=2, year=2027).last == 28
    assert NoSuchDay(day=30, month=2).last == 29
    assert NoSuchDay(week=53, year=2027).last is None


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("nächsten Freitag – Text", 2, "2026-11-27"),
        ("11.12. Bericht", 1, "2026-12-11"),
        ("11.12 Bericht", 1, "2026-12-11"),
        ("Freitag, dann weiter", 1, "2026-11-20"),
        ("Freitag, 11.12. Bericht", 2, "2026-12-11"),
        ("5 AT bitte", 2, "2026-11-25"),
        ("heute in 2 Wochen Text", 4, "2026-12-02"),
        ("Ende März Bericht vorlegen", 2, "2027-03-31"),
        ("3. Mai 20 Exemplare", 2, "2027-05-03"),
        ("Oktober 3 Angebote einholen", 1, "2027-10-31"),
        ("bis zum 15. fertig", 3, "2026-12-15"),
        ("11.12.: Text", 1, "2026-12-11"),
        ("in 2 Wochen.", 3, "2026-12-02"),
        ("Mo Text", 1, "2026-11-23"),
        ("end of next week please", 4, "2026-11-29"),
    ],
)
def test_a_date_takes_as_many_words_as_it_needs(text: str, words: int, day: str) -> None:
    found, used = prefix(text)
    assert isinstance(found, DayFound)
    assert (used, found.day.isoformat()) == (words, day)


@pytest.mark.parametrize("text", ["so bald wie möglich", "bitte 5 AT", "11.12.-Text", "mo text", "– Text", ""])
def test_free_text_is_no_date(text: str) -> None:
    found, used = prefix(text)
    assert isinstance(found, NotADate)
    assert used == 0


def test_a_day_that_does_not_exist_still_takes_its_words() -> None:
    assert prefix("30.2. Bericht") == (NoSuchDay(text="30.2.", day=30, month=2), 1)


# --- what holds for any text -----------------------------------------------------------------------------------------

MONTHS = words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))
_SAID = st.sampled_from(
    words(
        "am bis zum seit ab vor nach in im letzten nächste übernächste vorletzten diesen Woche Monat Jahres "
        "Quartal Tage AT Werktage Montag Fr. so Mai may March Oktober 3. 15 2027 7.12. 7.12 11.12.2026 2026-12-11 "
        "30.2. KW 50 Q3 Ende Mitte Anfang Ostern Weihnachten jeden alle zwei every other of the first half year "
        "ago before after from to und - – , . / zwischen zweiten heute morgen gestern today week weekend d. M. J. "
        "P-12 Sitzung IT-0815/20 999 ☃ Jahre"
    )
)
_PHRASES = st.lists(_SAID, max_size=10).map(" ".join)


@given(day=DAYS, today=DAYS)
def test_every_written_date_is_read_back(day: date, today: date) -> None:
    weekday = ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.")[day.weekday()]
    month = MONTHS[day.month - 1]
    for text in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{weekday}, {day:%d.%m.%Y}",
        f"{day.day}. {month} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        found = parse_day(text, today=today)
        assert isinstance(found, DayFound)
        assert (found.first, found.last) == (day, day)


@given(day=DAYS, today=DAYS)
def test_a_date_without_a_year_is_the_nearest_in_its_direction(day: date, today: date) -> None:
    later = parse_day(f"{day.day}.{day.month}.", today=today)
    earlier = parse_day(f"{day.day}.{day.month}.", today=today, tense=Tense.PAST)
    assert isinstance(later, DayFound)
    assert isinstance(earlier, DayFound)
    assert later.day >= today >= earlier.day
    most = timedelta(days=366 if (day.month, day.day) != (2, 29) else 8 * 366)
    assert later.day - today <= most
    assert today - earlier.day <= most


@given(text=st.one_of(st.text(max_size=80), _PHRASES), today=DAYS, tense=st.sampled_from(Tense))
def test_no_text_breaks_the_search_and_what_is_found_lies_inside_it(text: str, today: date, tense: Tense) -> None:
    position = 0
    for found in find_ranges(text, today=today, tense=tense, workday=workday):
        start, end = found.span
        assert position <= start < end <= len(text)
        position = end
        if isinstance(found, Range) and found.start and found.end:
            assert found.start < found.end


_NESTED = [
    ["Freitag", "Freitag in einer Woche"],
    ["11.12.", "11.12. 2026"],
    ["Montag", "Montag nach Ostern", "Montag nach Ostern 2028"],
    ["3. Mai", "3. Mai nächsten Jahres"],
    ["Ende März", "Ende März 2028"],
    ["heute", "heute in 14 Tagen"],
    ["KW 50", "KW 50 2026"],
    ["2 Wochen", "2 Wochen nach Weihnachten"],
    ["next week", "next week Friday"],
    ["Friday", "Friday after next"],
    ["end of March", "end of March next year"],
]
_TAILS = st.sampled_from(
    ["", "– Text", "Bericht vorlegen", "bitte prüfen", ", dann weiter", "(vorläufig)", "P-12 grün"]
)


@given(nested=st.sampled_from(_NESTED), tail=_TAILS, today=DAYS)
def test_of_several_dates_the_longest_is_taken_whatever_follows(nested: list[str], tail: str, today: date) -> None:
    for said in nested:
        found, used = longest_day_prefix([*said.split(), *tail.split()], today=today)
        assert used == len(said.split())
        assert found == parse_day(said, today=today)


@given(text=st.one_of(st.text(max_size=60), _PHRASES), today=DAYS)
def test_a_prefix_is_a_date_by_itself(text: str, today: date) -> None:
    words = text.split()
    found, used = longest_day_prefix(words, today=today, workday=workday)
    assert (used == 0) == isinstance(found, NotADate)
    if used:
        assert not isinstance(parse_day(" ".join(words[:used]), today=today, workday=workday), NotADate)


def test_phrases_are_made_of_known_phrases_and_never_of_themselves() -> None:
    used = {
        name: {
            symbol[1:-1] for made in productions for item in made.items for symbol in item.symbols if symbol[0] == "<"
        }
        for name, productions in GRAMMAR.productions.items()
    }

    def depth(name: str, above: tuple[str, ...]) -> int:
        assert name not in above
        return 1 + max((depth(part, (*above, name)) for part in used[name]), default=0)

    # Any text can be nested only so deep, so none exhausts the stack.
    assert max(depth(name, ()) for name in used) < 20
