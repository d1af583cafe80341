"""Accepting that somebody's identity is another one: administration has asked the person by another route."""

from typing import Annotated

from commands.framework.caller import Caller
from commands.framework.command import Args, placed
from commands.framework.inbound import Assurance
from commands.framework.refusal import Refusal
from commands.framework.reply import Block, Code, Reply, line, reply, say
from storage.matrix.queries import accept_identity, identities
from storage.matrix.record import IdentityRecord, fingerprint
from storage.values import Mxid
from storage.work import Work


class IdentityUnknown(Refusal):
    """No identity of this user was ever seen; fact `user`."""


class IdentityUnchanged(Refusal):
    """The user's identity is the one that is believed already; fact `user`."""


class OwnIdentity(Refusal):
    """Nobody vouches for themselves: whoever took the account over would do just that."""


class NotBySignedDevice(Refusal):
    """The caller has an identity, but does not write from a device that it stands behind."""


class AcceptArgs(Args):
    """Whose new identity is accepted."""

    user: Annotated[Mxid, placed("person", "person")]


async def before_accepting(work: Work, caller: Caller, args: AcceptArgs) -> tuple[Block, ...]:
    """Both fingerprints: what is agreed to is the one that was shown, not whichever there is by then."""
    changed = await _access_changed(work, caller, args.user)
    return (
        line(say("desk.reply.identity_before", user=Code(args.user), fingerprint=Code(fingerprint(changed.pinned)))),
        line(say("desk.reply.identity_now", fingerprint=Code(fingerprint(changed.current)))),
        line(say("desk.reply.identity_ask")),
    )


async def accept(work: Work, caller: Caller, args: AcceptArgs) -> Reply:
    """Believe the user's identity of today from now on. Raises IdentityUnknown, IdentityUnchanged and what asking does.

    Nothing of the register changes: who is believed is a matter of the account, and no history of the cooperation.
    """
    changed = await _access_changed(work, caller, args.user)
    await accept_identity(work.connection, caller.place.account, args.user, changed.current)
    return reply(line(say("desk.reply.identity_accepted", user=Code(args.user))))


async def _access_changed(work: Work, caller: Caller, user: str) -> IdentityRecord:
    """The identity that is to be accepted, for a caller who may. Raises OwnIdentity, NotBySignedDevice."""
    if user == caller.mxid:
        raise OwnIdentity
    found = {one.user_id: one for one in await identities(work.connection, caller.place.account, {user, caller.mxid})}
    if caller.mxid in found and caller.assurance is not Assurance.IDENTITY:
        raise NotBySignedDevice
    if user not in found:
        raise IdentityUnknown(user=Code(user))
    if found[user].pinned == found[user].current:
        raise IdentityUnchanged(user=Code(user))
    return found[user]
