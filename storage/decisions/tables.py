"""The tables of decisions."""

from storage.mapping import entity
from storage.schema import metadata
from storage.decisions.record import Decision

DECISIONS = entity(metadata, Decision)
