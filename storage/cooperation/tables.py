"""The tables of the cooperation."""

from storage.mapping import entity
from storage.schema import metadata
from storage.cooperation.record import Cooperation

COOPERATION = entity(metadata, Cooperation, prefix="c")
