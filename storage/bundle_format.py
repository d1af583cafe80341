"""The bundle, one file that holds a whole cooperation: read and validated as a whole, written in one normal form."""

from collections.abc import Iterator
from typing import IO, Annotated, TextIO, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storage.agreements.record import Agreement
from storage.barriers.record import Barrier
from storage.bundle_lists import LISTS, VERSION, order_of
from storage.bundle_problems import BundleInvalid, Problem
from storage.bundle_reading import read_into
from storage.bundle_tree import Form, Tree
from storage.bundle_writing import Head, JsonWriter, Writer, YamlWriter, write_all
from storage.cities.record import City
from storage.cooperation.record import Cooperation
from storage.decisions.record import Decision
from storage.glossary.record import Entry
from storage.meetings.record import Meeting
from storage.people.record import Person
from storage.projects.record import Project
from storage.reminders.record import Reminder
from storage.rooms.record import Room
from storage.seats.record import Seat
from storage.solutions.record import Solution
from storage.statements.record import Statement
from storage.tasks.record import Task
from storage.values import Instant, Record

__all__ = ["LISTS", "VERSION", "Bundle", "BundleInvalid", "Problem", "read_bundle", "write_bundle", "write_json"]

R = TypeVar("R", bound=Record)


def _in_order(records: tuple[R, ...]) -> tuple[R, ...]:
    return tuple(sorted(records, key=order_of))


_Ordered = AfterValidator(_in_order)


class Bundle(BaseModel):
    """Everything there is to know about a cooperation; its lists are always in the order of the normal form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = VERSION
    exported_at: Instant | None = None
    counters: dict[str, int] = Field(default_factory=dict)
    cooperation: Cooperation
    cities: Annotated[tuple[City, ...], _Ordered] = ()
    people: Annotated[tuple[Person, ...], _Ordered] = ()
    seats: Annotated[tuple[Seat, ...], _Ordered] = ()
    agreements: Annotated[tuple[Agreement, ...], _Ordered] = ()
    projects: Annotated[tuple[Project, ...], _Ordered] = ()
    barriers: Annotated[tuple[Barrier, ...], _Ordered] = ()
    decisions: Annotated[tuple[Decision, ...], _Ordered] = ()
    tasks: Annotated[tuple[Task, ...], _Ordered] = ()
    meetings: Annotated[tuple[Meeting, ...], _Ordered] = ()
    solutions: Annotated[tuple[Solution, ...], _Ordered] = ()
    statements: Annotated[tuple[Statement, ...], _Ordered] = ()
    rooms: Annotated[tuple[Room, ...], _Ordered] = ()
    reminders: Annotated[tuple[Reminder, ...], _Ordered] = ()
    glossary: Annotated[tuple[Entry, ...], _Ordered] = ()

    def lists(self) -> Iterator[tuple[str, tuple[Record, ...]]]:
        """The name and records of every list, in the order of the file."""
        for name in LISTS:
            yield name, getattr(self, name)

    def records(self, collection: str) -> tuple[Record, ...]:
        """The records of one list, the cooperation as a list of one."""
        return (self.cooperation,) if collection == Cooperation.collection else getattr(self, collection)


def read_bundle(source: bytes | str | IO[bytes] | IO[str], *, name: str) -> Bundle:
    """Read YAML or JSON into memory; `name` is what the file is called in the error. Large files are staged instead.

    Raises BundleInvalid with every mistake found. A `history` kept by an export is passed over: it is not a state.
    """
    records: dict[str, list[Record]] = {collection: [] for collection in LISTS}

    def keep(record: Record, _tree: Tree) -> None:
        records[record.collection].append(record)

    heads = read_into(keep, source, name=name, form=Form.of(name))
    return Bundle.model_validate({**heads, **{collection: tuple(some) for collection, some in records.items()}})


def write_bundle(bundle: Bundle, stream: TextIO) -> None:
    """Write the normal form as YAML: whoever reads it gets an equal bundle, whoever writes that, the same bytes."""
    _write(YamlWriter(stream), bundle)


def write_json(bundle: Bundle, stream: TextIO) -> None:
    """Write the same tree as JSON, numbers and truth values as such."""
    _write(JsonWriter(stream), bundle)


def _write(writer: Writer, bundle: Bundle) -> None:
    head = Head(cooperation=bundle.cooperation, exported_at=bundle.exported_at, counters=bundle.counters)
    write_all(writer, head, (record for _, some in bundle.lists() for record in some))
