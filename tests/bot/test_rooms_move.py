"""A room that is upgraded while the bot runs, as people see it."""

import pytest

from tests.rig.town import Town

pytestmark = [pytest.mark.synapse, pytest.mark.asyncio(loop_scope="module")]


async def test_after_an_upgrade_the_new_room_is_what_the_old_one_was(shared: Town) -> None:
    room = await shared.room("koord-m", "koord-n")
    anna = await shared.person("koord-m")
    token = anna.account.access_token
    where = f"/_matrix/client/v3/rooms/{room}/upgrade"
    made = await shared.server.api("POST", where, token=token, body={"new_version": "12"})
    new = str(made["replacement_room"])
    await anna.until(lambda _: new in anna.rooms or None, awaited=new)
    await anna.invite(new, shared.bot_id)
    await anna.settle(new, [shared.bot_id])
    said = await anna.next_from(shared.bot_id, new)
    assert said.encrypted
    assert said.body == "Dieser Raum setzt den bisherigen fort; die Zuordnung gilt weiter: Lenkungsraum."
    ben = await shared.person("koord-n")
    await anna.invite(new, ben.user_id)
    await ben.join(new)
    await ben.settle(new, [anna.user_id, shared.bot_id])
    await anna.settle(new, [ben.user_id])
    card = await shared.ask("koord-m", new, "!zeige P-1")
    assert "Digitaler Bauantrag" in card.body
    assert shared.rows("SELECT id FROM rooms WHERE id IN (?, ?)", room, new) == [(new,)]
