"""A Matrix client that plays a human: it reads and writes in encrypted rooms as a person's own client would."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import nio
from nio.exceptions import EncryptionError

from bot.demo.homeserver import Account, Refused, request

Kind = Literal["message", "edit", "reaction", "redaction", "undecryptable", "other"]
Found = TypeVar("Found")

MESSAGES: frozenset[Kind] = frozenset({"message"})
ANSWERS: frozenset[Kind] = frozenset({"message", "reaction"})
_PATIENCE = 30.0
_LONG_POLL_MS = 30_000
_LONGEST_PAUSE = 1.0
_FILTER = {"room": {"timeline": {"limit": 1000}}}
_CLIENT = "/_matrix/client/v3"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One event of a room's timeline, decrypted; of an edit, `body`, `html` and `msgtype` are the new ones."""

    room: str
    sender: str
    event_id: str
    kind: Kind
    type: str
    encrypted: bool
    content: dict[str, Any]
    body: str = ""
    html: str | None = None
    msgtype: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    target: str | None = None
    """The event this one edits, reacts to or redacts."""
    key: str | None = None
    """What a reaction says."""


class NothingHeard(Exception):
    """What was waited for did not come in time; `heard` has what came instead."""

    def __init__(self, *, listener: str, awaited: str, seconds: float, heard: Sequence[Heard]) -> None:
        lines = [f"  {one.sender} {one.kind}: {one.body or one.key or one.type}" for one in heard[-10:]]
        super().__init__("\n".join([f"{listener} waited {seconds:g} s for {awaited}; last heard:", *lines]))
        self.listener = listener
        self.awaited = awaited
        self.heard = tuple(heard)


