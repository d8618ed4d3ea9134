"""What a workspace does not have: remembered between all processes, so that it is not asked for in vain."""

from __future__ import annotations

from datetime import timedelta

from bot.db import paces
from bot.db.database import Database
from bot.slack.calls import CallError, LimitedError, RefusedError
from bot.slack.teams import Team

SESSIONS, LOADING, STREAMS, PROMPTS = "sessions", "loading", "streams", "prompts"
NOT_THERE = (
    *("feature_disabled", "not_agent_app", "missing_scope", "unknown_method", "not_allowed_token_type"),
    *("plan_upgrade_required", "team_access_not_granted", "method_deprecated"),
)
"""Answers that speak of the app or the workspace, not of this one thread."""
LONG = timedelta(hours=12)
AGENT_SCOPE = "assistant:write"
"""Slack grants it to every app that is an agent, and to no other."""
AGENTS_ONLY = frozenset({SESSIONS, PROMPTS})


class Lacks:
    """What each workspace refused lately, and for how long calls are paused there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has(self, team: Team, what: str) -> bool:
        """Say whether the workspace may have this; of an app that is no agent it is known without asking."""
        if what in AGENTS_ONLY and team.scopes and AGENT_SCOPE not in team.scopes:
            return False
        async with self._database.tenant(team.tenant_id) as session:
            return not await paces.get_frozen(session, team.team_id, f"lack:{what}")

    async def note(self, team: Team, what: str, error: RefusedError) -> None:
        """Remember a refusal, if it is one of all calls of this kind."""
        if error.reason.startswith(NOT_THERE):
            async with self._database.tenant(team.tenant_id) as session:
                await paces.do_freeze(session, team.team_id, f"lack:{what}", LONG)

    async def pause(self, team: Team, error: LimitedError) -> None:
        """Let nobody make this call for as long as Slack said."""
        async with self._database.tenant(team.tenant_id) as session:
            await paces.do_freeze(session, team.team_id, error.method, error.pause)

    async def is_paused(self, team: Team, method: str) -> bool:
        """Say whether Slack wants this call not to be made at present."""
        async with self._database.tenant(team.tenant_id) as session:
            return bool(await paces.get_frozen(session, team.team_id, method))

    async def heed(self, team: Team, what: str, error: CallError) -> None:
        """Remember what an error says of calls to come."""
        if isinstance(error, LimitedError):
            await self.pause(team, error)
        if isinstance(error, RefusedError):
            await self.note(team, what, error)

    async def has_turn(self, team: Team, method: str, *, every: float, burst: int) -> bool:
        """Take a turn for a call that is made now or not at all."""
        async with self._database.tenant(team.tenant_id) as session:
            if await paces.get_frozen(session, team.team_id, method):
                return False
            return await paces.do_try_turn(
                session, team.team_id, f"agent:{method}", every=timedelta(seconds=every), burst=burst
            )
