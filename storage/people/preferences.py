"""How somebody wants to be answered: settings of a person, no part of the register and without history."""

from sqlalchemy import Column, Table, delete, insert, select

from storage.columns import KEY
from storage.schema import metadata
from storage.values import Vocabulary
from storage.view import View

PREFERENCE = Table(
    "preference",
    metadata,
    Column("person", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("value", KEY, nullable=False),
)

ACKNOWLEDGEMENT = "acknowledgement"


class Acknowledgement(Vocabulary):
    """How a change is confirmed: by a sign, where that says all, or always by a sentence."""

    SIGN = "sign"
    TEXT = "text"


async def preference(view: View, person: str, name: str) -> str | None:
    """What this person (by key) has chosen under `name`; None for somebody without a choice."""
    query = select(PREFERENCE.c.value).where(PREFERENCE.c.person == person, PREFERENCE.c.name == name)
    return (await view.connection.execute(query)).scalar_one_or_none()


async def prefer(view: View, person: str, name: str, value: str) -> None:
    """Keep what this person (by key) has chosen under `name`, instead of an earlier choice."""
    mine = (PREFERENCE.c.person == person) & (PREFERENCE.c.name == name)
    await view.connection.execute(delete(PREFERENCE).where(mine))
    await view.connection.execute(insert(PREFERENCE).values(person=person, name=name, value=value))
