"""From a payload to an inbox row and a job, in one transaction, before Slack hears that we have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.core import links
from bot.db import inbox
from bot.db.database import Database
from bot.slack.account import AccountNews, account_news
from bot.slack.event import arrival, hear
from bot.slack.metrics import RECEIVED
from bot.slack.place import do_learn
from bot.slack.ports import EVENT_JOB, PRIORITY, Enqueue
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

KEPT, TWICE, HEEDED = "kept", "twice", "heeded"
SURFACE = "slack"


class Ingest:
    """The one function behind both ways in."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        self._database = database
        self._enqueue = enqueue

    async def receive(self, team: Team, body: Mapping[str, Any]) -> str:
        """Keep what is for the bot; return what became of it. Raises when it could not be kept."""
        if (news := account_news(body)) is not None:
            return await self._heed(team, news)
        heard = hear(body, team.bot_user_id)
        if isinstance(heard, str):
            RECEIVED.labels(heard).inc()
            return heard
        new, said = arrival(*heard, team.team_id), heard[0]
        async with self._database.tenant(team.tenant_id) as session:
            row = await inbox.do_receive(session, new)
            if row is not None:
                await self._enqueue(
                    session,
                    EVENT_JOB,
                    {"lane": new.lane},
                    tenant=team.tenant_id,
                    dedupe=row,
                    priority=PRIORITY,
                )
                await do_learn(session, said.channel, said.kind, said.text)
        outcome = KEPT if row else TWICE
        RECEIVED.labels(outcome).inc()
        log.info("slack.received", outcome=outcome, key=new.event_key, inbox=row, team=team.team_id)
        return outcome

    async def _heed(self, team: Team, news: AccountNews) -> str:
        """Cut off whom Slack deactivated, for every process at once; what waits of theirs finds them cut."""
        account = f"{team.team_id}:{news.user}"
        changed = await links.cut(
            self._database, team.tenant_id, SURFACE, account, gone=news.gone, at=news.at
        )
        RECEIVED.labels(HEEDED).inc()
        if changed:
            log.info("slack.account_changed", account=account, gone=news.gone)
        return HEEDED
