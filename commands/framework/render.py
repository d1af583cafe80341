"""Replies become Matrix bodies: plain text and HTML made from one walk over the tree, so that both say the same."""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from commands.framework import wording
from commands.framework.refusal import Refusal
from commands.framework.reply import (
    Block,
    Bold,
    Bullets,
    Code,
    Foreign,
    Heading,
    Item,
    Label,
    Line,
    Link,
    Quote,
    RecordRef,
    Reply,
    Say,
    line,
    reply,
    say,
)
from commands.framework.texts import Texts
from storage.values import Duration, Language, MonthDay, PartialDate, WallClock

MOST_BYTES = 20_000
"""As much of a body as fits: an event may have 65 536 bytes, both bodies and a third more for encryption included."""

SPAN_BYTES = 24
"""What the tags around a piece of text may cost."""


# --- what is left when all texts are chosen ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Span:
    """Text that looks the same throughout. `ticks`: plain text sets the code apart, because it is to be typed."""

    text: str
    bold: bool = False
    code: bool = False
    ticks: bool = False
    url: str | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class _Paragraph:
    spans: Spans
    heading: bool = False


@dataclass(frozen=True)
class _Entry:
    spans: Spans
    below: tuple["_Entry", ...]


@dataclass(frozen=True)
class _List:
    entries: tuple[_Entry, ...]
    first: int | None


@dataclass(frozen=True)
class _Quoted:
    lines: tuple[Spans, ...]


_Shown = _Paragraph | _List | _Quoted


class Renderer:
    """Writes replies in one language; instants are shown in `zone`, the cooperation's."""

    def __init__(self, texts: Texts, language: Language, zone: ZoneInfo) -> None:
        """Keep what every reply needs."""
        self.texts = texts
        self.language = language
        self.zone = zone

    def plain(self, what: Reply) -> str:
        """The body without any markup."""
        return "\n".join(_plain_blocks(_Walk(self).blocks(what.blocks)))

    def html(self, what: Reply) -> str:
        """The formatted body, in the part of HTML that Matrix allows."""
        return _html_blocks(_Walk(self).blocks(what.blocks))

    def inline(self, node: Any) -> str:
        """One sentence or other inline node as plain text, for places that hold nothing else."""
        return _plain_spans(_Walk(self).line((node,)))


# --- the walk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Look:
    """How the text at hand looks."""

    bold: bool = False
    code: bool = False


PLAIN = _Look()

# Clients make links to people and rooms out of these, and pills out of the links; inside code they leave them alone.
_PILL = re.compile(
    r"(https?://matrix\.to/\S*|matrix:\S+|@[^\s:@]+:[\w.-]+(?::\d+)?|(?<!\w)[#!][^\s:]+:[\w.-]+(?::\d+)?)"
)
_MARKUP = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\{(?P<name>\w+)\}")
# The old push rule looks for this word in the plain body and notifies the whole room.
_ROOM = "@room"
_ROOM_AT = re.compile("@(?=room)", re.IGNORECASE)
_QUOTES = {Language.DE: ("„", "“"), Language.EN: ("“", "”")}


