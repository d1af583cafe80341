"""What the votes of cities amount to: one city, one vote, and four ways to count them.

The rules are those of the cooperation, not of a statute: a result binds as far as its binding level says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from storage.decisions.record import Choice, Decision, DecisionKind, DecisionState, Mode, Proviso, ProvisoOutcome

COUNTED = (DecisionState.ADOPTED, DecisionState.ADOPTED_WITH_PROVISO, DecisionState.REJECTED, DecisionState.NO_QUORUM)
"""The states a count can lead to."""


class Why(StrEnum):
    """What made the result, for the sentence that states it."""

    AGREED = "agreed"
    AGAINST = "against"
    NOBODY_FOR = "nobody_for"
    MISSING = "missing"
    TIE = "tie"
    OUTVOTED = "outvoted"
    CONCERNS = "concerns"
    SILENCE = "silence"
    PROVISO_REFUSED = "proviso_refused"


@dataclass(frozen=True, kw_only=True)
class Polls:
    """What is known beside the record when votes are counted.

    `over`: the end of voting has passed. `gone`: cities of the electorate whose membership has ended. `late`: cities
    whose vote was sent before the end and arrived after it.
    """

    over: bool
    gone: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The count.

    `state` is what the decision is now: `open`, a result, or `awaiting_result` where only coordination may state one.
    `result` is what the votes as they are amount to, None while voting goes on and votes are missing. `dropped` cities
    left without having voted. `applies_to` names the cities it binds where those are not all.
    """

    state: DecisionState
    result: DecisionState | None
    why: Why | None
    in_favour: tuple[str, ...]
    against: tuple[str, ...]
    abstained: tuple[str, ...]
    missing: tuple[str, ...]
    unsettled: tuple[str, ...]
    dropped: tuple[str, ...]
    applies_to: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class _Count:
    """The electorate sorted by what it did; `needed` cities must have voted for a majority to count."""

    decision: Decision
    in_favour: tuple[str, ...]
    against: tuple[str, ...]
    abstained: tuple[str, ...]
    missing: tuple[str, ...]
    unsettled: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def voted(self) -> int:
        return len(self.in_favour) + len(self.against) + len(self.abstained)

    @property
    def complete(self) -> bool:
        return not self.missing and not self.unsettled

    @property
    def needed(self) -> int:
        electorate = self.voted + len(self.missing) + len(self.unsettled)
        return self.decision.quorum or electorate // 2 + 1


Verdict = tuple[DecisionState, Why]


def tally(decision: Decision, polls: Polls) -> Tally:
    """Count the votes of a decision that is being voted on. Raises ValueError for a way of counting it may not have."""
    _check(decision)
    count = _counted(decision, polls)
    result, why = _verdict(count, polls) or (None, None)
    held = bool(count.unsettled) or bool(polls.late & set(decision.electorate))
    applies_to = _applies_to(count, result)
    return Tally(
        state=_state(result, polls, held=held),
        result=result,
        why=why,
        in_favour=count.in_favour,
        against=count.against,
        abstained=count.abstained,
        missing=count.missing,
        unsettled=count.unsettled,
        dropped=count.dropped,
        applies_to=applies_to,
    )


def _check(decision: Decision) -> None:
    if decision.kind is DecisionKind.MEMBERSHIP and decision.mode is not Mode.UNANIMOUS:
        raise ValueError("membership is decided unanimously")
    if decision.mode is Mode.SILENCE and decision.mode_basis is None:
        raise ValueError("silence agrees only where a decision or clause allows it")


def _counted(decision: Decision, polls: Polls) -> _Count:
    torn = {one.city for one in decision.unsettled}
    settled = {city: vote.choice for city, vote in decision.votes.items() if city not in torn}
    silent = [city for city in decision.electorate if city not in settled and city not in torn]

    def who(choice: Choice) -> tuple[str, ...]:
        return tuple(city for city in decision.electorate if settled.get(city) is choice)

    return _Count(
        decision=decision,
        in_favour=who(Choice.FOR),
        against=who(Choice.AGAINST),
        abstained=who(Choice.ABSTAIN),
        missing=tuple(city for city in silent if city not in polls.gone),
        unsettled=tuple(city for city in decision.electorate if city in torn),
        dropped=tuple(city for city in silent if city in polls.gone),
    )


def _verdict(count: _Count, polls: Polls) -> Verdict | None:
    """What the votes amount to; None while voting goes on and not everybody has voted."""
    if not polls.over and not count.complete:
        return None
    state, why = _COUNTING[count.decision.mode](count)
    return _with_provisos(count, state, why)


