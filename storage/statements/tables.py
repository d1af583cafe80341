"""The tables of statements."""

from storage.mapping import entity
from storage.schema import metadata
from storage.statements.record import Statement

STATEMENTS = entity(metadata, Statement, names=lambda record: (record.title,))
