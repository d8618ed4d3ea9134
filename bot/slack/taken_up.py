"""Taking up what another process left: waiting until the call it had begun is ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.db import calls
from bot.db.database import Database
from bot.db.inbox import Taken
from bot.errors import TakenOver
from bot.slack.deeds import Asked, Deeds, Done
from bot.slack.waits import unless_busy

UNDER_WAY = frozenset({"approved", "running"})
LOOK_EVERY = 0.5


async def take_up(database: Database, deeds: Deeds, asked: Asked, taken: Taken, patience: timedelta) -> Done:
    """Have a deed done; where an earlier taker died, how what they began ended is said.

    The answer says whether it was made for members' eyes: others may read there when it is sent.

    So it is of what another process took from us because we stood still for too long. DatabaseBusy when
    that is all there is to say, for as long as our `patience`.
    """
    done = await _done(database, deeds, asked, taken, patience)
    return replace(done, inside=not asked.question.place.outsiders)


async def _done(database: Database, deeds: Deeds, asked: Asked, taken: Taken, patience: timedelta) -> Done:
    done = await deeds.do(asked)
    unless_busy(done.reply, taken, patience)
    if lost := done.reply is not None and done.reply.error == TakenOver.__name__:
        done = await deeds.do(asked)
    if (taken.fence == 1 and not lost) or done.reply is None or not done.reply.call_id:
        return done
    waited = await until_ended(database, asked.team.tenant_id, done.reply.call_id)
    # It may have ended between the answer and our look.
    return await deeds.do(asked) if waited or done.reply.under_way else done


async def until_ended(database: Database, tenant_id: str, call_id: str) -> bool:
    """Wait while a call is under way in nobody's or another's hands; return whether there was need to.

    Calls whose process is gone are ended by the gate's recovery once their lease is over. The caller says
    how long is too long.
    """
    waited = False
    while True:
        async with database.tenant(tenant_id) as session:
            call = await calls.get_call(session, call_id)
        if call is None or call.state not in UNDER_WAY:
            return waited
        waited = True
        await asyncio.sleep(LOOK_EVERY)
