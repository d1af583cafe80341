"""Prompts: questions the bot put to somebody, and what happens when they are answered."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata


class PromptKind(StrEnum):
    """What the bot waits for: a missing argument, a yes, one of several, the next step, or a free-text correction."""

    ARGUMENT = "argument"
    CONFIRM = "confirm"
    OFFER = "offer"
    STEP = "step"
    ECHO = "echo"
    REQUEST = "request"


ANSWERED_IN_PASSING = frozenset({PromptKind.CONFIRM, PromptKind.OFFER, PromptKind.STEP, PromptKind.REQUEST})
"""Questions to which a bare yes, no or number is an answer also without being a reply; others ask for words."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A question to `sender` in `room`, open until `expires`; `body` says how to go on when it is answered.

    `outbox` is the row of the message that asks, so that a reply to that message finds its question.
    """

    id: int
    kind: PromptKind
    room: str
    sender: str
    outbox: int | None
    body: dict[str, Any]
    expires: datetime


PROMPT = Table(
    "prompt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", KEY, nullable=False),
    Column("room", KEY, nullable=False),
    Column("sender", KEY, nullable=False),
    Column("outbox", Integer),
    Column("body", LONG, nullable=False),
    Column("expires", InstantColumn, nullable=False),
    Index("ix_prompt_room", "room", "sender"),
    Index("ix_prompt_outbox", "outbox"),
)


async def ask(
    connection: AsyncConnection,
    *,
    kind: PromptKind,
    room: str,
    sender: str,
    body: dict[str, Any],
    expires: datetime,
    outbox: int | None = None,
) -> int:
    """Store a question and return its number."""
    values = {
        "kind": kind.value,
        "room": room,
        "sender": sender,
        "outbox": outbox,
        "body": json.dumps(body),
        "expires": expires,
    }
    number: int = (await connection.execute(insert(PROMPT).values(values).returning(PROMPT.c.id))).scalar_one()
    return number


async def open_prompts(connection: AsyncConnection, room: str, sender: str, now: datetime) -> tuple[Prompt, ...]:
    """Questions to this sender in this room that have not expired at `now`, the newest first."""
    query = (
        select(PROMPT)
        .where(PROMPT.c.room == room, PROMPT.c.sender == sender, PROMPT.c.expires > now)
        .order_by(PROMPT.c.id.desc())
    )
    return tuple(_prompt(row) for row in await connection.execute(query))


async def prompt_in(connection: AsyncConnection, outbox: int, now: datetime) -> Prompt | None:
    """The question that stands in this outbox row's message, if it is still open at `now`."""
    query = select(PROMPT).where(PROMPT.c.outbox == outbox, PROMPT.c.expires > now).order_by(PROMPT.c.id.desc())
    row = (await connection.execute(query)).first()
    return None if row is None else _prompt(row)


async def waiting(connection: AsyncConnection, rooms: set[str], now: datetime) -> frozenset[tuple[str, str]]:
    """Room and sender of every open question in `rooms` that can be answered in passing."""
    if not rooms:
        return frozenset()
    query = select(PROMPT.c.room, PROMPT.c.sender).where(
        PROMPT.c.room.in_(rooms), PROMPT.c.expires > now, PROMPT.c.kind.in_(ANSWERED_IN_PASSING)
    )
    return frozenset((row._mapping["room"], row._mapping["sender"]) for row in await connection.execute(query))


async def settle(connection: AsyncConnection, number: int) -> None:
    """The question is answered or overtaken."""
    await connection.execute(delete(PROMPT).where(PROMPT.c.id == number))


async def overtake(connection: AsyncConnection, answered: Prompt) -> None:
    """What was to be confirmed before the question just answered is off: one more yes must not reach back to it."""
    earlier = (PROMPT.c.room == answered.room) & (PROMPT.c.sender == answered.sender) & (PROMPT.c.id < answered.id)
    await connection.execute(delete(PROMPT).where(earlier, PROMPT.c.kind == PromptKind.CONFIRM.value))


async def settle_in(connection: AsyncConnection, outbox: int) -> None:
    """The message of this outbox row asks nothing any more."""
    await connection.execute(delete(PROMPT).where(PROMPT.c.outbox == outbox))


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Forget questions that expired before `now`."""
    await connection.execute(delete(PROMPT).where(PROMPT.c.expires <= now))


def _prompt(row: Row[Any]) -> Prompt:
    found = dict(row._mapping)
    return Prompt(**{**found, "kind": PromptKind(found["kind"]), "body": json.loads(found["body"])})
