"""Who somebody in Slack is."""

from __future__ import annotations

import time

from bot.slack.calls import Calls, Profile, RefusedError
from bot.slack.teams import Team

FRESH = 300.0
MOST = 10_000
NOT_SHOWN = ("user_not_found", "user_not_visible", "users_not_found", "missing_scope")
MOST_NAMED = 5
"""People named in one message that are looked up; further ones keep their Slack id."""


class People:
    """Profiles, remembered for a few minutes."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kept: dict[tuple[str, str], tuple[float, Profile]] = {}

    async def profile(self, team: Team, user_id: str) -> Profile:
        """Return a person; one Slack does not show us has no e-mail."""
        key = (team.team_id, user_id)
        kept = self._kept.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            found = await self._calls.profile(team.token, team.team_id, user_id)
        except RefusedError as error:
            if not error.reason.startswith(NOT_SHOWN):
                raise
            found = Profile(name=user_id, email=None, active=True)
        if not found.active:  # who comes back is not kept waiting
            self.forget(*key)
            return found
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = (time.monotonic() + FRESH, found)
        return found

    def forget(self, team_id: str, user_id: str) -> None:
        """Ask Slack anew about a person next time."""
        self._kept.pop((team_id, user_id), None)

    async def names(self, team: Team, users: set[str]) -> dict[str, str]:
        """Return what to call the people a message names: by e-mail, for that is unique."""
        found: dict[str, str] = {}
        for user in sorted(users)[:MOST_NAMED]:
            profile = await self.profile(team, user)
            found[user] = profile.email or profile.name
        return found
