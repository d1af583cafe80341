"""The tables of the cooperation."""

from storage.cooperation.record import Cooperation
from storage.mapping import entity
from storage.schema import metadata

COOPERATION = entity(metadata, Cooperation, prefix="c")
