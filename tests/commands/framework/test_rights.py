"""Rights follow from the seats of today, and a refusal says who may."""

import pytest

from commands.framework.caller import Caller
from commands.framework.command import Right
from commands.framework.render import Renderer, refusal_reply
from commands.framework.reply import say
from commands.framework.rights import NotAllowed, allows, require
from storage.seats.record import Role
from storage.values import Language
from tests.commands.framework.samples import BERLIN, caller, coordinated, sample_texts, seat

EVERYBODY, SEATED, STAFF, COORDINATION, ADMINISTRATION = Right


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (caller(), {EVERYBODY}),
        (caller(seat(Role.GUEST)), {EVERYBODY, SEATED}),
        (caller(seat(Role.MEMBER, city="MIN")), {EVERYBODY, SEATED}),
        (caller(seat(Role.OFFICE)), {EVERYBODY, SEATED, STAFF}),
        (caller(seat(Role.COORDINATION)), {EVERYBODY, SEATED, STAFF, COORDINATION}),
        (caller(seat(Role.COORDINATION, city="BST")), {EVERYBODY, SEATED, STAFF, COORDINATION}),
        (caller(administrator=True), set(Right)),
        (coordinated(caller(administrator=True)), {EVERYBODY, ADMINISTRATION}),
    ],
    ids=["nobody", "guest", "partner", "staff", "coordination", "association", "administration", "coordinated"],
)
def test_rights_come_from_seats(who: Caller, may: set[Right]) -> None:
    assert {right for right in Right if allows(right, who)} == may


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(Right.COORDINATION, coordinated(caller()))
    said = Renderer(sample_texts(), Language.DE, BERLIN).plain(refusal_reply(refused.value))
    assert said == (
        "Dazu berechtigen Ihre heutigen Sitze nicht. Berechtigt: die Koordination.\nEs wurde nichts geändert."
    )


def test_a_refusal_names_administration_while_nobody_coordinates() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(Right.COORDINATION, caller())
    assert refused.value.facts["who"] == say("framework.right.administration")


def test_who_may_is_not_asked_twice() -> None:
    require(Right.STAFF, caller(seat(Role.MEMBER)))
