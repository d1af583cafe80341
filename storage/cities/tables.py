"""The tables of cities and partners."""

from storage.cities.record import City
from storage.mapping import entity
from storage.schema import metadata

CITIES = entity(metadata, City, names=lambda record: (record.name.de, record.name.en, *record.aliases))
