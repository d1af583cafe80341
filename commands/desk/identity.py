"""Who the bot is: what people compare with what their client shows of it."""

from commands.framework.caller import Caller
from commands.framework.reply import Code, Reply, line, reply, say
from storage.matrix.queries import stored_account
from storage.matrix.record import fingerprint
from storage.work import Work


async def about_bot(work: Work, caller: Caller) -> Reply:
    """The account's Matrix ID, its device, and the fingerprints of both, as clients show them."""
    account = await stored_account(work.connection, caller.place.account)
    if account is None or account.master_key is None or account.device_key is None:
        return reply(line(say("desk.reply.no_identity")))
    return reply(
        line(say("desk.reply.account", mxid=Code(account.user_id), device=Code(account.device_id))),
        line(say("desk.reply.device_fingerprint", fingerprint=Code(fingerprint(account.device_key)))),
        line(say("desk.reply.identity_fingerprint", fingerprint=Code(fingerprint(account.master_key)))),
        line(say("desk.reply.how_to_compare")),
    )
