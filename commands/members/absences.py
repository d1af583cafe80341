"""Who is away until when, and who is back; never why."""

from commands.framework.caller import Caller
from commands.framework.reply import Block, Foreign, Inline, Reply, line, reply, say
from commands.members.access import access_person
from commands.members.actions import end_absence, record_absence
from commands.members.args import AwayArgs, BackArgs
from commands.members.notes import doer, tell_people
from storage.people.record import Absence, Person
from storage.records import Kept
from storage.values import Language
from storage.view import View
from storage.work import Work


async def away(work: Work, caller: Caller, args: AwayArgs) -> Reply:
    """Record an absence, oneself's or a colleague's."""
    deputy = await access_person(work, caller, args.deputy) if args.deputy else None
    start = args.start or caller.today
    absence = Absence(from_=start, to=args.end, deputy=deputy.key if deputy else None)
    kept = await record_absence(work, caller, args.person, absence)
    name = Foreign(kept.record.name)
    said: Inline = say("members.reply.away_from_to", name=name, start=start, end=args.end)
    if deputy is not None:
        deputies = Foreign(deputy.record.name)
        said = say("members.reply.away_with_deputy", name=name, start=start, end=args.end, deputy=deputies)
    return await _told(work, caller, kept, said)


async def back(work: Work, caller: Caller, args: BackArgs) -> Reply:
    """Record that somebody is back."""
    kept, was_away = await end_absence(work, caller, args.person)
    if not was_away:
        return reply(line(say("members.reply.not_away", name=Foreign(kept.record.name))), about=kept.key)
    return await _told(work, caller, kept, say("members.reply.back", name=Foreign(kept.record.name)))


async def _told(view: View, caller: Caller, kept: Kept[Person], said: Inline) -> Reply:
    """The answer, with a note to whom it is about where somebody else said it."""
    by = await doer(view, caller)

    def note(_language: Language) -> tuple[Block, ...]:
        return (line(say("members.reply.recorded_for_you", by=by, what=said)),)

    told = await tell_people(view, caller, (kept.key,), note)
    return Reply(blocks=(line(said),), about=kept.key, tell=told)
