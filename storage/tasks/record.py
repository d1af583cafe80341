"""Tasks as records."""

from typing import Annotated, ClassVar

from storage.values import AnyId, CityCode, Day, PersonKey, Record, Text, Vocabulary, id_form


class TaskState(Vocabulary):
    """How far a task has come; for another city it is requested until a seat there accepts."""

    REQUESTED = "requested"
    DECLINED = "declined"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


class Task(Record):
    """Something one person does for one city."""

    collection: ClassVar[str] = "tasks"
    letter: ClassVar[str | None] = "A"

    id: Annotated[str, id_form("A")]
    text: Text
    owner: PersonKey
    city: CityCode
    due: Day | None = None
    state: TaskState
    source: AnyId | None = None
    result: Text | None = None
