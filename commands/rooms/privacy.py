"""Data protection: what is stored and what is not, and who answers for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from commands.framework.reply import Block, Bullets, Foreign, Link, item, line, say


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """Who answers for the data, whom to turn to, and where the full information stands; from the configuration."""

    controller: str | None = None
    contact: str | None = None
    link: str | None = None


def explanation(privacy: Privacy) -> tuple[Block, ...]:
    """What is stored and what is not, what others can see, and who answers for it."""
    return (
        line(say("rooms.reply.privacy_opening")),
        Bullets(
            (
                item(say("rooms.reply.privacy_stored")),
                item(say("rooms.reply.privacy_history")),
                item(say("rooms.reply.privacy_not_stored")),
                item(say("rooms.reply.privacy_encryption")),
            )
        ),
        *_answerable(privacy),
    )


def first_contact(privacy: Privacy) -> tuple[Block, ...]:
    """What somebody is told when they turn to the bot for the first time."""
    return (line(say("rooms.reply.first_contact")), *_named(privacy))


def _answerable(privacy: Privacy) -> Iterator[Block]:
    yield from _named(privacy)
    if privacy == Privacy():
        yield line(say("rooms.reply.ask_coordination"))


def _named(privacy: Privacy) -> Iterator[Block]:
    if privacy.controller:
        yield line(say("rooms.reply.controller", controller=Foreign(privacy.controller)))
    if privacy.contact:
        yield line(say("rooms.reply.contact", contact=Foreign(privacy.contact)))
    if privacy.link:
        yield line(say("rooms.reply.privacy_link", link=Link(privacy.link, privacy.link)))
