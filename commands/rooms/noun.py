"""Rooms as a noun of the register."""

from commands.framework.command import words
from commands.framework.noun import Noun
from commands.rooms.commands import COMMANDS
from commands.rooms.leaving import exit_items
from commands.rooms.setup import SETUP, continue_setup

NOUN = Noun(
    room="rooms",
    collection="rooms",
    words=words("räume", "rooms"),
    commands=COMMANDS,
    continuations={SETUP: continue_setup},
    exit_items=exit_items,
)
