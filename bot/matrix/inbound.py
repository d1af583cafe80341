"""From an event as the homeserver delivers it to an `Inbound` value; no content whatsoever makes it raise."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

from bot.matrix.ids import identifier, mapping
from commands.framework.inbound import Assurance, Inbound, Kind

Facts = dict[str, Any]

_SPOKEN = frozenset({"m.text", "m.emote", "m.notice"})
_NOTICE = "m.notice"
_HTML = "org.matrix.custom.html"
_LONGEST_KEY = 64
_MOST_CHOICES = 20
"""A poll has at most so many answers (MSC3381)."""
_SAID = frozenset({"m.room.message", "m.poll.response", "org.matrix.msc3381.poll.response"})
"""What must be encrypted where the room is. Reactions never are, and deletions cannot be."""
_DELETION = "m.room.redaction"
_THREAD = frozenset({"m.thread", "io.element.thread"})
_MENTIONS = ("m.mentions", "org.matrix.msc3952.mentions")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Where:
    """What must be known of the place to read an event: who we are there, and what kind of room it is.

    `names` are those we answer to. `encrypted`: the room was encrypted when the event came.
    """

    room: str
    me: str
    names: tuple[str, ...] = ()
    direct: bool = False
    encrypted: bool = False


@dataclass(frozen=True, kw_only=True)
class Clear:
    """The readable part of an event: its type and content, and what stands behind its sender's name."""

    type: str
    content: Mapping[str, Any]
    assurance: Assurance


def read(event: Mapping[str, Any], where: Where, received: datetime, *, clear: Clear | None = None) -> Inbound | None:
    """Read one event of a room; `clear` is what an encrypted one held. None if it says nothing to the bot.

    The time is the sender's homeserver's claim, but never later than `received`.
    """
    event_id, sender = identifier(event.get("event_id")), identifier(event.get("sender"))
    kind = clear.type if clear else event.get("type")
    content = clear.content if clear else event.get("content")
    if event_id is None or sender is None or not isinstance(content, Mapping):
        return None
    # What is encrypted deletes nothing: homeservers cannot read it, nor judge who may.
    reader = _READERS.get(kind) if isinstance(kind, str) and not (clear and kind == _DELETION) else None
    facts = reader(event, content, where) if reader else None
    if facts is None:
        return None
    assurance = clear.assurance if clear else _unencrypted(where, kind)
    at = _instant(event.get("origin_server_ts"), received)
    known: Facts = {"event": event_id, "room": where.room, "sender": sender, "at": at}
    return Inbound(**known, direct=where.direct, assurance=assurance, **facts)


def _unencrypted(where: Where, kind: Any) -> Assurance:
    return Assurance.NONE if where.encrypted and kind in _SAID else Assurance.SERVER


def joined(
    event: Mapping[str, Any], where: Where, received: datetime, *, continues: str | None = None
) -> Inbound | None:
    """Our own joining of a room as a value; `continues` is the room of ours that goes on in it."""
    event_id = identifier(event.get("event_id"))
    if event_id is None:
        return None
    at = _instant(event.get("origin_server_ts"), received)
    facts = _ours(event_id, where, at)
    return Inbound(kind=Kind.JOINED, target=continues, **facts)


def moved(creation: str, old: str, where: Where, received: datetime) -> Inbound:
    """A room of ours that goes on in another, as a value: known by the event that created the other."""
    return Inbound(kind=Kind.MOVED, target=old, **_ours(creation, where, received))


def _ours(event_id: str, where: Where, at: datetime) -> Facts:
    return {"event": event_id, "room": where.room, "sender": where.me, "at": at, "direct": where.direct}


