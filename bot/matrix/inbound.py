"""From an event as the homeserver delivers it to an `Inbound` value; no content whatsoever makes it raise."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from commands.framework.inbound import Assurance, Inbound, Kind

Facts = dict[str, Any]

_SPOKEN = frozenset({"m.text", "m.emote", "m.notice"})
_NOTICE = "m.notice"
_HTML = "org.matrix.custom.html"
_LONGEST_ID = 255
_LONGEST_KEY = 64
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
    event_id, sender = _id(event.get("event_id")), _id(event.get("sender"))
    kind = clear.type if clear else event.get("type")
    content = clear.content if clear else event.get("content")
    if event_id is None or sender is None or not isinstance(content, Mapping):
        return None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    facts = reader(event, content, where) if reader else None
    if facts is None:
        return None
    assurance = clear.assurance if clear else _unencrypted(where, kind)
    at = _instant(event.get("origin_server_ts"), received)
    known: Facts = {"event": event_id, "room": where.room, "sender": sender, "at": at}
    return Inbound(**known, direct=where.direct, assurance=assurance, **facts)


def _unencrypted(where: Where, kind: Any) -> Assurance:
    # Reactions are never encrypted and deletions cannot be: only what is said must be.
    return Assurance.NONE if where.encrypted and kind == "m.room.message" else Assurance.SERVER


def joined(event: Mapping[str, Any], where: Where, received: datetime) -> Inbound | None:
    """Our own joining of a room as a value."""
    event_id = _id(event.get("event_id"))
    if event_id is None:
        return None
    at = _instant(event.get("origin_server_ts"), received)
    return Inbound(kind=Kind.JOINED, event=event_id, room=where.room, sender=where.me, at=at, direct=where.direct)


def _message(_event: Mapping[str, Any], content: Mapping[str, Any], where: Where) -> Facts | None:
    relation = _mapping(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        return _edit(content, relation, where)
    said = _said(content, where, is_reply=bool(_mapping(relation.get("m.in_reply_to"))))
    if said is None:
        return None
    in_thread = relation.get("rel_type") == "m.thread"
    # In a thread, clients without threads are served an answer to its last message: that is no reply.
    falls_back = in_thread and relation.get("is_falling_back") is True
    return said | {
        "kind": Kind.MESSAGE,
        "thread": _id(relation.get("event_id")) if in_thread else None,
        "reply_to": None if falls_back else _id(_mapping(relation.get("m.in_reply_to")).get("event_id")),
    }


def _edit(content: Mapping[str, Any], relation: Mapping[str, Any], where: Where) -> Facts | None:
    target = _id(relation.get("event_id"))
    said = _said(_mapping(content.get("m.new_content")), where, is_reply=False)
    return None if target is None or said is None else said | {"kind": Kind.EDIT, "target": target}


def _deletion(event: Mapping[str, Any], content: Mapping[str, Any], _where: Where) -> Facts | None:
    # Newer room versions name the target in the content, older ones beside it.
    target = _id(content.get("redacts")) or _id(event.get("redacts"))
    return None if target is None else {"kind": Kind.DELETION, "target": target}


def _reaction(_event: Mapping[str, Any], content: Mapping[str, Any], _where: Where) -> Facts | None:
    relation = _mapping(content.get("m.relates_to"))
    target, key = _id(relation.get("event_id")), relation.get("key")
    if relation.get("rel_type") != "m.annotation" or target is None or not isinstance(key, str):
        return None
    return {"kind": Kind.REACTION, "target": target, "key": _plain_symbol(key)[:_LONGEST_KEY]}


_READERS = {"m.room.message": _message, "m.room.redaction": _deletion, "m.reaction": _reaction}


def _said(content: Mapping[str, Any], where: Where, *, is_reply: bool) -> Facts | None:
    msgtype, body = content.get("msgtype"), content.get("body")
    if msgtype not in _SPOKEN or not isinstance(body, str):
        return None
    text = _without_code_and_quotes(content, body, is_reply=is_reply)
    named = _names_us(content, where)
    rest = _after_our_name(text, where, named=named)
    return {
        "text": text if rest is None else rest,
        "mentioned": named or rest is not None,
        "notice": msgtype == _NOTICE,
    }


def _names_us(content: Mapping[str, Any], where: Where) -> bool:
    named = _mapping(content.get("m.mentions")).get("user_ids")
    return isinstance(named, list) and where.me in named


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


def _without_code_and_quotes(content: Mapping[str, Any], body: str, *, is_reply: bool) -> str:
    """The text that may execute: what is quoted or shown as code was not said to us."""
    html = content.get("formatted_body")
    if content.get("format") != _HTML or not isinstance(html, str):
        return clean(_plain_said(clean(body)))
    reading = _Reading(html)
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
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*+>")


class _Reading:
    """HTML, read into what was said and what was only quoted or shown as code."""

    def __init__(self, html: str) -> None:
        self.has_structure = False
        self.has_fallback = False
        self._open: list[str] = []
        self._said: list[str] = []
        self._spans: list[str] = []
        self._quoted = False
        done = 0
        for tag in _TAG.finditer(html):
            self._text(html[done : tag.start()])
            self._turn(tag[2].lower(), closing=bool(tag[1]))
            done = tag.end()
        self._text(html[done:])

    def _turn(self, tag: str, *, closing: bool) -> None:
        if closing:
            self._end(tag)
        elif tag in _QUOTING or tag == _FALLBACK:
            self._begin(tag)
        if tag in _BREAKING and not self._open:
            self._said.append("\n")

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


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _id(value: Any) -> str | None:
    """An id others wrote, if it can be one: storable, without spaces or invisible characters."""
    if not isinstance(value, str) or not 1 < len(value) <= _LONGEST_ID:
        return None
    return value if value.isprintable() and " " not in value else None


def _instant(milliseconds: Any, received: datetime) -> datetime:
    if not isinstance(milliseconds, int):
        return received
    try:
        return min(_EPOCH + timedelta(milliseconds=milliseconds), received)
    except OverflowError:
        return received
