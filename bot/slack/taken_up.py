"""Taking up what another process left: waiting until the call it had begun is ended."""

from __future__ import annotations

import asyncio

from bot.core.execute_end import TAKEN_OVER
from bot.db import calls
from bot.db.database import Database
from bot.slack.deeds import Asked, Deeds, Done

UNDER_WAY = frozenset({"approved", "running"})
LOOK_EVERY = 0.5


async def take_up(database: Database, deeds: Deeds, asked: Asked, fence: int) -> Done:
    """Have a deed done; whoever took it before this `fence` died, and how what they began ended is said.

    So it is of what another process took from us because we stood still for too long.
    """
    done = await deeds.do(asked)
    if lost := done.reply is not None and TAKEN_OVER in done.reply.text:
        done = await deeds.do(asked)
    if (fence == 1 and not lost) or done.reply is None or not done.reply.call_id:
        return done
    waited = await until_ended(database, asked.team.tenant_id, done.reply.call_id)
    return await deeds.do(asked) if waited else done


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
