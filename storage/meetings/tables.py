"""The tables of meetings."""

from storage.mapping import entity
from storage.meetings.record import Meeting
from storage.schema import metadata

MEETINGS = entity(metadata, Meeting)
