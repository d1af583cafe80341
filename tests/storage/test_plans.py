"""What is asked for at every message is found by an index, however large the register grows."""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from storage.backlog import backlog, oldest_queued, oldest_waiting
from storage.conflicts import overwritten
from storage.database import Connection, Database
from storage.derived import names_beginning, names_in, names_like
from storage.history import history
from storage.inbox import Letter, handled, is_first_contact, known_events, next_letters
from storage.operations import last_operation, last_operation_of, operations_by_cause
from storage.outbox import (
    Urgency,
    about_now,
    newest,
    next_attempt_at,
    next_ordinal,
    next_sending,
    replies_to,
    sent_as,
)
from storage.people.queries import keys_by_mxid, person, person_by_mxid
from storage.projects.queries import ProjectFilter, count_by, count_projects, project, projects_page
from storage.projects.record import Health, Phase
from storage.projects.tables import PROJECTS
from storage.prompts import open_prompts, prompt_in
from storage.rooms.queries import room_by_address
from storage.scope import unlimited
from storage.seats.queries import seats_held, seats_of_city
from storage.view import View
from tests.storage.scribe import START, Scribe
from tests.storage.scribe import project as a_project

DAY = date(2026, 11, 18)
LETTER = Letter(id=9, account="a", event="$9", room="!a", sender="@a:m", at=START, body={}, digest="", attempts=0)
Ask = Callable[[View], Awaitable[Any]]

QUERIES: dict[str, Ask] = {
    "person by Matrix ID": lambda v: person_by_mxid(v, unlimited(), "@a:m"),
    "people by Matrix IDs": lambda v: keys_by_mxid(v, unlimited(), frozenset({"@a:m", "@b:m"})),
    "person": lambda v: person(v, unlimited(), "u1"),
    "seats held": lambda v: seats_held(v, unlimited(), "u1", DAY),
    "seats of a city": lambda v: seats_of_city(v, unlimited(), "M", DAY),
    "room": lambda v: room_by_address(v, unlimited(), "!a", "#a:m"),
    "room without alias": lambda v: room_by_address(v, unlimited(), "!a", None),
    "project": lambda v: project(v, unlimited(), "P-1"),
    "project of a past day": lambda v: project(v, unlimited(START), "P-1"),
    "history": lambda v: history(v, unlimited(), PROJECTS, "P-1"),
    "names beginning": lambda v: names_beginning(v, unlimited(), ["bauantrag"]),
    "names in a text": lambda v: names_in(v, unlimited(), ["zeige", "bauantrag", "kita"]),
    "names alike": lambda v: names_like(v, unlimited(), ["projects"], ["bauantrag", "kita"]),
    "next letters": lambda v: next_letters(v.connection),
    "known events": lambda v: known_events(v.connection, ["$1", "$2"]),
    "handled": lambda v: handled(v.connection, "$1"),
    "first contact": lambda v: is_first_contact(v.connection, LETTER),
    "next sending": lambda v: next_sending(v.connection, "main", START, {Urgency.REPLY: "!a", Urgency.DIGEST: "!b"}),
    "next attempt": lambda v: next_attempt_at(v.connection, "main", START),
    "next ordinal": lambda v: next_ordinal(v.connection, "$1"),
    "newest message": lambda v: newest(v.connection),
    "record shown": lambda v: about_now(v.connection, 1),
    "replies": lambda v: replies_to(v.connection, "$1"),
    "sent as": lambda v: sent_as(v.connection, ["$1"]),
    "backlog": lambda v: backlog(v.connection, "main"),
    "oldest waiting": lambda v: oldest_waiting(v.connection, "main"),
    "oldest queued": lambda v: oldest_queued(v.connection, "main", START),
    "open prompts": lambda v: open_prompts(v.connection, "!a", "@a:m", START),
    "prompt in": lambda v: prompt_in(v.connection, 1, START),
    "last operation": lambda v: last_operation(v.connection),
    "somebody's last operation": lambda v: last_operation_of(v.connection, "u1"),
    "operations of an event": lambda v: operations_by_cause(v.connection, "$1"),
}


class Watched:
    """The statements sent to a database, and how SQLite would find their rows."""

    def __init__(self, database: Database) -> None:
        self._file = str(database.file)
        self._said: dict[str, Any] = {}
        for engine in (database._writer, database._readers):
            event.listen(engine.sync_engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        self._said[statement] = values[0] if many else values

    def scans(self) -> list[tuple[str, str]]:
        """Every statement that reads a whole table, with the line of its plan that says so."""
        connection = sqlite3.connect(self._file)
        found = []
        for statement, values in self._said.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                    found += [(line, statement)] if self._is_scan(line) else []
        connection.close()
        return found

    @staticmethod
    def _is_scan(line: str) -> bool:
        words = line.split()
        # The result of an inner query is read as a whole: how that finds its rows is told by lines of its own.
        inner = words[1].startswith(("(", "CONSTANT", "anon")) or words[1].endswith("_then")
        return words[0] == "SCAN" and not inner


@pytest.mark.parametrize("ask", QUERIES.values(), ids=QUERIES.keys())
async def test_no_question_of_every_message_reads_a_whole_table(sqlite: Database, ask: Ask) -> None:
    watched = Watched(sqlite)
    scribe = Scribe(database=sqlite)
    await scribe.read(ask)
    await sqlite.transact(lambda connection: _asked(ask, connection))
    assert watched.scans() == []


async def _asked(ask: Ask, connection: Connection) -> None:
    await ask(View(connection))


FILTERS = {
    "none": ProjectFilter(),
    "phase and lead": ProjectFilter(phases=frozenset({Phase.PILOT}), lead="M"),
    "taking part": ProjectFilter(city="M"),
    "health": ProjectFilter(health=Health.RED),
    "not green": ProjectFilter(not_green_at=START),
    "stale": ProjectFilter(stale_at=START),
}


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS.keys())
async def test_a_list_is_counted_and_its_page_found_by_an_index_alone(sqlite: Database, wanted: ProjectFilter) -> None:
    watched = Watched(sqlite)

    async def ask(view: View) -> None:
        await count_projects(view, unlimited(), wanted)
        await projects_page(view, unlimited(), wanted, limit=10, offset=20)
        await count_by(view, unlimited(), "phase")

    await Scribe(database=sqlite).read(ask)
    assert [line for line, _ in watched.scans() if "USING COVERING INDEX ix_projects_listed" not in line] == []


async def test_no_change_of_a_record_reads_a_whole_table(sqlite: Database) -> None:
    scribe = Scribe(database=sqlite)
    await scribe.put(a_project())
    watched = Watched(sqlite)
    await scribe.put(a_project(title="Neu", milestones=[{"title": "Pilot", "due": "2027-03-01"}]))
    changed = scribe.written[-1]
    await scribe.read(lambda view: overwritten(view.connection, changed))
    await scribe.undo(changed)
    await scribe.remove("projects", "P-1")
    small = {"row_key"}
    assert [line for line, _ in watched.scans() if line.split()[1] not in small] == []
