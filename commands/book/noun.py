"""The log of official acts as a room: it holds no records of its own."""

from commands.book.commands import COMMANDS
from commands.framework.noun import Noun

NOUN = Noun(room="book", commands=COMMANDS)
