"""Counting votes: a table of cases for each mode, and what holds whatever is voted."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.decisions.tally import Polls, Tally, Why, tally
from storage.decisions.record import (
    Binding,
    Capacity,
    Choice,
    Concern,
    Decision,
    DecisionKind,
    DecisionState,
    Mode,
    Proviso,
    ProvisoOutcome,
    Unsettled,
    Vote,
)
from storage.values import PartialDate

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHOICES = {"+": Choice.FOR, "-": Choice.AGAINST, "o": Choice.ABSTAIN}
OPEN, CLOSED = Polls(over=False), Polls(over=True)
ADOPTED, REJECTED, NO_QUORUM = DecisionState.ADOPTED, DecisionState.REJECTED, DecisionState.NO_QUORUM


def vote(choice: Choice) -> Vote:
    return Vote(choice=choice, by="u1", as_=Capacity.HOLDER, at=AT)


def made(votes: str, mode: Mode = Mode.UNANIMOUS, **facts: Any) -> Decision:
    """`votes` has one sign for each city of M, N, A, R: + for, - against, o abstains, . has not voted."""
    cities = "MNAR"[: len(votes)]
    cast = {city: vote(CHOICES[sign]) for city, sign in zip(cities, votes, strict=True) if sign in CHOICES}
    basis = "B-1" if mode is Mode.SILENCE else None
    known: dict[str, Any] = {
        "id": "B-7",
        "text": "Es wird so gemacht.",
        "kind": DecisionKind.SUBSTANCE,
        "binding": Binding.WORKING_AGREEMENT,
        "mode": mode,
        "mode_basis": basis,
        "electorate": tuple(cities),
        "state": DecisionState.OPEN,
        "votes": cast,
    }
    return Decision.model_validate(known | facts)


def told(found: Tally) -> tuple[DecisionState, Why | None]:
    return found.state, found.why


@pytest.mark.parametrize(
    ("votes", "open_", "closed"),
    [
        ("+++", (ADOPTED, Why.AGREED), (ADOPTED, Why.AGREED)),
        ("++o", (ADOPTED, Why.AGREED), (ADOPTED, Why.AGREED)),
        ("ooo", (REJECTED, Why.NOBODY_FOR), (REJECTED, Why.NOBODY_FOR)),
        ("++-", (REJECTED, Why.AGAINST), (REJECTED, Why.AGAINST)),
        ("++.", (DecisionState.OPEN, None), (NO_QUORUM, Why.MISSING)),
        ("-+.", (DecisionState.OPEN, None), (REJECTED, Why.AGAINST)),
        ("...", (DecisionState.OPEN, None), (NO_QUORUM, Why.MISSING)),
    ],
)
def test_unanimity_needs_every_city_one_in_favour_and_nobody_against(votes: str, open_: Any, closed: Any) -> None:
    assert told(tally(made(votes), OPEN)) == open_
    assert told(tally(made(votes), CLOSED)) == closed


@pytest.mark.parametrize(
    ("votes", "quorum", "closed"),
    [
        ("++-", None, (ADOPTED, Why.AGREED)),
        ("+--", None, (REJECTED, Why.OUTVOTED)),
        ("+-o", None, (REJECTED, Why.TIE)),
        ("+o.", None, (ADOPTED, Why.AGREED)),
        ("+..", None, (NO_QUORUM, Why.MISSING)),
        ("oo.", None, (REJECTED, Why.NOBODY_FOR)),
        ("++..", None, (NO_QUORUM, Why.MISSING)),
        ("++..", 2, (ADOPTED, Why.AGREED)),
        ("++-.", 4, (NO_QUORUM, Why.MISSING)),
    ],
)
def test_a_majority_is_of_those_for_and_against_and_abstentions_count_for_the_quorum(
    votes: str, quorum: int | None, closed: Any
) -> None:
    assert told(tally(made(votes, Mode.MAJORITY, quorum=quorum), CLOSED)) == closed


@pytest.mark.parametrize(
    ("kind", "basis", "applies"),
    [
        (DecisionKind.FINANCE, None, ("M", "N")),
        (DecisionKind.SUBSTANCE, None, ("M", "N")),
        (DecisionKind.FINANCE, "V-2 § 4", None),
        (DecisionKind.FINANCE, "B-3", ("M", "N")),
        (DecisionKind.PROCEDURE, None, None),
    ],
)
def test_a_majority_in_finance_or_substance_binds_only_who_voted_for_it_unless_a_clause_is_cited(
    kind: DecisionKind, basis: str | None, applies: Any
) -> None:
    assert tally(made("++-", Mode.MAJORITY, kind=kind, mode_basis=basis), CLOSED).applies_to == applies


@pytest.mark.parametrize(
    ("votes", "resolved", "closed"),
    [
        ("+++", True, (ADOPTED, Why.AGREED)),
        ("+o+", True, (ADOPTED, Why.AGREED)),
        ("+++", False, (REJECTED, Why.CONCERNS)),
        ("++.", True, (NO_QUORUM, Why.MISSING)),
        ("++-", True, (REJECTED, Why.AGAINST)),
    ],
)
def test_consent_needs_every_answer_and_no_open_concern(votes: str, resolved: bool, closed: Any) -> None:
    done = PartialDate.parse("2026-11-19") if resolved else None
    decision = made(votes, Mode.CONSENT, concerns=(Concern(city="N", text="zu teuer", resolved=done),))
    assert told(tally(decision, CLOSED)) == closed


@pytest.mark.parametrize(
    ("votes", "open_", "closed"),
    [
        ("...", (DecisionState.OPEN, None), (ADOPTED, Why.SILENCE)),
        ("+..", (DecisionState.OPEN, None), (ADOPTED, Why.SILENCE)),
        ("+++", (ADOPTED, Why.AGREED), (ADOPTED, Why.AGREED)),
        ("-..", (DecisionState.OPEN, None), (REJECTED, Why.AGAINST)),
    ],
)
def test_silence_agrees_after_the_end_and_not_before(votes: str, open_: Any, closed: Any) -> None:
    assert told(tally(made(votes, Mode.SILENCE), OPEN)) == open_
    assert told(tally(made(votes, Mode.SILENCE), CLOSED)) == closed


def test_silence_without_its_basis_and_membership_by_majority_are_not_counted_at_all() -> None:
    with pytest.raises(ValueError):
        tally(made("...", Mode.SILENCE, mode_basis=None), CLOSED)
    with pytest.raises(ValueError):
        tally(made("+++", Mode.MAJORITY, kind=DecisionKind.MEMBERSHIP), CLOSED)


def test_two_seats_of_one_city_that_differ_leave_it_unsettled_and_the_result_to_coordination() -> None:
    torn = (Unsettled(city="M", seat="s1", choice=Choice.AGAINST, at=AT),)
    before, after = (tally(made("+++", unsettled=torn), polls) for polls in (OPEN, CLOSED))
    assert (before.state, before.unsettled, before.in_favour) == (DecisionState.OPEN, ("M",), ("N", "A"))
    assert after.state is DecisionState.AWAITING_RESULT


def test_a_vote_sent_before_the_end_and_delivered_after_it_is_left_to_coordination() -> None:
    found = tally(made("+++"), Polls(over=True, late=frozenset({"A"})))
    assert (found.state, found.result) == (DecisionState.AWAITING_RESULT, ADOPTED)


def test_the_missing_vote_of_a_city_that_left_drops_out_and_is_named() -> None:
    found = tally(made("++."), Polls(over=True, gone=frozenset({"A"})))
    assert (found.state, found.dropped, found.missing, found.applies_to) == (ADOPTED, ("A",), (), ("M", "N"))
    cast = tally(made("++-"), Polls(over=True, gone=frozenset({"A"})))
    assert cast.state is REJECTED


@pytest.mark.parametrize(
    ("mode", "outcome", "state", "applies"),
    [
        (Mode.UNANIMOUS, None, DecisionState.ADOPTED_WITH_PROVISO, None),
        (Mode.UNANIMOUS, ProvisoOutcome.GRANTED, ADOPTED, None),
        (Mode.UNANIMOUS, ProvisoOutcome.REFUSED, REJECTED, None),
        (Mode.MAJORITY, ProvisoOutcome.REFUSED, ADOPTED, ("M", "A")),
        (Mode.CONSENT, ProvisoOutcome.REFUSED, ADOPTED, ("M", "A")),
    ],
)
def test_a_proviso_holds_the_decision_until_the_council_has_spoken(
    mode: Mode, outcome: ProvisoOutcome | None, state: DecisionState, applies: Any
) -> None:
    proviso = Proviso(city="N", body="Stadtrat", outcome=outcome)
    found = tally(made("+++", mode, provisos=(proviso,)), CLOSED)
    assert (found.state, found.applies_to) == (state, applies)


VOTES = st.text(alphabet="+-o.", min_size=1, max_size=4)
MODES = st.sampled_from(list(Mode))


@given(votes=VOTES, mode=MODES, over=st.booleans())
def test_every_city_counts_exactly_once(votes: str, mode: Mode, over: bool) -> None:
    decision = made(votes, mode)
    found = tally(decision, Polls(over=over))
    counted = (*found.in_favour, *found.against, *found.abstained, *found.missing, *found.unsettled, *found.dropped)
    assert sorted(counted) == sorted(decision.electorate)


@given(votes=VOTES, mode=MODES)
def test_the_order_in_which_votes_came_changes_nothing(votes: str, mode: Mode) -> None:
    decision = made(votes, mode)
    found = tally(decision, CLOSED)
    for order in permutations(decision.votes.items()):
        assert tally(decision.model_copy(update={"votes": dict(order)}), CLOSED) == found


@given(votes=VOTES, mode=MODES)
def test_after_the_end_there_is_a_result_and_it_is_final(votes: str, mode: Mode) -> None:
    assert tally(made(votes, mode), CLOSED).state in (ADOPTED, REJECTED, NO_QUORUM)


@given(votes=VOTES, mode=st.sampled_from([Mode.UNANIMOUS, Mode.CONSENT, Mode.SILENCE]))
def test_nothing_is_adopted_against_a_city_except_by_majority(votes: str, mode: Mode) -> None:
    found = tally(made(votes, mode), CLOSED)
    assert not (found.against and found.state is ADOPTED)


@given(votes=VOTES, mode=MODES, index=st.integers(0, 3))
def test_a_further_vote_in_favour_never_undoes_what_was_adopted(votes: str, mode: Mode, index: int) -> None:
    if tally(made(votes, mode), CLOSED).state is not ADOPTED or index >= len(votes):
        return
    more = votes[:index] + "+" + votes[index + 1 :]
    assert tally(made(more, mode), CLOSED).state is ADOPTED


@given(votes=VOTES, mode=MODES, late=st.sets(st.sampled_from("MNAR"), min_size=1))
def test_where_a_vote_came_late_the_bot_never_states_a_result(votes: str, mode: Mode, late: set[str]) -> None:
    decision = made(votes, mode)
    found = tally(decision, Polls(over=True, late=frozenset(late)))
    assert (found.state is DecisionState.AWAITING_RESULT) is bool(late & set(decision.electorate))
