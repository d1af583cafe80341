"""Loading on somebody's behalf, where the front door has no words for it."""

import pytest

from bot.who import identify
from commands.framework.inbound import Inbound, Kind
from commands.framework.parties import CityUnknown, PersonUnknown, access_city, access_person
from commands.framework.past import scope_on
from commands.framework.refs import Ref
from storage.view import View
from tests.conversation import START, Conversation


async def test_cities_and_people_that_are_gone_are_refused(talk: Conversation) -> None:
    inbound = Inbound(kind=Kind.MESSAGE, event="$x", room="!x:y", sender=talk.people["koord-n"], at=START)
    async with talk.database.read() as connection:
        view = View(connection)
        caller = await identify(view, talk.dispatcher.desk.house, inbound, START)
        assert scope_on(caller, caller.today) == caller.scope
        with pytest.raises(CityUnknown):
            await access_city(view, caller, Ref("cities", "XX"))
        with pytest.raises(PersonUnknown):
            await access_person(view, caller, Ref("people", "u999"))
