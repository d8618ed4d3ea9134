"""What could not be done because Slack was away is done later, for as long as letters are tried, too."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.db.database import Database
from bot.slack.calls import CallError, LimitedError, RefusedError
from bot.slack.ports import PRIORITY, Enqueue
from bot.slack.remedies import BAD_TOKEN
from bot.slack.teams import Teams

log = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=1)
PATIENCE = timedelta(hours=48)
SINCE = "since"
"""Where a job keeps since when it waits, in seconds of the epoch."""


def is_final(error: CallError) -> bool:
    """Say whether Slack would refuse it again; a bad token is renewed, or the workspace installed again."""
    return isinstance(error, RefusedError) and not error.reason.startswith(BAD_TOKEN)


class Later:
    """Puts jobs back into the queue that Slack did not let us do."""

    def __init__(self, database: Database, teams: Teams, enqueue: Enqueue) -> None:
        self._database, self._teams, self._enqueue = database, teams, enqueue

    async def put(self, tenant_id: str, kind: str, payload: Mapping[str, Any], error: CallError) -> None:
        """Queue a job again; raise the error when it has waited for too long, so that it stays visible."""
        now = time.time()
        since = float(payload.get(SINCE) or now)
        if now - since > PATIENCE.total_seconds():
            raise error
        if isinstance(error, RefusedError):  # the token: another process may have a new one by then
            for team in await self._teams.find_all(tenant_id):
                self._teams.forget(team.team_id)
        after = max(PAUSE, error.pause) if isinstance(error, LimitedError) else PAUSE
        job = {**payload, SINCE: since}
        async with self._database.tenant(tenant_id) as session:
            await self._enqueue(session, kind, job, tenant=tenant_id, after=after, priority=PRIORITY)
        log.warning("slack.later", job=kind, call=payload.get("call"), reason=error.reason)
