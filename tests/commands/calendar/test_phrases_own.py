"""Phrases as people write them, each with the result worked out by hand for Wednesday, 18 November 2026."""

from datetime import date

import pytest

from commands.calendar.phrases import find_range, find_ranges
from commands.calendar.values import Range, Rule, Tense
from storage.values import Language

TODAY = date(2026, 11, 18)
PAST, FUTURE = Tense.PAST, Tense.FUTURE
DE, EN = Language.DE, Language.EN

# words, language, tense (None: both must agree), first day, last day (included; "-" is open)
PERIODS = [
    # weekdays
    ("übernächsten Dienstag", DE, None, "2026-12-01", "2026-12-01"),
    ("vorletzten Freitag", DE, None, "2026-11-06", "2026-11-06"),
    ("letzten Montag", DE, None, "2026-11-16", "2026-11-16"),
    ("letzten Mittwoch", DE, None, "2026-11-11", "2026-11-11"),
    ("diesen Montag", DE, PAST, "2026-11-16", "2026-11-16"),
    ("diesen Montag", DE, FUTURE, "2026-11-23", "2026-11-23"),
    ("Montag in einer Woche", DE, None, "2026-11-30", "2026-11-30"),
    ("am Do.", DE, FUTURE, "2026-11-19", "2026-11-19"),
    ("bis Fr", DE, FUTURE, "-", "2026-11-20"),
    ("am fr", DE, FUTURE, "2026-11-20", "2026-11-20"),
    ("Freitagabend", DE, FUTURE, "2026-11-20", "2026-11-20"),
    ("nächste Woche Dienstag", DE, None, "2026-11-24", "2026-11-24"),
    ("Dienstag der KW 50", DE, FUTURE, "2026-12-08", "2026-12-08"),
    ("Mo., 23.11.", DE, FUTURE, "2026-11-23", "2026-11-23"),
    ("Freitag, den 11.12.2026", DE, None, "2026-12-11", "2026-12-11"),
    ("on Friday morning", EN, FUTURE, "2026-11-20", "2026-11-20"),
    ("Tuesday of next week", EN, None, "2026-11-24", "2026-11-24"),
    ("a week from Monday", EN, None, "2026-11-30", "2026-11-30"),
    ("last Monday's meeting", EN, None, "2026-11-16", "2026-11-16"),
    ("by Thu", EN, FUTURE, "-", "2026-11-19"),
    ("Friday after next", EN, None, "2026-12-04", "2026-12-04"),
    ("am Montag vor einer Woche", DE, None, "2026-11-09", "2026-11-09"),
    ("Dienstag nach Ostern", DE, FUTURE, "2027-03-30", "2027-03-30"),
    ("the Friday before Christmas", EN, FUTURE, "2026-12-18", "2026-12-18"),
    ("Mittwoch, 25.11.", DE, None, "2026-11-25", "2026-11-25"),
    # days
    ("heute in 14 Tagen", DE, None, "2026-12-02", "2026-12-02"),
    ("morgen in einer Woche", DE, None, "2026-11-26", "2026-11-26"),
    ("heute vor einer Woche", DE, None, "2026-11-11", "2026-11-11"),
    ("heute Morgen", DE, None, "2026-11-18", "2026-11-18"),
    ("gestern Abend", DE, None, "2026-11-17", "2026-11-17"),
    ("morgen früh", DE, None, "2026-11-19", "2026-11-19"),
    ("uebermorgen", DE, None, "2026-11-20", "2026-11-20"),
    ("am 15.", DE, FUTURE, "2026-12-15", "2026-12-15"),
    ("am 15.", DE, PAST, "2026-11-15", "2026-11-15"),
    ("am 15. des Monats", DE, PAST, "2026-11-15", "2026-11-15"),
    ("bis zum 3. nächsten Monats", DE, None, "-", "2026-12-03"),
    ("am einunddreißigsten Januar", DE, FUTURE, "2027-01-31", "2027-01-31"),
    ("am 5. Febr.", DE, FUTURE, "2027-02-05", "2027-02-05"),
    ("am 7.12 auf der Tagesordnung", DE, FUTURE, "2026-12-07", "2026-12-07"),
    ("vom 2026-12-11", DE, None, "2026-12-11", "2026-12-11"),
    ("15.Oktober 2025", DE, None, "2025-10-15", "2025-10-15"),
    ("am 18.11.", DE, None, "2026-11-18", "2026-11-18"),
    ("am 29.2.", DE, FUTURE, "2028-02-29", "2028-02-29"),
    ("am ersten Montag im Dezember", DE, FUTURE, "2026-12-07", "2026-12-07"),
    ("am letzten Freitag im Oktober", DE, PAST, "2026-10-30", "2026-10-30"),
    ("am zweiten Dienstag nächsten Monats", DE, None, "2026-12-08", "2026-12-08"),
    ("zwei Wochen vor Weihnachten", DE, FUTURE, "2026-12-10", "2026-12-10"),
    ("in einundzwanzig Tagen", DE, None, "2026-12-09", "2026-12-09"),
    ("in einem halben Jahr", DE, None, "2027-05-18", "2027-05-18"),
    ("the day after tomorrow", EN, None, "2026-11-20", "2026-11-20"),
    ("the day before yesterday", EN, None, "2026-11-16", "2026-11-16"),
    ("last night", EN, None, "2026-11-17", "2026-11-17"),
    ("on the 15th", EN, FUTURE, "2026-12-15", "2026-12-15"),
    ("Dec 7th", EN, FUTURE, "2026-12-07", "2026-12-07"),
    ("11 December", EN, FUTURE, "2026-12-11", "2026-12-11"),
    ("December 11, 2026", EN, None, "2026-12-11", "2026-12-11"),
    ("the twenty-first of May", EN, FUTURE, "2027-05-21", "2027-05-21"),
    ("3 days after 1 December", EN, FUTURE, "2026-12-04", "2026-12-04"),
    ("in two weeks' time", EN, None, "2026-12-02", "2026-12-02"),
    ("a fortnight ago", EN, None, "2026-11-04", "2026-11-04"),
    ("three months from now", EN, None, "2027-02-18", "2027-02-18"),
    ("25/12/2026", EN, None, "2026-12-25", "2026-12-25"),
    # feasts
    ("am Pfingstmontag", DE, FUTURE, "2027-05-17", "2027-05-17"),
    ("am Karfreitag", DE, FUTURE, "2027-03-26", "2027-03-26"),
    ("an Christi Himmelfahrt 2027", DE, None, "2027-05-06", "2027-05-06"),
    ("am Buß- und Bettag", DE, FUTURE, "2026-11-18", "2026-11-18"),
    ("am 1. Advent", DE, FUTURE, "2026-11-29", "2026-11-29"),
    ("vor Weihnachten", DE, FUTURE, "-", "2026-12-23"),
    ("nach Ostern", DE, FUTURE, "2027-03-30", "-"),
    ("on New Year's Eve", EN, FUTURE, "2026-12-31", "2026-12-31"),
    ("by Christmas Eve", EN, FUTURE, "-", "2026-12-24"),
    # weeks
    ("KW50/2026", DE, None, "2026-12-07", "2026-12-13"),
    ("in der 50. KW", DE, FUTURE, "2026-12-07", "2026-12-13"),
    ("kommende Woche", DE, None, "2026-11-23", "2026-11-29"),
    ("in dieser KW", DE, None, "2026-11-16", "2026-11-22"),
    ("in der Vorwoche", DE, None, "2026-11-09", "2026-11-15"),
    ("in der Woche vom 7. Dezember", DE, FUTURE, "2026-12-07", "2026-12-13"),
    ("Ende der Woche", DE, FUTURE, "2026-11-20", "2026-11-22"),
    ("Anfang nächster Woche", DE, None, "2026-11-23", "2026-11-24"),
    ("am Wochenende", DE, PAST, "2026-11-14", "2026-11-15"),
    ("letztes Wochenende", DE, None, "2026-11-14", "2026-11-15"),
    ("the week after next", EN, None, "2026-11-30", "2026-12-06"),
    ("end of next week", EN, None, "2026-11-27", "2026-11-29"),
    ("2026-W50", EN, None, "2026-12-07", "2026-12-13"),
    ("in der ersten Dezemberwoche", DE, FUTURE, "2026-11-30", "2026-12-06"),
    ("the last week of October", EN, PAST, "2026-10-26", "2026-11-01"),
    ("over the weekend", EN, PAST, "2026-11-14", "2026-11-15"),
    # months and their parts
    ("Mitte März", DE, FUTURE, "2027-03-11", "2027-03-20"),
    ("Ende des Monats", DE, FUTURE, "2026-11-21", "2026-11-30"),
    ("Ende letzten Monats", DE, None, "2026-10-21", "2026-10-31"),
    ("zum Monatsende", DE, FUTURE, "2026-11-30", "2026-11-30"),
    ("bis Monatsende", DE, FUTURE, "-", "2026-11-30"),
    ("im Jän.", DE, FUTURE, "2027-01-01", "2027-01-31"),
    ("im November", DE, None, "2026-11-01", "2026-11-30"),
    ("letzten November", DE, None, "2025-11-01", "2025-11-30"),
    ("nächsten März", DE, None, "2027-03-01", "2027-03-31"),
    ("im Oktober letzten Jahres", DE, None, "2025-10-01", "2025-10-31"),
    ("im Vormonat", DE, None, "2026-10-01", "2026-10-31"),
    ("in der ersten Hälfte Dezember", DE, FUTURE, "2026-12-01", "2026-12-15"),
    ("in 12/2026", DE, None, "2026-12-01", "2026-12-31"),
    ("seit Anfang November", DE, None, "2026-11-01", "2026-11-18"),
    ("in may", EN, FUTURE, "2027-05-01", "2027-05-31"),
    ("what was decided in May?", EN, PAST, "2026-05-01", "2026-05-31"),
    ("mid-March", EN, FUTURE, "2027-03-11", "2027-03-20"),
    ("end of March", EN, FUTURE, "2027-03-21", "2027-03-31"),
    ("since the begining of november", EN, PAST, "2026-11-01", "2026-11-18"),
    ("March next year", EN, None, "2027-03-01", "2027-03-31"),
    ("last month's decisions", EN, None, "2026-10-01", "2026-10-31"),
    # quarters, half years, seasons, years
    ("Q3", DE, PAST, "2026-07-01", "2026-09-30"),
    ("3. Quartal", DE, FUTURE, "2027-07-01", "2027-09-30"),
    ("im III. Quartal 2027", DE, None, "2027-07-01", "2027-09-30"),
    ("zum Quartalsende", DE, FUTURE, "2026-12-31", "2026-12-31"),
    ("Ende Q2", DE, FUTURE, "2027-06-01", "2027-06-30"),
    ("im Winter 2026/27", DE, None, "2026-12-01", "2027-02-28"),
    ("diesen Sommer", DE, None, "2026-06-01", "2026-08-31"),
    ("Anfang 2027", DE, None, "2027-01-01", "2027-04-30"),
    ("Ende nächsten Jahres", DE, None, "2027-09-01", "2027-12-31"),
    ("heuer", DE, None, "2026-01-01", "2026-12-31"),
    ("im Vorjahr", DE, None, "2025-01-01", "2025-12-31"),
    ("vor 2020", DE, None, "-", "2019-12-31"),
    ("ab 2027", DE, None, "2027-01-01", "-"),
    ("War Regensburg 2020 Mitglied?", DE, PAST, "2020-01-01", "2020-12-31"),
    ("Welche Verträge laufen 2027 aus?", DE, FUTURE, "2027-01-01", "2027-12-31"),
    ("second half of the year", EN, None, "2026-07-01", "2026-12-31"),
    ("last half-year", EN, None, "2026-01-01", "2026-06-30"),
    ("third quarter of 2026", EN, None, "2026-07-01", "2026-09-30"),
    ("late 2026", EN, None, "2026-09-01", "2026-12-31"),
    ("the year before last", EN, None, "2024-01-01", "2024-12-31"),
    ("in the past month", EN, None, "2026-10-19", "2026-11-18"),
    ("im letzten Quartal 2025", DE, None, "2025-10-01", "2025-12-31"),
    ("im Laufe des Jahres", DE, None, "2026-01-01", "2026-12-31"),
    ("in den Jahren 2020 und 2021", DE, None, "2020-01-01", "2021-12-31"),
    # rolling
    ("die letzten zwei Wochen", DE, None, "2026-11-05", "2026-11-18"),
    ("in den letzten beiden Monaten", DE, None, "2026-09-19", "2026-11-18"),
    ("im letzten halben Jahr", DE, None, "2026-05-19", "2026-11-18"),
    ("innerhalb von 14 Tagen", DE, None, "2026-11-18", "2026-12-02"),
    ("in den kommenden drei Wochen", DE, None, "2026-11-18", "2026-12-08"),
    ("in den letzten zwei Quartalen", DE, None, "2026-04-01", "2026-09-30"),
    ("over the past six months", EN, None, "2026-05-19", "2026-11-18"),
    ("within the next 10 days", EN, None, "2026-11-18", "2026-11-28"),
    # open and joined
    ("bis zum Monatsende", DE, None, "-", "2026-11-30"),
    ("starting next week", EN, None, "2026-11-23", "-"),
    ("am 1. und 2. Dezember", DE, FUTURE, "2026-12-01", "2026-12-02"),
    ("von 2019 bis heute", DE, None, "2019-01-01", "2026-11-18"),
    ("KW 50 und 51", DE, FUTURE, "2026-12-07", "2026-12-20"),
    ("diese und nächste Woche", DE, None, "2026-11-16", "2026-11-29"),
    ("Anfang bis Mitte Dezember", DE, FUTURE, "2026-12-01", "2026-12-20"),
    ("the first two weeks of December", EN, FUTURE, "2026-12-01", "2026-12-14"),
    ("die ersten zwei Monate des Jahres 2026", DE, None, "2026-01-01", "2026-02-28"),
    ("Q1-2027", EN, None, "2027-01-01", "2027-03-31"),
    ("Juli 19", DE, None, "2019-07-01", "2019-07-31"),
    ("Friday week", EN, None, "2026-11-27", "2026-11-27"),
    ("Fr 20.11", DE, None, "2026-11-20", "2026-11-20"),
    ("zweite Novemberhälfte", DE, FUTURE, "2026-11-16", "2026-11-30"),
    ("im Juli 15 Fälle", DE, PAST, "2026-07-01", "2026-07-31"),
    ("beginning of 2027", EN, None, "2027-01-01", "2027-04-30"),
    ("seit drei Wochen", DE, None, "2026-10-28", "2026-11-18"),
    ("seit Oktober", DE, None, "2026-10-01", "2026-11-18"),
    ("seit 2019", DE, None, "2019-01-01", "2026-11-18"),
    ("ab sofort", DE, None, "2026-11-18", "-"),
    ("vom 1.12. an", DE, FUTURE, "2026-12-01", "-"),
    ("bis einschließlich Freitag", DE, FUTURE, "-", "2026-11-20"),
    ("spätestens in 2 Wochen", DE, None, "-", "2026-12-02"),
    ("von Montag bis Mittwoch", DE, PAST, "2026-11-09", "2026-11-11"),
    ("von heute bis Freitag", DE, None, "2026-11-18", "2026-11-20"),
    ("vom 28.12. bis 6.1.", DE, FUTURE, "2026-12-28", "2027-01-06"),
    ("1.10.–15.10.2026", DE, None, "2026-10-01", "2026-10-15"),
    ("3.-7.12.", DE, FUTURE, "2026-12-03", "2026-12-07"),
    ("KW 40 bis 42", DE, PAST, "2026-09-28", "2026-10-18"),
    ("zwischen Juli und September", DE, PAST, "2026-07-01", "2026-09-30"),
    ("2019 bis 2021", DE, None, "2019-01-01", "2021-12-31"),
    ("von Oktober bis heute", DE, None, "2026-10-01", "2026-11-18"),
    ("Q1-Q3 2026", EN, None, "2026-01-01", "2026-09-30"),
    ("from October to January", EN, PAST, "2025-10-01", "2026-01-31"),
    ("December 3 to 7", EN, FUTURE, "2026-12-03", "2026-12-07"),
    ("from 1 December onwards", EN, FUTURE, "2026-12-01", "-"),
    ("no later than 11 December", EN, FUTURE, "-", "2026-12-11"),
    ("before October", EN, PAST, "-", "2026-09-30"),
    ("from now on", EN, None, "2026-11-18", "-"),
]

