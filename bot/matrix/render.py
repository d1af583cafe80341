"""From a rendered reply to the content of a Matrix event."""

from collections.abc import Mapping, Sequence
from typing import Any

MARKER = "de.stadtbote.outbox"
"""Names the outbox row in our events. It also stands outside the ciphertext: a new device cannot read the old reply."""

_HTML = "org.matrix.custom.html"


def content(
    plain: str,
    html: str,
    *,
    msgtype: str = "m.notice",
    thread: str | None = None,
    reply_to: str | None = None,
    mentions: Sequence[str] = (),
) -> dict[str, Any]:
    """Content of an `m.room.message`; `html` and `plain` say the same.

    `thread` is the root of the thread to answer in, `reply_to` the event replied to; `mentions` are the user ids of
    those who shall be notified, nobody else is.
    """
    relation = _relation(thread, reply_to)
    return {**_body(plain, html, msgtype, mentions), **relation}


def _relation(thread: str | None, reply_to: str | None) -> dict[str, Any]:
    if thread is None:
        return {"m.relates_to": {"m.in_reply_to": {"event_id": reply_to}}} if reply_to else {}
    # Clients without threads show the message as an answer; "falling back" tells the others that it is none.
    return {
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": reply_to is None,
            "m.in_reply_to": {"event_id": reply_to or thread},
        }
    }


def edit_content(
    plain: str,
    html: str,
    *,
    msgtype: str = "m.notice",
    mentions: Sequence[str] = (),
) -> dict[str, Any]:
    """Content of an edit; which event it replaces is filled in when it is sent (`replacing`)."""
    new = _body(plain, html, msgtype, mentions)
    # An edit notifies only those who are newly mentioned: by itself it mentions nobody.
    return {**_body(f"* {plain}", f"* {html}", msgtype, ()), "m.new_content": new}


def replacing(edit: Mapping[str, Any], event: str) -> dict[str, Any]:
    """The content of an edit, with the event it replaces."""
    return {**edit, "m.relates_to": {"rel_type": "m.replace", "event_id": event}}


def reaction_content(event: str, key: str) -> dict[str, Any]:
    """Content of an `m.reaction` to an event."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}


def _body(plain: str, html: str, msgtype: str, mentions: Sequence[str]) -> dict[str, Any]:
    return {
        "msgtype": msgtype,
        "body": plain,
        "format": _HTML,
        "formatted_body": html,
        "m.mentions": {"user_ids": list(mentions)} if mentions else {},
    }
