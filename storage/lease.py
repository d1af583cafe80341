"""The lease: one row that every write of the running bot locks first, so that two bots never write one register."""

from sqlalchemy import Column, Integer, Table, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import metadata

LEASE = Table("lease", metadata, Column("id", Integer, primary_key=True), Column("epoch", Integer, nullable=False))


class LeaseLost(Exception):
    """Another process has taken the register over; this one must write nothing more."""


async def take_lease(connection: AsyncConnection) -> int:
    """Take the register over and return the epoch to present from now on; whoever held it before is fenced off."""
    await _begin(connection)
    epoch: int = (
        await connection.execute(update(LEASE).values(epoch=LEASE.c.epoch + 1).returning(LEASE.c.epoch))
    ).scalar_one()
    return epoch


async def _begin(connection: AsyncConnection) -> None:
    """Make the row where it is not there yet: a row that does not exist cannot be locked."""
    if (await connection.execute(select(LEASE.c.id))).first() is None:
        await connection.execute(text("INSERT INTO lease (id, epoch) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"))


async def share_lease(connection: AsyncConnection) -> None:
    """Lock the lease row without holding the lease, so that an import takes its turn beside a running bot."""
    await _begin(connection)
    await connection.execute(select(LEASE.c.epoch).with_for_update())


async def hold_lease(connection: AsyncConnection, epoch: int) -> None:
    """Lock the lease row for this transaction; raises LeaseLost if it is not ours any more."""
    if (await connection.execute(select(LEASE.c.epoch).with_for_update())).scalar_one_or_none() != epoch:
        raise LeaseLost
