"""A machine that writes at random and remembers everything: past days, undo and derived rows must agree with it."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storage.bundle import export_bundle
from storage.bundle_format import Bundle
from storage.database import Database
from storage.derived import DUE, LONGEST_NAME, NAME
from storage.folding import fold_words
from storage.operations import Operation
from storage.register import BY_COLLECTION
from storage.scope import unlimited
from storage.undo import BuiltUpon
from storage.values import Record, refs
from tests.rig.stores import Files
from tests.storage.scribe import RULES, START, Scribe
from tests.storage.strategies import records

T = TypeVar("T")

KEYS = (("projects", "P-1"), ("projects", "P-2"), ("decisions", "B-1"), ("cities", "M"), ("people", "u1"))
ONE = st.sampled_from(KEYS).flatmap(lambda of: records(BY_COLLECTION[of[0]].record, of[1]))
SOME = st.lists(ONE, min_size=1, max_size=3, unique_by=lambda r: (r.collection, r.own_key()))
Dump = dict[str, list[tuple[Any, ...]]]
State = dict[tuple[str, str], Record]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What was so at an instant, until the next one."""

    at: datetime
    state: State
    exported: Bundle


class Register(RuleBasedStateMachine):
    """Random operations on a real database beside a model that is a dictionary."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.template, f"{self.folder.name}/stadtbote.db")
        self.runner = asyncio.Runner()
        self.scribe = Scribe(database=Database(f"sqlite+aiosqlite:///{self.folder.name}/stadtbote.db"))
        self.state: State = {}
        self.moments: list[Moment] = []
        self.done: list[tuple[Operation, Dump]] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        for moment in self.moments:
            assert self.run(self.state_at(moment.at)) == moment.state
            assert self.run(self.export(moment.at)) == moment.exported
        self.run(self.scribe.database.close())
        self.runner.close()
        self.folder.cleanup()

    @initialize(record=records(BY_COLLECTION["cooperation"].record))
    def begin(self, record: Record) -> None:
        self.run(self.scribe.write(lambda work: work.put(BY_COLLECTION["cooperation"], "c1", record)))
        self.note()

    @rule(some=SOME)
    def put(self, some: list[Record]) -> None:
        before = self.run(self.scribe.dump())
        written = len(self.scribe.written)
        operation = self.run(self.scribe.put(*some))
        self.state |= {(r.collection, str(r.own_key())): r for r in some}
        if len(self.scribe.written) > written:
            self.done.append((operation, before))
        self.note()

    @precondition(lambda self: self.state)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        collection, key = data.draw(st.sampled_from(sorted(self.state)))
        before = self.run(self.scribe.dump())
        self.done.append((self.run(self.scribe.remove(collection, key)), before))
        del self.state[collection, key]
        self.note()

    @rule(seconds=st.integers(-7200, 7200))
    def turn_the_clock(self, seconds: int) -> None:
        self.scribe.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.done)
    @rule()
    def undo_the_last(self) -> None:
        operation, before = self.done.pop()
        now = dict(self.state)
        try:
            self.run(self.scribe.undo(operation))
        except BuiltUpon:
            self.assert_built_upon(operation, now)
            self.done.clear()
        else:
            assert self.run(self.scribe.dump()) == before
        self.state = self.run(self.state_at(None))
        self.note()

    def assert_built_upon(self, operation: Operation, now: State) -> None:
        """Here a record may name one that does not exist yet, as no command allows; it then counts as built upon it."""
        earlier = self.run(self.state_at(operation.at - timedelta(microseconds=1)))
        made = {key for _, key in now.keys() - earlier.keys()}
        assert made & {key for record in now.values() for _, _, key in refs(record)}

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo_any_or_refuse(self, data: st.DataObject) -> None:
        operation, _ = data.draw(st.sampled_from(self.done))
        before = self.run(self.scribe.dump())
        try:
            self.run(self.scribe.undo(operation))
        except BuiltUpon:
            assert self.run(self.scribe.dump()) == before
        else:
            # What was written later stands on other rows; it can be undone, but not to a dump known beforehand.
            self.done.clear()
        self.state = self.run(self.state_at(None))
        self.note()

    @invariant()
    def derived_rows_are_what_a_recomputation_gives(self) -> None:
        names, due = set(), set()
        for (collection, key), record in self.state.items():
            for name in BY_COLLECTION[collection].names(record):
                folded = " ".join(fold_words(name)[:LONGEST_NAME])[:LONGEST_NAME]
                names |= {(collection, key, folded)} if folded else set()
            due |= {(collection, key, d.kind, d.part, d.at) for d in RULES.get(collection, lambda _: [])(record)}
        stored = self.run(self.scribe.rows(NAME))
        assert {(r["collection"], r["key"], r["folded"]) for r in stored} == names
        dues = self.run(self.scribe.rows(DUE))
        assert {(r["collection"], r["key"], r["kind"], r["part"], r["at"]) for r in dues} == due

    @invariant()
    def what_is_recalled_is_what_is_there(self) -> None:
        assert self.run(self.state_at(None)) == self.state

    @invariant()
    def operations_never_run_backwards(self) -> None:
        instants = [operation.at for operation in self.scribe.written]
        assert instants == sorted(instants)

    def note(self) -> None:
        at = self.scribe.written[-1].at
        # Of operations at the same instant the last one counts.
        self.moments = [moment for moment in self.moments if moment.at < at]
        self.moments.append(Moment(at=at, state=dict(self.state), exported=self.run(self.export(None))))

    async def state_at(self, at: datetime | None) -> State:
        found = {(c, k): await self.scribe.fetched(BY_COLLECTION[c], k, at) for c, k in KEYS}
        return {place: record for place, record in found.items() if record is not None}

    async def export(self, at: datetime | None) -> Bundle:
        bundle = await self.scribe.read(lambda view: export_bundle(view, unlimited(at), START))
        assert bundle is not None
        return bundle


AS_EVER: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_every_past_day_and_every_undo_is_as_it_was(files: Files) -> None:
    Register.template = files.empty
    # Shrinking takes minutes here: the soak test does it.
    quick = settings(max_examples=10, stateful_step_count=12, phases=[Phase.explicit, Phase.generate], **AS_EVER)
    run_state_machine_as_test(Register, settings=quick)


@pytest.mark.soak
def test_every_past_day_and_every_undo_is_as_it_was_for_long(files: Files) -> None:
    Register.template = files.empty
    run_state_machine_as_test(Register, settings=settings(max_examples=300, stateful_step_count=40, **AS_EVER))
