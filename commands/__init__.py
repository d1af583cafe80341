"""What the bot can do: one room per noun, and what spans them."""

from commands.desk.noun import desk
from commands.framework.noun import Noun

ROOMS: tuple[Noun, ...] = ()

ALL: tuple[Noun, ...] = (*ROOMS, desk(ROOMS))
"""Every noun, in the order in which reactions run and help is shown."""