@dataclass
class _Walk:
    """One pass over one reply: it knows which records were mentioned, and how much more fits."""

    by: Renderer
    left: int = MOST_BYTES
    mentioned: set[tuple[str, str]] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    tail: str = ""

    def blocks(self, blocks: Iterable[Block]) -> tuple[_Shown, ...]:
        """Every block while there is room, and a sentence that says so where there is none left."""
        worth_showing = (block for block in blocks if not isinstance(block, Bullets) or block.items)
        shown = [self._block(block) for block in worth_showing if self.left > 0]
        if self.left <= 0:
            self.left = MOST_BYTES
            shown.append(_Paragraph(self.line((say("framework.reply.cut"),))))
        return tuple(shown)

    def line(self, parts: Iterable[Any], look: _Look = PLAIN) -> Spans:
        """The spans of one line."""
        self.spans, self.tail = [], ""
        for part in parts:
            self._node(part, look)
        return tuple(self.spans)

    def sentence(self, form: str, facts: Mapping[str, Any], look: _Look) -> None:
        """Add a sentence. Its markup is read before any fact comes in, so that no fact can bring its own."""
        at = 0
        for found in _MARKUP.finditer(form):
            self._put(form[at : found.start()], look)
            at = found.end()
            if found["name"]:
                self._node(facts[found["name"]], look)
            elif found["code"]:
                self._put(self._typed(found["code"], facts), replace(look, code=True))
            else:
                self.sentence(found["bold"], facts, replace(look, bold=True))
        self._put(form[at:], look)

    def _block(self, block: Block) -> _Shown:
        match block:
            case Line(parts):
                return _Paragraph(self.line(parts))
            case Heading(parts):
                return _Paragraph(self.line(parts, _Look(bold=True)), heading=True)
            case Bullets(items, numbered):
                return _List(self._entries(items), numbered)
            case Quote(text):
                return _Quoted(tuple(self.line((Foreign(each),)) for each in text.strip().splitlines() or [""]))

    def _entries(self, items: Iterable[Item]) -> tuple[_Entry, ...]:
        return tuple(_Entry(self.line(item.parts), self._entries(item.below)) for item in items if self.left > 0)

    def _node(self, node: Any, look: _Look) -> None:
        match node:
            case Say(key, facts):
                template = self.by.texts.template(key, self.by.language)
                self.sentence(template.form(facts.get("count")), facts, look)
            case Bold(of):
                self._node(of, replace(look, bold=True))
            case Code(text):
                self._put(text, replace(look, code=True))
            case Link(url, text):
                self._link(url, text, look)
            case RecordRef():
                self._record(node, look)
            case Label(table, column):
                self._put(self.by.texts.field(table, column, self.by.language), look)
            case Foreign(text):
                self._foreign(text, look)
            case tuple():
                self._listing(node, look)
            case _:
                self._foreign(self._fact(node, look), look)

    def _typed(self, form: str, facts: Mapping[str, Any]) -> str:
        """A command with its facts as one would type it: bare ids, days without their weekday."""
        inner = _Walk(self.by)
        inner.sentence(form, facts, _Look(code=True))
        return "".join(span.text for span in inner.spans)

    def _fact(self, fact: Any, look: _Look) -> str:
        language = self.by.language
        match fact:
            case StrEnum():
                return self.by.texts.shown(fact, language)
            case str():
                return fact
            case datetime():
                return wording.instant(fact, language, self.by.zone)
            case date():
                return wording.typed_day(fact, language) if look.code else wording.day(fact, language)
            case bool():
                key = "framework.value.yes" if fact else "framework.value.no"
                return self.by.texts.template(key, language).form()
            case int() | float():
                return str(fact) if look.code else wording.number(fact, language)
            case _:
                return _value(fact, language)

    def _listing(self, nodes: tuple[Any, ...], look: _Look) -> None:
        for position, node in enumerate(nodes):
            if position:
                self._put(wording.separators(len(nodes), self.by.language)[position - 1], look)
            self._node(node, look)

    def _record(self, ref: RecordRef, look: _Look) -> None:
        if look.code or (ref.collection, ref.key) in self.mentioned:
            self._put(ref.key, look)
            return
        self.mentioned.add((ref.collection, ref.key))
        self._put(f"{self._noun(ref.collection)} {ref.key}", look)
        if ref.title:
            opening, closing = _QUOTES[self.by.language]
            self._put(f" {opening}", look)
            self._foreign(ref.title, look)
            self._put(closing, look)

    def _noun(self, collection: str) -> str:
        """The noun of a record, with a capital where a sentence begins."""
        noun = self.by.texts.noun(collection, self.by.language)
        begins = not self.tail.strip() or self.tail.endswith(". ")
        return noun[:1].upper() + noun[1:] if begins else noun

    def _link(self, url: str, text: str, look: _Look) -> None:
        if url.startswith(("https://", "http://", "mailto:")) and visible(url) == url:
            self._add(Span(text=self._fitting(visible(text) or url), bold=look.bold, url=url))
        else:
            self._foreign(text, look)

    def _foreign(self, text: str, look: _Look) -> None:
        for position, piece in enumerate(_PILL.split(visible(text))):
            if position % 2 and not look.code:
                self._add(Span(text=self._fitting(piece), bold=look.bold, code=True))
            else:
                self._put(piece, look)

    def _put(self, text: str, look: _Look) -> None:
        self._add(Span(text=self._fitting(visible(text)), bold=look.bold, code=look.code, ticks=look.code))

    def _fitting(self, text: str) -> str:
        room, self.left = self.left, self.left - _cost(text)
        if self.left >= 0:
            return text
        return text[: max(0, bisect_right(range(len(text)), room, key=lambda length: _cost(text[:length])) - 1)]

    def _add(self, span: Span) -> None:
        if not span.text:
            return
        split = self.tail[1 - len(_ROOM) :] + span.text[: len(_ROOM) - 1]
        text = _ROOM_AT.sub("@ ", f" {span.text}" if _ROOM in split.casefold() else span.text)
        self.tail = (self.tail + text)[-len(_ROOM) :]
        self.spans.append(replace(span, text=text))


def _value(fact: Any, language: Language) -> str:
    match fact:
        case PartialDate():
            return wording.partial(fact, language)
        case Duration():
            return wording.duration(fact, language)
        case MonthDay():
            return wording.month_day(fact, language)
        case WallClock():
            return wording.wall_clock(fact, language)
        case _:
            raise TypeError(f"cannot be said in a reply: {fact!r}")


