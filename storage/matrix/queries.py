"""Reading and writing what the bot remembers about Matrix; every function works on one account."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.matrix.record import (
    AccountRecord,
    CryptoRecord,
    DeviceRecord,
    GroupSessionRecord,
    IdentityRecord,
    KeyRequestRecord,
    OlmAccountRecord,
    OlmSessionRecord,
    RoomRecord,
    ToldRecord,
    UndecryptedRecord,
    WithheldRecord,
)
from storage.matrix.tables import (
    ACCOUNT,
    DEVICE,
    GROUP_SESSION,
    IDENTITY,
    KEY_REQUEST,
    OLM_ACCOUNT,
    OLM_SESSION,
    ROOM,
    TOLD,
    UNDECRYPTED,
    WITHHELD,
)

Stored = AccountRecord | CryptoRecord | RoomRecord | UndecryptedRecord | WithheldRecord | ToldRecord
R = TypeVar("R", bound=Stored)

_TABLES: dict[type[Any], Table] = {
    AccountRecord: ACCOUNT,
    OlmAccountRecord: OLM_ACCOUNT,
    OlmSessionRecord: OLM_SESSION,
    GroupSessionRecord: GROUP_SESSION,
    DeviceRecord: DEVICE,
    IdentityRecord: IDENTITY,
    KeyRequestRecord: KEY_REQUEST,
    RoomRecord: ROOM,
    UndecryptedRecord: UNDECRYPTED,
    WithheldRecord: WITHHELD,
    ToldRecord: TOLD,
}
_CRYPTO = (OLM_ACCOUNT, OLM_SESSION, GROUP_SESSION, DEVICE, KEY_REQUEST)


async def load(connection: AsyncConnection, account: str, kind: type[R]) -> tuple[R, ...]:
    """Every row of this kind that the account has."""
    table = _TABLES[kind]
    rows = await connection.execute(select(table).where(table.c.account == account))
    return tuple(_record(kind, dict(row._mapping)) for row in rows)


def _record(kind: type[R], found: dict[str, Any]) -> R:
    return kind(**(found if kind is AccountRecord else {k: v for k, v in found.items() if k != "account"}))


async def save(connection: AsyncConnection, account: str, records: Iterable[Stored]) -> None:
    """Write rows, in place of what was stored under the same keys."""
    for table, rows in _by_table(account, records):
        await connection.execute(_delete_by_key(table), [_key(table, row) for row in rows])
        await connection.execute(insert(table), rows)


async def forget(connection: AsyncConnection, account: str, records: Iterable[Stored]) -> None:
    """Remove rows; those that are not stored are no error."""
    for table, rows in _by_table(account, records):
        await connection.execute(_delete_by_key(table), [_key(table, row) for row in rows])


def _by_table(account: str, records: Iterable[Stored]) -> Iterable[tuple[Table, Sequence[dict[str, Any]]]]:
    grouped: dict[type[Any], list[dict[str, Any]]] = {}
    for record in records:
        grouped.setdefault(type(record), []).append(asdict(record) | {"account": account})
    return [(_TABLES[kind], rows) for kind, rows in grouped.items()]


def _delete_by_key(table: Table) -> Any:
    return delete(table).where(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))


def _key(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {f"key_{column.name}": row[column.name] for column in table.primary_key}


async def stored_account(connection: AsyncConnection, account: str) -> AccountRecord | None:
    """The account's device and position, None before its first login."""
    return next(iter(await load(connection, account, AccountRecord)), None)


async def begin_account(connection: AsyncConnection, record: AccountRecord) -> None:
    """Store a new device of the account; keys of an earlier one are of no use to it and go."""
    for table in (*_CRYPTO, UNDECRYPTED, WITHHELD):
        await connection.execute(delete(table).where(table.c.account == record.account))
    await save(connection, record.account, [record])


async def note_identity(connection: AsyncConnection, account: str, *, master_key: str, device_key: str) -> None:
    """The account's identity, by its public master key, has signed the device with this public key."""
    known = update(ACCOUNT).where(ACCOUNT.c.account == account)
    await connection.execute(known.values(master_key=master_key, device_key=device_key))


async def store_position(connection: AsyncConnection, account: str, sync_token: str) -> None:
    """Everything up to this sync token is stored."""
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.account == account).values(sync_token=sync_token))


async def room_facts(connection: AsyncConnection, account: str, room: str) -> RoomRecord | None:
    """What the homeserver last said about the room, None if the account never saw it."""
    query = select(ROOM).where(ROOM.c.account == account, ROOM.c.room == room)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _record(RoomRecord, dict(row._mapping))


async def joined_rooms(connection: AsyncConnection, account: str) -> tuple[str, ...]:
    """The ids of the rooms that the account is in."""
    query = select(ROOM.c.room).where(ROOM.c.account == account, ROOM.c.membership == "join").order_by(ROOM.c.room)
    return tuple((await connection.execute(query)).scalars())


async def room_with_alias(connection: AsyncConnection, account: str, alias: str) -> str | None:
    """The room that the account is in whose canonical alias is this one, None if there is none."""
    query = select(ROOM.c.room).where(ROOM.c.account == account, ROOM.c.alias == alias, ROOM.c.membership == "join")
    found: str | None = (await connection.execute(query.order_by(ROOM.c.room).limit(1))).scalar_one_or_none()
    return found


async def direct_room(connection: AsyncConnection, account: str, user_id: str) -> str | None:
    """The direct chat that the account has joined with this user, None if there is none."""
    query = select(ROOM.c.room).where(ROOM.c.account == account, ROOM.c.other == user_id, ROOM.c.membership == "join")
    return (await connection.execute(query.order_by(ROOM.c.room).limit(1))).scalar_one_or_none()


async def save_identities(connection: AsyncConnection, account: str, records: Iterable[IdentityRecord]) -> None:
    """Store these identities as they are now; what is pinned is written only for those that are new."""
    for record in records:
        mine = (IDENTITY.c.account == account) & (IDENTITY.c.user_id == record.user_id)
        changed = await connection.execute(update(IDENTITY).where(mine).values(current=record.current))
        if not changed.rowcount:
            await save(connection, account, [record])


async def identities(connection: AsyncConnection, account: str, users: Iterable[str]) -> tuple[IdentityRecord, ...]:
    """What is stored of the identities of these users."""
    query = select(IDENTITY).where(IDENTITY.c.account == account, IDENTITY.c.user_id.in_(sorted(users)))
    return tuple(_record(IdentityRecord, dict(row._mapping)) for row in await connection.execute(query))


async def accept_identity(connection: AsyncConnection, account: str, user_id: str, master_key: str) -> bool:
    """Pin this master key for the user, if it is the one of today; False if it is not, or no identity is known.

    The running session notices it before it next judges a message of that user.
    """
    mine = (IDENTITY.c.account == account) & (IDENTITY.c.user_id == user_id) & (IDENTITY.c.current == master_key)
    return bool((await connection.execute(update(IDENTITY).where(mine).values(pinned=master_key))).rowcount)
