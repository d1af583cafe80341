"""What the database holds about one person, found by the declarations of the records and of every other table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bundle_names import BUNDLE_KEY
from storage.erased import ERASED
from storage.inbox import INBOX
from storage.incidents import INCIDENT
from storage.mapping import Entity, Referring, references
from storage.matrix.tables import DEVICE, IDENTITY, ROOM, TOLD, UNDECRYPTED, WITHHELD
from storage.official import is_official
from storage.operations import OPERATION
from storage.outbox import OUTBOX
from storage.people.preferences import PREFERENCE
from storage.people.tables import PEOPLE
from storage.prompts import PROMPT
from storage.register import ENTITIES
from storage.values import Ref
from storage.versioned import Versioned
from storage.view import View

NEWEST = 10
"""As many records of a list as an extract names."""


class Called(Enum):
    """What a column holds of somebody: the key of the register, the Matrix ID, or either."""

    KEY = "key"
    MATRIX_ID = "matrix_id"
    EITHER = "either"
    WITHIN = "within"
    """The Matrix ID stands somewhere inside the text."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody by what the database may call them: the key of the register, the Matrix ID, or both."""

    key: str | None
    mxid: str | None

    def names(self, called: Called) -> tuple[str, ...]:
        """What a column of this kind holds where it means this person."""
        found = {
            Called.KEY: (self.key,),
            Called.MATRIX_ID: (self.mxid,),
            Called.EITHER: (self.key, self.mxid),
            Called.WITHIN: (self.mxid,),
        }[called]
        return tuple(name for name in found if name)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table outside the register with a column that may name somebody, and what kind of keeping that is."""

    kind: str
    table: Table
    column: str
    called: Called
    fixed: tuple[tuple[str, str], ...] = ()
    """Columns that must have these values, where the table holds other things too."""

    def about(self, subject: Subject) -> ColumnElement[bool] | None:
        """The condition that a row is about somebody; None if they have no name of this kind."""
        names = subject.names(self.called)
        if not names:
            return None
        column = self.table.c[self.column]
        if self.called is Called.WITHIN:
            means: ColumnElement[bool] = or_(*(column.contains(name, autoescape=True) for name in names))
        else:
            means = column.in_(names)
        for name, value in self.fixed:
            means &= self.table.c[name] == value
        return means


ELSEWHERE: tuple[Kept, ...] = (
    Kept(kind="operations", table=OPERATION, column="person", called=Called.KEY),
    Kept(kind="withdrawals", table=OPERATION, column="withdrawn_by", called=Called.KEY),
    Kept(kind="messages", table=INBOX, column="sender", called=Called.MATRIX_ID),
    Kept(kind="questions", table=PROMPT, column="sender", called=Called.MATRIX_ID),
    Kept(kind="preferences", table=PREFERENCE, column="person", called=Called.EITHER),
    Kept(kind="bundle_keys", table=BUNDLE_KEY, column="key", called=Called.KEY, fixed=(("collection", "people"),)),
    Kept(kind="erased", table=ERASED, column="person", called=Called.KEY),
    Kept(kind="direct_chats", table=ROOM, column="other", called=Called.MATRIX_ID),
    Kept(kind="invitations", table=ROOM, column="inviter", called=Called.MATRIX_ID),
    Kept(kind="devices", table=DEVICE, column="user_id", called=Called.MATRIX_ID),
    Kept(kind="identities", table=IDENTITY, column="user_id", called=Called.MATRIX_ID),
    Kept(kind="unread", table=UNDECRYPTED, column="sender", called=Called.MATRIX_ID),
    Kept(kind="withheld", table=WITHHELD, column="sender", called=Called.MATRIX_ID),
    Kept(kind="told", table=TOLD, column="user_id", called=Called.MATRIX_ID),
    Kept(kind="incidents", table=INCIDENT, column="subject", called=Called.MATRIX_ID),
    Kept(kind="incident_facts", table=INCIDENT, column="facts", called=Called.WITHIN),
    Kept(kind="waiting", table=OUTBOX, column="content", called=Called.WITHIN),
)
"""Every column outside the register that names people. What a message says is not kept once it is sent."""


@dataclass(frozen=True, kw_only=True)
class Mention:
    """How often one column of the register names somebody, now and in former versions.

    `records` are the keys of some of the records that do so now, the last written first.
    """

    collection: str
    table: str
    column: str
    official: bool
    now: int
    former: int
    records: tuple[str, ...]


def naming_people() -> Iterator[tuple[Entity[Any], Referring]]:
    """Every column of the register that may name a person."""
    for an_entity in ENTITIES:
        for referring in references(an_entity):
            if isinstance(referring.mark, Ref) and "people" in referring.mark.target.split("|"):
                yield an_entity, referring


async def mentions(view: View, key: str) -> tuple[Mention, ...]:
    """Where the register names the person with this key; columns that do not are left out."""
    found = [await _mention(view.connection, *where, key) for where in naming_people()]
    return tuple(mention for mention in found if mention.now or mention.former)


async def _mention(connection: AsyncConnection, an_entity: Entity[Any], referring: Referring, key: str) -> Mention:
    now, former = referring.table.current, referring.table.past
    counts = [
        (await connection.execute(select(func.count()).where(twin.c[referring.column] == key))).scalar_one()
        for twin in (now, former)
    ]
    root = now.c.root if "root" in now.c else now.c.key
    query = select(root).where(now.c[referring.column] == key).group_by(root)
    newest = query.order_by(func.max(now.c.operation).desc(), root).limit(NEWEST)
    return Mention(
        collection=an_entity.collection,
        table=referring.table.name,
        column=referring.column,
        official=is_official(referring.table.name, referring.column),
        now=counts[0],
        former=counts[1],
        records=tuple((await connection.execute(newest)).scalars()) if counts[0] else (),
    )


async def kept_elsewhere(connection: AsyncConnection, subject: Subject) -> dict[str, int]:
    """How many rows outside the register name somebody, by kind; kinds without any are left out."""
    found: dict[str, int] = {}
    for kept in ELSEWHERE:
        about = kept.about(subject)
        if about is not None:
            count = (await connection.execute(select(func.count()).select_from(kept.table).where(about))).scalar_one()
            found |= {kept.kind: count} if count else {}
    return found


async def own_versions(view: View, key: str) -> int:
    """How many former versions of the person's own entry there are."""
    past = PEOPLE.table.past
    return (await view.connection.execute(select(func.count()).where(past.c.key == key))).scalar_one()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one table about somebody, as they are stored; `column` names the person, None for their own entry."""

    table: str
    column: str | None
    rows: Sequence[dict[str, Any]]


async def everything(view: View, subject: Subject) -> tuple[Rows, ...]:
    """Every row about somebody, present and former, with all its columns; tables without any are left out."""
    found = [*await _own_rows(view.connection, subject), *await _naming_rows(view.connection, subject)]
    for kept in ELSEWHERE:
        about = kept.about(subject)
        if about is not None:
            found.append(await _rows(view.connection, kept.table, kept.column, about))
    return tuple(each for each in found if each.rows)


async def _own_rows(connection: AsyncConnection, subject: Subject) -> list[Rows]:
    return [
        await _rows(connection, twin, None, (twin.c.root if "root" in twin.c else twin.c.key) == subject.key)
        for table in (PEOPLE.tables() if subject.key else ())
        for twin in _twins(table)
    ]


async def _naming_rows(connection: AsyncConnection, subject: Subject) -> list[Rows]:
    return [
        await _rows(connection, twin, referring.column, twin.c[referring.column] == subject.key)
        for _, referring in (naming_people() if subject.key else ())
        for twin in _twins(referring.table)
    ]


def _twins(table: Versioned) -> tuple[Table, Table]:
    return table.current, table.past


async def _rows(connection: AsyncConnection, table: Table, column: str | None, about: ColumnElement[bool]) -> Rows:
    rows = await connection.execute(select(table).where(about).order_by(*table.primary_key))
    return Rows(table=table.name, column=column, rows=[dict(row._mapping) for row in rows])
