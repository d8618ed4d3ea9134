"""What the bot says by itself, as direct messages: each is put into the outbox once."""

from __future__ import annotations

import time

import structlog

from bot.contract.people import Tenant
from bot.core.gate_reply import kept_reply
from bot.core.nudging import NEEDS, may_hear
from bot.core.on_call_telling import KEY as ON_CALL
from bot.db import nudges, outbox
from bot.db.database import Database
from bot.db.nudges import Waiting
from bot.errors import NotAllowed, NotLinked, Unavailable
from bot.slack.calls import CallError
from bot.slack.directs import Directs
from bot.slack.place import SURFACE
from bot.slack.ports import ASK_JOB, PRIORITY, SEND_JOB, Enqueue, FindTenant, FindUser
from bot.slack.render import render_nudge

log = structlog.get_logger(__name__)
PAUSE = 300.0
"""Seconds for which somebody whom Slack does not let us write to is left alone."""


class Nudges:
    """Hands what waits for people with a Slack account over to the outbox."""

    def __init__(
        self,
        *,
        database: Database,
        directs: Directs,
        find_user: FindUser,
        find_tenant: FindTenant,
        enqueue: Enqueue,
    ) -> None:
        self._database, self._directs = database, directs
        self._find_user, self._find_tenant, self._enqueue = find_user, find_tenant, enqueue
        self._later: dict[str, float] = {}

    async def deliver(self, tenant_id: str) -> None:
        """Put all that waits into the outbox; what Slack does not take now stays for a later round."""
        async with self._database.tenant(tenant_id) as session:
            waiting = await nudges.find_waiting(session, SURFACE)
        now = time.monotonic()
        self._later = {account: until for account, until in self._later.items() if until > now}
        for one in (each for each in waiting if each.account not in self._later):
            try:
                await self._hand_over(tenant_id, one)
            except (CallError, Unavailable) as error:
                self._later[one.account] = now + PAUSE
                log.warning("slack.nudge_waits", nudge=one.id, reason=getattr(error, "reason", ""))

    async def _hand_over(self, tenant_id: str, one: Waiting) -> None:
        """Mark it told and keep its letter in one transaction: whoever dies before has done nothing.

        What its person may not hear any more is dropped.
        """
        direct = await self._directs.open(tenant_id, one.account)
        if direct is None:
            return
        tenant = await self._find_tenant(tenant_id)
        hears = await self._hears(tenant, one)
        team_id, channel, lane = direct.team.team_id, direct.channel, direct.lane
        async with self._database.tenant(tenant_id) as session:
            if not await nudges.do_mark_told(session, one.id, SURFACE):
                return
            if not hears:
                return
            if one.key.startswith(ON_CALL):  # the card of the call says it, and stays true
                job = {"call": one.key.removeprefix(ON_CALL), "user": one.user_id, "event": "asked"}
                await self._enqueue(session, ASK_JOB, job, tenant=tenant_id, priority=PRIORITY)
                return
            for at, message in enumerate(render_nudge(kept_reply(one.reply, ""), tenant.zone)):
                letter = outbox.Letter(lane=lane, team_id=team_id, channel=channel, payload=message)
                put = await outbox.do_put_once(session, letter, f"nudge:{one.id}:{at}")
                if put is not None:
                    await self._enqueue(
                        session, SEND_JOB, {"lane": lane}, tenant=tenant_id, dedupe=put, priority=PRIORITY
                    )
        log.info("slack.nudge", nudge=one.id)

    async def _hears(self, tenant: Tenant, one: Waiting) -> bool:
        """Say whether its person may hear it still, by the rights they have now."""
        if NEEDS not in one.reply:
            return True
        try:
            return may_hear(await self._find_user(tenant, SURFACE, one.account, None), one.reply)
        except (NotLinked, NotAllowed):
            return False