def _cost(text: str) -> int:
    """The bytes a text takes, escaped for HTML and then for JSON, which clients write in ASCII."""
    return len(json.dumps(escape(text))) + SPAN_BYTES


# Letters and marks that show nothing, beside those that Unicode calls format characters.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def visible(text: str) -> str:
    """One line of `text` without what cannot be seen or what changes the order of reading (UAX #9)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(sign) for sign in text)


@lru_cache(maxsize=4096)
def _seen(sign: str) -> str:
    kind, code = unicodedata.category(sign), ord(sign)
    if sign.isspace() or kind in ("Zl", "Zp"):
        return " " if sign not in _KEPT_SPACES else sign
    hidden = kind in ("Cc", "Cf", "Cs") or sign in _BLANK or 0xE0100 <= code <= 0xE01EF
    nobody = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return "" if hidden or nobody else sign


_KEPT_SPACES = "\u00a0\u202f"


# --- plain text -------------------------------------------------------------------------------------------------------


def _plain_blocks(blocks: Sequence[_Shown]) -> Iterator[str]:
    for position, block in enumerate(blocks):
        match block:
            case _Paragraph(spans, heading):
                yield from [""] if heading and position else []
                yield _plain_spans(spans)
            case _List(entries, first):
                yield from _plain_entries(entries, first, indent="")
            case _Quoted(lines):
                yield from (f"> {_plain_spans(spans)}".rstrip() for spans in lines)


def _plain_entries(entries: Iterable[_Entry], first: int | None, indent: str) -> Iterator[str]:
    for position, entry in enumerate(entries):
        mark = "-" if first is None else f"{first + position}."
        yield f"{indent}{mark} {_plain_spans(entry.spans)}"
        yield from _plain_entries(entry.below, None, indent + " " * (len(mark) + 1))


def _plain_spans(spans: Spans) -> str:
    alone = len(spans) == 1
    return "".join(_plain_span(span, alone=alone) for span in spans).strip()


def _plain_span(span: Span, *, alone: bool) -> str:
    if span.url and span.url != span.text:
        return f"{span.text} ({span.url})"
    return f"`{span.text}`" if span.ticks and not alone else span.text


# --- HTML -------------------------------------------------------------------------------------------------------------


def _html_blocks(blocks: Sequence[_Shown]) -> str:
    parts = tuple(_html_parts(blocks))
    if len(parts) == 1:
        return parts[0].removeprefix("<p>").removesuffix("</p>")
    return "".join(parts)


def _html_parts(blocks: Sequence[_Shown]) -> Iterator[str]:
    lines: list[str] = []
    for block in blocks:
        if lines and (not isinstance(block, _Paragraph) or block.heading):
            yield f"<p>{'<br>'.join(lines)}</p>"
            lines = []
        match block:
            case _Paragraph(spans):
                lines.append(_html_spans(spans))
            case _List(entries, first):
                yield _html_list(entries, first)
            case _Quoted(quoted):
                yield f"<blockquote>{'<br>'.join(map(_html_spans, quoted))}</blockquote>"
    if lines:
        yield f"<p>{'<br>'.join(lines)}</p>"


def _html_list(entries: Iterable[_Entry], first: int | None) -> str:
    inner = "".join(f"<li>{_html_spans(e.spans)}{_html_list(e.below, None) if e.below else ''}</li>" for e in entries)
    if first is None:
        return f"<ul>{inner}</ul>"
    return f'<ol start="{first}">{inner}</ol>' if first != 1 else f"<ol>{inner}</ol>"


def _html_spans(spans: Spans) -> str:
    runs = groupby(spans, key=lambda span: span.bold)
    inner = (("".join(map(_html_span, run)), bold) for bold, run in runs)
    return "".join(f"<strong>{run}</strong>" if bold else run for run, bold in inner).strip()


def _html_span(span: Span) -> str:
    text = escape(span.text)
    if span.url:
        return f'<a href="{escape(span.url)}">{text}</a>'
    return f"<code>{text}</code>" if span.code else text


# --- refusals ---------------------------------------------------------------------------------------------------------


def refusal_reply(refusal: Refusal) -> Reply:
    """At most four lines: what was understood, what is wrong, the next correct command, that nothing was changed."""
    at = refusal.number
    wrong = Say(refusal.text_key(), refusal.facts)
    understood = refusal.understood
    return reply(
        *([line(say("framework.reply.understood", what=understood))] if understood is not None else []),
        line(wrong if at is None else say("framework.reply.in_line", number=at, what=wrong)),
        *([line(Code(refusal.hint))] if refusal.hint else []),
        line(say("framework.reply.unchanged")),
        about=refusal.about,
    )
