"""How far a long job on the command line has come: a bar on a terminal, nothing anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Watch = Callable[[int], None]
"""Told of so much more that is done."""


class Progressing(Protocol):
    """Something that shows progress."""

    def step(self, name: str, total: int | None) -> Watch:
        """Begin a step of `total` units, None if nobody knows how many."""

    def hidden(self) -> AbstractContextManager[None]:
        """Nothing is shown inside: somebody else uses the terminal."""


class Silent:
    """Shows nothing."""

    def step(self, name: str, total: int | None) -> Watch:  # noqa: ARG002 - nothing is shown
        """Begin a step that nobody watches."""
        return lambda _done: None

    def hidden(self) -> AbstractContextManager[None]:
        """Nothing is shown anyway."""
        return nullcontext()


class Bars:
    """Shows a bar for each step."""

    def __init__(self, progress: Progress) -> None:
        """Show them in `progress`."""
        self._progress = progress

    def step(self, name: str, total: int | None) -> Watch:
        """Begin a step of `total` units, None if nobody knows how many."""
        task = self._progress.add_task(name, total=total)
        return lambda done: self._progress.advance(task, done)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Take the bars away, and show them again afterwards."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


@contextmanager
def progress_on(console: Console) -> Iterator[Progressing]:
    """Bars on the console while the job runs if it is a terminal; they go when it ends."""
    if not console.is_terminal:
        yield Silent()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(progress)
