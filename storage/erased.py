"""Who was made anonymous: enough to recognise them in an older file, and not enough to say who it was."""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, InstantColumn
from storage.operations import Operation
from storage.people.record import Person
from storage.records import batches
from storage.schema import metadata
from storage.values import Record

# The digests of what somebody was called by: the Matrix ID and the key in bundles. Names are not unique enough.
ERASED = Table(
    "erased",
    metadata,
    Column("digest", KEY, primary_key=True),
    Column("person", KEY, nullable=False, index=True),
    Column("at", InstantColumn, nullable=False),
)


def digest_of(kind: str, called: str) -> str:
    """What is kept of something that somebody was called by: nobody can read it, who knows it can compare."""
    return hashlib.sha256(f"{kind}\n{called}".encode()).hexdigest()


async def note_erased(connection: AsyncConnection, key: str, digests: Iterable[str], operation: Operation) -> None:
    """The person with this key was called so, and is no more; repeating it changes nothing."""
    wanted = dict.fromkeys(digests)
    known = await erased_as(connection, wanted)
    rows = [{"digest": digest, "person": key, "at": operation.at} for digest in wanted if digest not in known]
    if rows:
        await connection.execute(insert(ERASED), rows)


async def erased_among(connection: AsyncConnection, people: Sequence[Record]) -> dict[str, str]:
    """Those of the people in a bundle who were made anonymous since it was written: their keys here by those there."""
    by_digest = {digest_of("people", str(person.own_key())): str(person.own_key()) for person in people}
    by_digest |= {digest_of("mxid", p.mxid): p.key for p in people if isinstance(p, Person) and p.mxid}
    found = await erased_as(connection, by_digest)
    return dict(sorted((by_digest[digest], person) for digest, person in found.items()))


async def erased_as(connection: AsyncConnection, digests: Iterable[str]) -> dict[str, str]:
    """The keys of the people who were made anonymous, by those of `digests` that were theirs."""
    found: dict[str, str] = {}
    for batch in batches(list(digests)):
        query = select(ERASED.c.digest, ERASED.c.person).where(ERASED.c.digest.in_(batch))
        found |= {row[0]: row[1] for row in await connection.execute(query)}
    return found
