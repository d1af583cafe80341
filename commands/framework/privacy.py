"""Who answers for the data that the bot keeps, as the configuration says."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """Who answers for the data, whom to turn to, and where the full information stands; from the configuration.

    `days` is how long it is kept who sent a message.
    """

    controller: str | None = None
    contact: str | None = None
    link: str | None = None
    days: int = 90


UNCONFIGURED = Privacy()
"""What holds as long as the configuration says nothing."""
