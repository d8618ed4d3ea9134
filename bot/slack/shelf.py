"""Where letters go that were not sent: they wait, or are given up visibly; those behind them go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.db import outbox, paces
from bot.db.database import Database
from bot.db.letters import Kind
from bot.db.session import Session
from bot.errors import DatabaseBusy
from bot.slack.agent.closing import ends_bare
from bot.slack.alarms import tell_of_letter
from bot.slack.calls import CallError, LimitedError, RefusedError, UnreachedError
from bot.slack.metrics import SENT
from bot.slack.patience import (
    BROKE,
    KEEP_TRYING,
    MOST_FAULTS,
    MOST_REFUSED,
    QUIETLY,
    backoff,
    is_over,
)
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue
from bot.slack.remedies import without_blocks
from bot.slack.teams import Team
from bot.slack.unsaid import do_say_unsaid
from bot.trouble import incident

log = structlog.get_logger(__name__)

Next = outbox.Taken | None
"""The lane's next letter, in the hands of whoever put the last one away."""
AGO = "Slack could not be reached for {hours} h, or took it from nobody ({why})"
STOPPED = "whoever sent it was stopped, or broke, {faults} times"


class Shelf:
    """Puts a letter away and takes the lane's next that may go, in one transaction.

    After a failed try it waits `first_retry`, then twice as long each time; Slack's own pause wins.
    """

    def __init__(
        self,
        *,
        database: Database,
        enqueue: Enqueue,
        first_retry: timedelta,
        lease: timedelta,
        keep_trying: Mapping[Kind, timedelta] = KEEP_TRYING,
    ) -> None:
        self._database, self._enqueue = database, enqueue
        self._first_retry, self._lease, self._keep_trying = first_retry, lease, keep_trying

    async def retry(self, tenant_id: str, taken: outbox.Taken, error: CallError) -> Next:
        """Try it again later, for as long as its kind is tried; a refusal only so many times."""
        refused = isinstance(error, RefusedError) and taken.attempts >= MOST_REFUSED
        if refused or self._is_over(taken):
            return await self.bury(tenant_id, taken, self._why(taken, str(error)))
        maybe_sent = taken.maybe_sent or not isinstance(error, UnreachedError)
        wait = backoff(self._first_retry, taken.attempts)
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_retry(session, taken, after=wait, maybe_sent=maybe_sent, error=str(error)):
                return None
            await self._again(session, tenant_id, taken, wait)
            following = await outbox.do_take(session, taken.lane, self._lease)
        SENT.labels("retried").inc()
        log.warning("slack.not_sent", letter=taken.id, reason=error.reason, maybe_sent=maybe_sent)
        return following

    async def strip(self, tenant_id: str, taken: outbox.Taken, error: CallError) -> Next:
        """Send the text alone of what Slack breaks over again and again: it holds the whole thread."""
        log.error("slack.blocks_refused", letter=taken.id, reason=error.reason)
        plainer = without_blocks(taken.payload)
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_simplify(session, taken, plainer, str(error), maybe_sent=True):
                return None
            return await outbox.do_take(session, taken.lane, self._lease)

    async def hold(self, tenant_id: str, taken: outbox.Taken, why: str) -> Next:
        """Keep it until the workspace is connected again, or for as long as its kind is tried."""
        if self._is_over(taken):
            return await self.bury(tenant_id, taken, self._why(taken, why))
        wait = backoff(self._first_retry, taken.attempts)
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_retry(
                session, taken, after=wait, maybe_sent=taken.maybe_sent, error=f"held: {why}"
            ):
                return None
            await self._again(session, tenant_id, taken, wait)
            following = await outbox.do_take(session, taken.lane, self._lease)
        SENT.labels("held").inc()
        log.warning("slack.letter_held", letter=taken.id, why=why)
        return following

    async def end_bare(self, tenant_id: str, taken: outbox.Taken) -> None:
        """Have what grew for a letter end without its words."""
        async with self._database.tenant(tenant_id) as session:
            await outbox.do_put_once(session, ends_bare(taken), f"{taken.id}:bare")

    async def postpone(
        self, session: Session, tenant_id: str, taken: outbox.Taken, wait: timedelta, *, has_turn: bool
    ) -> Next:
        """Let it wait for its turn, or for the end of a pause, in the caller's transaction."""
        if not await outbox.do_postpone(session, taken, wait, has_turn=has_turn):
            return None
        await self._again(session, tenant_id, taken, wait)
        return await outbox.do_take(session, taken.lane, self._lease)

    async def freeze(self, team: Team, taken: outbox.Taken, error: LimitedError) -> Next:
        """Slack wants a pause: no process makes this call for this workspace before it is over."""
        SENT.labels("limited").inc()
        log.warning("slack.limited", method=error.method, seconds=error.pause.total_seconds())
        if self._is_over(taken):
            return await self.bury(team.tenant_id, taken, self._why(taken, str(error)))
        async with self._database.tenant(team.tenant_id) as session:
            await paces.do_freeze(session, team.team_id, error.method, error.pause)
            return await self.postpone(session, team.tenant_id, taken, error.pause, has_turn=False)

    async def broke(self, tenant_id: str, taken: outbox.Taken, error: Exception, *, maybe_sent: bool) -> Next:
        """Put away what broke the sender itself; after some times it is given up, and the lane goes on."""
        if isinstance(error, DatabaseBusy):
            return await self.hold(tenant_id, replace(taken, maybe_sent=maybe_sent), str(error))
        number = incident("slack.letter_broke", error, letter=taken.id)
        why = f"broke: {type(error).__name__} (incident {number})"
        if taken.faults + BROKE >= MOST_FAULTS:
            return await self.bury(tenant_id, taken, why)
        wait = backoff(self._first_retry, taken.faults + 1)
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_retry(
                session, taken, after=wait, maybe_sent=maybe_sent, error=why, faults=BROKE
            ):
                return None
            await self._again(session, tenant_id, taken, wait)
            return await outbox.do_take(session, taken.lane, self._lease)

    async def bury(self, tenant_id: str, taken: outbox.Taken, error: str) -> Next:
        """Give a letter up, visibly; an admin is told, who waits for it too, and those behind it go on."""
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_bury(session, taken, error):
                return None
            following = await outbox.do_take(session, taken.lane, self._lease)
            await do_say_unsaid(session, self._enqueue, tenant_id, taken)
            if taken.kind not in QUIETLY:
                await tell_of_letter(session, taken, error)
        SENT.labels("dead").inc()
        log.error("slack.letter_dead", letter=taken.id, error=error)
        return following

    async def stopped(self, tenant_id: str, taken: outbox.Taken) -> Next:
        """Give up what stopped every process that sent it."""
        return await self.bury(tenant_id, taken, STOPPED.format(faults=taken.faults))

    async def give_back(self, tenant_id: str, taken: outbox.Taken, *, maybe_sent: bool) -> None:
        """Let somebody else go on; when it may be out already they look first."""
        try:
            async with self._database.tenant(tenant_id) as session:
                pause = timedelta(seconds=1)
                await outbox.do_retry(session, taken, after=pause, maybe_sent=maybe_sent, error="stopped")
                await self._again(session, tenant_id, taken, pause)
        except Exception as error:  # noqa: BLE001 - the lease runs out, and the sweep finds it then
            log.warning("slack.not_given_back", letter=taken.id, error=type(error).__name__)

    def _is_over(self, taken: outbox.Taken) -> bool:
        return is_over(taken, self._keep_trying)

    def _why(self, taken: outbox.Taken, why: str) -> str:
        if not self._is_over(taken):
            return why
        hours = self._keep_trying[taken.kind].total_seconds() / 3600
        return AGO.format(hours=f"{hours:g}", why=why)

    async def _again(self, session: Session, tenant_id: str, taken: outbox.Taken, after: timedelta) -> None:
        await self._enqueue(
            session, SEND_JOB, {"lane": taken.lane}, tenant=tenant_id, after=after, priority=PRIORITY
        )
