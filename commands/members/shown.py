"""What is said about cities, people and seats."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from commands.framework.reply import Block, Bullets, Code, Foreign, Item, Link, Say, heading, item, line, say
from commands.members.rules import span, state_on
from storage.cities.record import City, HolidayCategory, Holidays, RecessPeriod, State
from storage.people.record import Absence, Person
from storage.records import Kept
from storage.seats.record import Seat
from storage.values import Language

Names = Mapping[str, Kept[Person]]
Cities = Mapping[str, City]


def city_name(city: City, language: Language) -> Foreign:
    """What the city is called in this language."""
    return Foreign(city.name.de if language is Language.DE else city.name.en)


def _other(language: Language) -> Language:
    return Language.EN if language is Language.DE else Language.DE


def city_called(code: str, cities: Cities, language: Language) -> Foreign:
    """The city with this code by its name; by its code where it may not be seen."""
    found = cities.get(code)
    return city_name(found, language) if found else Foreign(code)


def standing(city: City, day: date) -> Say:
    """What the city is on `day` and since when."""
    state = state_on(city, day)
    if state is None:
        return say("members.reply.no_state")
    return entered(state, day)


def announced(city: City, day: date) -> Iterator[Block]:
    """What the city becomes after `day`, as far as that is recorded."""
    return (line(entered(state, day)) for state in city.states if state.from_.first_day() > day)


def entered(state: State, today: date) -> Say:
    """A state and since when, or from when on."""
    if state.from_.first_day() > today:
        return say("members.reply.state_from", state=state.state, start=state.from_)
    return say("members.reply.state", state=state.state, start=state.from_)


def about_city(city: City, language: Language, day: date) -> Iterator[Block]:
    """Name, other names and state of a city on `day`."""
    yield heading(city_name(city, language), f" ({city.code})")
    own, other = city_name(city, language).text, city_name(city, _other(language)).text
    names = tuple(name for name in dict.fromkeys((other, *city.aliases)) if name != own)
    if names:
        yield line(say("members.reply.also", names=tuple(map(Foreign, names))))
    if city.partner_kind:
        yield line(say("members.reply.partner_kind", kind=city.partner_kind))
    yield line(standing(city, day))


def city_days(city: City, day: date) -> Iterator[Block]:
    """The days on which a city does not work, and when its council does not meet."""
    if city.holidays:
        yield line(say("members.reply.holidays", days=holidays_in_words(city.holidays)))
    coming = [recess for recess in city.recess if recess.to >= day]
    if coming:
        yield line(say("members.reply.recess", periods=tuple(map(_recess, coming))))


def holidays_in_words(holidays: Holidays) -> tuple[Any, ...]:
    """Whose holidays they are, the Assumption where it is one, and the city's own days."""
    catholic = HolidayCategory.CATHOLIC in holidays.categories
    own = (say("members.reply.own_day", name=Foreign(extra.name), day=extra.date) for extra in holidays.extra)
    return (
        say("members.reply.legal_holidays", subdivision=holidays.subdivision),
        *((HolidayCategory.CATHOLIC,) if catholic else ()),
        *own,
    )


def _recess(recess: RecessPeriod) -> Say:
    return say("members.reply.recess_period", name=Foreign(recess.name), start=recess.from_, end=recess.to)


def seat_items(seats: Sequence[Kept[Seat]], names: Names, day: date) -> tuple[Item, ...]:
    """A line for each seat of a city; those whose holder may not be seen do not exist."""
    shown = (k.record for k in seats if k.record.holder is None or k.record.holder in names)
    return tuple(item(seat.role, " (", Foreign(seat.body), "): ", *held(seat, names, day)) for seat in shown)


def held(seat: Seat, names: Names, today: date) -> Iterator[Any]:
    """Who holds the seat, in what office, and when."""
    yield Foreign(names[seat.holder].record.name) if seat.holder else say("members.reply.vacant")
    if seat.office:
        yield from (", ", Foreign(seat.office))
    yield from (", ", span(seat, today))


def own_seats(seats: Iterable[Kept[Seat]], cities: Cities, language: Language, today: date) -> Bullets:
    """A line for each seat of a person."""
    return Bullets(tuple(item(*_own_seat(kept.record, cities, language, today)) for kept in seats))


def _own_seat(seat: Seat, cities: Cities, language: Language, today: date) -> Iterator[Any]:
    yield from (city_called(seat.city, cities, language), ": ", seat.role, " (", Foreign(seat.body), ")")
    if seat.office:
        yield from (", ", Foreign(seat.office))
    yield from (", ", span(seat, today))


def about_person(person: Person, day: date) -> Iterator[Block]:
    """Name, Matrix ID and what else of a person may be seen."""
    yield heading(Foreign(person.name))
    if person.mxid:
        yield line(say("members.reply.mxid", mxid=Code(person.mxid)))
    if person.language:
        yield line(say("members.reply.language", language=person.language))
    if person.expertise:
        yield line(say("members.reply.expertise", topics=tuple(map(Foreign, person.expertise))))
    reached = tuple(filter(None, [_mail(person), Foreign(person.phone) if person.phone else None]))
    if reached:
        yield line(say("members.reply.contact", ways=reached))
    for absence in person.absences:
        if absence.to >= day:
            yield line(_away(absence))


def _mail(person: Person) -> Link | None:
    return Link(f"mailto:{person.email}", person.email) if person.email else None


def _away(absence: Absence) -> Say:
    return say("members.reply.away", start=absence.from_, end=absence.to)


def city_item(city: City, language: Language, day: date) -> Item:
    """A city in a list."""
    return item(f"{city.code} · ", city_name(city, language), " – ", standing(city, day))


def person_item(person: Kept[Person], seats: Sequence[Kept[Seat]], cities: Cities, language: Language) -> Item:
    """A person in a list, with the seats held today."""
    held = tuple(
        say("members.reply.seat_short", city=city_called(k.record.city, cities, language), role=k.record.role)
        for k in seats
    )
    return item(Foreign(person.record.name), *((" – ", held) if held else ()))


def seat_item(seat: Seat, cities: Cities, names: Names, language: Language, today: date) -> Item:
    """A seat in a list."""
    return item(*seat_parts(seat, cities, names, language, today))


def seat_parts(seat: Seat, cities: Cities, names: Names, language: Language, today: date) -> tuple[Any, ...]:
    """City, role, body, holder, office and days of a seat."""
    where = (city_called(seat.city, cities, language), " – ", seat.role, " (", Foreign(seat.body), "): ")
    return (*where, *held(seat, names, today))
