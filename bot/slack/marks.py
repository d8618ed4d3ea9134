"""Noting what Slack has: letters that went out at the same time are marked in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from bot.db import outbox
from bot.db.database import Database
from bot.slack.together import Together

Sent = tuple[outbox.Taken, str]
"""A letter, and the ts under which Slack has it."""


class Marks:
    """Marks letters as sent."""

    def __init__(self, database: Database) -> None:
        self._database, self._marking = database, Together(self._mark)

    async def mark(self, tenant_id: str, taken: outbox.Taken, ts: str) -> bool | None:
        """Mark it, and say whether more waits in its lane; None: somebody else has it by now."""
        done = await self._marking(tenant_id, (taken, ts))
        return done if isinstance(done, bool) else await self._mark_alone(tenant_id, taken, ts)

    async def _mark(self, tenant_id: str, sent: Sequence[Sent]) -> Sequence[bool | Sent]:
        """Mark those that nobody holds, nor their lanes; the others are returned as they are.

        What is put out later has to find the lane free, and so it is held. Many are held without waiting: two
        who wait for each other would wait for ever, and what one waits for is no matter of the others.
        """
        async with self._database.tenant(tenant_id) as session:
            free = await outbox.do_hold_free(session, [taken.lane for taken, _ in sent])
            ours = [one for one in sent if one[0].lane in free]
            became = {
                one[0].id: more
                for one, more in zip(ours, await outbox.do_mark_sent(session, ours), strict=True)
            }
        return [one if (more := became.get(one[0].id)) is None else more for one in sent]

    async def _mark_alone(self, tenant_id: str, taken: outbox.Taken, ts: str) -> bool | None:
        async with self._database.tenant(tenant_id) as session:
            await outbox.do_hold(session, taken.lane)
            return (await outbox.do_mark_sent(session, [(taken, ts)], wait=True))[0]
