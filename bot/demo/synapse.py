"""What a Synapse on the loopback interface is told: where it listens, whom it may talk to, how much people may do."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

HOST = "localhost"
LOOPBACK = "127.0.0.1"
_UNLIMITED = {"per_second": 100_000, "burst_count": 100_000}


class Limits(Enum):
    """How much one account may do: all it wants, or as many messages as Synapse allows by default.

    That is one in five seconds, and ten in a burst.
    """

    GENEROUS = auto()
    DEFAULT = auto()


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Files in PEM: what a server shows, its private key, and the authority that signed for it."""

    shown: Path
    key: Path
    authority: Path


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """How a homeserver talks to others: on its own `port`, with the servers of these `names` and with nobody else."""

    port: int
    names: tuple[str, ...]
    certificate: Certificate


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}


def settings(
    directory: Path, *, port: int, server_name: str, limits: Limits, neighbours: Neighbours | None
) -> dict[str, Any]:
    """The configuration of a homeserver with its files in `directory` and its client interface at `port`.

    The secrets are not in it. Without `neighbours` not one request leaves the server.
    """
    return {
        "server_name": server_name,
        "public_baseurl": f"http://{LOOPBACK}:{port}/",
        "listeners": [_listener(port, "client")],
        "pid_file": str(directory / "pid"),
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
        "media_store_path": str(directory / "media"),
        "signing_key_path": str(directory / "signing.key"),
        "log_config": str(directory / "log.json"),
        "federation_domain_whitelist": [],
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "report_stats": False,
        "enable_registration": False,
        "url_preview_enabled": False,
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        "filter_timeline_limit": 5000,
        # Else who signs in twice within two minutes gets the first view of the rooms again, the old one.
        "caches": {"sync_response_cache_duration": "0s"},
        **_rates(limits),
        **(_federation(port, neighbours) if neighbours else {}),
    }


def _listener(port: int, interface: str, **more: Any) -> dict[str, Any]:
    where = {"port": port, "bind_addresses": [LOOPBACK], "type": "http", "tls": False}
    return where | {"resources": [{"names": [interface]}]} | more


def _federation(port: int, neighbours: Neighbours) -> dict[str, Any]:
    return {
        "listeners": [_listener(port, "client"), _listener(neighbours.port, "federation", tls=True)],
        "federation_domain_whitelist": list(neighbours.names),
        "tls_certificate_path": str(neighbours.certificate.shown),
        "tls_private_key_path": str(neighbours.certificate.key),
        "federation_custom_ca_list": [str(neighbours.certificate.authority)],
        "federation_ip_range_blacklist": [],  # by default a homeserver talks to nobody on its own machine
        "federation": _BRISK,
        "rc_federation": {
            "window_size": 1000,
            "sleep_limit": 10_000,
            "sleep_delay": 1,
            "reject_limit": 100_000,
            "concurrent": 100,
        },
    }


_BRISK = {
    "client_timeout": "5s",
    "max_short_retries": 1,
    "max_short_retry_delay": "1s",
    "max_long_retries": 10,
    "max_long_retry_delay": "1s",
    "destination_min_retry_interval": "1s",
    "destination_retry_multiplier": 1,
    "destination_max_retry_interval": "2s",
}
"""By default a server that was away is left alone for ten minutes and more; here it is found again in two seconds."""


def _rates(limits: Limits) -> dict[str, Any]:
    single = (
        "rc_registration",
        "rc_room_creation",
        "rc_joins_per_room",
        "rc_key_requests",
        "rc_profile",
        "rc_user_directory",
        "rc_media_create",
    )
    return {
        **dict.fromkeys(single, _UNLIMITED),
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _UNLIMITED),
        "rc_joins": dict.fromkeys(("local", "remote"), _UNLIMITED),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _UNLIMITED),
        **({"rc_message": _UNLIMITED} if limits is Limits.GENEROUS else {}),
    }
