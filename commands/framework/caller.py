"""Who speaks, where, and what follows from that: made once for each message."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from commands.framework.inbound import Assurance
from commands.framework.privacy import UNCONFIGURED, Privacy
from storage.people.record import Person
from storage.records import Kept
from storage.rooms.record import RoomKind
from storage.scope import Scope
from storage.seats.record import Role, Seat
from storage.values import Language


@dataclass(frozen=True, kw_only=True)
class Place:
    """The room a message came from. `kind` None: not bound yet (counts as guest) or a direct chat.

    `key` is the register's key of the room record, None while it is not bound. `account` is the Matrix account of the
    bot that heard the message.
    `public`: anybody may join, or read without joining.
    """

    room: str
    direct: bool
    account: str = "default"
    alias: str | None = None
    key: str | None = None
    kind: RoomKind | None = None
    project: str | None = None
    body: str | None = None
    language: Language | None = None
    public: bool = False


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever wrote, as the register knows them today. `person` None: nobody whom coordination has registered.

    `seats` are those held today. `members` are the codes of the cities that are members today: a seat in one of them
    makes staff. `administrator` comes from the configuration; `coordinated` says
    whether any coordination seat is held by anybody today.
    """

    mxid: str
    person: Kept[Person] | None
    seats: tuple[Kept[Seat], ...]
    members: frozenset[str]
    administrator: bool
    coordinated: bool
    language: Language
    place: Place
    scope: Scope
    now: datetime
    zone: ZoneInfo
    event: str
    assurance: Assurance = Assurance.SERVER
    privacy: Privacy = UNCONFIGURED
    """Who answers for what is kept about the caller."""
    confirmed: bool = False
    """The command runs again because the caller has just said yes to it."""
    agreed: str | None = None
    """The digest of the preview that the caller has just said yes to."""

    @property
    def today(self) -> date:
        """The day it is where the cooperation is."""
        return self.now.astimezone(self.zone).date()

    @property
    def key(self) -> str | None:
        """The surrogate key of the person."""
        return self.person.key if self.person else None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the seats held today."""
        return frozenset(seat.record.role for seat in self.seats)

    @property
    def cities(self) -> tuple[str, ...]:
        """The cities and partners where a seat is held, in the order of the seats, without repetition."""
        return tuple(dict.fromkeys(seat.record.city for seat in self.seats))

    @property
    def staffed(self) -> tuple[str, ...]:
        """The member cities where a seat is held that is not a guest's."""
        found = (s.record.city for s in self.seats if s.record.role is not Role.GUEST and s.record.city in self.members)
        return tuple(dict.fromkeys(found))

    @property
    def coordinates(self) -> bool:
        """Holds a coordination seat, or stands in for one: administration, while nobody holds any."""
        return Role.COORDINATION in self.roles or (self.administrator and not self.coordinated)
