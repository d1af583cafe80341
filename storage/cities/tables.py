"""The tables of cities and partners."""

from storage.mapping import entity
from storage.schema import metadata
from storage.cities.record import City

CITIES = entity(metadata, City, names=lambda record: (record.name.de, record.name.en, *record.aliases))
