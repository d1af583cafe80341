"""Which keys are too many: whoever has an account anywhere can send us room keys, and open channels to us."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

MOST_OF_ONE_DEVICE = 500
MOST_OF_STRANGERS = 2_000
"""So many room keys are kept, and channels to so many devices, that people of our rooms have nothing to do with.

Some must be: a room key may come before we have joined its room, or before we know the device.
"""
MOST_CHANNELS_OF_ONE_DEVICE = 5


@dataclass(frozen=True, kw_only=True)
class KeyName:
    """Which room key it is: `sender_key` is the Curve25519 key of the device that gave it to us."""

    room: str
    sender_key: str
    session: str


class Acquaintances:
    """Whom we share rooms with, by the keys of their devices. `members` are those of each room that we are in."""

    def __init__(self, devices: Iterable[tuple[str, str]], members: Mapping[str, Collection[str]]) -> None:
        """Look once at all devices, each as its owner and its Curve25519 key."""
        self._members = members
        self._all = {user for users in members.values() for user in users}
        self._owners: dict[str, set[str]] = {}
        for owner, sender_key in devices:
            # Anybody may publish the key of another's device as their own.
            self._owners.setdefault(sender_key, set()).add(owner)

    def include(self, sender_key: str) -> bool:
        """Whether the device belongs to somebody in a room of ours."""
        return not self._all.isdisjoint(self._owners.get(sender_key, ()))

    def are_in(self, room: str, sender_key: str) -> bool:
        """Whether the device belongs to somebody in this room, and we are in it too."""
        return not self._owners.get(sender_key, set()).isdisjoint(self._members.get(room, ()))


def surplus_room_keys(newest_first: Iterable[KeyName], known: Acquaintances) -> Iterator[KeyName]:
    """Those room keys that are to be forgotten: all but the newest of each device, and of all strangers."""
    kept, strange = Counter[str](), 0
    for name in newest_first:
        is_strange = not known.are_in(name.room, name.sender_key)
        if kept[name.sender_key] >= MOST_OF_ONE_DEVICE or (is_strange and strange >= MOST_OF_STRANGERS):
            yield name
        else:
            kept[name.sender_key] += 1
            strange += is_strange


def surplus_devices(last_used: Mapping[str, datetime], known: Acquaintances) -> Sequence[str]:
    """Those devices whose channels are to be forgotten: of strangers' all but the last used."""
    strange = [sender_key for sender_key in last_used if not known.include(sender_key)]
    return sorted(strange, key=last_used.__getitem__, reverse=True)[MOST_OF_STRANGERS:]
