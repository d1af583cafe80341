"""Data protection as a room: it holds no records of its own."""

from commands.framework.noun import Noun
from commands.privacy.commands import COMMANDS

NOUN = Noun(room="privacy", commands=COMMANDS)
