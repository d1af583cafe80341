"""Accepting a changed identity from within the chat."""

from dataclasses import replace

from commands.framework.inbound import Assurance
from storage.matrix.queries import identities, save
from storage.matrix.record import IdentityRecord, fingerprint
from tests.conversation import ACCOUNT, ADMIN, CHANGED, Conversation

ACCEPT = f"!identität-annehmen {CHANGED.user_id}"


async def stored(talk: Conversation) -> IdentityRecord:
    async with talk.database.read() as connection:
        (found,) = await identities(connection, ACCOUNT, [CHANGED.user_id])
    return found


async def store(talk: Conversation, record: IdentityRecord) -> None:
    await talk.database.transact(lambda connection: save(connection, ACCOUNT, [record]))


async def test_an_identity_is_accepted_once_its_fingerprint_was_shown_and_agreed_to(talk: Conversation) -> None:
    asked = await talk.says(ADMIN, ACCEPT)
    assert fingerprint(CHANGED.pinned) in asked.text
    assert fingerprint(CHANGED.current) in asked.text
    assert await stored(talk) == CHANGED
    done = await talk.says(ADMIN, "ja", reply_to=asked)
    assert "angenommen" in done.text
    assert (await stored(talk)).pinned == CHANGED.current


async def test_what_is_agreed_to_is_the_fingerprint_that_was_shown(talk: Conversation) -> None:
    asked = await talk.says(ADMIN, ACCEPT)
    again = replace(CHANGED, current="x" * 43)
    await store(talk, again)
    shown = await talk.says(ADMIN, "ja", reply_to=asked)
    assert fingerprint(again.current) in shown.text
    assert await stored(talk) == again


async def test_nobody_but_administration_accepts_identities(talk: Conversation) -> None:
    said = await talk.says("koord-m", ACCEPT)
    assert "die Administration laut Konfiguration" in said.text
    assert await stored(talk) == CHANGED


async def test_nobody_accepts_their_own_identity_or_writes_from_a_device_it_does_not_stand_behind(
    talk: Conversation,
) -> None:
    own = replace(CHANGED, user_id=ADMIN)
    await store(talk, own)
    assert "niemand selbst" in (await talk.says(ADMIN, f"!identität-annehmen {ADMIN}")).text
    for assurance in (Assurance.DEVICE, Assurance.SERVER):
        assert "verifizierten Gerät" in (await talk.says(ADMIN, ACCEPT, assurance=assurance)).text
    asked = await talk.says(ADMIN, ACCEPT, assurance=Assurance.IDENTITY)
    assert fingerprint(CHANGED.current) in asked.text
    # The yes comes from a device of somebody else's making.
    await talk.says(ADMIN, "ja", reply_to=asked, assurance=Assurance.DEVICE)
    assert await stored(talk) == CHANGED


async def test_there_must_be_a_change_to_accept(talk: Conversation) -> None:
    assert "keine Identität bekannt" in (await talk.says(ADMIN, "!identität-annehmen @neu:muenchen.example")).text
    await store(talk, replace(CHANGED, pinned=CHANGED.current))
    assert "nicht geändert" in (await talk.says(ADMIN, ACCEPT)).text
