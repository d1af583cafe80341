"""nio's encryption machine, hardened: nothing that others send can raise, and no key is counted as shared in vain."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
import vodozemac
from nio.crypto import InboundGroupSession, Olm, OlmDevice, OutboundGroupSession, Session
from nio.event_builders import ToDeviceMessage
from nio.events import MegolmEvent, OlmEvent, ToDeviceEvent
from nio.exceptions import EncryptionError, GroupEncryptionError
from nio.responses import KeysClaimResponse, KeysQueryResponse, ToDeviceResponse

from bot.matrix.absence import Debt
from bot.matrix.errors import Unreachable
from bot.matrix.ids import identifier, mapping
from bot.matrix.keys import Keys
from bot.matrix.surplus import (
    MOST_CHANNELS_OF_ONE_DEVICE,
    Acquaintances,
    KeyName,
    surplus_devices,
    surplus_room_keys,
)
from bot.matrix.trust import Trust, published
from commands.framework.inbound import Assurance

# nio logs what it receives and whom it trusts; our logs hold no texts and no secrets.
logging.getLogger("nio").setLevel(logging.CRITICAL)

MEGOLM = "m.megolm.v1.aes-sha2"
_SIGNED = "signed_curve25519"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_LONGEST_NAME = 255
_MOST_REMEMBERED = 100_000
"""Of so many messages it is known in which event each came; some 30 MB."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A decrypted event, and the keys of the device that made its room key."""

    type: str
    content: dict[str, Any]
    sender_key: str
    signing_key: str


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """How long a room key is used, as the room's encryption event says."""

    messages: int = 100
    age: timedelta = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A room key, encrypted for one device."""

    user_id: str
    device_id: str
    content: dict[str, Any]


class _Doubted:
    """Inside, something made by others is read: nio and vodozemac raise many things on it, and each is counted."""

    def __init__(self, what: str, junk: Counter[str]) -> None:
        self._what = what
        self._junk = junk

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self._junk[self._what] += 1
        log.warning("junk_from_others", what=self._what, error=type(error).__name__)
        return True


class Machine(Olm):
    """The keys of our device and what is known of everybody else's; it computes, and never sends or waits."""

    def __init__(self, keys: Keys) -> None:
        """Go on with the stored keys, or make new ones for a new device."""
        super().__init__(keys.user_id, keys.device_id, keys)
        self.trust = Trust(keys)
        self._keys = keys
        self._may_have_grown = True
        self._noticing: list[set[str]] = []
        self.junk: Counter[str] = Counter()
        self.fallback_wanted = False

    def _doubted(self, what: str) -> "_Doubted":
        return _Doubted(what, self.junk)

    # Our own keys.

    def wants_upload(self) -> bool:
        """Whether the homeserver lacks our device's keys, or will soon have no key left to hand out for it."""
        return not self.account.shared or self.fallback_wanted or self._missing_keys() > 0

    def _missing_keys(self) -> int:
        most = int(self.account.max_one_time_keys)
        if not self.account.shared:
            return most
        known = most if self.uploaded_key_count is None else self.uploaded_key_count
        return most - known if known <= most // 2 else 0

    def note_counts(self, counts: object, unused_fallback: object) -> None:
        """Take from a sync how many of our one-time keys are left (none is a number, too) and whether the spare is."""
        if isinstance(counts, Mapping):
            left = counts.get(_SIGNED, 0)
            self.uploaded_key_count = left if isinstance(left, int) else 0
        if isinstance(unused_fallback, list):
            self.fallback_wanted = _SIGNED not in unused_fallback

    def upload(self) -> dict[str, Any]:
        """Give the body of a keys upload; the private halves must be stored before it is sent."""
        body: dict[str, Any] = {}
        if not self.account.shared:
            body["device_keys"] = self._signed(self._device_keys())
        if missing := self._missing_keys():
            body["one_time_keys"] = self._one_time_keys(missing)
        if self.fallback_wanted or not self.account.shared:
            body["fallback_keys"] = self._fallback_keys()
        self.save_account()
        return body

    def _device_keys(self) -> dict[str, Any]:
        own = self.account.identity_keys
        return {
            "algorithms": self._algorithms,
            "user_id": self.user_id,
            "device_id": self.device_id,
            "keys": {f"{kind}:{self.device_id}": own[kind] for kind in ("curve25519", "ed25519")},
        }

    def _one_time_keys(self, missing: int) -> dict[str, Any]:
        unsent = len(self.account.one_time_keys["curve25519"])
        if unsent < missing:
            self.account.generate_one_time_keys(missing - unsent)
        keys = self.account.one_time_keys["curve25519"]
        return {f"{_SIGNED}:{name}": self._signed({"key": key}) for name, key in keys.items()}

    def _fallback_keys(self) -> dict[str, Any]:
        account: Any = self.account._account  # noqa: SLF001 - nio does not offer fallback keys
        if not account.fallback_key:
            account.generate_fallback_key()
        keys = account.fallback_key
        return {f"{_SIGNED}:{n}": self._signed({"key": key.to_base64(), "fallback": True}) for n, key in keys.items()}

    def _signed(self, keys: dict[str, Any]) -> dict[str, Any]:
        return keys | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(keys)}}}

    def uploaded(self, counts: object) -> None:
        """The homeserver has the keys of the last upload."""
        self.account.shared = True
        self.account.mark_keys_as_published()
        self.fallback_wanted = False
        self.note_counts(counts, None)
        self.save_account()

    # Other people's devices.

    def learn(self, answer: Mapping[str, Any], at: datetime) -> None:
        """Take in the answer to a keys query, each user by itself: identities, and devices whose keys are sound."""
        devices, masters = mapping(answer.get("device_keys")), mapping(answer.get("master_keys"))
        for user in sorted({*devices, *masters} - {self.user_id}):
            self.trust.learn(user, published(answer, user), at)
        for user, described in devices.items():
            with self._doubted("device_keys"):
                self._learn_devices(user, described, answer)

    def _learn_devices(self, user: str, described: Any, answer: Mapping[str, Any]) -> None:
        sound = {name: keys for name, keys in described.items() if self._is_sound(user, name, keys)}
        before = {d.id: (d.ed25519, d.curve25519) for d in self.device_store[user].values()}
        self._handle_key_query(KeysQueryResponse({user: sound}, {}))
        self._revive(user, sound)
        devices = self.device_store[user].values()
        self.trust.vouch(published(answer, user), devices, published_as=sound, before=before)

    def _is_sound(self, user: str, name: str, keys: Any) -> bool:
        with self._doubted("device"):
            vodozemac.Curve25519PublicKey.from_base64(keys["keys"][f"curve25519:{name}"])
            fits = (keys["user_id"], keys["device_id"]) == (user, name) and 0 < len(name) <= _LONGEST_NAME
            shown = keys.setdefault("unsigned", {}).get("device_display_name") or ""
            keys["unsigned"]["device_display_name"] = "".join(filter(str.isprintable, str(shown)))[:_LONGEST_NAME]
            return fits and name.isprintable() and self._is_signed(user, name, keys)
        return False

    def _is_signed(self, user: str, name: str, keys: Any) -> bool:
        by = keys["keys"][f"ed25519:{name}"]
        return bool(self.verify_json(keys, by, user, name))  # type: ignore[no-untyped-call]

    def _revive(self, user: str, sound: Collection[str]) -> None:
        """A device that was missing from one answer and is back counts again; nio would leave it out for ever."""
        back = {name: d for name, d in self.device_store[user].items() if d.deleted and name in sound}
        for device in back.values():
            device.deleted = False
        self.store.save_device_keys({user: back})

    def mark_changed(self, users: Iterable[str]) -> None:
        """These users have new or fewer devices."""
        changed = set(users)
        self._notice(changed)
        self.users_for_key_query.update(self.tracked_users & changed)

    def doubt(self, users: Iterable[str]) -> None:
        """Something came from a device of these users that is not known: look again."""
        doubted = set(users)
        self._notice(doubted)
        self.users_for_key_query.update(doubted)

    def _notice(self, users: set[str]) -> None:
        for noticed in self._noticing:
            noticed.update(users)

    @contextmanager
    def noticing(self) -> Iterator[set[str]]:
        """Collect who changes or is doubted while the block runs."""
        noticed: set[str] = set()
        self._noticing.append(noticed)
        try:
            yield noticed
        finally:
            self._noticing = [one for one in self._noticing if one is not noticed]

    def lose_sight_of(self, users: Iterable[str]) -> None:
        """We share no room with these users any more: nobody tells us about their devices from now on."""
        self.tracked_users.difference_update(users)

    def outdated(self, users: Iterable[str]) -> set[str]:
        """Those of `users` whose devices are not known as they are now."""
        return {user for user in users if user not in self.tracked_users or user in self.users_for_key_query}

    def entitled(self, users: Iterable[str]) -> list[OlmDevice]:
        """The devices of these users that may have room keys; other devices of ours are none of them."""
        others = [user for user in users if user != self.user_id]
        devices = [device for user in others for device in self.device_store.active_user_devices(user)]
        return [device for device in devices if self.trust.may_read(device)]

    def strangers(self, devices: Iterable[OlmDevice]) -> list[OlmDevice]:
        """Those devices we have no channel to yet."""
        return [device for device in devices if not self.session_store.get(device.curve25519)]

    def befriend(self, one_time_keys: object) -> None:
        """Take in the answer to a keys claim: open a channel to each device whose one-time key is sound."""
        if not isinstance(one_time_keys, dict):
            return
        for user, devices in one_time_keys.items():
            with self._doubted("one_time_keys"):
                for name, keys in devices.items():
                    self._befriend_one(user, name, keys)

    def _befriend_one(self, user: str, name: str, keys: Any) -> None:
        with self._doubted("one_time_key"):
            answer = KeysClaimResponse({user: {name: keys}}, {})
            self._handle_key_claiming(answer)  # type: ignore[no-untyped-call]

    def give_up_on(self, broken: Collection[OlmDevice]) -> None:
        """No new channel could be opened to these now; their next unreadable message asks for one again."""
        self.wedged_devices = [device for device in self.wedged_devices if device not in broken]

    def delivered(self, message: ToDeviceMessage) -> None:
        """The homeserver has taken a message to a device."""
        self.handle_response(ToDeviceResponse(message))  # type: ignore[no-untyped-call]

    # What comes in.

    def accept(self, event: object) -> None:
        """Take in a to-device event. Only encrypted ones matter; whatever a stranger puts into one, it cannot raise."""
        with self._doubted("to_device"):
            parsed = ToDeviceEvent.parse_event(event)
            if isinstance(parsed, OlmEvent):
                self._may_have_grown = True
                self.decrypt_event(parsed)

    def accept_channel_wish(self, user: str, sender_key: object) -> None:
        """A device of `user` could open no channel to us: the next repair opens one from here, at most once an hour."""
        if isinstance(sender_key, str):
            self._mark_device_for_unwedging(user, sender_key)  # type: ignore[no-untyped-call]

    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        """Store a room key, unless the stored one reaches further back, or what it is said to be cannot be stored."""
        if identifier(room_id) is None or identifier(sender_fp_key) is None:
            self.junk["room_key"] += 1
            return
        try:
            self._store_room_key(sender_key, sender_fp_key, room_id, session_id, session_key)
        finally:
            self._tidy_up(room_id, sender_key)

    def _store_room_key(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        known = self.inbound_group_store.get(room_id, sender_key, session_id)
        super().create_group_session(sender_key, sender_fp_key, room_id, session_id, session_key)
        new = self.inbound_group_store.get(room_id, sender_key, session_id)
        if known is not None and new is not None and known.first_known_index < new.first_known_index:
            self.inbound_group_store[room_id][sender_key][session_id] = known
            self.save_inbound_group_session(known)

    def forget_surplus(self, members: Mapping[str, Collection[str]]) -> None:
        """Forget what is too much of what others sent; `members` are those of each room that we are in."""
        if not self._may_have_grown:
            return
        self._may_have_grown = False
        own = (self.user_id, self._own_keys()[0])
        known = Acquaintances([own, *((d.user_id, d.curve25519) for d in self.device_store)], members)
        surplus = tuple(surplus_room_keys(self._keys.room_keys(), known))
        for name in surplus:
            self._forget_room_key(name)
        channels = self._forget_channels(known)
        if surplus or channels:
            log.info("surplus_forgotten", room_keys=len(surplus), channels=channels)

    def _forget_room_key(self, name: KeyName) -> None:
        rooms = self.inbound_group_store._entries  # noqa: SLF001 - nio never forgets
        self._keys.forget_inbound_group_session(rooms[name.room][name.sender_key].pop(name.session))
        self._tidy_up(name.room, name.sender_key)

    def _tidy_up(self, room_id: str, sender_key: str) -> None:
        """Remove the empty place that a room key has left, or that looking for one in vain has made."""
        rooms = self.inbound_group_store._entries  # noqa: SLF001 - as above
        if not rooms[room_id][sender_key]:
            del rooms[room_id][sender_key]
        if not rooms[room_id]:
            del rooms[room_id]

    def _forget_channels(self, known: Acquaintances) -> int:
        """Forget all but the last used channels to each device, and those to strangers; returns how many."""
        devices = self.session_store._entries  # noqa: SLF001 - as above
        of_strangers = set(surplus_devices({key: _last_used(all_) for key, all_ in devices.items()}, known))
        forgotten = 0
        for sender_key, channels in tuple(devices.items()):
            newest_first = sorted(channels, key=lambda channel: channel.use_time, reverse=True)
            kept = 0 if sender_key in of_strangers else MOST_CHANNELS_OF_ONE_DEVICE
            for channel in newest_first[kept:]:
                self._keys.forget_session(sender_key, channel)
                channels.remove(channel)
                forgotten += 1
            if not channels:
                # Whoever is looked for in vain leaves an empty place.
                del devices[sender_key]
        return forgotten

    def reach(self, room_id: str, session_id: str) -> int | None:
        """From which message on the room key reads, None without the key."""
        return min((s.first_known_index for s in self._room_keys(room_id, session_id)), default=None)

    def _room_keys(self, room_id: str, session_id: str) -> list[InboundGroupSession]:
        return [by[session_id] for by in self.inbound_group_store[room_id].values() if session_id in by]

    def open(self, room_id: str, event: Mapping[str, Any]) -> Opened | None:
        """Decrypt an `m.room.encrypted` event of a room; None if that is impossible (so far)."""
        content = mapping(event.get("content"))
        for session in self._candidates(room_id, content):
            with self._doubted("ciphertext"):
                plaintext, index = session.decrypt(content["ciphertext"])
                if self._is_first(session, index, event):
                    return _opened(session, room_id, json.loads(plaintext), content.get("m.relates_to"))
        self._ask_for_repair(room_id, event)
        return None

    def _candidates(self, room_id: str, content: Mapping[str, Any]) -> list[InboundGroupSession]:
        session_id = content.get("session_id")
        if content.get("algorithm") != MEGOLM or not isinstance(session_id, str):
            return []
        found = self._room_keys(room_id, session_id)
        # Newer clients leave the sender's key out; if it is there, the room key must be that device's.
        sender_key = content.get("sender_key")
        return [session for session in found if sender_key in (None, session.sender_key)]

    def _is_first(self, session: InboundGroupSession, index: int, event: Mapping[str, Any]) -> bool:
        """Whether this is the event the message first came in, not a replay of it under another id."""
        place = (session.sender_key, session.id, index)
        this = (event["event_id"], event.get("origin_server_ts"))
        first = self.message_index_store.setdefault(place, this)
        if len(self.message_index_store) > _MOST_REMEMBERED:
            del self.message_index_store[next(iter(self.message_index_store))]
        return bool(first == this)

    def _ask_for_repair(self, room_id: str, event: Mapping[str, Any]) -> None:
        content = mapping(event.get("content"))
        if content.get("algorithm") != MEGOLM or identifier(content.get("session_id")) is None:
            return
        with self._doubted("undecryptable"):
            # In a sync the room is not named in its events, but the request for a key must name it.
            parsed = MegolmEvent.from_dict({**event, "room_id": room_id})
            if isinstance(parsed, MegolmEvent):
                self.check_if_wedged(parsed)

    def assurance(self, user: str, opened: Opened) -> Assurance:
        """What the room key's device says for this user: an event's sender is only the homeserver's word."""
        keys = (opened.sender_key, opened.signing_key)
        if user == self.user_id and keys == self._own_keys():
            return Assurance.DEVICE
        devices = self.device_store[user].values()
        device = next((d for d in devices if (d.curve25519, d.ed25519) == keys), None)
        if device is None:
            return Assurance.NONE
        return Assurance.IDENTITY if self.trust.stands_behind(device) else Assurance.DEVICE

    def _own_keys(self) -> tuple[str, str]:
        own = self.account.identity_keys
        return own["curve25519"], own["ed25519"]

    # What goes out.

    def room_key(self, room_id: str, entitled: Iterable[OlmDevice], rotation: Rotation) -> OutboundGroupSession:
        """The key to encrypt the room's next message with.

        It is a new one if the old one is worn, or known to a device that may not read on.
        """
        allowed = {(device.user_id, device.id) for device in entitled}
        session = self.outbound_group_sessions.get(room_id)
        if session is None or session.expired or session.users_shared_with - allowed:
            self.create_outbound_group_session(room_id)
            session = self.outbound_group_sessions[room_id]
        session.max_messages, session.max_age = rotation.messages, rotation.age
        return session

    def envelopes(
        self,
        room_id: str,
        session: OutboundGroupSession,
        devices: Iterable[OlmDevice],
        *,
        owed: Mapping[str, str] = _NOTHING,
    ) -> list[Envelope]:
        """The room key for each of `devices` that lacks it and has a channel to us.

        It is the key as it is now, or an earlier state of it that the device's owner is `owed`.
        """
        now = session.session_key
        lacking = [d for d in devices if (d.user_id, d.id) not in session.users_shared_with]
        return self._sealed(lacking, lambda user: _room_key(room_id, session.id, owed.get(user, now)))

    def belated(self, debt: Debt, devices: Iterable[OlmDevice]) -> list[Envelope]:
        """The room key that a user is owed, for each of their devices that has a channel to us by now."""
        session = self._current(debt)
        known = set() if session is None else session.users_shared_with
        lacking = [d for d in devices if (d.user_id, d.id) not in known]
        return self._sealed(lacking, lambda _: _room_key(debt.room, debt.session, debt.key))

    def served(self, debt: Debt, envelopes: Iterable[Envelope]) -> None:
        """The homeserver has taken these; whoever got the key that is in use still needs it no second time."""
        if (session := self._current(debt)) is not None:
            session.users_shared_with.update((one.user_id, one.device_id) for one in envelopes)

    def _current(self, debt: Debt) -> OutboundGroupSession | None:
        session = self.outbound_group_sessions.get(debt.room)
        return session if session is not None and session.id == debt.session else None

    def _sealed(self, devices: Iterable[OlmDevice], key: Callable[[str], dict[str, Any]]) -> list[Envelope]:
        return [e for e in (self._envelope(device, key(device.user_id)) for device in devices) if e is not None]

    def _envelope(self, device: OlmDevice, key: dict[str, Any]) -> Envelope | None:
        channel = self.session_store.get(device.curve25519)
        if channel is None:
            return None
        with self._doubted("channel"):
            content = self._olm_encrypt(channel, device, "m.room_key", key)  # type: ignore[no-untyped-call]
            return Envelope(user_id=device.user_id, device_id=device.id, content=content)
        return None

    def encrypt(self, room_id: str, event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """Encrypt an event with the room's key, which its readers have by now; raises Unreachable if it is worn out."""
        self.outbound_group_sessions[room_id].shared = True
        try:
            return dict(self.group_encrypt(room_id, {"type": event_type, "content": content}))
        except (EncryptionError, GroupEncryptionError) as error:
            raise Unreachable(reason="room_key_worn_out") from error


def _last_used(channels: Iterable[Session]) -> datetime:
    return max((channel.use_time for channel in channels), default=datetime.min)  # noqa: DTZ901 - nio's are naive


def _room_key(room_id: str, session_id: str, session_key: str) -> dict[str, Any]:
    return {"algorithm": MEGOLM, "room_id": room_id, "session_id": session_id, "session_key": session_key}


def _opened(session: InboundGroupSession, room_id: str, payload: Any, relation: object) -> Opened:
    """Give what was inside; of a payload that is no event, or meant for another room, nothing.

    Clients write the relation outside, where the homeserver could change it; if it is inside too, that counts.
    """
    sound = (
        isinstance(payload, dict)
        and isinstance(payload.get("type"), str)
        and isinstance(payload.get("content"), dict)
        and payload.get("room_id") == room_id
    )
    return Opened(
        type=payload["type"] if sound else "",
        content=({} if relation is None else {"m.relates_to": relation}) | payload["content"] if sound else {},
        sender_key=session.sender_key,
        signing_key=session.ed25519,
    )
