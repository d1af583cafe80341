"""What was shown earlier is put right where a record may not be seen any more or a seat in it has changed."""

from datetime import timedelta

from tests.conversation import Conversation, Heard, Said


def edits_of(shown: Said, later: Said) -> list[Heard]:
    """What happened to an earlier answer of the bot."""
    return [heard for heard in later.replies if heard.replaces == shown.replies[0].event]


async def stricter(talk: Conversation, key: str, visibility: str) -> Said:
    """Let a record become stricter, as coordination."""
    return await talk.says("koord-m", f"!ändern {key} sichtbarkeit:{visibility}")


async def test_an_entry_that_becomes_internal_goes_from_rooms_that_may_not_show_it_and_stays_elsewhere(
    talk: Conversation,
) -> None:
    steering, working = await talk.says("koord-n", "!P-2"), await talk.says("koord-n", "!P-2", room="arbeit")
    later = await stricter(talk, "P-2", "intern")
    assert edits_of(steering, later) == []
    (edit,) = edits_of(working, later)
    assert edit.text == "Dieser Eintrag wird hier nicht mehr gezeigt."
    assert edit.room == working.room
    again = await stricter(talk, "P-2", "intern")
    assert edits_of(working, again) == []


async def test_in_an_english_room_it_is_said_in_english(talk: Conversation) -> None:
    await talk.says("koord-m", "!raum arbeit sprache:en", room="arbeit")
    working = await talk.says("koord-n", "!P-2", room="arbeit")
    (edit,) = edits_of(working, await stricter(talk, "P-2", "intern"))
    assert edit.text == "This entry is not shown here any more."


async def test_a_project_stays_in_its_own_room_whatever_it_becomes(talk: Conversation) -> None:
    shown = await talk.says("koord-n", "!P-1", room="bauantrag")
    assert edits_of(shown, await stricter(talk, "P-1", "intern")) == []


async def test_a_room_that_becomes_a_guests_room_does_not_go_on_showing_what_it_showed(talk: Conversation) -> None:
    await talk.says("koord-m", "!raum arbeit", room="fremd")
    shown = await talk.says("koord-n", "!P-2", room="fremd")
    later = await talk.says("koord-m", "!raum gäste", room="fremd")
    assert [edit.text for edit in edits_of(shown, later)] == ["Dieser Eintrag wird hier nicht mehr gezeigt."]


async def test_the_card_of_a_city_shows_the_new_holder_where_it_was_shown_within_a_week(talk: Conversation) -> None:
    old = await talk.says("koord-n", "!zeige N")
    talk.now += timedelta(days=8)
    city, person = (
        await talk.says("koord-n", "!zeige N"),
        await talk.says("koord-n", "!zeige @vertretung:nuernberg.example"),
    )
    history = await talk.says("koord-n", "!verlauf N")
    later = await talk.says("koord-m", "!sitz N stimme @vertretung:nuernberg.example")
    (card,) = edits_of(city, later)
    assert "Stimme (referentenkreis): Vertretung Nürnberg" in card.text
    assert len(edits_of(person, later)) == 1
    assert edits_of(old, later) == edits_of(history, later) == []


async def test_what_was_put_right_is_put_right_once_for_each_change(talk: Conversation) -> None:
    city = await talk.says("koord-n", "!zeige N")
    await talk.says("koord-m", "!sitz N stimme @vertretung:nuernberg.example")
    undone = await talk.says("koord-m", "!rückgängig")
    (card,) = edits_of(city, undone)
    assert "Stimme (referentenkreis): Koordination Nürnberg" in card.text
    assert edits_of(city, await talk.says("koord-m", "!hilfe")) == []


async def test_a_change_that_is_refused_corrects_nothing(talk: Conversation) -> None:
    city = await talk.says("koord-n", "!zeige N")
    refused = await talk.says("koord-n", "!sitz N stimme @vertretung:nuernberg.example")
    assert edits_of(city, refused) == []
