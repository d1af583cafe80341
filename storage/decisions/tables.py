"""The tables of decisions."""

from storage.decisions.record import Decision
from storage.mapping import entity
from storage.schema import metadata

DECISIONS = entity(metadata, Decision)
