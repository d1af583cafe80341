"""The tables of meetings."""

from storage.mapping import entity
from storage.schema import metadata
from storage.meetings.record import Meeting

MEETINGS = entity(metadata, Meeting)
