"""The tables of agreements."""

from storage.agreements.record import Agreement
from storage.mapping import entity
from storage.schema import metadata

AGREEMENTS = entity(metadata, Agreement, names=lambda record: (record.title, *record.aliases))
