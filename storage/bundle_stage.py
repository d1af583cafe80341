"""A bundle that was read and found good, kept aside on disk until it is taken in: a register of any size fits."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Protocol, Self, TypeVar, cast

from storage.bundle_lists import LISTS
from storage.bundle_reading import read_into, validated
from storage.bundle_tree import Form, Tree
from storage.cooperation.record import Cooperation
from storage.values import Record

R = TypeVar("R", bound=Record)


class Source(Protocol):
    """What an import takes in: a bundle in memory or a staged one."""

    @property
    def exported_at(self) -> datetime | None:
        """When it was exported, if it was."""

    @property
    def counters(self) -> Mapping[str, int]:
        """How far ids were given out."""

    def records(self, collection: str) -> Iterable[Record]:
        """The records of one list, the cooperation as a list of one; the same ones every time."""


@dataclass(kw_only=True)
class Stage(AbstractContextManager["Stage"]):
    """The records of a bundle in temporary files that vanish when the stage is left, even by a crash."""

    exported_at: datetime | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    cooperation: Cooperation | None = None
    size: int = 0
    _files: dict[str, IO[str]] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Throw everything away."""
        self._open.close()

    def keep(self, record: Record, tree: Tree) -> None:
        """Put one more record aside, as the tree of texts that it was read from."""
        if record.collection not in self._files:
            file = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="\n")  # noqa: SIM115 - closed on leaving
            self._files[record.collection] = self._open.enter_context(file)
        self._files[record.collection].write(json.dumps(tree) + "\n")
        self.size += 1

    def fill(self, source: "IO[bytes] | Watched", *, name: str) -> Self:
        """Read the whole file `source`, called `name`. Raises BundleInvalid with every mistake found."""
        heads: dict[str, Any] = read_into(self.keep, cast("IO[bytes]", source), name=name, form=Form.of(name))
        self.exported_at, self.counters = heads.get("exported_at"), heads.get("counters", {})
        self.cooperation = heads[Cooperation.collection]
        return self

    def records(self, collection: str) -> Iterator[Record]:
        """The records of one list, one at a time, read anew from the beginning."""
        if collection == Cooperation.collection:
            yield from () if self.cooperation is None else (self.cooperation,)
        elif collection in self._files:
            model, file = LISTS[collection], self._files[collection]
            file.seek(0)
            for line in file:
                yield validated(model, json.loads(line))


@dataclass(kw_only=True)
class Watched:
    """A byte stream that tells how many of its bytes were read."""

    stream: IO[bytes]
    watch: Callable[[int], None]

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        found = self.stream.read(size)
        self.watch(len(found))
        return found
