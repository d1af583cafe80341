"""Cities, people and seats as nouns of the register."""

from collections.abc import Sequence

from commands.framework.noun import Noun
from commands.members import lists
from commands.members.cities import city_card
from commands.members.commands import ABOUT_CITIES, ABOUT_ME, ABOUT_PEOPLE, ABOUT_SEATS, ABSENCES, about_membership
from commands.members.membership import exit_items, previewing
from commands.members.people import person_card


def members(others: Sequence[Noun]) -> tuple[Noun, ...]:
    """The nouns about members; `others` have their say in the check list of a city that leaves."""
    items = [exit_items, *(noun.exit_items for noun in others if noun.exit_items)]
    joining = about_membership(previewing(items))
    return (
        Noun(
            room="members", collection="cities", words=lists.CITIES, commands=(joining, *ABOUT_CITIES), card=city_card
        ),
        Noun(
            room="members",
            collection="people",
            words=lists.PEOPLE,
            commands=(*ABOUT_PEOPLE, *ABSENCES),
            card=person_card,
        ),
        Noun(room="members", collection="seats", words=lists.SEATS, commands=ABOUT_SEATS, exit_items=exit_items),
        Noun(room="members", commands=ABOUT_ME),
    )