class Person:
    """A signed-in person; make one with `Person.at`. Everything waits by notification, nothing polls.

    While the homeserver is away, listening and sending wait for it; the other requests raise aiohttp.ClientError.
    """

    def __init__(self, url: str, account: Account, client: nio.AsyncClient) -> None:
        self.user_id = account.user_id
        self.device_id = account.device_id
        self.heard: list[Heard] = []
        self.invited: set[str] = set()
        self.url = url
        self.account = account
        self._client: Any = client
        self._changed = asyncio.Condition()
        self._sending: dict[str, asyncio.Lock] = {}
        self._unread: dict[tuple[str, str], int] = {}
        self._undecrypted: dict[str, Any] = {}
        self._listening: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    @classmethod
    async def open(cls, url: str, account: Account, directory: Path) -> Self:
        """Sign in with the account's token and start to listen; keys are kept, and found again, below `directory`.

        Returns after the first synchronisation, with the device's keys on the server. What was said before that is
        not in `heard`.
        """
        store = directory / account.localpart
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = nio.AsyncClientConfig(max_timeout_retry_wait_time=_LONGEST_PAUSE)
        client = nio.AsyncClient(url, account.user_id, account.device_id, str(store), config)
        client.restore_login(account.user_id, account.device_id, account.access_token)
        person = cls(url, account, client)
        try:
            await person._synchronise(first=True)
        except BaseException:
            await person.close()
            raise
        person._listening = asyncio.create_task(person._listen(), name=f"{account.user_id} listens")
        return person

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, account: Account, directory: Path) -> AsyncIterator[Self]:
        """Open a person for as long as the block lasts."""
        person = await cls.open(url, account, directory)
        try:
            yield person
        finally:
            await person.close()

    async def close(self) -> None:
        """Stop listening, stay signed in; raises what had ended the listening, if it had failed."""
        try:
            if self._listening is not None:
                self._listening.cancel()
                await asyncio.wait({self._listening})
        finally:
            await self._client.close()
            self._client.store.database.close()
        self._raise_if_deaf()

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms this person has joined."""
        return frozenset(self._client.rooms)

    async def create_room(
        self,
        *,
        name: str | None = None,
        encrypted: bool = False,
        invite: Iterable[str] = (),
        alias: str | None = None,
        direct: bool = False,
    ) -> str:
        """Create a private room and give its id; `invite` takes user ids, `alias` the part before the server."""
        encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        body = {
            "preset": "private_chat",
            "is_direct": direct,
            "invite": list(invite),
            "initial_state": [encryption] if encrypted else [],
            **({"name": name} if name else {}),
            **({"room_alias_name": alias} if alias else {}),
        }
        room = str((await self._request("POST", "/createRoom", body))["room_id"])
        await self._until_in(room)
        return room

    async def invite(self, room: str, user_id: str) -> None:
        """Invite somebody; raises Refused."""
        await self._request("POST", f"/rooms/{_quoted(room)}/invite", {"user_id": user_id})

    async def join(self, room: str) -> str:
        """Join by id or alias, give the id and return when our own view has the room; raises Refused."""
        room_id = str((await self._request("POST", f"/join/{_quoted(room)}", {}))["room_id"])
        await self._until_in(room_id)
        return room_id

    async def leave(self, room: str) -> None:
        """Leave a room or decline an invitation."""
        await self._request("POST", f"/rooms/{_quoted(room)}/leave", {})

    async def kick(self, room: str, user_id: str, *, reason: str | None = None) -> None:
        """Remove somebody from a room; raises Refused."""
        body = {"user_id": user_id, **({"reason": reason} if reason else {})}
        await self._request("POST", f"/rooms/{_quoted(room)}/kick", body)

    async def set_state(self, room: str, type: str, content: dict[str, Any], *, state_key: str = "") -> str:  # noqa: A002
        """Write a state event (name, topic, power levels, …) and give its id; raises Refused."""
        path = f"/rooms/{_quoted(room)}/state/{_quoted(type)}/{_quoted(state_key)}"
        return str((await self._request("PUT", path, content))["event_id"])

    async def until_invited(self, *, timeout: float = _PATIENCE) -> str:
        """Wait for an invitation that stands and give its room."""
        return await self.until(lambda _: next(iter(self.invited), None), awaited="an invitation", timeout=timeout)

    async def until_invited_to(self, room: str, *, timeout: float = _PATIENCE) -> None:
        """Wait until an invitation to this room stands: over federation it comes after the one who sent it knows."""
        await self.until(lambda _: room in self.invited or None, awaited=f"an invitation to {room}", timeout=timeout)

    async def until_joined(self, room: str, user_id: str, *, timeout: float = _PATIENCE) -> None:
        """Wait until somebody has joined a room we are in."""
        await self.until(
            lambda _: self._has_joined(room, user_id) or None, awaited=f"{user_id} to join", timeout=timeout
        )

    async def until_device(self, user_id: str, device_id: str, *, timeout: float = _PATIENCE) -> None:
        """Wait until we know a device of somebody's."""
        awaited = f"device {device_id} of {user_id}"
        await self.until(lambda _: device_id in self._devices(user_id) or None, awaited=awaited, timeout=timeout)

    async def settle(self, room: str, members: Iterable[str], *, timeout: float = _PATIENCE) -> None:
        """Wait until all `members` have joined and, where the room is encrypted, every device of theirs is known here.

        What we say from then on, all of them can read.
        """
        others = set(members) - {self.user_id}
        joined = f"{', '.join(sorted(others))} in {room}"
        await self.until(
            lambda _: all(self._has_joined(room, one) for one in others) or None, awaited=joined, timeout=timeout
        )
        if not self._client.rooms[room].encrypted:
            return
        await self.until(
            lambda _: all(self._devices(one) for one in others) or None, awaited=f"devices of {joined}", timeout=timeout
        )
        answer = await self._request("POST", "/keys/query", {"device_keys": {one: [] for one in others}})
        expected = {one: set(answer["device_keys"].get(one, {})) for one in others}
        await self.until(
            lambda _: all(devices <= self._devices(one) for one, devices in expected.items()) or None,
            awaited=f"all devices of {joined}",
            timeout=timeout,
        )

    async def say(
        self,
        room: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        formatted: str | None = None,
        mentions: Iterable[str] | None = None,
        edit_of: str | None = None,
        msgtype: str = "m.text",
    ) -> str:
        """Say something, encrypted where the room is, and give the event id.

        `reply_to`, `thread` (its root) and `edit_of` are event ids, `formatted` is HTML, `mentions` user ids.
        """
        content: dict[str, Any] = {"msgtype": msgtype, "body": text}
        if formatted is not None:
            content |= {"format": "org.matrix.custom.html", "formatted_body": formatted}
        if mentions is not None:
            content["m.mentions"] = {"user_ids": list(mentions)}
        if edit_of is not None:
            content |= {"m.new_content": dict(content), "body": f"* {text}"}
        if relation := _relation(reply_to=reply_to, thread=thread, edit_of=edit_of):
            content["m.relates_to"] = relation
        return await self.send(room, "m.room.message", content)

    async def send(self, room: str, type: str, content: dict[str, Any]) -> str:  # noqa: A002 - Matrix calls it type
        """Send any event, encrypted where the room is (reactions never are), and give its id; raises Refused."""
        async with self._sending.setdefault(room, asyncio.Lock()):
            try:
                sent = _accepted(await self._client.room_send(room, type, content, ignore_unverified_devices=True))
            finally:
                # nio leaves this behind when sharing keys fails or is cancelled; each later send would wait for it.
                if sharing := self._client.sharing_session.pop(room, None):
                    sharing.set()
        return str(sent.event_id)

    async def send_plain(self, room: str, type: str, content: dict[str, Any]) -> str:  # noqa: A002
        """Send an event unencrypted even where the room is encrypted, and give its id; raises Refused."""
        path = f"/rooms/{_quoted(room)}/send/{_quoted(type)}/{uuid4()}"
        return str((await self._request("PUT", path, content))["event_id"])

    async def react(self, room: str, event_id: str, key: str) -> str:
        """React to an event and give the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def redact(self, room: str, event_id: str, *, reason: str | None = None) -> str:
        """Delete an event and give the id of the redaction; raises Refused."""
        path = f"/rooms/{_quoted(room)}/redact/{_quoted(event_id)}/{uuid4()}"
        return str((await self._request("PUT", path, {"reason": reason} if reason else {}))["event_id"])

    async def next_from(
        self,
        sender: str,
        room: str,
        *,
        after: str | None = None,
        timeout: float = _PATIENCE,
        kinds: Collection[Kind] = MESSAGES,
    ) -> Heard:
        """Give the next event of `kinds` by `sender` in `room`.

        Next is the first one after the event `after`, else the first one this function has not given yet; it may have
        come already.
        """

        def found(heard: Sequence[Heard]) -> tuple[int, Heard] | None:
            start = self._unread.get((sender, room), 0) if after is None else _after(heard, after)
            unread = enumerate(heard[start:], start)
            meant = ((n, one) for n, one in unread if (one.sender, one.room) == (sender, room) and one.kind in kinds)
            return next(meant, None)

        place, one = await self.until(found, awaited=f"{sender} to speak in {room}", timeout=timeout)
        self._unread[sender, room] = place + 1
        return one

    async def reply_to(
        self,
        event_id: str,
        *,
        sender: str | None = None,
        timeout: float = _PATIENCE,
        kinds: Collection[Kind] = ANSWERS,
    ) -> Heard:
        """Give what somebody else (or `sender`) first answered to our event.

        That is a reply or a reaction to it, or a message after it that answers nothing else.
        """

        def found(heard: Sequence[Heard]) -> Heard | None:
            start = _after(heard, event_id)
            later = (one for one in heard[start:] if one.kind in kinds and sender in {None, one.sender})
            return next((one for one in later if _answers(one, heard[start - 1])), None)

        return await self.until(found, awaited=f"an answer to {event_id}", timeout=timeout)

    async def until(
        self,
        found: Callable[[Sequence[Heard]], Found | None],
        *,
        awaited: str = "something",
        timeout: float = _PATIENCE,
    ) -> Found:
        """Ask `found` now and after each change of what we know until it gives something.

        Raises NothingHeard after `timeout` seconds, and whatever ended the listening.
        """
        try:
            async with asyncio.timeout(timeout), self._changed:
                while (result := found(self.heard)) is None:
                    self._raise_if_deaf()
                    await self._changed.wait()
                return result
        except TimeoutError:
            raise NothingHeard(listener=self.user_id, awaited=awaited, seconds=timeout, heard=self.heard) from None

    async def _request(self, method: str, path: str, body: object = None) -> Any:
        return await request(method, f"{self.url}{_CLIENT}{path}", token=self.account.access_token, body=body)

    async def _until_in(self, room: str) -> None:
        await self.until(lambda _: room in self._client.rooms or None, awaited=f"our view of {room}")

    def _has_joined(self, room: str, user_id: str) -> bool:
        members = self._client.rooms[room].users if room in self._client.rooms else {}
        return user_id in members and not members[user_id].invited

    def _devices(self, user_id: str) -> set[str]:
        return {device.id for device in self._client.device_store.active_user_devices(user_id)}

    def _raise_if_deaf(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _listen(self) -> None:
        try:
            await self._keep_synchronised()
        except Exception as failure:  # noqa: BLE001 - raised again wherever somebody waits, and by close
            self._failure = failure
        await self._notify()

    async def _keep_synchronised(self) -> None:
        failures = 0
        while True:
            try:
                await self._synchronise()
                failures = 0
            except (aiohttp.ClientError, TimeoutError, Refused) as trouble:
                if isinstance(trouble, Refused) and trouble.status == 401:
                    raise
                failures += 1
                await asyncio.sleep(min(0.05 * 2**failures, _LONGEST_PAUSE))

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _synchronise(self, *, first: bool = False) -> None:
        client = self._client
        known = set(client.rooms)
        response = _accepted(
            await client.sync(timeout=0 if first else _LONG_POLL_MS, sync_filter=_FILTER, full_state=first or None)
        )
        self._take_note(response, known=known, first=first)
        # nio ignores a count of zero and would never again offer keys to new devices.
        if (left := response.device_key_count.signed_curve25519) is not None:
            client.olm.uploaded_key_count = left
        await self._tend_keys()
        await self._notify()

    async def _tend_keys(self) -> None:
        client = self._client
        if client.should_upload_keys:
            _accepted(await client.keys_upload())
        if client.should_query_keys:
            _accepted(await client.keys_query())
        if client.should_claim_keys:
            _accepted(await client.keys_claim(client.get_users_for_key_claiming()))
        for sent in await client.send_to_device_messages():
            _accepted(sent)

    def _take_note(self, response: Any, *, known: set[str], first: bool) -> None:
        rooms = response.rooms
        self.invited = (self.invited | set(rooms.invite)) - set(rooms.join) - set(rooms.leave)
        for left in rooms.leave:
            self._client.rooms.pop(left, None)
        if response.to_device_events:
            self._read_again()
        if first:
            return
        for room, info in rooms.join.items():
            events = info.timeline.events if room in known else _since_join(info.timeline.events, self.user_id)
            self.heard += [self._hear(room, event) for event in events if "state_key" not in event.source]

    def _hear(self, room: str, event: Any) -> Heard:
        if isinstance(event, nio.MegolmEvent):
            self._undecrypted[event.event_id] = event
        return _heard(room, event.source, encrypted=bool(getattr(event, "decrypted", False)))

    def _read_again(self) -> None:
        for place, one in enumerate(self.heard):
            if one.event_id not in self._undecrypted:
                continue
            try:
                event = self._client.decrypt_event(self._undecrypted[one.event_id])
            except EncryptionError:
                continue  # its key was not among those that came
            del self._undecrypted[one.event_id]
            self.heard[place] = self._hear(one.room, event)


def _accepted(response: Any) -> Any:
    """Turn the failures that nio returns into exceptions."""
    if not isinstance(response, nio.ErrorResponse):
        return response
    transport: Any = response.transport_response
    raise Refused(
        status=transport.status if transport is not None else 0,
        errcode=str(response.status_code),
        error=str(response.message),
    )


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _relation(*, reply_to: str | None, thread: str | None, edit_of: str | None) -> dict[str, Any]:
    if edit_of is not None:
        return {"rel_type": "m.replace", "event_id": edit_of}
    relation: dict[str, Any] = {}
    if thread is not None:
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": reply_to is None}
    if answered := reply_to or thread:
        relation["m.in_reply_to"] = {"event_id": answered}
    return relation


def _since_join(events: Sequence[Any], user_id: str) -> Sequence[Any]:
    """Drop what was said before we came: it was not meant for us, and its keys were never ours."""
    joins = [n for n, event in enumerate(events) if _is_join(event.source, user_id)]
    return events[joins[-1] :] if joins else events


def _is_join(source: dict[str, Any], user_id: str) -> bool:
    return (
        source["type"] == "m.room.member"
        and source.get("state_key") == user_id
        and source["content"].get("membership") == "join"
    )


def _heard(room: str, source: dict[str, Any], *, encrypted: bool) -> Heard:
    content = source["content"]
    relation = _object(content.get("m.relates_to"))
    kind = _kind(source["type"], relation)
    told = _object(content.get("m.new_content")) if kind == "edit" else content
    targeted = kind in {"edit", "reaction"}
    redacted = source.get("redacts") or content.get("redacts")
    return Heard(
        room=room,
        sender=source["sender"],
        event_id=source["event_id"],
        kind=kind,
        type=source["type"],
        encrypted=encrypted or kind == "undecryptable",
        content=content,
        body=str(told.get("body", "")),
        html=told.get("formatted_body"),
        msgtype=told.get("msgtype"),
        in_reply_to=_object(relation.get("m.in_reply_to")).get("event_id"),
        thread=relation.get("event_id") if relation.get("rel_type") == "m.thread" else None,
        target=relation.get("event_id") if targeted else redacted,
        key=relation.get("key") if kind == "reaction" else None,
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _kind(type: str, relation: dict[str, Any]) -> Kind:  # noqa: A002
    kinds: dict[str, Kind] = {
        "m.room.message": "edit" if relation.get("rel_type") == "m.replace" else "message",
        "m.reaction": "reaction",
        "m.room.redaction": "redaction",
        "m.room.encrypted": "undecryptable",
    }
    return kinds.get(type, "other")


def _after(heard: Sequence[Heard], event_id: str) -> int:
    """Give the place behind an event, or behind everything while it has not come."""
    return next((n + 1 for n, one in enumerate(heard) if one.event_id == event_id), len(heard))


def _answers(one: Heard, cause: Heard) -> bool:
    if one.room != cause.room or one.sender == cause.sender:
        return False
    if one.kind != "message":
        return one.target == cause.event_id
    if one.in_reply_to in {None, cause.event_id}:
        return True
    # In a thread, clients without threads are pointed at its latest message, which need not be the cause.
    falling_back = bool(_object(one.content.get("m.relates_to")).get("is_falling_back"))
    return falling_back and one.thread in {cause.thread, cause.event_id} - {None}
