"""Working the outbox: each letter is posted once, in order within its thread, at the pace Slack allows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.db import outbox, paces
from bot.db.database import Database
from bot.db.session import Session
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, UnreachedError
from bot.slack.hold import Hold, held
from bot.slack.metrics import SENT
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue
from bot.slack.teams import Team, Teams

log = structlog.get_logger(__name__)

METHOD = "chat.postMessage"
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=5)
PATIENCE = timedelta(seconds=2)
"""A shorter wait for a turn is waited for; a longer one becomes a job."""
BAD_BLOCKS = ("invalid_blocks", "invalid_attachments", "msg_blocks_too_many", "invalid_blocks_format")
BAD_TOKEN = ("invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed")


class Sender:
    """Takes letters and posts them; `every` and `burst` pace one channel.

    After a failed try it waits `first_retry`, then twice as long each time; Slack's own pause wins.
    """

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        calls: Calls,
        enqueue: Enqueue,
        every: timedelta = timedelta(seconds=1),
        burst: int = 3,
        first_retry: timedelta = timedelta(seconds=2),
        lease: timedelta = timedelta(seconds=30),
    ) -> None:
        self._database, self._teams, self._calls, self._enqueue = database, teams, calls, enqueue
        self._every, self._burst, self._lease = every, burst, lease
        self._first_retry = first_retry

    async def handle(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Send what waits in one thread; the job names the thread."""
        await self.drain(tenant_id, str(payload["lane"]))

    async def drain(self, tenant_id: str, lane: str) -> None:
        """Send the lane's letters in order; returns at once when somebody else does, or none is due."""
        async with self._database.tenant(tenant_id) as session:
            taken = await outbox.do_take(session, lane, self._lease)
        while taken is not None:
            taken = await self._send(tenant_id, taken)

    async def _send(self, tenant_id: str, taken: outbox.Taken) -> outbox.Taken | None:
        """Send one letter and return the lane's next, if it is due."""

        async def renew() -> bool:
            async with self._database.tenant(tenant_id) as session:
                return await outbox.do_renew(session, taken, self._lease)

        async with held(self._lease, renew) as hold:
            try:
                team = await self._teams.find(taken.team_id)
                if team is None or team.tenant_id != tenant_id:
                    return await self._bury(tenant_id, taken, "the workspace is not connected any more")
                return await self._deliver(team, taken, hold)
            except asyncio.CancelledError:
                await asyncio.shield(self._give_back(tenant_id, taken))
                raise

    async def _deliver(self, team: Team, taken: outbox.Taken, hold: Hold) -> outbox.Taken | None:
        try:
            ts = await self._posted(team, taken, hold)
        except LimitedError as error:
            await self._freeze(team, taken, error)
            return None
        except RefusedError as error:
            return await self._refused(team, taken, error)
        except CallError as error:
            return await self._retry(team.tenant_id, taken, error)
        if ts is None:
            return None
        async with self._database.tenant(team.tenant_id) as session:
            if not await outbox.do_mark_sent(session, taken, ts):
                return None
            following = await outbox.do_take(session, taken.lane, self._lease)
        SENT.labels("sent").inc()
        log.info("slack.sent", letter=taken.id, attempts=taken.attempts)
        return following

    async def _posted(self, team: Team, taken: outbox.Taken, hold: Hold) -> str | None:
        """Return the ts of the posted message; None when it is not the time for it."""
        if taken.maybe_sent and (ts := await self._find_posted(team, taken)):
            return ts
        if not await self._has_turn(team, taken):
            return None
        return await self._post(team, taken) if hold.sure() else None

    async def _find_posted(self, team: Team, taken: outbox.Taken) -> str | None:
        return await self._calls.find_posted(
            team.token,
            channel=taken.channel,
            thread_ts=taken.thread_ts,
            letter_id=taken.id,
            since=taken.created_at,
        )

    async def _post(self, team: Team, taken: outbox.Taken) -> str:
        return await self._calls.post(
            team.token,
            channel=taken.channel,
            thread_ts=taken.thread_ts,
            message=taken.payload,
            letter_id=taken.id,
        )

    async def _has_turn(self, team: Team, taken: outbox.Taken) -> bool:
        """Say whether it may be posted now; if not, it is put back until it may."""
        wait = timedelta()
        async with self._database.tenant(team.tenant_id) as session:
            frozen = await paces.get_frozen(session, team.team_id, METHOD)
            if not frozen and not taken.has_turn:
                wait = await paces.do_take_turn(
                    session, team.team_id, f"post:{taken.channel}", every=self._every, burst=self._burst
                )
            if frozen or wait > PATIENCE:
                if await outbox.do_postpone(session, taken, frozen or wait, has_turn=not frozen):
                    await self._again(session, team.tenant_id, taken, frozen or wait)
                SENT.labels("postponed").inc()
                return False
        await asyncio.sleep(wait.total_seconds())
        return True

    async def _freeze(self, team: Team, taken: outbox.Taken, error: LimitedError) -> None:
        """Slack wants a pause: no process makes this call for this workspace before it is over."""
        async with self._database.tenant(team.tenant_id) as session:
            await paces.do_freeze(session, team.team_id, error.method, error.pause)
            if await outbox.do_postpone(session, taken, error.pause, has_turn=False):
                await self._again(session, team.tenant_id, taken, error.pause)
        SENT.labels("limited").inc()
        log.warning("slack.limited", method=error.method, seconds=error.pause.total_seconds())

    async def _refused(self, team: Team, taken: outbox.Taken, error: RefusedError) -> outbox.Taken | None:
        if error.method != METHOD:
            return await self._bury(team.tenant_id, taken, f"perhaps sent, and not to be found out: {error}")
        if error.reason.startswith(BAD_TOKEN):
            self._teams.forget(team.team_id)
        if not error.reason.startswith(BAD_BLOCKS) or "blocks" not in taken.payload:
            return await self._bury(team.tenant_id, taken, str(error))
        log.error("slack.blocks_refused", letter=taken.id, reason=error.reason)
        async with self._database.tenant(team.tenant_id) as session:
            if not await outbox.do_simplify(session, taken, {"text": taken.payload["text"]}, str(error)):
                return None
            return await outbox.do_take(session, taken.lane, self._lease)

    async def _retry(self, tenant_id: str, taken: outbox.Taken, error: CallError) -> outbox.Taken | None:
        maybe_sent = taken.maybe_sent or not isinstance(error, UnreachedError)
        if taken.attempts >= MOST_ATTEMPTS:
            return await self._bury(tenant_id, taken, str(error))
        wait = min(self._first_retry * 2 ** (taken.attempts - 1), LONGEST_WAIT)
        async with self._database.tenant(tenant_id) as session:
            if await outbox.do_retry(session, taken, after=wait, maybe_sent=maybe_sent, error=str(error)):
                await self._again(session, tenant_id, taken, wait)
        SENT.labels("retried").inc()
        log.warning("slack.not_sent", letter=taken.id, reason=error.reason, maybe_sent=maybe_sent)
        return None

    async def _bury(self, tenant_id: str, taken: outbox.Taken, error: str) -> outbox.Taken | None:
        """Give a letter up, visibly; those behind it go on."""
        async with self._database.tenant(tenant_id) as session:
            if not await outbox.do_bury(session, taken, error):
                return None
            following = await outbox.do_take(session, taken.lane, self._lease)
        SENT.labels("dead").inc()
        log.error("slack.letter_dead", letter=taken.id, error=error)
        return following

    async def _again(self, session: Session, tenant_id: str, taken: outbox.Taken, after: timedelta) -> None:
        await self._enqueue(
            session, SEND_JOB, {"lane": taken.lane}, tenant=tenant_id, after=after, priority=PRIORITY
        )

    async def _give_back(self, tenant_id: str, taken: outbox.Taken) -> None:
        """Let somebody else go on; they look first whether it was posted."""
        try:
            async with asyncio.timeout(5), self._database.tenant(tenant_id) as session:
                pause = timedelta(seconds=1)
                await outbox.do_retry(session, taken, after=pause, maybe_sent=True, error="stopped")
                await self._again(session, tenant_id, taken, pause)
        except Exception as error:  # noqa: BLE001 - the lease runs out, and the sweep finds it then
            log.warning("slack.not_given_back", letter=taken.id, error=type(error).__name__)
