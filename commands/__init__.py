"""What the bot can do: one room per noun, and what spans them."""

from commands.desk.noun import desk
from commands.framework.noun import Noun
from commands.members.noun import NOUNS as MEMBERS

ROOMS: tuple[Noun, ...] = (*MEMBERS,)

ALL: tuple[Noun, ...] = (desk(ROOMS), *ROOMS)
"""Every noun, in the order in which reactions run and help is shown."""
