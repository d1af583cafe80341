"""Projects as a noun of the register."""

from commands.framework.command import words
from commands.framework.noun import Noun
from commands.projects.commands import COMMANDS, go_on
from commands.projects.duties import due
from commands.projects.leaving import exit_items
from commands.projects.status import correct_status, pick_city, pick_health, status_from_text

NOUN = Noun(
    room="projects",
    collection="projects",
    words=words("projekte projekt", "projects project"),
    commands=COMMANDS,
    due=due,
    continuations={
        "projects.again": go_on,
        "projects.city": pick_city,
        "projects.health": pick_health,
        "projects.correct": correct_status,
    },
    replied=status_from_text,
    exit_items=exit_items,
)
