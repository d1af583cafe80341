"""The tables of reminders."""

from storage.mapping import entity
from storage.reminders.record import Reminder
from storage.schema import metadata

REMINDERS = entity(metadata, Reminder)
