"""What is wrong with a bundle: every place, what kind of mistake, and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from storage.values import Place, clean


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake. `place` is the record or part (`decisions[3].votes.N`), `field` the named value in it, if it is one.

    `kind` and `facts` are for texts in a reader's language, `sentence` is the neutral English the command line shows;
    `line` counts from 1 where the file has lines; `cell` says where it stands in a table (`projects!C5`).
    """

    place: str
    field: str = ""
    kind: str
    sentence: str
    facts: Mapping[str, object] = attribute(default_factory=dict)
    line: int | None = None
    cell: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.field, self.sentence) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where in the file something stands, as far as the file has lines or cells."""

    line: int | None = None
    cell: str = ""


class BundleInvalid(Exception):
    """A bundle that cannot be taken in, with every mistake found in it; nothing of it was used."""

    def __init__(self, errors: tuple[Problem, ...], *, name: str) -> None:
        super().__init__(f"{name}: " + "; ".join(map(str, errors)))
        self.errors = errors
        self.name = name


def shown(place: Place) -> str:
    """A place as people read it: decisions[3].votes.N."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{clean(step)}"
    return text.removeprefix(".")
