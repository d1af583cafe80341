"""What the bot can do: one room per noun, and what spans them."""

from commands.agreements.noun import NOUN as AGREEMENTS
from commands.book.noun import NOUN as BOOK
from commands.decisions.noun import NOUN as DECISIONS
from commands.desk.noun import desk
from commands.framework.noun import Noun
from commands.meetings.noun import NOUN as MEETINGS
from commands.members.noun import members
from commands.privacy.noun import NOUN as PRIVACY
from commands.projects.noun import NOUN as PROJECTS
from commands.rooms.noun import NOUN as PLACES
from commands.statements.noun import NOUN as STATEMENTS
from commands.tasks.noun import NOUN as TASKS

_WITH_RECORDS = (PROJECTS, DECISIONS, AGREEMENTS, TASKS, MEETINGS, STATEMENTS)

ROOMS: tuple[Noun, ...] = (*_WITH_RECORDS, *members((*_WITH_RECORDS, PLACES)), PLACES, PRIVACY, BOOK)

ALL: tuple[Noun, ...] = (desk(ROOMS), *ROOMS)
"""Every noun, in the order in which reactions run and help is shown."""
