"""The tables of people."""

from storage.mapping import entity
from storage.schema import metadata
from storage.people.record import Person

PEOPLE = entity(metadata, Person, prefix="u", names=lambda record: (record.name,), indexes=("mxid",))
