"""What could not be read: whose it is, why its key is missing, and when its sender was told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.matrix.queries import forget, save
from storage.matrix.record import ToldRecord, UndecryptedRecord, WithheldRecord
from storage.matrix.tables import TOLD, UNDECRYPTED, WITHHELD

REASONS_LAST = timedelta(days=7)
"""How long it is remembered why a key was withheld: a room key is used for a week, unless the room says otherwise."""
_MOST_OF_ONE_SENDER = 100


async def record_withheld(
    connection: AsyncConnection, account: str, withheld: Iterable[WithheldRecord], now: datetime
) -> None:
    """Remember why room keys were withheld, of each sender only the newest hundred, and none for more than a week."""
    latest = {(one.sender, one.room, one.session): one for one in withheld}
    await save(connection, account, latest.values())
    for sender in {one.sender for one in latest.values()}:
        of_sender = await withheld_by(connection, account, sender)
        await forget(connection, account, of_sender[_MOST_OF_ONE_SENDER:])
    old = (WITHHELD.c.account == account) & (WITHHELD.c.at <= now - REASONS_LAST)
    await connection.execute(delete(WITHHELD).where(old))


async def withheld_by(connection: AsyncConnection, account: str, sender: str) -> tuple[WithheldRecord, ...]:
    """Every refusal of this sender's clients that is remembered, the newest first."""
    columns = [column for column in WITHHELD.c if column.name != "account"]
    query = select(*columns).where(WITHHELD.c.account == account, WITHHELD.c.sender == sender)
    rows = await connection.execute(query.order_by(WITHHELD.c.at.desc(), WITHHELD.c.room, WITHHELD.c.session))
    return tuple(WithheldRecord(**row._mapping) for row in rows)


async def untold_since(connection: AsyncConnection, account: str) -> datetime | None:
    """Since when the oldest unreadable event waits whose sender is not told yet; None if there is none."""
    untold = (UNDECRYPTED.c.account == account) & UNDECRYPTED.c.told.is_(False)
    oldest: datetime | None = (await connection.execute(select(func.min(UNDECRYPTED.c.at)).where(untold))).scalar()
    return oldest


async def untold(connection: AsyncConnection, account: str, *, until: datetime) -> tuple[UndecryptedRecord, ...]:
    """Those unreadable events of one sender that came until then and are not told yet, oldest first.

    The sender is the one who has waited longest; empty if nobody has.
    """
    waiting = (UNDECRYPTED.c.account == account) & UNDECRYPTED.c.told.is_(False) & (UNDECRYPTED.c.at <= until)
    in_order = (UNDECRYPTED.c.at, UNDECRYPTED.c.event)
    first = select(UNDECRYPTED.c.sender).where(waiting).order_by(*in_order).limit(1).scalar_subquery()
    columns = [column for column in UNDECRYPTED.c if column.name != "account"]
    rows = await connection.execute(select(*columns).where(waiting, UNDECRYPTED.c.sender == first).order_by(*in_order))
    return tuple(UndecryptedRecord(**row._mapping) for row in rows)


async def settle(connection: AsyncConnection, account: str, events: Iterable[str]) -> None:
    """The sender of these unreadable events need not be told of them any more."""
    for event in events:
        this = (UNDECRYPTED.c.account == account) & (UNDECRYPTED.c.event == event)
        await connection.execute(update(UNDECRYPTED).where(this).values(told=True))


async def told_since(connection: AsyncConnection, account: str, user_id: str, since: datetime) -> bool:
    """Whether this sender was told after `since` that something of theirs cannot be read."""
    query = select(TOLD.c.at).where(TOLD.c.account == account, TOLD.c.user_id == user_id, TOLD.c.at > since)
    return (await connection.execute(query)).first() is not None


async def record_told(connection: AsyncConnection, account: str, told: ToldRecord, *, forget_until: datetime) -> None:
    """Note that a sender is told, and forget whom we told until then."""
    await connection.execute(delete(TOLD).where(TOLD.c.account == account, TOLD.c.at <= forget_until))
    await save(connection, account, [told])
