"""The tables of tasks."""

from storage.mapping import entity
from storage.schema import metadata
from storage.tasks.record import Task

TASKS = entity(metadata, Task)
