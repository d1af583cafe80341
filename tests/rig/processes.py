"""Which processes another one has started, and whether they are gone."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process: its id, and when it began, because ids are given out again."""

    pid: int
    began: str


def started_by(pid: int) -> set[Running]:
    """All processes below `pid` that run now."""
    children: dict[int, list[Running]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        found = _read(stat)
        if found is not None:
            children.setdefault(found[1], []).append(found[0])
    below: set[Running] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            below.add(child)
            waiting.append(child.pid)
    return below


def still_running(processes: set[Running]) -> set[Running]:
    """Those of them that have not ended."""
    present = {one: _read(Path(f"/proc/{one.pid}/stat")) for one in processes}
    return {one for one, found in present.items() if found is not None and found[0] == one}


def _read(stat: Path) -> tuple[Running, int] | None:
    try:
        text = stat.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in brackets, may hold anything; the fields after it are plain.
    fields = text.rpartition(")")[2].split()
    if fields[0] == "Z":
        return None
    return Running(pid=int(stat.parent.name), began=fields[19]), int(fields[1])
