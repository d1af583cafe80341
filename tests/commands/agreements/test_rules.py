"""What holds for agreements whoever records them: signatures, notices, terms and clauses."""

from datetime import date

import pytest

from commands.agreements.rules import (
    ClauseTaken,
    EndNeeded,
    NoSuchClause,
    NothingToRenew,
    NoticeFirst,
    NoticeGiven,
    NotToBeSigned,
    OtherUnit,
    Receipt,
    ReceivedBeforeSent,
    SignaturesMissing,
    add_clause,
    clause_of,
    enter_state,
    give_notice,
    missing_signatures,
    noticed_on,
    prolong,
    sign,
    unreached,
)
from storage.agreements.record import Agreement, AgreementForm, AgreementState, Clause, NoticeTo, Signature
from storage.values import Duration

SENT = date(2026, 12, 3)
TODAY = date(2026, 12, 9)


def made(**facts: object) -> Agreement:
    known = {
        "id": "V-2",
        "title": "Portal",
        "form": AgreementForm.SPECIAL_PURPOSE_AGREEMENT,
        "state": AgreementState.IN_FORCE,
        "parties": ("M", "N", "A"),
        "in_force": date(2020, 8, 1),
        "term": Duration.parse("36 months"),
        "renewal": Duration.parse("12 months"),
        "notice": Duration.parse("3 months"),
        "notice_to": NoticeTo.TERM_END,
    }
    return Agreement.model_validate(known | facts)


def signature(city: str) -> Signature:
    return Signature(city=city, by="u1", office="Amt")


def test_an_agreement_is_being_signed_until_all_parties_have() -> None:
    draft = made(state=AgreementState.DRAFT)
    begun = sign(draft, signature("N"))
    assert (begun.state, missing_signatures(begun)) == (AgreementState.SIGNED, ("M", "A"))
    with pytest.raises(SignaturesMissing):
        enter_state(begun, AgreementState.IN_FORCE, today=TODAY)
    done = sign(sign(begun, signature("M")), signature("A"))
    assert enter_state(done, AgreementState.IN_FORCE, today=TODAY).state is AgreementState.IN_FORCE


def test_what_binds_already_is_not_signed_any_more() -> None:
    with pytest.raises(NotToBeSigned):
        sign(made(), signature("M"))


def test_an_agreement_from_before_the_register_may_be_in_force_without_recorded_signatures() -> None:
    assert (
        enter_state(made(state=AgreementState.SIGNED), AgreementState.IN_FORCE, today=TODAY).state
        is AgreementState.IN_FORCE
    )


def test_notice_is_effective_when_it_has_reached_all_others() -> None:
    first = give_notice(made(), "M", SENT, Receipt(day=date(2026, 12, 4), cities=("N",)))
    assert (first.state, noticed_on(first)) == (AgreementState.IN_FORCE, None)
    assert unreached(first, first.notices[0]) == ("A",)
    later = give_notice(first, "M", date(2026, 12, 9), Receipt(day=date(2026, 12, 7)))
    assert (later.state, noticed_on(later)) == (AgreementState.TERMINATED, date(2026, 12, 7))
    assert (later.notices[0].sent, len(later.notices)) == (SENT, 1)
    assert later.notices[0].received == {"N": date(2026, 12, 4), "A": date(2026, 12, 7)}
    with pytest.raises(NoticeGiven):
        give_notice(later, "M", SENT, Receipt(day=date(2026, 12, 8)))


def test_a_notice_is_not_received_before_it_was_sent() -> None:
    with pytest.raises(ReceivedBeforeSent):
        give_notice(made(), "M", SENT, Receipt(day=date(2026, 12, 2)))


def test_terminated_follows_from_a_notice_and_ended_from_an_end() -> None:
    with pytest.raises(NoticeFirst):
        enter_state(made(), AgreementState.TERMINATED, today=TODAY)
    with pytest.raises(EndNeeded):
        enter_state(made(), AgreementState.ENDED, today=TODAY)
    ended = enter_state(made(ends_on=date(2026, 7, 31)), AgreementState.ENDED, today=TODAY)
    assert ended.state is AgreementState.ENDED
    with pytest.raises(EndNeeded):
        enter_state(made(ends_on=TODAY), AgreementState.ENDED, today=TODAY)


@pytest.mark.parametrize(
    ("term", "more", "longer"),
    [
        ("36 months", "12 months", "48 months"),
        ("3 years", "6 months", "42 months"),
        ("3 years", "1 year", "4 years"),
        ("10 days", "1 week", "17 days"),
    ],
)
def test_a_renewal_lengthens_the_term(term: str, more: str, longer: str) -> None:
    renewed = prolong(made(term=Duration.parse(term)), Duration.parse(more))
    assert renewed.term == Duration.parse(longer)


def test_a_recorded_end_is_moved_from_month_to_month() -> None:
    renewed = prolong(made(ends_on=date(2027, 3, 31)), Duration.parse("6 months"))
    assert renewed.ends_on == date(2027, 9, 30)


def test_days_and_months_are_not_added_up() -> None:
    with pytest.raises(OtherUnit):
        prolong(made(), Duration.parse("40 days"))
    with pytest.raises(NothingToRenew):
        prolong(made(term=None, renewal=None), Duration.parse("12 months"))


def test_clauses_stand_in_the_order_of_their_numbers() -> None:
    numbered = made()
    for number in ("§ 10", "4a", "§ 4"):
        numbered = add_clause(numbered, Clause(number=number, title="T", text="t"))
    assert [clause.number for clause in numbered.clauses] == ["§ 4", "4a", "§ 10"]
    assert clause_of(numbered, "10").number == "§ 10"
    assert clause_of(numbered, "§4A").number == "4a"
    with pytest.raises(NoSuchClause):
        clause_of(numbered, "11")
    with pytest.raises(ClauseTaken):
        add_clause(numbered, Clause(number="§ 4", title="T", text="t"))
