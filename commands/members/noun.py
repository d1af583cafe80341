"""Cities, people and seats as nouns of the register."""

from commands.framework.noun import Noun
from commands.members import lists
from commands.members.commands import ABOUT_CITIES, ABOUT_ME, ABOUT_PEOPLE, ABOUT_SEATS

CITIES = Noun(room="members", collection="cities", words=lists.CITIES, commands=ABOUT_CITIES)
PEOPLE = Noun(room="members", collection="people", words=lists.PEOPLE, commands=ABOUT_PEOPLE)
SEATS = Noun(room="members", collection="seats", words=lists.SEATS, commands=ABOUT_SEATS)
ME = Noun(room="members", commands=ABOUT_ME)

NOUNS = (CITIES, PEOPLE, SEATS, ME)
