"""Agreements as a noun of the register."""

from commands.agreements.commands import COMMANDS
from commands.agreements.leaving import exit_items
from commands.framework.command import words
from commands.framework.noun import Noun

NOUN = Noun(
    room="agreements",
    collection="agreements",
    words=words("vereinbarungen vereinbarung", "agreements agreement"),
    commands=COMMANDS,
    exit_items=exit_items,
)
