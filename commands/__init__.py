"""What the bot can do: one room per noun, and what spans them."""

from commands.agreements.noun import NOUN as AGREEMENTS
from commands.desk.noun import desk
from commands.framework.noun import Noun
from commands.members.noun import NOUNS as MEMBERS
from commands.projects.noun import NOUN as PROJECTS
from commands.rooms.noun import NOUN as PLACES

ROOMS: tuple[Noun, ...] = (PROJECTS, AGREEMENTS, *MEMBERS, PLACES)

ALL: tuple[Noun, ...] = (desk(ROOMS), *ROOMS)
"""Every noun, in the order in which reactions run and help is shown."""
