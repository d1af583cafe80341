"""A person's cross-signing, as their client makes it: an identity, and devices that it has signed."""

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.demo.homeserver import Account, Homeserver, Refused
from bot.matrix.signing import SigningKey, signed

_CLIENT = "/_matrix/client/v3"

Answer = dict[str, Any]


def _key() -> SigningKey:
    return SigningKey(seed=secrets.token_bytes(32))


@dataclass(frozen=True, kw_only=True)
class Signer:
    """The private keys of one identity."""

    user_id: str
    master: SigningKey = field(default_factory=_key)
    self_signing: SigningKey = field(default_factory=_key)
    user_signing: SigningKey = field(default_factory=_key)

    def _object(self, usage: str, key: SigningKey) -> Answer:
        return {"user_id": self.user_id, "usage": [usage], "keys": {key.key_id: key.public}}

    @property
    def master_key(self) -> Answer:
        return self._object("master", self.master)

    @property
    def self_signing_key(self) -> Answer:
        return signed(self._object("self_signing", self.self_signing), self.user_id, self.master)

    @property
    def user_signing_key(self) -> Answer:
        return signed(self._object("user_signing", self.user_signing), self.user_id, self.master)

    def sign(self, device: Answer) -> Answer:
        """The device's keys with this identity's signature."""
        return signed(copy.deepcopy(device), self.user_id, self.self_signing)

    def answer(self, *devices: Answer) -> Answer:
        """What a keys query answers of this user with these devices."""
        return {
            "device_keys": {self.user_id: {device["device_id"]: copy.deepcopy(device) for device in devices}},
            "master_keys": {self.user_id: self.master_key},
            "self_signing_keys": {self.user_id: self.self_signing_key},
        }

    async def publish(self, server: Homeserver, account: Account) -> None:
        """Upload the public keys, in place of those of an earlier identity."""
        body: Answer = {
            "master_key": self.master_key,
            "self_signing_key": self.self_signing_key,
            "user_signing_key": self.user_signing_key,
        }
        path = f"{_CLIENT}/keys/device_signing/upload"
        try:
            await server.api("POST", path, token=account.access_token, body=body)
        except Refused as error:
            if error.status != 401:
                raise
            body["auth"] = {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": account.user_id},
                "password": account.password,
            }
            await server.api("POST", path, token=account.access_token, body=body)

    async def sign_device(self, server: Homeserver, account: Account) -> None:
        """Sign the account's device, whose keys are on the homeserver."""
        query: Answer = {"device_keys": {account.user_id: []}}
        answer = await server.api("POST", f"{_CLIENT}/keys/query", token=account.access_token, body=query)
        device = answer["device_keys"][account.user_id][account.device_id]
        device.pop("unsigned", None)
        body = {account.user_id: {account.device_id: self.sign(device)}}
        done = await server.api("POST", f"{_CLIENT}/keys/signatures/upload", token=account.access_token, body=body)
        assert done["failures"] == {}
