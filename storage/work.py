"""The unit of work: all that one command, duty step or import changes, in one transaction under one operation."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Integer, Table, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import KEY
from storage.derived import Called, Due, replace_due, replace_names
from storage.mapping import Entity, to_tree
from storage.operations import Acting, Operation, record_operation
from storage.records import RowChange, batches, row_changes, stored_trees
from storage.schema import metadata
from storage.values import Record
from storage.versioned import Versioned, as_of, versioned
from storage.view import Recall, View

R = TypeVar("R", bound=Record)

# The last number given out under a letter, or for a list whose keys are ours alone.
COUNTER = versioned(metadata, "counter", Column("key", KEY, primary_key=True), Column("last", Integer, nullable=False))

# The last key given to a row below a record.
ROW_KEY = Table("row_key", metadata, Column("id", Integer, primary_key=True), Column("last", Integer, nullable=False))

DueRule = Callable[[Any], Iterable[Due]]


@dataclass(frozen=True, kw_only=True)
class Reissue:
    """Numbers to give out again, by counter: a command that is run anew gets the ids it had before."""

    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Work(View):
    """A write transaction. Records are written with `put` and `remove` and nothing else."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        now: datetime,
        due_rules: Mapping[str, DueRule],
        recall: Recall | None = None,
    ) -> None:
        """Work at the instant `now`; `due_rules` derives due moments from a record, by collection."""
        super().__init__(connection, recall)
        self.now = now
        self.acting: Acting | None = None
        self.announced: list[object] = []
        self._due_rules = due_rules
        self._operation: Operation | None = None
        self._changed = False
        self.reshown: list[RowChange] = []
        self._again: dict[str, list[int]] = {}

    @property
    def recorded(self) -> Operation | None:
        """The operation of this work, if anything was changed."""
        return self._operation

    @property
    def changed(self) -> bool:
        """Whether this transaction has changed the register, under this operation or an earlier one."""
        return self._changed

    async def operation(self) -> Operation:
        """The operation that the changes belong to; its row is written with the first change."""
        if self._operation is None:
            if self.acting is None:
                raise RuntimeError("nobody acts: a change needs to know on whose behalf")
            self._operation = await record_operation(self.connection, self.acting, self.now)
            self._changed = True
        return self._operation

    def act(self, acting: Acting) -> None:
        """Say on whose behalf the following changes are made; the next change begins a new operation."""
        self.acting = acting
        self._operation = None

    def undoing(self, operation: Operation) -> None:
        """From here on the changes take `operation` back, on behalf of whoever acts already."""
        if self.acting is None:
            raise RuntimeError("nobody acts: an undoing needs to know on whose behalf")
        self.act(replace(self.acting, undoes=operation.id))

    def reissue(self, numbers: Reissue) -> None:
        """Give these numbers out again first: the ids of records that were just taken back to be made anew."""
        self._again = {name: sorted(again) for name, again in numbers.numbers.items()}

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part of the work that may fail for itself: its changes are rolled back if it raises."""
        before = self.acting, self._operation, [*self.announced], {n: [*again] for n, again in self._again.items()}
        reshown = [*self.reshown]
        try:
            async with self.connection.begin_nested():
                yield
        except BaseException:
            self.acting, self._operation, self.announced, self._again = before
            self.reshown = reshown
            raise

    def announce(self, event: object) -> None:
        """Announce a frozen event; the reactions other rooms declare run in this transaction."""
        self.announced.append(event)

    async def number(self, counter: str) -> int:
        """The next number of `counter`; a number is never given out twice, unless reissued to the same cause."""
        again = self._again.get(counter)
        if again:
            return again.pop(0)
        number = (await self._counted(counter) or 0) + 1
        await self.count_to(counter, number)
        return number

    async def count_to(self, counter: str, number: int) -> None:
        """Make sure that `counter` never gives out a number up to `number` again."""
        last = await self._counted(counter)
        if last is None or last < number:
            before = None if last is None else {"key": counter, "last": last}
            change = RowChange(table=COUNTER, key=counter, before=before, after={"key": counter, "last": number})
            await self.write_rows([change])

    async def _counted(self, counter: str) -> int | None:
        query = select(COUNTER.current.c.last).where(COUNTER.current.c.key == counter).with_for_update()
        return (await self.connection.execute(query)).scalar_one_or_none()

    async def new_key(self, an_entity: Entity[Any]) -> str:
        """A key for a new record: `P-13` by its letter, or `u7` for records whose keys are ours alone."""
        if an_entity.prefix:
            return f"{an_entity.prefix}{await self.number(an_entity.collection)}"
        letter = str(an_entity.record.letter)
        return f"{letter}-{await self.number(letter)}"

    async def put(self, an_entity: Entity[R], key: str, record: R) -> None:
        """Make the record `key` be `record`: rows that differ are written, the old ones move to the past."""
        await self.put_all(an_entity, {key: record})

    async def remove(self, an_entity: Entity[Any], key: str) -> None:
        """Take the record away; its rows move to the past."""
        await self.put_all(an_entity, {key: None})

    async def put_all(self, an_entity: Entity[R], records: Mapping[str, R | None]) -> None:
        """Make the records with these keys be these, as `put` does; None takes a record away."""
        stored = await stored_trees(self.connection, an_entity, records)
        keys = _Keys()
        changes: list[RowChange] = []
        for key, record in records.items():
            wanted = None if record is None else to_tree(an_entity, record)
            changes += row_changes(an_entity, key, stored.get(key), wanted, keys.provisional)
        await self.write_rows(await keys.settle(self, changes))
        await self.derive(an_entity, records)

    async def derive(self, an_entity: Entity[R], records: Mapping[str, R | None]) -> None:
        """Make the derived rows (names, due moments) what they must be for these records, by key."""
        called = {key: Called() if r is None else _called(an_entity, r) for key, r in records.items()}
        await replace_names(self.connection, an_entity.collection, called)
        rule = self._due_rules.get(an_entity.collection)
        due = {
            key: rule(r) if rule is not None and r is not None else ()
            for key, r in records.items()
            if rule is not None or r is None
        }
        await replace_due(self.connection, an_entity.collection, due)

    async def write_rows(self, changes: Iterable[RowChange]) -> None:
        """Write row changes under this work's operation, each old row kept in the twin table."""
        by_table: dict[str, list[RowChange]] = defaultdict(list)
        for change in changes:
            by_table[change.table.name].append(change)
            if _shows_otherwise(change):
                self.reshown.append(change)
        for group in by_table.values():
            stamp = await self.operation()
            await _bury(self.connection, group[0].table, group, stamp)
            await _raise(self.connection, group[0].table, group, stamp)


