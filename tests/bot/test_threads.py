"""Answers stay in the thread of what they answer, and everything that is written carries the words for being late."""

import pytest

from tests.conversation import Conversation, Heard, Said

THREAD = "$root"
NEW = '!neu projekt "Sonnenuhr für den Rathausplatz"'


def thread_of(said: Said) -> str | None:
    """The thread in which the first answer stands; None: outside of all."""
    relation = said.replies[0].content.get("m.relates_to", {})
    return relation.get("event_id") if relation.get("rel_type") == "m.thread" else None


async def test_a_command_in_a_thread_that_is_edited_after_its_sign_is_answered_in_the_thread(
    talk: Conversation,
) -> None:
    said = await talk.says("koord-m", "!ändern P-1 phase:konzept", thread=THREAD)
    assert said.text == "✅"
    edited = await talk.edits(said, "!zeige P-1")
    assert edited.text.startswith("Projekt P-1")
    assert thread_of(edited) == THREAD


async def test_a_question_in_a_thread_that_is_answered_by_a_reaction_is_followed_there(talk: Conversation) -> None:
    offered = await talk.says("koord-m", "!verlauv M", thread=THREAD)
    assert thread_of(offered) == THREAD
    agreed = await talk.reacts("koord-m", offered, "👍")
    assert agreed.text.startswith("Verlauf von")
    assert thread_of(agreed) == THREAD


async def test_a_refused_edit_of_a_command_in_a_thread_is_refused_there(talk: Conversation) -> None:
    said = await talk.says("koord-m", NEW, thread=THREAD)
    wrong = await talk.edits(said, f"{NEW} farbe:rot")
    assert wrong.replies[0].replaces is None
    assert thread_of(wrong) == THREAD


async def test_what_is_said_about_a_deletion_in_a_thread_stands_there(talk: Conversation) -> None:
    said = await talk.says("koord-m", NEW, thread=THREAD)
    deleted = await talk.deletes(said, by="koord-n")
    assert thread_of(deleted) == THREAD


async def test_outside_of_threads_nothing_begins_one(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!ändern P-1 phase:konzept")
    edited = await talk.edits(said, "!zeige P-1")
    offered = await talk.says("koord-m", "!verlauv M")
    agreed = await talk.reacts("koord-m", offered, "👍")
    assert [thread_of(one) for one in (edited, offered, agreed)] == [None, None, None]


async def test_each_answer_knows_how_to_say_that_it_is_late_in_its_readers_language(talk: Conversation) -> None:
    await talk.says("koord-m", "!ich sprache:en")
    await talk.says("koord-m", "!show P-1")
    await talk.says("koord-n", "!zeige P-1")
    *_, english, german = await talk.outbox()
    assert english["late"] == "(late, written on Wed, 18 Nov 2026, 10:00)"
    assert german["late"] == "(verspätet, geschrieben am Mi., 18.11.2026, 10:00 Uhr)"


async def test_a_sign_is_never_late(talk: Conversation) -> None:
    await talk.says("koord-m", "!ändern P-1 phase:konzept")
    assert [row["late"] for row in await talk.outbox()] == [None]


async def test_an_answer_that_waits_says_at_once_what_an_edit_of_the_question_leads_to(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The homeserver takes nothing now: a sender has begun, and has not come to the answer.
    monkeypatch.setattr(talk, "_deliver", nothing_sent)
    talk.dispatcher.desk.office.underway.inherited = 0
    said = await talk.says("koord-m", NEW)
    await talk.edits(said, '!neu projekt "Wasserspiel"')
    (waiting,) = await talk.outbox()
    assert "Wasserspiel" in waiting["content"]
    assert "m.new_content" not in waiting["content"]


async def nothing_sent() -> tuple[Heard, ...]:
    """No message of the bot goes out."""
    return ()
