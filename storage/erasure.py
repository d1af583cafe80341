"""Making somebody anonymous: the only change of past tables there is. What they did stays, who they were goes."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bundle_names import BUNDLE_KEY
from storage.erased import digest_of, note_erased
from storage.inbox import INBOX, InboxState
from storage.incidents import INCIDENT
from storage.matrix.tables import ROOM, TOLD, UNDECRYPTED, WITHHELD
from storage.people.preferences import PREFERENCE
from storage.people.record import Person
from storage.people.tables import PEOPLE
from storage.prompts import PROMPT
from storage.work import Work

NOBODY = ""
"""Stands for a sender who is forgotten; no Matrix ID is empty."""


def anonymous_name(key: str) -> str:
    """What somebody is called who was made anonymous: the same in every language, and told apart by the key."""
    return f"Ehemalige Person ({key})"


def is_anonymous(person: Person) -> bool:
    """Whether this person was made anonymous."""
    return person.name == anonymous_name(person.key) and person.mxid is None


async def erase(work: Work, person: Person) -> None:
    """Make this person of the register anonymous, in its present and in its past, and forget their traces elsewhere.

    Only rows about the person change; what they signed, voted or wrote names them by a key that means nobody now.
    """
    digests = [digest_of("people", await _called_in_bundles(work, person.key))]
    digests += [digest_of("mxid", person.mxid)] if person.mxid else []
    anonymous = Person(key=person.key, name=anonymous_name(person.key), visibility=person.visibility)
    await work.put(PEOPLE, person.key, anonymous)
    await _rewrite_past(work.connection, anonymous)
    await work.connection.execute(delete(PREFERENCE).where(PREFERENCE.c.person == person.key))
    called = (BUNDLE_KEY.c.collection == "people") & (BUNDLE_KEY.c.key == person.key)
    await work.connection.execute(delete(BUNDLE_KEY).where(called))
    await note_erased(work.connection, person.key, digests, await work.operation())
    if person.mxid:
        await forget_traces(work.connection, person.mxid)


async def forget_traces(connection: AsyncConnection, mxid: str) -> None:
    """Forget who sent what was handled, and all else outside the register that names this Matrix ID.

    What the homeserver says stays while it does: devices, and who is in a direct chat that still exists.
    """
    handled = (INBOX.c.sender == mxid) & (INBOX.c.state != InboxState.NEW.value)
    await connection.execute(update(INBOX).where(handled).values(sender=NOBODY, body=None))
    for column in (
        PROMPT.c.sender,
        PREFERENCE.c.person,
        INCIDENT.c.subject,
        TOLD.c.user_id,
        WITHHELD.c.sender,
        UNDECRYPTED.c.sender,
    ):
        await connection.execute(delete(column.table).where(column == mxid))
    await connection.execute(delete(INCIDENT).where(INCIDENT.c.facts.contains(mxid, autoescape=True)))
    for column in (ROOM.c.other, ROOM.c.inviter):
        left = (column == mxid) & (ROOM.c.membership != "join")
        await connection.execute(update(ROOM).where(left).values({column.name: None}))


async def _called_in_bundles(work: Work, key: str) -> str:
    query = select(BUNDLE_KEY.c.called).where(BUNDLE_KEY.c.collection == "people", BUNDLE_KEY.c.key == key)
    called: str | None = (await work.connection.execute(query)).scalar_one_or_none()
    return called or key


async def _rewrite_past(connection: AsyncConnection, anonymous: Person) -> None:
    """Every former version says what the present one does; who was away when is gone altogether."""
    past = PEOPLE.table.past
    kept = {"key", "rank", "visibility"}
    blank = {scalar.column: None for scalar in PEOPLE.node.columns() if scalar.column not in kept}
    values = {**blank, "name": anonymous.name}
    await connection.execute(update(past).where(past.c.key == anonymous.key).values(values))
    for child in PEOPLE.child_tables():
        for twin in (child.table.current, child.table.past):
            await connection.execute(delete(twin).where(twin.c.root == anonymous.key))