SHOWN_ELSEWHERE = frozenset({"seats", "rooms"})
"""Records that decide what is shown of others."""


def _shows_otherwise(change: RowChange) -> bool:
    """Whether what was shown may have to be put right: a record became stricter, a seat, room or name changed."""
    if change.table.name in SHOWN_ELSEWHERE:
        return True
    before, after = change.before or {}, change.after or {}
    if change.table.name == "people" and before and before["name"] != after.get("name"):
        return True
    return "rank" in before and "rank" in after and bool(after["rank"] > before["rank"])


def _called(an_entity: Entity[R], record: R) -> Called:
    return Called(names=an_entity.names(record), rank=an_entity.rank(record))


def counted(an_entity: Entity[Any], key: str) -> tuple[str, int] | None:
    """The counter that `key` came from and its number in it; None for keys that people choose, such as city codes."""
    if an_entity.prefix:
        return an_entity.collection, int(key.removeprefix(an_entity.prefix))
    letter = an_entity.record.letter
    return (letter, int(key.removeprefix(f"{letter}-"))) if letter else None


class _Keys:
    """Keys of new child rows: negative while the rows are worked out, then numbered in one go."""

    def __init__(self) -> None:
        self._asked = 0

    def provisional(self) -> int:
        self._asked += 1
        return -self._asked

    async def settle(self, work: Work, changes: list[RowChange]) -> list[RowChange]:
        """The changes with keys of their own in place of the provisional ones."""
        if not self._asked:
            return changes
        base = await _advance(work.connection, by=self._asked) - self._asked
        return [_settled(change, base) for change in changes]


def _settled(change: RowChange, base: int) -> RowChange:
    if change.after is None or "root" not in change.after:
        return change
    names = ("key", "parent")
    keys = {n: base - key if (key := change.after[n]) is not None and key < 0 else key for n in names}
    return replace(change, key=keys["key"], after={**change.after, **keys})


async def _bury(connection: AsyncConnection, table: Versioned, group: list[RowChange], stamp: Operation) -> None:
    keys = [c.key for c in group if c.before is not None]
    if not keys:
        return
    now = table.current
    for batch in batches(keys):
        # A row written and changed again by the same operation was never seen by anybody: it has no past.
        rows = await connection.execute(select(now).where(now.c.key.in_(batch), now.c.operation != stamp.id))
        past = [{**row._mapping, "until": stamp.at, "ended_by": stamp.id} for row in rows]
        if past:
            await connection.execute(insert(table.past), past)
    for batch in batches([c.key for c in group if c.after is None]):
        await connection.execute(delete(now).where(now.c.key.in_(batch)))


async def _raise(connection: AsyncConnection, table: Versioned, group: list[RowChange], stamp: Operation) -> None:
    mark = {"operation": stamp.id, "since": stamp.at}
    made = [{**c.after, **mark} for c in group if c.after is not None and c.before is None]
    if made:
        await connection.execute(insert(table.current), made)
    changed = [{**c.after, **mark} for c in group if c.after is not None and c.before is not None]
    if changed:
        by_key = update(table.current).where(table.current.c.key == bindparam("this"))
        await connection.execute(by_key, [{"this": row["key"], **row} for row in changed])


async def _advance(connection: AsyncConnection, *, by: int) -> int:
    """Take `by` row keys and return the last of them."""
    moved = update(ROW_KEY).values(last=ROW_KEY.c.last + by).returning(ROW_KEY.c.last)
    last: int | None = (await connection.execute(moved)).scalar_one_or_none()
    if last is None:
        await connection.execute(insert(ROW_KEY).values(id=1, last=by))
        return by
    return last


async def counters(view: View, at: datetime | None) -> dict[str, int]:
    """Where every counter stood at the instant `at`; None means now."""
    then = as_of(COUNTER, at)
    rows = await view.connection.execute(select(then.c.key, then.c.last))
    return {row[0]: row[1] for row in rows}
