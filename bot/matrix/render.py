"""From a rendered reply to the content of a Matrix event."""

from collections.abc import Mapping, Sequence
from html import escape
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


def preceded(content: Mapping[str, Any], note: str) -> dict[str, Any]:
    """The content of a message, or of an edit, with a line of its own before the text; reactions have no text."""
    if "m.new_content" in content:
        new = preceded(content["m.new_content"], note)
        edit = {"body": f"* {new['body']}", "formatted_body": f"* {new['formatted_body']}"}
        return {**content, **edit, "m.new_content": new}
    plain, html = f"{note}\n{content['body']}", f"<p>{escape(note)}</p>{content['formatted_body']}"
    return {**content, "body": plain, "formatted_body": html}


def reaction_content(event: str, key: str) -> dict[str, Any]:
    """Content of an `m.reaction` to an event."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}


POLL, POLL_END = "org.matrix.msc3381.poll.start", "org.matrix.msc3381.poll.end"
"""The types of a poll's events. Clients still send and show polls by these names, and in rooms of today's versions the
stable ones are not shown; one that reads both stumbles over the stable form of the texts inside an event of these."""
_TEXT = "org.matrix.msc1767.text"


def poll_content(question: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Content of a `POLL` with one choice, whose votes all can see; `answers` are the texts by the ids of the answers.

    Whoever answers is heard as `Kind.POLL_ANSWER` with these ids. Clients without polls show the numbered text.
    """
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(answers.values(), start=1))
    return {
        POLL: {
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "question": {"msgtype": "m.text", "body": question, _TEXT: question},
            "answers": [{"id": key, _TEXT: text} for key, text in answers.items()],
        },
        _TEXT: f"{question}\n{numbered}",
    }


def poll_end_content(poll: str, text: str) -> dict[str, Any]:
    """Content of a `POLL_END`, which closes the poll of this event id; `text` says how it ended."""
    relation = {"rel_type": "m.reference", "event_id": poll}
    return {"m.relates_to": relation, POLL_END: {}, _TEXT: text, "msgtype": "m.text", "body": text}


def _body(plain: str, html: str, msgtype: str, mentions: Sequence[str]) -> dict[str, Any]:
    return {
        "msgtype": msgtype,
        "body": plain,
        "format": _HTML,
        "formatted_body": html,
        "m.mentions": {"user_ids": list(mentions)} if mentions else {},
    }
