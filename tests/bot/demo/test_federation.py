"""Homeservers that federate stay on this machine, and keep the names they were given."""

import socket
from pathlib import Path

import pytest

from bot.demo.certificates import certificate
from bot.demo.federation import Federation, free_ports
from bot.demo.homeserver import HomeserverFailed, Limits
from bot.demo.synapse import LOOPBACK, Certificate, Neighbours, settings


@pytest.mark.synapse
async def test_a_federation_goes_on_under_the_same_names_or_says_which_port_is_taken(tmp_path: Path) -> None:
    first = Federation(tmp_path, ("muenchen",))
    await first.start()
    anna = await first["muenchen"].register("anna", "Passwort")
    await first.stop()
    assert anna.user_id == f"@anna:{first.names[0]}"
    port = int(first.names[0].partition(":")[2])

    with socket.socket() as other:
        other.bind((LOOPBACK, port))
        other.listen()
        with pytest.raises(HomeserverFailed, match=f"port {port} is in use by another program"):
            await Federation(tmp_path, ("muenchen",)).start()

    again = Federation(tmp_path, ("muenchen",))
    await again.start()
    try:
        assert again.names == first.names
        assert await again["muenchen"].register("anna", "Passwort") == anna
    finally:
        await again.stop()


@pytest.mark.synapse
async def test_if_one_of_them_cannot_start_none_is_left_running(tmp_path: Path) -> None:
    (tmp_path / "zwei" / "homeserver").mkdir(parents=True)
    (tmp_path / "zwei" / "homeserver" / "signing.key").write_text("no key\n")
    servers = Federation(tmp_path, ("eins", "zwei"))
    with pytest.raises(HomeserverFailed, match="ended with status"):
        await servers.start()
    assert [servers[name].pid for name in ("eins", "zwei")] == [None, None]


def test_a_homeserver_listens_on_the_loopback_interface_only_and_talks_to_its_neighbours_only() -> None:
    shown = Certificate(shown=Path("a"), key=Path("b"), authority=Path("c"))
    names = ("localhost:20001", "localhost:20002")
    for neighbours, expected in ((None, []), (Neighbours(port=20001, names=names, certificate=shown), list(names))):
        told = settings(Path(), port=1, server_name="x", limits=Limits.GENEROUS, neighbours=neighbours)
        assert {address for one in told["listeners"] for address in one["bind_addresses"]} == {LOOPBACK}
        assert told["federation_domain_whitelist"] == expected
        assert told["trusted_key_servers"] == []


def test_ports_are_different_and_outside_of_those_for_outgoing_connections() -> None:
    found = free_ports(10)
    assert len(set(found)) == 10
    assert max(found) < 32768


def test_the_certificate_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    made = certificate(tmp_path / "made")
    before = made.shown.read_bytes()
    assert certificate(tmp_path / "made") == made
    assert made.shown.read_bytes() == before
    assert made.key.stat().st_mode & 0o077 == 0