def _unanimous(count: _Count) -> Verdict:
    if count.against:
        return DecisionState.REJECTED, Why.AGAINST
    if not count.complete:
        return DecisionState.NO_QUORUM, Why.MISSING
    if not count.in_favour:
        return DecisionState.REJECTED, Why.NOBODY_FOR
    return DecisionState.ADOPTED, Why.AGREED


def _majority(count: _Count) -> Verdict:
    if count.voted < count.needed:
        return DecisionState.NO_QUORUM, Why.MISSING
    if len(count.in_favour) > len(count.against):
        return DecisionState.ADOPTED, Why.AGREED
    if not count.in_favour and not count.against:
        return DecisionState.REJECTED, Why.NOBODY_FOR
    tied = len(count.in_favour) == len(count.against)
    return DecisionState.REJECTED, Why.TIE if tied else Why.OUTVOTED


def _consent(count: _Count) -> Verdict:
    if count.against:
        return DecisionState.REJECTED, Why.AGAINST
    if open_concerns(count.decision):
        return DecisionState.REJECTED, Why.CONCERNS
    return (DecisionState.ADOPTED, Why.AGREED) if count.complete else (DecisionState.NO_QUORUM, Why.MISSING)


def _silence(count: _Count) -> Verdict:
    if count.against:
        return DecisionState.REJECTED, Why.AGAINST
    if open_concerns(count.decision):
        return DecisionState.REJECTED, Why.CONCERNS
    return DecisionState.ADOPTED, Why.SILENCE if count.missing else Why.AGREED


_COUNTING: Mapping[Mode, Callable[[_Count], Verdict]] = {
    Mode.UNANIMOUS: _unanimous,
    Mode.MAJORITY: _majority,
    Mode.CONSENT: _consent,
    Mode.SILENCE: _silence,
}


def open_concerns(decision: Decision) -> tuple[str, ...]:
    """The cities whose concern is not resolved."""
    return tuple(dict.fromkeys(concern.city for concern in decision.concerns if concern.resolved is None))


def _with_provisos(count: _Count, state: DecisionState, why: Why) -> Verdict:
    """A result that was adopted, as far as the councils of those who voted for it have had their say."""
    if state is not DecisionState.ADOPTED:
        return state, why
    own = _provisos(count)
    if any(p.outcome is ProvisoOutcome.REFUSED for p in own) and count.decision.mode is Mode.UNANIMOUS:
        return DecisionState.REJECTED, Why.PROVISO_REFUSED
    waiting = any(p.outcome is None for p in own)
    return (DecisionState.ADOPTED_WITH_PROVISO if waiting else state), why


def _provisos(count: _Count) -> list[Proviso]:
    """The provisos that matter: those of cities that did not vote against it."""
    return [proviso for proviso in count.decision.provisos if proviso.city not in count.against]


def _applies_to(count: _Count, result: DecisionState | None) -> tuple[str, ...] | None:
    """Whom an adopted decision binds where that is not the whole electorate.

    A majority in finance or substance binds only who voted for it, unless a clause of an agreement says otherwise;
    whose council refused is not bound.
    """
    if result not in (DecisionState.ADOPTED, DecisionState.ADOPTED_WITH_PROVISO):
        return None
    decision = count.decision
    refused = {p.city for p in decision.provisos if p.outcome is ProvisoOutcome.REFUSED}
    bound = count.in_favour if _binds_only_those_in_favour(decision) else _all_but(decision, count.dropped)
    left = tuple(city for city in bound if city not in refused)
    return None if left == _all_but(decision, ()) else left


def _binds_only_those_in_favour(decision: Decision) -> bool:
    by_clause = decision.mode_basis is not None and str(decision.mode_basis).startswith("V-")
    weighty = decision.kind in (DecisionKind.FINANCE, DecisionKind.SUBSTANCE)
    return decision.mode is Mode.MAJORITY and weighty and not by_clause


def _all_but(decision: Decision, gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(city for city in decision.electorate if city not in gone)


def _state(result: DecisionState | None, polls: Polls, *, held: bool) -> DecisionState:
    """What the bot may say by itself: nothing where a vote is disputed or came late, then coordination states it."""
    if held and polls.over:
        return DecisionState.AWAITING_RESULT
    if result is None or held:
        return DecisionState.OPEN
    return result
