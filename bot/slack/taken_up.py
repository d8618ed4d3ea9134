"""Taking up what another process left: waiting until the call it had begun is ended."""

from __future__ import annotations

import asyncio

from bot.db import calls
from bot.db.database import Database

UNDER_WAY = frozenset({"approved", "running"})
LOOK_EVERY = 0.5


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
