"""The desk that handles messages: all nouns, their grammar, the house and the office, put together once."""

from bot.execute import Desk
from bot.post import Office
from bot.who import House
from commands import ALL
from commands.framework.grammar import Grammar


def make_desk(house: House, office: Office) -> Desk:
    """The desk over all nouns."""
    commands = [command for noun in ALL for command in noun.commands]
    nouns = [noun.words for noun in ALL if noun.words]
    return Desk(nouns=ALL, grammar=Grammar.of(commands, nouns=nouns, texts=office.texts), house=house, office=office)
