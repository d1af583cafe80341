"""Data protection: what is stored and what is not, and who answers for it."""

from collections.abc import Iterator

from commands.framework.privacy import Privacy
from commands.framework.reply import Block, Bullets, Foreign, Link, item, line, say


def explanation(privacy: Privacy) -> tuple[Block, ...]:
    """What is stored and what is not, what others can see, and who answers for it."""
    return (
        line(say("privacy.reply.opening")),
        Bullets(
            (
                item(say("privacy.reply.stored")),
                item(say("privacy.reply.history")),
                item(say("privacy.reply.senders", count=privacy.days)),
                item(say("privacy.reply.not_stored")),
                item(say("privacy.reply.encryption")),
            )
        ),
        line(say("privacy.reply.rights")),
        *_answerable(privacy),
    )


def first_contact(privacy: Privacy) -> tuple[Block, ...]:
    """What somebody is told when they turn to the bot for the first time."""
    return (line(say("privacy.reply.first_contact")), *_named(privacy))


def _answerable(privacy: Privacy) -> Iterator[Block]:
    yield from _named(privacy)
    if not (privacy.controller or privacy.contact or privacy.link):
        yield line(say("privacy.reply.ask_coordination"))


def _named(privacy: Privacy) -> Iterator[Block]:
    if privacy.controller:
        yield line(say("privacy.reply.controller", controller=Foreign(privacy.controller)))
    if privacy.contact:
        yield line(say("privacy.reply.contact", contact=Foreign(privacy.contact)))
    if privacy.link:
        yield line(say("privacy.reply.link", link=Link(privacy.link, privacy.link)))
