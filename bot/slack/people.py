"""Who somebody in Slack is."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from weakref import WeakValueDictionary

from bot.slack.calls import CallError, Calls, LimitedError, Profile, RefusedError
from bot.slack.teams import Team

FRESH = 300.0
MOST = 10_000
NOT_SHOWN = ("user_not_found", "user_not_visible", "users_not_found", "missing_scope")
WAITS = (0.3, 1.0, 3.0)
"""Seconds before each further try, when Slack did not answer."""
LONGEST_PAUSE = 45.0
"""Seconds that Slack may want before the person is told to ask again."""
MOST_NAMED = 5
"""People named in one message that are looked up; further ones keep their Slack id."""


class People:
    """Profiles, remembered for a few minutes."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kept: dict[tuple[str, str], tuple[float, Profile]] = {}
        self._asking: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._pauses: defaultdict[str, float] = defaultdict(float)
        """Workspace -> until when (monotonic) Slack wants to be asked nothing."""

    async def profile(self, team: Team, user_id: str) -> Profile:
        """Return a person; one Slack does not show us is from outside, for all we know.

        CallError when Slack keeps silent.
        """
        key = (team.team_id, user_id)
        if known := self._known(key):
            return known
        async with self._asking.setdefault(key, asyncio.Lock()):
            return self._known(key) or await self._look_up(team, user_id, key)

    def _known(self, key: tuple[str, str]) -> Profile | None:
        kept = self._kept.get(key)
        return kept[1] if kept and kept[0] > time.monotonic() else None

    async def _look_up(self, team: Team, user_id: str, key: tuple[str, str]) -> Profile:
        try:
            found = await self._ask(team, user_id)
        except RefusedError as error:
            if not error.reason.startswith(NOT_SHOWN):
                raise
            found = Profile(name=user_id, email=None, active=True, outside=True)
        if not found.active:  # who comes back is not kept waiting
            self.forget(*key)
            return found
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = (time.monotonic() + FRESH, found)
        return found

    async def _ask(self, team: Team, user_id: str) -> Profile:
        """Ask until Slack answers: no question is thrown back for a hiccup, and asking twice does no harm."""
        for wait in WAITS:
            await asyncio.sleep(self._pauses[team.team_id] - time.monotonic())
            try:
                return await self._calls.profile(team.token, team.team_id, user_id)
            except RefusedError:
                raise
            except LimitedError as error:
                pause = error.pause.total_seconds()
                self._pauses[team.team_id] = time.monotonic() + pause
                if pause > LONGEST_PAUSE:
                    raise
            except CallError:
                await asyncio.sleep(wait)
        await asyncio.sleep(self._pauses[team.team_id] - time.monotonic())
        return await self._calls.profile(team.token, team.team_id, user_id)

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
