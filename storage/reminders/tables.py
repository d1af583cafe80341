"""The tables of reminders."""

from storage.mapping import entity
from storage.schema import metadata
from storage.reminders.record import Reminder

REMINDERS = entity(metadata, Reminder)
