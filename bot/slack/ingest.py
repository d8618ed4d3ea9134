"""From a payload to an inbox row and a job, in one transaction, before Slack hears that we have it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.core import links
from bot.db import slack_homes
from bot.db.database import Database
from bot.db.inbox import Arrival
from bot.slack.account import AccountNews, account_news
from bot.slack.arrivals import LEASE, Arrivals
from bot.slack.at_once import AtOnce
from bot.slack.event import FOLLOW, Heard, arrival
from bot.slack.following import Following
from bot.slack.metrics import RECEIVED
from bot.slack.ports import HOME_JOB, PRIORITY
from bot.slack.routes import Beside, Body, Now, Routes, kind_of_payload
from bot.slack.sealed import Seals
from bot.slack.teams import Team
from bot.trouble import incident

log = structlog.get_logger(__name__)

KEPT, TWICE, HEEDED, DONE, UNKNOWN = "kept", "twice", "heeded", "done", "no handler"
NOT_FOLLOWED = "not followed"
SURFACE = "slack"
SOON = 2.0
"""Seconds for an answer that Slack waits for; it gives up after three."""
LONGEST_BESIDE = 20.0
MOST_BESIDE = 500
"""At once, in one process; beyond that Slack's three seconds are over anyway."""


class Ingest:
    """The one function behind both ways in."""

    def __init__(
        self, database: Database, at_once: AtOnce, routes: Routes, seals: Seals, lease: timedelta = LEASE
    ) -> None:
        self._database, self._at_once = database, at_once
        self._routes, self._seals = routes, seals
        self._following = Following(database)
        self._arrivals = Arrivals(database, at_once, self._following, lease)
        self._beside: set[asyncio.Task[None]] = set()

    async def receive(self, team: Team, body: Body) -> str:
        """Keep what is for the bot; return what became of it. Raises when it could not be kept."""
        return (await self.take_in(team, body))[0]

    async def take_in(self, team: Team, body: Body) -> tuple[str, Mapping[str, Any] | None]:
        """Do so, and return also what Slack is to be answered, if it waits for more than a nod."""
        if (news := account_news(body)) is not None:
            outcome = await self._heed(team, news)
            if (route := self._routes.find(body)) and route.now:
                await route.now(team, body)  # where it breaks, Slack brings the payload again
            return outcome, None
        route = self._routes.find(body)
        if route is None:
            RECEIVED.labels(UNKNOWN).inc()
            log.info("slack.no_handler", kind=ascii(kind_of_payload(body))[:80])
            return UNKNOWN, None
        if route.beside:
            self._start(route.beside, team, body)
        if route.first and (answer := await _answer(route.first, team, body)) is not None:
            RECEIVED.labels(DONE).inc()
            return DONE, answer or None
        outcome = DONE
        heard = route.keep(body, team.bot_user_id) if route.keep else None
        heard = route.hear(team, body) if route.hear else heard
        if heard is not None:
            outcome = heard if isinstance(heard, str) else await self._keep(team, *heard)
        RECEIVED.labels(outcome).inc()
        if route.now and route.must:
            async with asyncio.timeout(SOON):
                return outcome, await route.now(team, body)
        return outcome, await _answer(route.now, team, body) if route.now else None

    async def stop(self) -> None:
        """Wait a moment for what runs beside, then leave it."""
        if self._beside:
            await asyncio.wait(self._beside, timeout=SOON)
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        await self._arrivals.stop()

    async def _keep(self, team: Team, said: Heard, key: str) -> str:
        if said.deed == FOLLOW and not await self._following.may_be(team, said):
            return NOT_FOLLOWED
        said = replace(said, reply_at=self._seals.shut(team, said.reply_at))
        if said.deed == FOLLOW:
            return await self._keep_overheard(team, said, key)
        said = self._following.weigh(team, said)
        new = arrival(said, key, team.team_id)
        return self._told(team, new, await self._arrivals.keep(team, said, new))

    async def _keep_overheard(self, team: Team, said: Heard, key: str) -> str:
        """Keep what is said in a thread without a mention, if it may be for the bot."""
        async with self._database.tenant(team.tenant_id, ahead=True) as session:
            weighed = await self._following.do_weigh(session, team, said)
            if weighed is None:
                return NOT_FOLLOWED
            new = arrival(weighed, key, team.team_id)
            row = await self._arrivals.do_keep_one(session, team, weighed, new)
        return self._told(team, new, row)

    def _told(self, team: Team, new: Arrival, row: str | None) -> str:
        outcome = KEPT if row else TWICE
        log.info("slack.received", outcome=outcome, key=new.event_key, inbox=row, team=team.team_id)
        return outcome

    def _start(self, beside: Beside, team: Team, body: Body) -> None:
        if len(self._beside) >= MOST_BESIDE:
            log.warning("slack.beside_full")
            return
        task = asyncio.create_task(_done(beside, team, body))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _heed(self, team: Team, news: AccountNews) -> str:
        """Cut off whom Slack deactivated, for every process at once; what waits of theirs finds them cut."""
        account = f"{team.team_id}:{news.user}"
        changed = await links.cut(
            self._database, team.tenant_id, SURFACE, account, gone=news.gone, at=news.at
        )
        RECEIVED.labels(HEEDED).inc()
        if changed:
            await self._empty(team, news)
            log.info("slack.account_changed", account=account, gone=news.gone)
        return HEEDED

    async def _empty(self, team: Team, news: AccountNews) -> None:
        """Have the Home tab of somebody who was cut off drawn anew: it shows what they may not see now."""
        async with self._database.tenant(team.tenant_id) as session:
            if news.left:  # nobody can look at it, and Slack takes no other
                await slack_homes.do_close(session, team.team_id, news.user)
            for tab in await slack_homes.do_empty(session, team.team_id, news.user):
                job = {"team": tab.team_id, "user": tab.user_id}
                await self._at_once(session, HOME_JOB, job, tenant=team.tenant_id, priority=PRIORITY)


async def _answer(now: Now, team: Team, body: Body) -> Mapping[str, Any] | None:
    """Return what an immediate handler answers; a late or broken one answers nothing, and is logged."""
    try:
        async with asyncio.timeout(SOON):
            return await now(team, body)
    except Exception as error:  # noqa: BLE001 - the payload is acknowledged all the same
        incident("slack.handler_failed", error, kind=ascii(kind_of_payload(body))[:80])
        return None


async def _done(beside: Beside, team: Team, body: Body) -> None:
    try:
        async with asyncio.timeout(LONGEST_BESIDE):
            await beside(team, body)
    except Exception as error:  # noqa: BLE001 - nobody waits for it
        incident("slack.handler_failed", error, kind=ascii(kind_of_payload(body))[:80])
