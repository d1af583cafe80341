"""The tables of people."""

from storage.mapping import entity
from storage.people.record import Person
from storage.schema import metadata

PEOPLE = entity(metadata, Person, prefix="u", names=lambda record: (record.name,), indexes=("mxid",))
