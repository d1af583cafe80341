"""The tables of barriers."""

from storage.barriers.record import Barrier
from storage.mapping import entity
from storage.schema import metadata

BARRIERS = entity(metadata, Barrier, names=lambda record: (record.title,))
