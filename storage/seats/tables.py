"""The tables of seats."""

from storage.mapping import entity
from storage.schema import metadata
from storage.seats.record import Seat

SEATS = entity(metadata, Seat, prefix="s", indexes=("holder", "city"))
