"""An account's session: its one device, its keys, its rooms, and the requests that need them."""

import asyncio
import json
import math
import secrets as chance
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from nio.crypto import OlmDevice

from bot.matrix import wire
from bot.matrix.absence import Absences, Debts
from bot.matrix.errors import RateLimited, Refused, Unreachable, WrongAccount
from bot.matrix.ids import mapping
from bot.matrix.keys import Keys, read_stored
from bot.matrix.login import MatrixAccount, log_in, server_of, who_am_i
from bot.matrix.machine import Envelope, Machine
from bot.matrix.render import MARKER
from bot.matrix.rooms import Room, Rooms
from bot.matrix.secrets import Secrets
from bot.matrix.timeline import Delivery
from bot.matrix.wire import Wire
from bot.metrics import Metrics
from storage.database import Connection, Database
from storage.matrix.queries import begin_account, identities, load, save, stored_account
from storage.matrix.record import AccountRecord, RoomRecord, UndecryptedRecord
from storage.outbox import Underway

PATIENCE_WITH_OTHERS = timedelta(minutes=5)
"""How long a server, device or invitation that could not be dealt with is left alone."""
_WHILE_OTHERS_WAIT_MS = 2_000
"""How long other homeservers may take while a message, or what was received, waits for their answer."""
_ASIDE_MS = 10_000
_A_JOIN_MAY_TAKE = timedelta(minutes=2)
_ENVELOPES_AT_ONCE = 20
_PAGE = 100
_MOST_PAGES = 100

log = structlog.get_logger(__name__)


