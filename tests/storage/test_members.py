"""Cities, people and seats as they are read, and settings of people."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import pytest

from storage.cities.queries import cities_page, city_of_server, codes_in_state, count_cities
from storage.cities.record import CityState
from storage.database import Connection, Database
from storage.operations import Acting, CauseKind
from storage.people.preferences import ACKNOWLEDGEMENT, prefer, preference
from storage.people.queries import count_people, people_page, person_by_mxid
from storage.people.tables import PEOPLE
from storage.rooms.queries import kinds_bound
from storage.rooms.record import RoomKind
from storage.scope import Scope, unlimited
from storage.seats.queries import (
    bodies,
    count_seats,
    seats_held,
    seats_in_city_and_role,
    seats_of_city,
    seats_of_people,
    seats_page,
)
from storage.seats.record import Role
from storage.values import Visibility
from storage.view import View
from storage.work import Work
from tests.conversation import START, import_demo

TODAY = START.date()


def seen_by(cap: Visibility) -> Scope:
    return Scope(cap=cap, person=None, seats=frozenset(), as_of=None)


@pytest.fixture
async def view(database: Database) -> AsyncIterator[View]:
    """A view of the demo cooperation."""
    await import_demo(database)
    async with database.read() as connection:
        yield View(connection)


async def changing(database: Database, body: Callable[[Work], Awaitable[None]]) -> None:
    """Run `body` in a transaction over the demo cooperation."""
    await import_demo(database)

    async def transaction(connection: Connection) -> None:
        work = Work(connection, now=START, due_rules={})
        work.act(Acting(command="test", cause_kind=CauseKind.EVENT, cause="$test"))
        await body(work)

    await database.transact(transaction)


async def test_a_seat_is_held_on_its_first_and_its_last_day_and_not_beyond(view: View) -> None:
    everything = unlimited()
    on = {day: [k.record.holder for k in await seats_of_city(view, everything, "N", day)] for day in BOUNDARY}
    assert [len(holders) for holders in on.values()] == [0, 1, 1, 2, 2]
    assert on[date(2020, 12, 31)] == on[date(2019, 7, 1)]
    assert not set(on[date(2020, 12, 31)]) & set(on[date(2021, 1, 1)])


BOUNDARY = (date(2019, 6, 30), date(2019, 7, 1), date(2020, 12, 31), date(2021, 1, 1), TODAY)


async def test_a_city_is_what_its_last_begun_state_says(view: View) -> None:
    everything = unlimited()
    assert await codes_in_state(view, everything, CityState.MEMBER, TODAY) == {"M", "N", "A"}
    assert "R" in await codes_in_state(view, everything, CityState.INTERESTED, date(2026, 9, 13))
    assert await codes_in_state(view, everything, CityState.TALKS, date(2026, 9, 14)) == {"R"}


async def test_a_hidden_person_is_neither_listed_nor_counted_nor_are_their_seats(database: Database) -> None:
    async def body(work: Work) -> None:
        guest = seen_by(Visibility.GUEST)
        seats, people = await count_seats(work, guest, TODAY), await count_people(work, guest)
        hidden = await person_by_mxid(work, unlimited(), "@vertretung:augsburg.example")
        assert hidden is not None
        internal = hidden.record.model_copy(update={"visibility": Visibility.INTERNAL})
        await work.put(PEOPLE, hidden.key, internal)
        assert await count_people(work, guest) == people - 1
        assert await count_seats(work, guest, TODAY) == seats - 1
        assert len(await seats_page(work, guest, TODAY, limit=100, offset=0)) == seats - 1
        assert hidden.key not in {k.key for k in await people_page(work, guest, limit=100, offset=0)}

    await changing(database, body)


async def test_counts_agree_with_what_is_listed(view: View) -> None:
    for cap in Visibility:
        scope = seen_by(cap)
        assert await count_cities(view, scope) == len(await cities_page(view, scope, limit=100, offset=0))
        assert await count_people(view, scope) == len(await people_page(view, scope, limit=100, offset=0))
        assert await count_seats(view, scope, TODAY) == len(await seats_page(view, scope, TODAY, limit=100, offset=0))


async def test_guests_see_names_but_neither_expertise_nor_absences(view: View) -> None:
    seen = await person_by_mxid(view, seen_by(Visibility.GUEST), "@koordination:nuernberg.example")
    assert seen is not None
    assert (seen.record.name, seen.record.expertise, seen.record.absences) == ("Koordination Nürnberg", (), ())


async def test_seats_are_found_by_people_by_role_and_by_body(view: View) -> None:
    everything = unlimited()
    person = await person_by_mxid(view, everything, "@koordination:muenchen.example")
    assert person is not None
    held = await seats_held(view, everything, person.key, TODAY)
    by_person = await seats_of_people(view, everything, frozenset({person.key, "u999"}), TODAY)
    assert {key: {k.key for k in seats} for key, seats in by_person.items()} == {person.key: {k.key for k in held}}
    assert len(await seats_in_city_and_role(view, everything, "M", Role.VOTING)) == 2
    assert await bodies(view, everything, TODAY) == ("referentenkreis", "arbeitsebene")


async def test_a_city_is_found_by_the_whole_name_of_its_server(view: View) -> None:
    everything = unlimited()
    found = await city_of_server(view, everything, "nuernberg.example")
    assert found is not None
    assert found.key == "N"
    assert await city_of_server(view, everything, "berg.example") is None
    assert await city_of_server(view, everything, "%") is None


async def test_kinds_of_rooms_that_are_bound(view: View) -> None:
    assert {RoomKind.STEERING, RoomKind.PROJECT, RoomKind.GUEST} <= await kinds_bound(view, unlimited())


async def test_a_preference_is_kept_until_another_is_chosen(database: Database) -> None:
    async def body(work: Work) -> None:
        assert await preference(work, "u1", ACKNOWLEDGEMENT) is None
        await prefer(work, "u1", ACKNOWLEDGEMENT, "text")
        assert await preference(work, "u1", ACKNOWLEDGEMENT) == "text"
        await prefer(work, "u1", ACKNOWLEDGEMENT, "sign")
        assert await preference(work, "u1", ACKNOWLEDGEMENT) == "sign"
        assert await preference(work, "u2", ACKNOWLEDGEMENT) is None

    await changing(database, body)
