"""A city's working days, from its record."""

from commands.calendar.workdays import Calendar, ExtraDay
from storage.cities.record import City


def calendar_of(city: City) -> Calendar:
    """The calendar of a city or partner; without recorded holidays the legal ones of Bavaria."""
    if city.holidays is None:
        return Calendar()
    return Calendar(
        subdivision=city.holidays.subdivision.value,
        categories=tuple(category.value for category in city.holidays.categories) or ("public",),
        extra=tuple(ExtraDay(on=extra.date, name=extra.name) for extra in city.holidays.extra),
    )
