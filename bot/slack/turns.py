"""The next letter of a lane and its turn, at the pace that Slack allows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.db import outbox, paces
from bot.db.database import Database
from bot.db.letters import Kind
from bot.db.session import Session
from bot.slack.delivery import WAYS, Way
from bot.slack.metrics import SENT
from bot.slack.remedies import is_seen_by_all
from bot.slack.shelf import Next, Shelf
from bot.slack.teams import Team

THREAD, CHANNEL = "conversations.replies", "conversations.history"
LOOKS = 20
LOOK = {
    method: Way(methods=(method,), key=f"look:{method}", every=timedelta(seconds=1.2), burst=LOOKS)
    for method in (THREAD, CHANNEL)
}
"""Slack lets a workspace's conversations be read 50 times a minute (tier 3), each way by itself."""
PATIENCE = timedelta(seconds=2)
"""A shorter wait for a turn is waited for; a longer one becomes a job."""


class PutBackError(Exception):
    """It is not the time for this letter, or it is not ours any more; `following` is what goes now."""

    def __init__(self, following: Next) -> None:
        super().__init__()
        self.following = following


class Turns:
    """Says which letter goes, and when."""

    def __init__(self, database: Database, shelf: Shelf, lease: timedelta) -> None:
        self._database, self._shelf, self._lease = database, shelf, lease

    async def next(self, tenant_id: str, lane: str) -> Next:
        """Take the lane's next letter."""
        async with self._database.tenant(tenant_id) as session:
            return await self.do_next(session, lane)

    async def do_next(self, session: Session, lane: str) -> Next:
        """Take the lane's next letter and, where it is there now, its turn with it."""
        taken = await outbox.do_take(session, lane, self._lease)
        if taken is None or taken.maybe_sent or taken.has_turn or not taken.channel:
            return taken
        way = WAYS[taken.kind]
        goes_now = (key := way.pace(taken)) and await paces.do_turn_now(
            session, taken.team_id, key, methods=way.methods, every=way.every, burst=way.burst
        )
        return replace(taken, goes_now=True) if goes_now else taken

    async def look(self, team: Team, taken: outbox.Taken) -> None:
        """Return when Slack may be asked whether it has a letter; PutBackError when that is not soon.

        After a process was killed there are many to be looked for at once, more than Slack lets us.
        """
        if taken.maybe_sent and taken.kind in {Kind.POST, Kind.STREAM}:
            method = THREAD if taken.thread_ts else CHANNEL
            await self._in_turn(team, taken, LOOK[method])

    async def wait(self, team: Team, taken: outbox.Taken) -> None:
        """Return when it may be sent; PutBackError when that is not soon: then it is put back until it is."""
        if taken.goes_now:
            return
        await self._in_turn(team, taken, WAYS[taken.kind])
        if is_seen_by_all(taken):
            await self._look_again(team, taken)

    async def _look_again(self, team: Team, taken: outbox.Taken) -> None:
        """Put it back, to be taken anew at once, when others came to read while it waited."""
        async with self._database.tenant(team.tenant_id) as session:
            if not await outbox.have_come(session, taken):
                return
            following = await self._shelf.postpone(session, team.tenant_id, taken, timedelta(), has_turn=True)
        raise PutBackError(following)

    async def _in_turn(self, team: Team, taken: outbox.Taken, way: Way) -> None:
        wait = timedelta()
        async with self._database.tenant(team.tenant_id) as session:
            paused = [await paces.get_frozen(session, team.team_id, each) for each in way.methods]
            frozen = max(paused)
            if not frozen and not taken.has_turn and (key := way.pace(taken)):
                wait = await paces.do_take_turn(session, team.team_id, key, every=way.every, burst=way.burst)
            if far := frozen or wait > PATIENCE:
                following = await self._shelf.postpone(
                    session, team.tenant_id, taken, frozen or wait, has_turn=not frozen
                )
        if far:
            SENT.labels("postponed").inc()
            raise PutBackError(following)
        await asyncio.sleep(wait.total_seconds())
