"""The tables of rooms."""

from storage.mapping import entity
from storage.schema import metadata
from storage.rooms.record import Room

ROOMS = entity(metadata, Room, prefix="r", indexes=("id", "alias"))
