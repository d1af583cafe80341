"""The plainest nio bot there is, as nio's documentation would have it: it repeats what it hears."""

import asyncio
import os
import sys
from typing import Any

import nio


class Echo:
    """Joins where it is invited and repeats every text."""

    def __init__(self, client: Any) -> None:  # nio's own types do not admit callbacks for a kind of event
        self.client = client
        client.add_event_callback(self.on_invite, nio.InviteMemberEvent)
        client.add_event_callback(self.on_text, nio.RoomMessageText)

    async def on_invite(self, room: nio.MatrixRoom, event: nio.InviteMemberEvent) -> None:
        if event.state_key == self.client.user_id and event.membership == "invite":
            await self.client.join(room.room_id)

    async def on_text(self, room: nio.MatrixRoom, event: nio.RoomMessageText) -> None:
        if event.sender == self.client.user_id:
            return
        content = {"msgtype": "m.notice", "body": event.body}
        await self.client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)


async def run(homeserver: str, user_id: str, device_id: str, store: str) -> None:
    client = nio.AsyncClient(homeserver, user_id, device_id, store)
    client.restore_login(user_id, device_id, os.environ["ACCESS_TOKEN"])
    Echo(client)
    await client.sync_forever(30_000, full_state=True)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
