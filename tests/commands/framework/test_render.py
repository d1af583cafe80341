"""Plain text and HTML say the same, in the reader's language, and no word of anybody can do more than be read."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.framework.parse_errors import UnknownCommand
from commands.framework.refusal import Refusal
from commands.framework.render import MOST_BYTES, Renderer, refusal_reply
from commands.framework.reply import (
    Block,
    Bold,
    Bullets,
    Code,
    Foreign,
    Heading,
    Item,
    Line,
    Link,
    Quote,
    RecordRef,
    Reply,
    heading,
    item,
    line,
    reply,
    say,
)
from storage.projects.record import Health
from storage.values import Duration, Language, PartialDate, Unit
from tests.commands.framework.samples import BERLIN, NOW, sample_texts

TEXTS = sample_texts()
DE = Renderer(TEXTS, Language.DE, BERLIN)
EN = Renderer(TEXTS, Language.EN, BERLIN)
P1, P2, A1 = RecordRef("projects", "P-1"), RecordRef("projects", "P-2"), RecordRef("tasks", "A-1")
DAY = date(2026, 12, 11)


class Gone(Refusal):
    """A project that is not there."""


Gone.room = "samples"


class _Words(HTMLParser):
    """The words that a reader of the HTML sees, and the tags that were used."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: dict[str, list[tuple[str, str | None]]] = {}
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int]] = []
        self.quoted = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.setdefault(tag, []).extend(attrs)
        match tag:
            case "ul":
                self.lists.append(None)
            case "ol":
                self.lists.append(int(given.get("start") or 1))
            case "li":
                number = self.lists[-1]
                self.seen.append("\n- " if number is None else f"\n{number}. ")
                self.lists[-1] = None if number is None else number + 1
            case "a":
                self.links.append((given["href"] or "", len(self.seen)))
            case "blockquote":
                self.quoted = True
                self.seen.append("\n> ")
            case "br" | "p":
                self.seen.append("\n> " if self.quoted else "\n")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self.lists.pop()
                self.seen.append("\n")
            case "a":
                url, at = self.links.pop()
                self.seen += [] if "".join(self.seen[at:]) == url else [f" ({url})"]
            case "p" | "blockquote":
                self.quoted = False
                self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def words_of(html: str) -> list[str]:
    return "".join(_Words(html).seen).replace("`", "").split()


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_sentence_is_said_in_the_language_of_its_reader() -> None:
    said = reply(line(say("samples.reply.created", project=P1)))
    assert (DE.plain(said), EN.plain(said)) == ("Projekt P-1 ist angelegt.", "Project P-1 was created.")


def test_the_first_mention_of_a_record_carries_its_noun_and_later_ones_do_not() -> None:
    said = reply(line(say("samples.reply.both", project=P1)), line("Dann ", P1, ", ", P2, " und ", A1))
    assert DE.plain(said) == "Neu: Projekt P-1, danach P-1.\nDann P-1, Projekt P-2 und Aufgabe A-1"


def test_an_english_noun_has_a_capital_only_where_a_sentence_begins() -> None:
    assert EN.plain(reply(line(P1, " and ", A1, ". ", P2))) == "Project P-1 and task A-1. Project P-2"


def test_each_reply_begins_anew() -> None:
    said = reply(line(P1))
    assert DE.plain(said) == DE.plain(said) == DE.html(said) == "Projekt P-1"


def test_a_title_stands_beside_the_first_mention() -> None:
    titled = RecordRef("projects", "P-1", "Hundesteuer")
    assert DE.plain(reply(line(titled, " und ", titled))) == "Projekt P-1 „Hundesteuer“ und P-1"
    assert EN.plain(reply(line(titled))) == "Project P-1 “Hundesteuer”"


def test_inside_a_command_facts_can_be_typed() -> None:
    said = reply(line(say("samples.reply.moved", project=P1, day=DAY)))
    assert DE.plain(said) == "Projekt P-1 endet jetzt am Fr., 11.12.2026: `!verschieben P-1 bis:11.12.2026`"
    assert EN.html(said) == "Project P-1 now ends on Fri, 11 Dec 2026: <code>!postpone P-1 until:2026-12-11</code>"


