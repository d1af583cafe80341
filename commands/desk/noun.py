"""The desk as a room: its commands know all nouns, itself included."""

from collections.abc import Sequence

from commands.desk.commands import commands
from commands.framework.noun import Noun


def desk(rooms: Sequence[Noun]) -> Noun:
    """The desk over these rooms."""
    every: list[Noun] = []
    made = Noun(room="desk", commands=commands(lambda: every))
    every += [*rooms, made]
    return made