RULES = [
    ("jeden zweiten Montag", DE, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("am letzten Freitag jedes Monats", DE, "FREQ=MONTHLY;BYDAY=-1FR"),
    ("jeden Dienstag und Donnerstag", DE, "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("montags", DE, "FREQ=WEEKLY;BYDAY=MO"),
    ("alle 14 Tage", DE, "FREQ=WEEKLY;INTERVAL=2"),
    ("alle zwei Wochen am Mittwoch", DE, "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
    ("vierteljährlich", DE, "FREQ=MONTHLY;INTERVAL=3"),
    ("monatlich am 15.", DE, "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("am 15. jedes Monats", DE, "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("jeden 1. Dezember", DE, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1"),
    ("jedes Quartal", DE, "FREQ=MONTHLY;INTERVAL=3"),
    ("werktags", DE, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"),
    ("jeden Tag", DE, "FREQ=DAILY"),
    ("every weekday", EN, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every other week", EN, "FREQ=WEEKLY;INTERVAL=2"),
    ("on Mondays", EN, "FREQ=WEEKLY;BYDAY=MO"),
    ("every month on the 15th", EN, "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("on the last day of every month", EN, "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("every three months", EN, "FREQ=MONTHLY;INTERVAL=3"),
    ("annually", EN, "FREQ=YEARLY"),
    ("immer am 1.", DE, "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("mittwochs und freitags", DE, "FREQ=WEEKLY;BYDAY=WE,FR"),
]

NOT_DATES = [
    ("Frau Mai fragt nach", DE),
    ("zweimal jährlich", DE),
    ("ISO 2022", DE),
    ("Digitalstrategie 2025", DE),
    ("10 AT ab heute", DE),
    ("in 5 Werktagen", DE),
    ("Guten Morgen!", DE),
    ("Morgen, wie steht's?", DE),
    ("am Morgen", DE),
    ("Was macht Jan?", DE),
    ("So geht das", DE),
    ("bis so etwas fertig ist", DE),
    ("Do we have a date?", EN),
    ("what's the last day to give notice?", EN),
    ("this may take long", EN),
    ("of those 3 may fail", EN),
    ("in den letzten Wochen", DE),
    ("am 3. Treffen", DE),
    ("on the 3rd floor", EN),
    ("im Oktober-Bericht", DE),
    ("oktober_2026.pdf", DE),
    ("bericht-2026-11.pdf", DE),
    ("Agenda 2030", DE),
    ("Ziffer 4.1. und 4.2.", DE),
    ("H-3", DE),
    ("B-2", DE),
    ("V-1 und V-2", DE),
    ("A13", DE),
    ("drei Städte", DE),
    ("5 AT", DE),
    ("3 Monate Kündigungsfrist", DE),
    ("2000 Euro", DE),
    ("für 2000 Fälle", DE),
    ("am 30.2.", DE),
    ("am 30. Februar 2026", DE),
    ("Wie viele Fälle im Jahr?", DE),
    ("week 2 of the pilot", EN),
    ("7/12/2026", EN),
    ("10:30", DE),
    ("§ 3a", DE),
    ("Version 1.2.26", DE),
    ("SOS 112", DE),
    ("Drucksache 12/2026", DE),
    ("ab und zu", DE),
    ("nach Augsburg", DE),
    ("in case of doubt", EN),
    ("im Fall der Fälle", DE),
    ("jump in at the end", EN),
    ("Wer kennt sich mit OZG aus?", DE),
    ("the first half was better", EN),
]


def _said(found: Range | Rule | None) -> tuple[str | None, str | None]:
    if not isinstance(found, Range):
        return None, None
    last = date.fromordinal(found.end.toordinal() - 1).isoformat() if found.end else "-"
    return found.start.isoformat() if found.start else "-", last


@pytest.mark.parametrize(("words", "language", "tense", "first", "last"), PERIODS)
def test_a_period_is_understood(
    words: str, language: Language, tense: Tense | None, first: str | None, last: str | None
) -> None:
    for direction in [tense] if tense else Tense:
        for known in (language, None):
            found = find_range(words, today=TODAY, tense=direction, language=known)
            assert _said(found) == (first, last), (direction, known)


@pytest.mark.parametrize(("words", "language", "rrule"), RULES)
def test_a_recurrence_is_understood(words: str, language: Language, rrule: str) -> None:
    for known in (language, None):
        found = find_range(words, today=TODAY, tense=Tense.FUTURE, language=known)
        assert isinstance(found, Rule)
        assert found.rrule == rrule


@pytest.mark.parametrize(("words", "language"), NOT_DATES)
def test_what_only_looks_like_a_date_is_none(words: str, language: Language) -> None:
    for tense in Tense:
        for known in (language, None):
            assert find_range(words, today=TODAY, tense=tense, language=known) is None


def test_the_words_of_a_period_are_pointed_at() -> None:
    text = "Was hat sich seit letzter Woche getan?"
    found = find_range(text, today=TODAY, tense=Tense.PAST)
    assert found is not None
    assert text[slice(*found.span)] == "seit letzter Woche"


def test_two_periods_in_one_question_are_both_found() -> None:
    text = "Was wurde im Oktober beschlossen und was steht nächste Woche an?"
    found = find_ranges(text, today=TODAY, tense=Tense.PAST)
    assert [text[slice(*one.span)] for one in found] == ["im Oktober", "nächste Woche"]
