"""Who was away is tried again, seldom and not for ever later; who missed keys is owed the earliest one."""

from datetime import UTC, datetime, timedelta

from bot.matrix.absence import Absences, Debts

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


def test_the_pauses_grow_from_five_seconds_to_five_minutes() -> None:
    absences, pauses, now = Absences(), [], NOW
    for _ in range(8):
        absences.note(["a.example"], now)
        due = absences.next_try()
        assert due is not None
        assert absences.due(due - timedelta(seconds=1)) is None
        assert absences.due(due) == "a.example"
        pauses.append((due - now).total_seconds())
        now = due
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]


def test_a_sign_of_life_brings_the_next_attempt_near_but_not_twice_in_two_seconds() -> None:
    absences = Absences()
    for _ in range(8):
        absences.note(["a.example"], NOW)
    assert not absences.show_life(["b.example"])
    assert absences.show_life(["a.example"])
    assert absences.next_try() == NOW + timedelta(seconds=2)
    assert "a.example" in absences


def test_whoever_answers_again_is_away_no_more_and_begins_with_short_pauses() -> None:
    absences = Absences()
    for _ in range(8):
        absences.note(["a.example"], NOW)
    absences.back("a.example")
    assert (len(absences), absences.next_try()) == (0, None)
    absences.note(["a.example"], NOW)
    assert absences.next_try() == NOW + timedelta(seconds=5)


def test_the_earliest_state_of_a_room_key_is_owed_until_it_is_paid() -> None:
    debts = Debts()
    debts.note("!r", "S", "from the first message", {"@a:x"})
    debts.note("!r", "S", "from the second message", {"@a:x", "@b:x"})
    assert debts.keys("!r", "S") == {"@a:x": "from the first message", "@b:x": "from the second message"}
    for debt in debts.of({"@a:x"}):
        debts.settle(debt)
    assert debts.users == {"@b:x"}


def test_whoever_has_left_the_room_is_owed_nothing_there() -> None:
    debts = Debts()
    debts.note("!r", "S", "key", {"@a:x", "@b:x"})
    debts.note("!other", "T", "key", {"@a:x"})
    debts.keep_only("!r", {"@b:x"})
    assert [(debt.room, debt.user) for debt in debts.of({"@a:x", "@b:x"})] == [("!r", "@b:x"), ("!other", "@a:x")]


def test_of_endless_debts_the_oldest_are_forgotten() -> None:
    debts = Debts()
    for number in range(5001):
        debts.note("!r", f"S{number}", "key", {"@a:x"})
    assert len(debts.of({"@a:x"})) == 5000
    assert debts.keys("!r", "S0") == {}