def _message(_event: Mapping[str, Any], content: Mapping[str, Any], where: Where) -> Facts | None:
    relation = mapping(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        return _edit(content, relation, where)
    said = _said(content, where, is_reply=bool(mapping(relation.get("m.in_reply_to"))))
    if said is None:
        return None
    # In a thread, clients without threads are served an answer to its last message: that is no reply.
    falls_back = _is_one_of(relation.get("rel_type"), _THREAD) and relation.get("is_falling_back") is True
    return said | {
        "kind": Kind.MESSAGE,
        "thread": thread_of(content),
        "reply_to": None if falls_back else identifier(mapping(relation.get("m.in_reply_to")).get("event_id")),
    }


def thread_of(content: Mapping[str, Any]) -> str | None:
    """The root of the thread that an event stands in, encrypted or not; None if it stands in none."""
    relation = mapping(content.get("m.relates_to"))
    return identifier(relation.get("event_id")) if _is_one_of(relation.get("rel_type"), _THREAD) else None


def _is_one_of(value: Any, names: frozenset[str]) -> bool:
    # What others wrote may be a list, which no set can be asked for.
    return isinstance(value, str) and value in names


def _edit(content: Mapping[str, Any], relation: Mapping[str, Any], where: Where) -> Facts | None:
    target = identifier(relation.get("event_id"))
    said = _said(mapping(content.get("m.new_content")), where, is_reply=False)
    return None if target is None or said is None else said | {"kind": Kind.EDIT, "target": target}


def replaces(edit: Inbound, original: Mapping[str, Any]) -> bool:
    """Whether an edit is one of this event: by its sender, of a message that is no edit itself."""
    relation = mapping(mapping(original.get("content")).get("m.relates_to"))
    is_message = "state_key" not in original and relation.get("rel_type") != "m.replace"
    return is_message and original.get("sender") == edit.sender


def _deletion(event: Mapping[str, Any], content: Mapping[str, Any], _where: Where) -> Facts | None:
    # Newer room versions name the target in the content, older ones beside it.
    target = identifier(content.get("redacts")) or identifier(event.get("redacts"))
    return None if target is None else {"kind": Kind.DELETION, "target": target}


def _reaction(_event: Mapping[str, Any], content: Mapping[str, Any], _where: Where) -> Facts | None:
    relation = mapping(content.get("m.relates_to"))
    target, key = identifier(relation.get("event_id")), relation.get("key")
    if relation.get("rel_type") != "m.annotation" or target is None or not isinstance(key, str):
        return None
    return {"kind": Kind.REACTION, "target": target, "key": _plain_symbol(key)[:_LONGEST_KEY]}


def _poll_answer(_event: Mapping[str, Any], content: Mapping[str, Any], _where: Where) -> Facts | None:
    relation = mapping(content.get("m.relates_to"))
    target, chosen = identifier(relation.get("event_id")), _chosen(content)
    if relation.get("rel_type") != "m.reference" or target is None or chosen is None:
        return None
    # An empty choice is one too: it takes the earlier one back.
    choices = dict.fromkeys(choice for choice in map(_choice, chosen[:_MOST_CHOICES]) if choice)
    return {"kind": Kind.POLL_ANSWER, "target": target, "choices": tuple(choices)}


def _chosen(content: Mapping[str, Any]) -> list[Any] | None:
    """The chosen answers by the name of the specification, or by those that clients used before it and still do."""
    blocks = [mapping(content.get(name)).get("answers") for name in _UNSTABLE_ANSWERS]
    return next((found for found in (content.get("m.selections"), *blocks) if isinstance(found, list)), None)


def _choice(value: Any) -> str | None:
    """The id of an answer in a poll; unlike other ids it may be a single character, or hold spaces."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_CHOICE and value.isprintable() else None


_LONGEST_CHOICE = 255
_UNSTABLE_ANSWERS = ("org.matrix.msc3381.poll.response", "m.poll.response")

_READERS = {
    "m.room.message": _message,
    _DELETION: _deletion,
    "m.reaction": _reaction,
    "m.poll.response": _poll_answer,
    "org.matrix.msc3381.poll.response": _poll_answer,
}


def _said(content: Mapping[str, Any], where: Where, *, is_reply: bool) -> Facts | None:
    msgtype, body = content.get("msgtype"), content.get("body")
    if not _is_one_of(msgtype, _SPOKEN) or not isinstance(body, str):
        return None
    reading = _reading(content)
    text = _without_code_and_quotes(reading, body, is_reply=is_reply)
    named = _names_us(content, where, reading.pills if reading else frozenset())
    rest = _after_our_name(text, where, named=named)
    return {
        "text": text if rest is None else rest,
        "mentioned": named or rest is not None,
        "notice": msgtype == _NOTICE,
    }


def _names_us(content: Mapping[str, Any], where: Where, pills: Collection[str]) -> bool:
    """Whether the event mentions us; where it says nothing of mentions, a link to us is one."""
    said = [mapping(content[name]).get("user_ids") for name in _MENTIONS if name in content]
    return any(isinstance(users, list) and where.me in users for users in said) if said else where.me in pills


def _after_our_name(text: str, where: Where, *, named: bool) -> str | None:
    """The text after our name at its beginning, None if it does not begin so.

    A plain name counts only with a colon or comma behind it, unless the event says that we are meant: "Stadtbote ist
    gut" is talk about us, not to us.
    """
    start = text.lstrip()
    for name in sorted(_forms(where), key=len, reverse=True):
        if start[: len(name)].casefold() != name.casefold():
            continue
        rest = start[len(name) :]
        addressed = rest[:1] in {":", ","}
        if addressed or ((named or name.startswith("@")) and (not rest or rest[0].isspace())):
            return rest.lstrip(":,").strip()
    return None


def _forms(where: Where) -> set[str]:
    localpart = where.me[1:].split(":", 1)[0]
    names = {where.me, localpart, f"@{localpart}", *where.names, *(f"@{name}" for name in where.names)}
    return {name for name in names if name.strip("@ ")}


def _reading(content: Mapping[str, Any]) -> "_Reading | None":
    html = content.get("formatted_body")
    return _Reading(html) if content.get("format") == _HTML and isinstance(html, str) else None


def _without_code_and_quotes(reading: "_Reading | None", body: str, *, is_reply: bool) -> str:
    """The text that may execute: what is quoted or shown as code was not said to us."""
    if reading is None:
        return clean(_plain_said(clean(body)))
    if reading.has_structure:
        return clean(reading.text())
    # Without code and quotes the plain body is nearer to what was typed than the HTML made of it.
    return clean(_without_fallback(clean(body)) if is_reply or reading.has_fallback else body)


_FENCE = re.compile(r"^\s*(```|~~~)")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
_WHOLE_SPAN = re.compile(r"\s*(`+)(?!`)\s*(![^`\n]*)(?<!`)\1\s*")


def _plain_said(body: str) -> str:
    """Take quotes ("> "), fenced code and code spans out of a plain text; as a whole one span with `!` it stays."""
    if whole := _WHOLE_SPAN.fullmatch(body):
        return whole[2].strip()
    kept: list[str] = []
    fenced = False
    for line in body.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.startswith(("> ", ">>")) and line.rstrip() != ">":
            kept.append(_SPAN.sub(" ", line))
    return "\n".join(kept)


def _without_fallback(body: str) -> str:
    """Take away the quotation that older clients put before a reply."""
    lines = body.split("\n")
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines)


_QUOTING = frozenset({"blockquote", "pre", "code"})
_BREAKING = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr", "blockquote", "pre"}
)
_FALLBACK = "mx-reply"
_DEEPEST = 100
# Possessive, and ended by the next "<": a tokenizer that looks further takes half a minute for 64 KiB of "<a ".
_PILL = re.compile(r"""href\s*=\s*["']?(?:https://matrix\.to/#/(?:@|%40)|matrix:u/)([^"'?\s]+)""", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*+>")


class _Reading:
    """HTML, read into what was said and what was only quoted or shown as code."""

    def __init__(self, html: str) -> None:
        self.has_structure = False
        self.has_fallback = False
        self.pills: set[str] = set()
        """Users named by a link to them, as clients do that write no mentions."""
        self._open: list[str] = []
        self._said: list[str] = []
        self._spans: list[str] = []
        self._quoted = False
        done = 0
        for tag in _TAG.finditer(html):
            self._text(html[done : tag.start()])
            self._turn(tag[2].lower(), closing=bool(tag[1]))
            self._note_pill(tag)
            done = tag.end()
        self._text(html[done:])

    def _turn(self, tag: str, *, closing: bool) -> None:
        if closing:
            self._end(tag)
        elif tag in _QUOTING or tag == _FALLBACK:
            self._begin(tag)
        if tag in _BREAKING and not self._open:
            self._said.append("\n")

    def _note_pill(self, tag: re.Match[str]) -> None:
        if tag[2] in {"a", "A"} and not self._open and (link := _PILL.search(unescape(tag[0]))):
            self.pills.add(f"@{unquote(link[1])}")

    def _begin(self, tag: str) -> None:
        self.has_fallback |= tag == _FALLBACK
        if _FALLBACK not in self._open and tag != _FALLBACK:
            self.has_structure = True
            self._quoted |= tag != "code"
        if tag == "code" and not self._open:
            self._spans.append("")
        if len(self._open) < _DEEPEST:
            self._open.append(tag)

    def _end(self, tag: str) -> None:
        if tag in self._open:
            # What is left open inside ends with it.
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def _text(self, source: str) -> None:
        text = re.sub(r"\s+", " ", unescape(source))
        if not self._open:
            self._said.append(text)
        elif self._open == ["code"]:
            self._spans[-1] += text

    def text(self) -> str:
        said = "\n".join(line.strip() for line in "".join(self._said).split("\n") if line.strip())
        whole = not said and not self._quoted and len(self._spans) == 1
        return self._spans[0].strip() if whole and self._spans[0].lstrip().startswith("!") else said


_UNSEEN = frozenset("\u200b\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters without width, and those that turn the direction of what follows: they make text look like another."""


def clean(text: str) -> str:
    """Take out of a text what cannot be seen or stored: control characters, direction marks, halves of characters."""
    lines = re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(
        c for c in lines if c in "\n\t" or (c not in _UNSEEN and unicodedata.category(c) not in {"Cc", "Cs"})
    ).strip()


def _plain_symbol(key: str) -> str:
    """A reaction without skin tone and variation selector, so that every thumb is the same thumb."""
    return "".join(c for c in clean(key) if c not in "\ufe0e\ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")


def _instant(milliseconds: Any, received: datetime) -> datetime:
    if not isinstance(milliseconds, int):
        return received
    try:
        return min(_EPOCH + timedelta(milliseconds=milliseconds), received)
    except OverflowError:
        return received