@pytest.mark.parametrize(
    ("fact", "german", "english"),
    [
        (Health.YELLOW, "gelb", "yellow"),
        (DAY, "Fr., 11.12.2026", "Fri, 11 Dec 2026"),
        (NOW, "Mo., 26.10.2026, 09:00 Uhr", "Mon, 26 Oct 2026, 09:00"),
        (PartialDate.parse("2019-07"), "Juli 2019", "July 2019"),
        (Duration(count=2, unit=Unit.WEEKS), "2 Wochen", "2 weeks"),
        (12_000, "12.000", "12,000"),
        (True, "ja", "yes"),
        (False, "nein", "no"),
        (("A", Health.RED, Code("!x")), "A, rot und `!x`", "A, red and `!x`"),
        ((), "", ""),
        (say("samples.reply.created", project="P"), "P ist angelegt.", "P was created."),
    ],
)
def test_facts_are_written_as_their_language_writes_them(fact: object, german: str, english: str) -> None:
    said = reply(line(say("samples.reply.said", what=fact)))
    assert DE.plain(said) == f"Gesagt: {german}".strip()
    assert EN.plain(said) == f"Said: {english}".strip()


@pytest.mark.parametrize("fact", [None, object(), [1]])
def test_what_has_no_words_is_a_mistake_of_the_program(fact: object) -> None:
    with pytest.raises(TypeError, match="cannot be said"):
        DE.plain(reply(line(fact)))


def test_a_count_chooses_between_one_and_many() -> None:
    assert [DE.inline(say("samples.reply.left", count=n)) for n in (0, 1, 2)] == [
        "Noch 0 Projekte.",
        "Noch 1 Projekt.",
        "Noch 2 Projekte.",
    ]


# --- how it looks -----------------------------------------------------------------------------------------------------


def test_blocks_look_alike_in_both_bodies() -> None:
    below = (item("Start"),)
    said = reply(
        heading(P1, " – Hundesteuer"),
        line("Stand: ", Bold("gelb")),
        Bullets((item("M", below=below), item("N"))),
        Quote("Erst\n\ndann"),
        heading("Weiter"),
        Bullets((item("a"), item("b")), numbered=3),
        line(Code("!status P-1 gelb")),
    )
    assert DE.plain(said) == (
        "Projekt P-1 – Hundesteuer\nStand: gelb\n- M\n  - Start\n- N\n> Erst\n>\n> dann\n\n"
        "Weiter\n3. a\n4. b\n!status P-1 gelb"
    )
    assert DE.html(said) == (
        "<p><strong>Projekt P-1 – Hundesteuer</strong><br>Stand: <strong>gelb</strong></p>"
        "<ul><li>M<ul><li>Start</li></ul></li><li>N</li></ul><blockquote>Erst<br><br>dann</blockquote>"
        '<p><strong>Weiter</strong></p><ol start="3"><li>a</li><li>b</li></ol><p><code>!status P-1 gelb</code></p>'
    )


def test_a_command_on_its_own_line_is_bare_and_within_a_line_set_apart() -> None:
    assert DE.plain(reply(line(Code("!hilfe")), line("Hilfe: ", Code("!hilfe")))) == "!hilfe\nHilfe: `!hilfe`"


def test_one_plain_line_needs_no_paragraph() -> None:
    assert DE.html(reply(line("Gut."))) == "Gut."


def test_a_link_shows_where_it_leads_in_plain_text() -> None:
    said = reply(line(Link("https://muenchen.example/?a=1&b=2", "Seite")))
    assert DE.plain(said) == "Seite (https://muenchen.example/?a=1&b=2)"
    assert DE.html(said) == '<a href="https://muenchen.example/?a=1&amp;b=2">Seite</a>'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.example/\u202e", "data:text/html,x", "/etc"])
def test_a_link_that_is_no_web_address_is_only_text(url: str) -> None:
    assert DE.html(reply(line(Link(url, "Seite")))) == "Seite"


# --- foreign text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Foreign, str, lambda text: say("samples.reply.said", what=Foreign(text))])
def test_foreign_text_brings_no_markup(kind: Any) -> None:
    said = reply(line(kind("<b>`x`</b> **y** {project} &amp;")))
    assert "&lt;b&gt;`x`&lt;/b&gt; **y** {project} &amp;amp;" in DE.html(said)
    assert "<b>`x`</b> **y** {project} &amp;" in DE.plain(said)


def test_foreign_text_stays_on_its_line() -> None:
    said = reply(line(Foreign("a\r\nb\u2028c\x0bd")), Bullets((item(Foreign("- x\n- y")),)), Quote("a\n> b\x00"))
    assert DE.plain(said) == "a  b c d\n- - x - y\n> a\n> > b"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u200d", "\u00ad", "\ufeff", "\x07", "\U000e0041"])
def test_what_cannot_be_seen_is_left_out(sign: str) -> None:
    said = reply(line(Foreign(f"gel{sign}b")), line(Code(f"!a{sign}b")), Quote(f"q{sign}r"))
    assert DE.plain(said) == "gelb\n!ab\n> qr"


@pytest.mark.parametrize("text", ["@room", "@ROOM", "@\u200broom", "x@room", "@@room"])
def test_nobody_can_call_the_whole_room(text: str) -> None:
    said = reply(line(Foreign(text)), line("@", Foreign("room")), line(Foreign("@ro"), Bold("om")))
    assert "@room" not in DE.plain(said).casefold()
    assert words_of(DE.html(said)) == DE.plain(said).split()


