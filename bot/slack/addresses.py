"""Who has an e-mail address at Slack; that nobody has it is remembered for a while too."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.slack.calls import Calls
from bot.slack.teams import Team, Teams

FRESH = 600.0
"""Seconds for which an address that nobody has is not asked for again: each call that waits would."""
MOST = 10_000


class Addresses:
    """Finds accounts by address; `clock` counts seconds."""

    def __init__(self, teams: Teams, calls: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self._teams, self._calls, self._clock = teams, calls, clock
        self._nobody: dict[tuple[str, str], float] = {}
        """Workspace and address -> until when it is taken for granted that nobody there has it."""

    async def find_account(self, tenant_id: str, email: str) -> str:
        """Return `T1:UANN`, or nothing when nobody has it; CallError when Slack does not say."""
        for team in await self._teams.find_all(tenant_id) if email else ():
            user = await self._find_user(team, email)
            profile = await self._calls.profile(team.token, team.team_id, user) if user else None
            # As when they speak first: an address counts only where the workspace itself vouches for it.
            if profile and profile.email and profile.email.casefold() == email.casefold():
                return f"{team.team_id}:{user}"
        return ""

    async def _find_user(self, team: Team, email: str) -> str:
        key, now = (team.team_id, email.casefold()), self._clock()
        if self._nobody.get(key, now) > now:
            return ""
        user = await self._calls.find_by_email(team.token, email)
        self._nobody.pop(key, None)
        if not user:
            if len(self._nobody) >= MOST:
                self._nobody.clear()
            self._nobody[key] = now + FRESH
        return user
