"""An account's session: its one device, its keys, its rooms, and the requests that need them."""

import secrets as chance
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from nio.crypto import OlmDevice

from bot.matrix import wire
from bot.matrix.errors import Refused, Unreachable, WrongAccount
from bot.matrix.keys import Keys, read_stored
from bot.matrix.login import MatrixAccount, log_in, server_of, who_am_i
from bot.matrix.machine import Envelope, Machine
from bot.matrix.render import MARKER
from bot.matrix.rooms import Room, Rooms
from bot.matrix.secrets import Secrets
from bot.matrix.timeline import Delivery
from bot.matrix.wire import Wire
from storage.database import Connection, Database
from storage.matrix.queries import begin_account, load, stored_account
from storage.matrix.record import AccountRecord, RoomRecord, UndecryptedRecord

_PATIENCE_WITH_OTHERS = timedelta(minutes=5)
"""How long a server, device or invitation that could not be dealt with is left alone."""
_OTHER_SERVERS_MAY_TAKE_MS = 10_000
_ENVELOPES_AT_ONCE = 20
_PAGE = 100


class Session:
    """One account on its homeserver: made by `open`, told of the world by `sync`, used for sending by `outbound`.

    `unfinished` is a synchronisation that is taken in but not stored yet; `synced` is when the last one began that is
    stored completely. `quiet_until` is when the homeserver will take messages again, if it said so.
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
    ) -> None:
        """Put together what `open` has read; opens no connection."""
        self.account = account
        self.database = database
        self.secrets = secrets
        self.now = now
        self.keys = keys
        self.machine = Machine(keys)
        self.rooms = Rooms(record.user_id, rooms)
        self.tried: dict[str, int] = {}
        self.undecrypted = {one.event: one for one in undecrypted}
        self.wire = Wire(account.homeserver, record.access_token)
        self.me = record.user_id
        self.device_id = record.device_id
        self.sync_token = record.sync_token
        self.unfinished: Delivery | None = None
        self.synced: datetime | None = None
        self.quiet_until: datetime | None = None
        self._left_alone: dict[str, datetime] = {}

    @classmethod
    async def open(
        cls, account: MatrixAccount, database: Database, secrets: Secrets, *, now: Callable[[], datetime]
    ) -> Self:
        """Go on with the stored device, or log in once and store it; the homeserver is asked whether it knows us.

        Raises NoLogin, KeysLocked, Unauthorized (token or password not accepted), WrongAccount (the stored device or
        the token belongs to somebody else), Unreachable, RateLimited, Refused.
        """
        record = await _device(account, database, now())
        async with database.read() as connection:
            session = await cls._restored(connection, account, record, database, secrets, now)
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
        self.undecrypted |= {one.event: one for one in unread}
        for one in done:
            self.undecrypted.pop(one.event, None)
        reaches = {one.event: self.machine.reach(one.room, one.session) for one in self.undecrypted.values()}
        # A key that reaches no further than before does not help a second time.
        self.tried = {event: reach for event, reach in reaches.items() if reach is not None}

    def leave_alone(self, whom: Iterable[str]) -> None:
        """Do not bother these servers, devices or rooms for a while."""
        now = self.now()
        still = {one: until for one, until in self._left_alone.items() if until > now}
        self._left_alone = still | dict.fromkeys(whom, now + _PATIENCE_WITH_OTHERS)

    def is_left_alone(self, whom: str) -> bool:
        """Whether this server, device or room is not to be bothered now."""
        until = self._left_alone.get(whom)
        return until is not None and self.now() < until

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
        """Learn the devices of those of `users` whose devices are not known as they are now.

        Users of a homeserver that cannot be reached are asked for again only after a while.
        """
        asked = [user for user in self.machine.outdated(users) if not self.is_left_alone(server_of(user))]
        if not asked:
            return
        body = {"device_keys": {user: [] for user in sorted(asked)}, "timeout": _OTHER_SERVERS_MAY_TAKE_MS}
        answer = await self.wire.request("POST", wire.path("keys", "query"), body=body)
        self.machine.learn(answer.get("device_keys"))
        failures = answer.get("failures")
        self.leave_alone(failures if isinstance(failures, dict) else ())

    async def _open_channels(self, devices: Iterable[OlmDevice]) -> None:
        """Open a channel to each of these devices that has none; those without a key are asked again after a while."""
        wanted = [d for d in self.machine.strangers(devices) if not self.is_left_alone(_name(d))]
        if wanted:
            await self._claim(wanted)
            self.leave_alone(_name(device) for device in wanted)

    async def _claim(self, devices: Iterable[OlmDevice]) -> None:
        keys: dict[str, dict[str, str]] = {}
        for device in devices:
            keys.setdefault(device.user_id, {})[device.id] = "signed_curve25519"
        body = {"one_time_keys": keys, "timeout": _OTHER_SERVERS_MAY_TAKE_MS}
        answer = await self.wire.request("POST", wire.path("keys", "claim"), body=body)
        self.machine.befriend(answer.get("one_time_keys"))

    async def repair_channels(self) -> None:
        """Open new channels to devices whose messages we could not read, and tell them so."""
        broken = list(self.machine.wedged_devices)
        if broken:
            await self._claim(broken)
            self.machine.give_up_on(broken)
        for message in tuple(self.machine.outgoing_to_device_messages):
            await self._send_to_device(message.type, {message.recipient: {message.recipient_device: message.content}})
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
        devices = self.machine.devices_of(room.readers)
        await self._open_channels(devices)
        key = self.machine.room_key(room.id, devices, room.rotation)
        envelopes = self.machine.envelopes(room.id, key, devices)
        for start in range(0, len(envelopes), _ENVELOPES_AT_ONCE):
            batch = envelopes[start : start + _ENVELOPES_AT_ONCE]
            await self._send_to_device("m.room.encrypted", _by_recipient(batch))
            key.users_shared_with.update((envelope.user_id, envelope.device_id) for envelope in batch)

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

    async def leave(self, room_id: str) -> None:
        """Leave a room, or decline an invitation to it."""
        await self.wire.request("POST", wire.path("rooms", room_id, "leave"), body={})

    async def join(self, room_id: str) -> None:
        """Join a room we are invited to."""
        await self.wire.request("POST", wire.path("rooms", room_id, "join"), body={})

    async def older_events(self, room_id: str, start: str, *, until: str | None) -> dict[str, Any]:
        """One page of a room's events from the position `start` backwards, not further back than `until`."""
        query = {"dir": "b", "from": start, "limit": str(_PAGE), **({"to": until} if until else {})}
        return await self.wire.request("GET", wire.path("rooms", room_id, "messages"), query=query)

    async def fetch_event(self, room_id: str, event_id: str) -> dict[str, Any]:
        """One event of a room, as the homeserver has it."""
        return await self.wire.request("GET", wire.path("rooms", room_id, "event", event_id))


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


def _by_recipient(envelopes: Iterable[Envelope]) -> dict[str, dict[str, Any]]:
    messages: dict[str, dict[str, Any]] = {}
    for envelope in envelopes:
        messages.setdefault(envelope.user_id, {})[envelope.device_id] = envelope.content
    return messages


def _name(device: OlmDevice) -> str:
    return f"{device.user_id} {device.id}"
