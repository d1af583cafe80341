"""The command about the log of official acts, declared."""

from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Right, words
from commands.framework.reply import Code, Reply, line, reply, say
from storage import book
from storage.work import Work


class NoArgs(Args):
    """The log is always the whole one."""


async def seal(work: Work, _caller: Caller, _args: NoArgs) -> Reply:
    """How many entries the log has and the hash of the newest, to be noted in minutes, and where the log itself is."""
    last = await book.seal(work)
    where = line(say("book.reply.where", command=Code("stadtbote export --protokollbuch protokollbuch.md")))
    if last == book.BEGINNING:
        return reply(line(say("book.reply.empty")), where)
    return reply(
        line(say("book.reply.entries", count=last.number, at=work.now)),
        line(say("book.reply.hash", hash=Code(last.hash))),
        where,
    )


COMMANDS: tuple[AnyCommand, ...] = (
    Command(
        name="book.seal",
        verb=words("export", "export"),
        object=words("protokollbuch", "acts"),
        args=NoArgs,
        run=seal,
        right=Right.COORDINATION,
        examples=(Example(de="!export protokollbuch", en="!export acts"),),
        changes=False,
    ),
)