class Session:
    """One account on its homeserver: made by `open`, told of the world by `sync`, used for sending by `outbound`.

    `unfinished` is a synchronisation that is taken in but not stored yet, `failed` counts how often what it lacks could
    not be had, and `torn` names the rooms of which some was given up; `synced` is when the last one began that is
    stored completely. `knocked` is set when an invitation or a room that continues one of ours may wait, `puzzled` when
    events have been stored that cannot be read. `quiet_until` is when the homeserver will take messages again, if it
    said so. `began` is when this device was made, if that is known; `underway` is what is being sent.
    """

    def __init__(
        self,
        *,
        account: MatrixAccount,
        record: AccountRecord,
        database: Database,
        secrets: Secrets,
        keys: Keys,
        rooms: Iterable[RoomRecord],
        undecrypted: Iterable[UndecryptedRecord],
        now: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        """Put together what `open` has read; opens no connection."""
        self.account = account
        self.database = database
        self.secrets = secrets
        self.now = now
        self.metrics = metrics
        self.keys = keys
        self.machine = Machine(keys)
        self.rooms = Rooms(record.user_id, rooms)
        self.tried: dict[str, int] = {}
        self.unanswered: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.torn: set[str] = set()
        self.undecrypted = {one.event: one for one in undecrypted}
        self.knocked = asyncio.Event()
        self.puzzled = asyncio.Event()
        self.wire = Wire(account.homeserver, record.access_token, limited=metrics.rate_limited)
        self.me = record.user_id
        self.device_id = record.device_id
        self.sync_token = record.sync_token
        self.unfinished: Delivery | None = None
        self.synced: datetime | None = None
        self.quiet_until: datetime | None = None
        self.began = record.began
        self.underway = Underway()
        self.absences = Absences()
        self.debts = Debts()
        self.stirred = asyncio.Event()
        self._left_alone: dict[str, datetime] = {}

    @classmethod
    async def open(
        cls,
        account: MatrixAccount,
        database: Database,
        secrets: Secrets,
        *,
        now: Callable[[], datetime],
        metrics: Metrics | None = None,
    ) -> Self:
        """Go on with the stored device, or log in once and store it; the homeserver is asked whether it knows us.

        Raises NoLogin, KeysLocked, Unauthorized (token or password not accepted), WrongAccount (the stored device or
        the token belongs to somebody else), Unreachable, RateLimited, Refused.
        """
        record = await _device(account, database, now())
        async with database.read() as connection:
            session = await cls._restored(connection, account, record, database, secrets, now, metrics or Metrics())
        try:
            await session.check()
        except BaseException:
            await session.close()
            raise
        return session

    @classmethod
    async def _restored(
        cls,
        connection: Connection,
        account: MatrixAccount,
        record: AccountRecord,
        database: Database,
        secrets: Secrets,
        now: Callable[[], datetime],
        metrics: Metrics,
    ) -> Self:
        keys = Keys(
            account=account.name,
            user_id=record.user_id,
            device_id=record.device_id,
            pickle_key=secrets.pickle_key,
            stored=await read_stored(connection, account.name),
        )
        return cls(
            account=account,
            record=record,
            database=database,
            secrets=secrets,
            keys=keys,
            rooms=await load(connection, account.name, RoomRecord),
            undecrypted=await load(connection, account.name, UndecryptedRecord),
            now=now,
            metrics=metrics,
        )

    async def check(self) -> None:
        """Ask the homeserver whether the token still stands for this user and device."""
        user_id, device_id = await who_am_i(self.wire)
        if (user_id, device_id) != (self.me, self.device_id):
            raise WrongAccount(known=f"{user_id} {device_id}", asked=f"{self.me} {self.device_id}")

    async def close(self) -> None:
        """Close the connections to the homeserver; the device stays logged in."""
        await self.wire.close()

    def stored(
        self, delivery: Delivery, *, unread: Iterable[UndecryptedRecord], done: Iterable[UndecryptedRecord]
    ) -> None:
        """Everything up to the end of this synchronisation is in the database now."""
        self.sync_token, self.synced = delivery.token, delivery.began
        self.failed.clear()
        self.torn.clear()
        new = {one.event: one for one in unread}
        self.undecrypted |= new
        if new:
            self.puzzled.set()
        for one in done:
            self.undecrypted.pop(one.event, None)
        reaches = {one.event: self.machine.reach(one.room, one.session) for one in self.undecrypted.values()}
        # A key that reaches no further than before does not help a second time.
        self.tried = {event: reach for event, reach in reaches.items() if reach is not None}

    def leave_alone(self, whom: Iterable[str], patience: timedelta = PATIENCE_WITH_OTHERS) -> None:
        """Do not bother these servers, devices or rooms for a while, nor do these tasks."""
        now = self.now()
        still = {one: until for one, until in self._left_alone.items() if until > now}
        self._left_alone = still | dict.fromkeys(whom, now + patience)

    def is_left_alone(self, whom: str) -> bool:
        """Whether this server, device or room is not to be bothered now."""
        until = self._left_alone.get(whom)
        return until is not None and self.now() < until

    @property
    def left_alone(self) -> int:
        """How many people, devices and rooms are not to be bothered now."""
        now = self.now()
        return sum(until > now for until in self._left_alone.values())

    def heard_from(self, users: Iterable[str]) -> None:
        """Something of these users came in: their homeservers are there, or there again."""
        if self.absences and self.absences.show_life(server_of(user) for user in users):
            self.stirred.set()

    def _note_absences(self, answer: Mapping[str, Any]) -> set[str]:
        missed = set(mapping(answer.get("failures"))) - {server_of(self.me)}
        self.absences.note(missed, self.now())
        if missed:
            self.stirred.set()
        return missed

    async def upload_keys(self) -> None:
        """Put our device's keys on the homeserver, if they are lacking there or running out."""
        if not self.machine.wants_upload():
            return
        body = self.machine.upload()
        await self.keys.flush(self.database)
        answer = await self.wire.request("POST", wire.path("keys", "upload"), body=body)
        self.machine.uploaded(answer.get("one_time_key_counts", {}))
        await self.keys.flush(self.database)

    async def query_keys(self, users: Iterable[str]) -> None:
        """Learn the identities and devices of those of `users` whose devices are not known as they are now.

        Whoever's homeserver cannot be reached, or who is missing in the answer, is asked for again only after a while.
        """
        asked = [user for user in self.machine.outdated(users) if not self._is_out_of_reach(user)]
        if asked:
            await self._query(asked)

    def _is_out_of_reach(self, user: str) -> bool:
        return self.is_left_alone(user) or server_of(user) in self.absences

    async def _query(self, users: Collection[str], *, patience_ms: int = _WHILE_OTHERS_WAIT_MS) -> set[str]:
        """Ask for the devices of `users`, and give the homeservers that did not answer."""
        body = {"device_keys": {user: [] for user in sorted(users)}, "timeout": patience_ms}
        with self.machine.noticing() as changed:
            answer = await self.wire.request("POST", wire.path("keys", "query"), body=body)
            self.machine.learn(answer, self.now())
        silent = self.machine.outdated(users)
        # An answer that was on its way already when they changed says nothing of it.
        self.machine.mark_changed(changed)
        missed = self._note_absences(answer)
        self.leave_alone(user for user in silent if server_of(user) not in missed)
        return missed

    async def heed_acceptances(self) -> None:
        """Believe the identities that administration has accepted since they changed."""
        if waiting := self.machine.trust.unaccepted():
            async with self.database.read() as connection:
                self.machine.trust.accept(await identities(connection, self.account.name, waiting))

    async def _open_channels(self, devices: Iterable[OlmDevice]) -> None:
        """Open a channel to each of these devices that has none; those without a key are asked again after a while."""
        strangers = self.machine.strangers(devices)
        await self._befriend([d for d in strangers if server_of(d.user_id) not in self.absences])

    async def _befriend(self, strangers: Iterable[OlmDevice], *, patience_ms: int = _WHILE_OTHERS_WAIT_MS) -> set[str]:
        wanted = [device for device in strangers if not self.is_left_alone(_name(device))]
        if not wanted:
            return set()
        missed = await self._claim(wanted, patience_ms=patience_ms)
        keyless = self.machine.strangers(wanted)
        self.leave_alone(_name(device) for device in keyless if server_of(device.user_id) not in missed)
        return missed

    async def _claim(self, devices: Iterable[OlmDevice], *, patience_ms: int = _WHILE_OTHERS_WAIT_MS) -> set[str]:
        """Claim a key of each device for a channel to it, and give the homeservers that did not answer."""
        keys: dict[str, dict[str, str]] = {}
        for device in devices:
            keys.setdefault(device.user_id, {})[device.id] = "signed_curve25519"
        body = {"one_time_keys": keys, "timeout": patience_ms}
        answer = await self.wire.request("POST", wire.path("keys", "claim"), body=body)
        self.machine.befriend(answer.get("one_time_keys"))
        return self._note_absences(answer)

    async def repair_channels(self) -> None:
        """Open new channels to devices whose messages we could not read, and tell them so."""
        broken = [d for d in self.machine.wedged_devices if server_of(d.user_id) not in self.absences]
        if broken:
            await _tried_once(self._claim(broken))
            self.machine.give_up_on(broken)
        for message in tuple(self.machine.outgoing_to_device_messages):
            addressed = {message.recipient: {message.recipient_device: message.content}}
            await _tried_once(self._send_to_device(message.type, addressed))
            self.machine.delivered(message)

    async def _send_to_device(self, kind: str, messages: Mapping[str, Mapping[str, Any]]) -> None:
        await self.keys.flush(self.database)
        where = wire.path("sendToDevice", kind, chance.token_hex(16))
        await self.wire.request("PUT", where, body={"messages": messages})

    async def _share_room_key(self, room: Room) -> None:
        """Let every device of the room's readers have the key of its next message.

        A device counts as served only when the homeserver has taken its envelope; cancelled or failed, the rest is
        served before the next attempt to send.
        """
        await self.query_keys(room.readers)
        devices = self.machine.entitled(room.readers)
        await self._open_channels(devices)
        key = self.machine.room_key(room.id, devices, room.rotation)
        envelopes = self.machine.envelopes(room.id, key, devices, owed=self.debts.keys(room.id, key.id))
        for start in range(0, len(envelopes), _ENVELOPES_AT_ONCE):
            batch = envelopes[start : start + _ENVELOPES_AT_ONCE]
            await self._send_to_device("m.room.encrypted", _by_recipient(batch))
            key.users_shared_with.update((envelope.user_id, envelope.device_id) for envelope in batch)
        self._note_debts(room, devices)

    def _note_debts(self, room: Room, devices: Iterable[OlmDevice]) -> None:
        """Who cannot be given the key of the room's next message now gets it later, as it is now."""
        key = self.machine.outbound_group_sessions[room.id]
        unserved = {d.user_id for d in devices if (d.user_id, d.id) not in key.users_shared_with}
        unserved |= self.machine.outdated(room.readers) - {self.me}
        self.debts.keep_only(room.id, room.readers)
        for debt in self.debts.of(room.readers - unserved):
            if (debt.room, debt.session) == (room.id, key.id):
                self.debts.settle(debt)
        self.debts.note(room.id, key.id, key.session_key, unserved)

    async def catch_up_with(self, server: str) -> bool:
        """Ask a homeserver again what it left unanswered, and pay what its people are owed; False if it still is away.

        Raises what a request raises, if our own homeserver does not answer.
        """
        readers = {user for room in self.rooms.joined() if room.encrypted for user in room.readers}
        people = {user for user in readers | self.debts.users if server_of(user) == server}
        missed = set[str]()
        if asked := [user for user in self.machine.outdated(people) if not self.is_left_alone(user)]:
            missed = await self._query(asked, patience_ms=_ASIDE_MS)
        if server not in missed:
            strangers = self.machine.strangers(self.machine.entitled(people))
            missed = await self._befriend(strangers, patience_ms=_ASIDE_MS)
        if server not in missed:
            self.absences.back(server)
        await self._pay(people)
        return server not in missed

    async def _pay(self, people: Collection[str]) -> None:
        for debt in self.debts.of(people):
            devices = self.machine.entitled([debt.user])
            envelopes = self.machine.belated(debt, devices)
            if envelopes:
                await self._send_to_device("m.room.encrypted", _by_recipient(envelopes))
            self.machine.served(debt, envelopes)
            if not self.machine.strangers(devices) and not self.machine.outdated([debt.user]):
                self.debts.settle(debt)

    async def send(self, room: Room, kind: str, content: Mapping[str, Any], txn: str) -> str:
        """Send an event to a room, encrypted where the room is, and give its event id.

        The same `txn` on the same device gives the same event, however often it is sent (for a day). Reactions are
        never encrypted: the homeserver counts them. Raises Refused if the event itself is not wanted.
        """
        sent_kind, body = kind, dict(content)
        if room.encrypted and kind != "m.reaction":
            sent_kind, body = "m.room.encrypted", await self._sealed(room, kind, body)
        answer = await self.wire.request("PUT", wire.path("rooms", room.id, "send", sent_kind, txn), body=body)
        if not isinstance(event := answer.get("event_id"), str):
            raise Unreachable(reason="answer_without_event_id")
        return event

    async def _sealed(self, room: Room, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        try:
            await self._share_room_key(room)
        except Refused as error:
            # It is not the message that was refused: it may go once the keys can.
            raise Unreachable(reason=error.errcode, status=error.status) from error
        sealed = self.machine.encrypt(room.id, kind, content)
        return sealed | {name: content[name] for name in ("m.relates_to", MARKER) if name in content}

    async def sent_as(self, room_id: str, txn: str, *, since: datetime) -> str | None:
        """The event of ours in a room that carries this marker, None if there is none from `since` on.

        It is looked for backwards, a page at a time; only the homeserver's clock says what is older than `since`.
        """
        start: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._own_events(room_id, start)
            events = [event for event in page.get("chunk") or () if isinstance(event, dict)]
            found = next((e.get("event_id") for e in events if _marked(e, txn)), None)
            start = page.get("end")
            if isinstance(found, str):
                return found
            if not isinstance(start, str) or any(_at(event) < since.timestamp() for event in events):
                return None
        return None

    async def _own_events(self, room_id: str, start: str | None) -> dict[str, Any]:
        """One page of what this account has sent to a room, from the position `start`, or from now, backwards."""
        only = {"senders": [self.me], "types": ["m.room.message", "m.room.encrypted", "m.reaction"]}
        query = {"dir": "b", "limit": str(_PAGE), "filter": json.dumps(only), **({"from": start} if start else {})}
        return await self.wire.request("GET", wire.path("rooms", room_id, "messages"), query=query)

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline an invitation to it."""
        await self.wire.request("POST", wire.path("rooms", room_id, "leave"), body={})

    async def join(self, room_id: str, *, via: Sequence[str] = ()) -> None:
        """Join a room, through these homeservers if ours is not in it yet: a room's id need not name any."""
        # The older name of the parameter is the only one that some homeservers know.
        query = {"via": via, "server_name": via} if via else None
        where = wire.path("join", room_id)
        await self.wire.request("POST", where, body={}, query=query, patience=_A_JOIN_MAY_TAKE)

    async def older_events(self, room_id: str, start: str, *, until: str | None) -> dict[str, Any]:
        """One page of a room's events from the position `start` backwards, not further back than `until`."""
        query = {"dir": "b", "from": start, "limit": str(_PAGE), **({"to": until} if until else {})}
        return await self.wire.request("GET", wire.path("rooms", room_id, "messages"), query=query)

    async def fetch_event(self, room_id: str, event_id: str) -> dict[str, Any]:
        """One event of a room, as the homeserver has it."""
        return await self.wire.request("GET", wire.path("rooms", room_id, "event", event_id))

    async def room_at(self, alias: str) -> str | None:
        """The room that an alias stands for; None if it stands for none, or the homeserver cannot say so now."""
        try:
            answer = await self.wire.request("GET", wire.path("directory", "room", alias))
        except (Refused, RateLimited, Unreachable):
            return None
        room = answer.get("room_id")
        return room if isinstance(room, str) else None


async def _tried_once(request: Awaitable[object]) -> None:
    """Make a request for the sake of one device: where it is refused, it would be again, and holds up everybody."""
    try:
        await request
    except Refused as error:
        log.warning("repair_refused", error=str(error))


def _marked(event: Mapping[str, Any], txn: str) -> bool:
    content = event.get("content")
    return isinstance(content, dict) and content.get(MARKER) == txn


def _at(event: Mapping[str, Any]) -> float:
    """When the homeserver got an event, in seconds since 1970; one without a time ends nothing."""
    at = event.get("origin_server_ts")
    return at / 1000 if isinstance(at, int) else math.inf


async def _device(account: MatrixAccount, database: Database, now: datetime) -> AccountRecord:
    async with database.read() as connection:
        known = await stored_account(connection, account.name)
    if known is None:
        made = await log_in(account, now)
        await database.transact(lambda connection: begin_account(connection, made))
        return made
    if known.user_id != account.user_id:
        raise WrongAccount(known=known.user_id, asked=account.user_id)
    return known


async def new_device(account: MatrixAccount, database: Database, now: datetime) -> None:
    """Log in anew and store the device made; the keys stay only if the given token belongs to the same device.

    Raises what `log_in` raises.
    """
    made = await log_in(account, now)
    async with database.read() as connection:
        known = await stored_account(connection, account.name)
    if known is not None and (known.user_id, known.device_id) == (made.user_id, made.device_id):
        renewed = replace(known, access_token=made.access_token)
        await database.transact(lambda connection: save(connection, account.name, [renewed]))
    else:
        await database.transact(lambda connection: begin_account(connection, made))


def _by_recipient(envelopes: Iterable[Envelope]) -> dict[str, dict[str, Any]]:
    messages: dict[str, dict[str, Any]] = {}
    for envelope in envelopes:
        messages.setdefault(envelope.user_id, {})[envelope.device_id] = envelope.content
    return messages


def _name(device: OlmDevice) -> str:
    return f"{device.user_id} {device.id}"
