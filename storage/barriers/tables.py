"""The tables of barriers."""

from storage.mapping import entity
from storage.schema import metadata
from storage.barriers.record import Barrier

BARRIERS = entity(metadata, Barrier, names=lambda record: (record.title,))
