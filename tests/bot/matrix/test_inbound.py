"""Events as values: what executes, what is only quoted, and that nothing whatsoever raises."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.inbound import Clear, Where, clean, read
from commands.framework.inbound import Assurance, Inbound, Kind

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
NOTHING: Mapping[str, Any] = {}
ROOM = Where(room="!r", me="@stadtbote:muenchen.example", names=("Stadtbote",))


def event(content: Any, kind: str = "m.room.message", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": "$e",
        "sender": "@anna:muenchen.example",
        "origin_server_ts": 1_700_000_000_000,
        "content": content,
        **more,
    }


def said(body: str, html: str | None = None, more: Mapping[str, Any] = NOTHING) -> Inbound:
    formatted: dict[str, Any] = {} if html is None else {"format": "org.matrix.custom.html", "formatted_body": html}
    found = read(event({"msgtype": "m.text", "body": body, **formatted, **more}), ROOM, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "html", "text"),
    [
        ("!hilfe", None, "!hilfe"),
        ("> !löschen\n\nGuten Tag", None, "Guten Tag"),
        (">\n> !a\n!b", None, "!b"),
        ("vorher\n```\n!a\n```\nnachher", None, "vorher\nnachher"),
        ("```\n!a", None, ""),
        ("`!hilfe`", None, "!hilfe"),
        ("siehe `!hilfe` dort", None, "siehe   dort"),
        ("`hilfe`", None, ""),
        ("a > b", None, "a > b"),
        ("**!hilfe**", "<strong>!hilfe</strong>", "**!hilfe**"),
        ("> !a\n\n!b", "<blockquote><p>!a</p></blockquote><p>!b</p>", "!b"),
        ("`!hilfe`", "<code>!hilfe</code>", "!hilfe"),
        ("`!hilfe`", "<p><code>!hilfe</code></p>", "!hilfe"),
        ("```\n!a\n```", "<pre><code>!a</code></pre>", ""),
        ("`!a` `!b`", "<code>!a</code> <code>!b</code>", ""),
        ("!a `x`\nb", "!a <code>x</code><br>b", "!a\nb"),
        ("!a", "<blockquote>!a", ""),
        ("!x &amp;", "!x &amp; <code>y</code>", "!x &"),
        ("> <@b:x> !a\n\n!b", "<mx-reply><blockquote>!a</blockquote></mx-reply>!b", "!b"),
        ("!x \u202edrow\u202c \x00\x07", None, "!x drow"),
        ("a\r\nb\u2028c", None, "a\nb\nc"),
        ("\ud800!x", None, "!x"),
    ],
)
def test_only_what_was_said_to_us_is_text(body: str, html: str | None, text: str) -> None:
    assert said(body, html).text == text


@pytest.mark.parametrize(
    ("body", "named", "text", "mentioned"),
    [
        ("Stadtbote: hilfe", False, "hilfe", True),
        ("stadtbote, hilfe", False, "hilfe", True),
        ("@stadtbote:muenchen.example hilfe", False, "hilfe", True),
        ("@Stadtbote hilfe", False, "hilfe", True),
        ("Stadtbote hilfe", True, "hilfe", True),
        ("Stadtbote", True, "", True),
        ("Stadtbote ist gut", False, "Stadtbote ist gut", False),
        ("Stadtboten: viele", False, "Stadtboten: viele", False),
        ("hilfe", True, "hilfe", True),
        ("hilfe", False, "hilfe", False),
    ],
)
def test_our_name_at_the_beginning_is_a_mention_and_no_part_of_the_command(
    body: str, text: str, *, named: bool, mentioned: bool
) -> None:
    found = said(body, more={"m.mentions": {"user_ids": [ROOM.me]}} if named else {})
    assert (found.text, found.mentioned) == (text, mentioned)


def test_a_reply_in_a_thread_is_told_from_the_fallback_of_a_thread() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    falling = said("a", more={"m.relates_to": {**thread, "is_falling_back": True}})
    assert (falling.thread, falling.reply_to) == ("$root", None)
    meant = said("a", more={"m.relates_to": thread})
    assert (meant.thread, meant.reply_to) == ("$root", "$last")


def test_an_edit_says_the_new_text_about_the_old_event() -> None:
    content = {
        "msgtype": "m.text",
        "body": "* !neu",
        "m.new_content": {"msgtype": "m.text", "body": "!neu"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"},
    }
    found = read(event(content), ROOM, NOW)
    assert found is not None
    assert (found.kind, found.text, found.target) == (Kind.EDIT, "!neu", "$old")


def test_a_notice_is_marked_and_a_picture_says_nothing() -> None:
    assert said("x", more={"msgtype": "m.notice"}).notice
    assert read(event({"msgtype": "m.image", "body": "!hilfe"}), ROOM, NOW) is None


def test_skin_tones_and_variation_selectors_do_not_count() -> None:
    keys = set()
    for key in ("👍", "👍🏿", "👍\ufe0f"):
        relation = {"rel_type": "m.annotation", "event_id": "$x", "key": key}
        found = read(event({"m.relates_to": relation}, "m.reaction"), ROOM, NOW)
        assert found is not None
        keys.add(found.key)
    assert keys == {"👍"}


def test_in_an_encrypted_room_only_what_was_encrypted_by_the_senders_device_is_trusted() -> None:
    where = Where(room="!r", me=ROOM.me, encrypted=True)
    message = {"msgtype": "m.text", "body": "!x"}
    plain = read(event(message), where, NOW)
    forged = read(event({}), where, NOW, clear=Clear(type="m.room.message", content=message, assurance=Assurance.NONE))
    sound = read(event({}), where, NOW, clear=Clear(type="m.room.message", content=message, assurance=Assurance.DEVICE))
    assert plain
    assert forged
    assert sound
    assert (plain.trusted, forged.trusted, sound.trusted) == (False, False, True)


def test_a_deletion_inside_an_encrypted_event_is_none() -> None:
    inside = Clear(type="m.room.redaction", content={"redacts": "$of_anna"}, assurance=Assurance.IDENTITY)
    assert read(event({}, "m.room.encrypted"), ROOM, NOW, clear=inside) is None


def test_nobody_writes_in_the_future_and_odd_times_are_now() -> None:
    message = {"msgtype": "m.text", "body": "!x"}
    for at in (10**15, 10**30, -(10**30), "gestern", None):
        found = read(event(message, origin_server_ts=at), ROOM, NOW)
        assert found is not None
        assert found.at <= NOW


def test_the_longest_hostile_texts_are_read_at_once() -> None:
    began = time.process_time()
    for piece in (
        "<",
        "<a ",
        "<!--",
        "<code>",
        "</code>",
        "<mx-reply>",
        "`a",
        "``a`",
        "&",
        "> ",
        '<a b="',
        "<blockquote>",
    ):
        said("x", piece * (60_000 // len(piece)))
        said(piece * (60_000 // len(piece)))
    # A tokenizer that looks too far takes half a minute for one of them; this is no measurement.
    assert time.process_time() - began < 15


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from(["$x", "", "$" + "y" * 300, "\ud800"]) | anything
bodies = st.text(alphabet=st.sampled_from(list("<>/!`&;:abcode blockquote\n\u202e\x00\ud800🙂"))) | anything
relations = (
    st.fixed_dictionaries(
        {},
        optional={
            "rel_type": st.sampled_from(["m.thread", "m.replace", "m.annotation", "m.reference"]) | anything,
            "event_id": ids,
            "key": anything,
            "is_falling_back": anything,
            "m.in_reply_to": st.fixed_dictionaries({}, optional={"event_id": ids}) | anything,
        },
    )
    | anything
)
texts = {
    "msgtype": st.sampled_from(["m.text", "m.notice", "m.emote", "m.image"]) | anything,
    "body": bodies,
    "format": st.just("org.matrix.custom.html") | anything,
    "formatted_body": bodies,
    "m.mentions": st.fixed_dictionaries({}, optional={"user_ids": st.just([ROOM.me]) | anything}) | anything,
}
contents = (
    st.fixed_dictionaries(
        {},
        optional={
            **texts,
            "m.relates_to": relations,
            "m.new_content": st.fixed_dictionaries({}, optional=texts) | anything,
            "redacts": ids,
        },
    )
    | anything
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["m.room.message", "m.reaction", "m.room.redaction", "m.room.member"]) | anything,
        "event_id": st.just("$e") | ids,
        "sender": st.just("@anna:muenchen.example") | ids,
        "origin_server_ts": st.integers() | anything,
        "content": contents,
        "redacts": ids,
    },
)


@given(raw=events, inner=contents)
def test_no_content_whatsoever_raises_or_yields_what_cannot_be_stored(raw: dict[str, Any], inner: Any) -> None:
    clear = Clear(type="m.room.message", content=inner, assurance=Assurance.DEVICE)
    for found in (read(raw, ROOM, NOW), read(raw, ROOM, NOW, clear=clear)):
        if found is not None:
            found.model_dump_json().encode()
            assert clean(found.text) == found.text