@pytest.mark.parametrize(
    "pill", ["@a:muenchen.example", "#a:b.example", "!a:b.example:8448", "https://matrix.to/#/@a:b.c", "matrix:u/a:b.c"]
)
def test_a_matrix_id_in_foreign_text_does_not_become_a_pill(pill: str) -> None:
    said = reply(line(Foreign(f"Frau {pill} sagt")))
    assert DE.html(said) == f"Frau <code>{pill}</code> sagt"
    assert DE.plain(said) == f"Frau {pill} sagt"


def test_a_long_answer_ends_with_a_sentence_that_says_so() -> None:
    said = reply(line("Anfang"), Quote("ä&" * 30_000), line("Ende"))
    for body in (DE.plain(said), DE.html(said)):
        assert len(body.encode()) < MOST_BYTES + 200
        assert "gekürzt" in body
        assert "Ende" not in body


def test_what_is_long_but_fits_is_kept_whole() -> None:
    assert DE.plain(reply(line(Foreign("a" * 19_000)))) == "a" * 19_000


# --- both bodies say the same -----------------------------------------------------------------------------------------

texts = st.text(max_size=30) | st.sampled_from(
    ["@room", "@a:b.c", "<b>", "&lt;", "`", "\u202ex", "P-1", "@", "room", "a\nb", "https://matrix.to/#/@a:b.c"]
)
simple = (
    texts
    | texts.map(Foreign)
    | texts.map(Code)
    | st.sampled_from([P1, P2, A1, Health.RED, DAY, NOW, 7, RecordRef("projects", "P-3", "<i>@room")])
    | st.builds(Link, st.sampled_from(["https://a.example/x?y=1&z", "javascript:x"]), texts)
)
nodes = (
    simple
    | simple.map(Bold)
    | st.builds(lambda what: say("samples.reply.said", what=what), simple | st.lists(simple, max_size=3).map(tuple))
    | st.builds(lambda of: say("samples.reply.moved", project=of, day=DAY), simple)
)
parts = st.lists(nodes, max_size=4).map(tuple)
items: st.SearchStrategy[Item] = st.builds(Item, parts, st.lists(st.builds(Item, parts), max_size=2).map(tuple))
blocks: st.SearchStrategy[Block] = (
    st.builds(Line, parts)
    | st.builds(Heading, parts)
    | st.builds(Bullets, st.lists(items, max_size=3).map(tuple), st.none() | st.integers(1, 12))
    | st.builds(Quote, st.text(max_size=50) | texts)
)
replies = st.lists(blocks, max_size=5).map(lambda found: Reply(blocks=tuple(found)))
ALLOWED: Mapping[str, tuple[str, ...]] = dict.fromkeys(("p", "br", "strong", "ul", "li", "code", "blockquote"), ()) | {
    "ol": ("start",),
    "a": ("href",),
}


@settings(deadline=None)
@given(replies, st.sampled_from([DE, EN]))
def test_plain_text_and_html_say_the_same(said: Reply, renderer: Renderer) -> None:
    assert words_of(renderer.html(said)) == renderer.plain(said).replace("`", "").split()


@settings(deadline=None)
@given(replies)
def test_only_html_that_matrix_allows_is_used(said: Reply) -> None:
    for tag, attributes in _Words(DE.html(said)).tags.items():
        assert {name for name, _ in attributes} <= set(ALLOWED[tag])


@settings(deadline=None)
@given(replies)
def test_nothing_invisible_and_no_call_to_the_room_comes_out(said: Reply) -> None:
    for body in (DE.plain(said), DE.html(said)):
        assert not [sign for sign in body if unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign != "\n"]
    assert "@room" not in DE.plain(said).casefold()


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_refusal_has_four_lines_the_third_ready_to_copy() -> None:
    refused = Gone(project="P-9", understood="Status für P-9", hint="!liste projekte")
    assert DE.plain(refusal_reply(refused)).splitlines() == [
        "Verstanden: Status für P-9",
        "P-9 gibt es nicht.",
        "!liste projekte",
        "Es wurde nichts geändert.",
    ]


def test_a_refusal_names_its_line_where_there_are_several() -> None:
    refusal = Gone(project="P-9")
    refusal.number = 2
    said = EN.plain(refusal_reply(refusal))
    assert said == "Line 2: There is no P-9.\nNothing was changed."


def test_an_error_of_reading_knows_its_line() -> None:
    refused = UnknownCommand(given="stauts")
    refused.number = 3
    assert DE.plain(refusal_reply(refused)).startswith("Zeile 3: Den Befehl „stauts“")
