"""Homeservers that do not answer: when each is tried again, and which room keys their people are still owed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_SHORTEST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
_BETWEEN_SIGNS_OF_LIFE = timedelta(seconds=2)
_MOST_DOUBLINGS = 10
_MOST_DEBTS = 5000


@dataclass(frozen=True, kw_only=True)
class _Absence:
    failures: int
    tried: datetime
    again: datetime


class Absences:
    """The homeservers that did not answer when they were last asked."""

    def __init__(self) -> None:
        self._known: dict[str, _Absence] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, server: object) -> bool:
        """Whether a homeserver did not answer, and nothing shall wait for it."""
        return server in self._known

    def note(self, servers: Iterable[str], now: datetime) -> None:
        """These did not answer: each is tried again after five seconds, and after twice the time with every failure."""
        for server in servers:
            failures = self._known[server].failures + 1 if server in self._known else 0
            wait = min(_LONGEST_WAIT, _SHORTEST_WAIT * 2 ** min(failures, _MOST_DOUBLINGS))
            self._known[server] = _Absence(failures=failures, tried=now, again=now + wait)

    def show_life(self, servers: Iterable[str]) -> bool:
        """Something came from these: who of them was away is tried at once. True if there is one."""
        shown = self._known.keys() & set(servers)
        for server in shown:
            known = self._known[server]
            again = min(known.again, known.tried + _BETWEEN_SIGNS_OF_LIFE)
            self._known[server] = replace(known, again=again)
        return bool(shown)

    def back(self, server: str) -> None:
        """It answers again."""
        self._known.pop(server, None)

    def due(self, now: datetime) -> str | None:
        """One that is to be tried again now."""
        return next((server for server, known in self._known.items() if known.again <= now), None)

    def next_try(self) -> datetime | None:
        """When the next one is due; None while none is away."""
        return min((known.again for known in self._known.values()), default=None)


@dataclass(frozen=True, kw_only=True)
class Debt:
    """A room key that one user's devices could not be given: which one, and from which message on it reads."""

    room: str
    session: str
    user: str
    key: str


class Debts:
    """Room keys that are still owed. They stand in memory only: whoever restarts the bot forgives them."""

    def __init__(self) -> None:
        self._owed: dict[tuple[str, str, str], Debt] = {}

    def note(self, room: str, session: str, key: str, users: Iterable[str]) -> None:
        """These users lack the key of the room's next message; who lacked an earlier state of it is owed that one."""
        for user in users:
            self._owed.setdefault((room, session, user), Debt(room=room, session=session, user=user, key=key))
        for oldest in list(self._owed)[: max(0, len(self._owed) - _MOST_DEBTS)]:
            del self._owed[oldest]

    def keep_only(self, room: str, readers: Collection[str]) -> None:
        """Who reads no longer in this room is owed nothing."""
        for place in [place for place in self._owed if place[0] == room and place[2] not in readers]:
            del self._owed[place]

    def keys(self, room: str, session: str) -> Mapping[str, str]:
        """What of this room key is owed, by user."""
        return {debt.user: debt.key for debt in self._owed.values() if (debt.room, debt.session) == (room, session)}

    def of(self, users: Collection[str]) -> list[Debt]:
        """Everything these users are owed, oldest first."""
        return [debt for debt in self._owed.values() if debt.user in users]

    def settle(self, debt: Debt) -> None:
        """It is paid."""
        self._owed.pop((debt.room, debt.session, debt.user), None)

    @property
    def users(self) -> set[str]:
        """Who is owed anything."""
        return {debt.user for debt in self._owed.values()}
