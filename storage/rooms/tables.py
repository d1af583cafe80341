"""The tables of rooms."""

from storage.mapping import entity
from storage.rooms.record import Room
from storage.schema import metadata

ROOMS = entity(metadata, Room, prefix="r", indexes=("id", "alias"))
