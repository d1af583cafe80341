"""The tables of solutions and lessons."""

from storage.mapping import entity
from storage.schema import metadata
from storage.solutions.record import Solution

SOLUTIONS = entity(metadata, Solution, names=lambda record: (record.title,))
