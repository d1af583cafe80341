"""The tables of agreements."""

from storage.mapping import entity
from storage.schema import metadata
from storage.agreements.record import Agreement

AGREEMENTS = entity(metadata, Agreement, names=lambda record: (record.title, *record.aliases))
