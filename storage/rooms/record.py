"""Rooms as records: the kind caps what is shown."""

from typing import Annotated, ClassVar

from storage.values import ALIAS, ROOM_ID, Flag, Language, Line, ProjectId, Record, Vocabulary


class RoomKind(Vocabulary):
    """Who sits in a room."""

    STEERING = "steering"
    WORKING = "working"
    PROJECT = "project"
    GUEST = "guest"


class Room(Record):
    """A Matrix room, known by its alias or its id; `quiet` switches duties off."""

    collection: ClassVar[str] = "rooms"
    key_field: ClassVar[str | None] = None

    alias: Annotated[str, ALIAS] | None = None
    id: Annotated[str, ROOM_ID] | None = None
    kind: RoomKind
    body: Line | None = None
    project: ProjectId | None = None
    language: Language | None = None
    quiet: Flag = False

    def own_key(self) -> str | None:
        """Its alias, or its id where it has none."""
        return self.alias or self.id
