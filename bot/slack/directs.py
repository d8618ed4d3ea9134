"""The direct conversations with people, by their accounts; which channel one is never changes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.calls import Calls
from bot.slack.teams import Team, Teams

MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Direct:
    """Where somebody is spoken to alone: their workspace, Slack's id of them, and the channel."""

    team: Team
    user: str
    channel: str

    @property
    def lane(self) -> str:
        """In whose turn it is said."""
        return f"{self.team.team_id}:{self.channel}:"


class Directs:
    """Opens each conversation once per process."""

    def __init__(self, teams: Teams, calls: Calls) -> None:
        self._teams, self._calls = teams, calls
        self._open: dict[str, str] = {}

    async def open(self, tenant_id: str, account: str) -> Direct | None:
        """Return the conversation with `T1:UANN`; None when that workspace is not this tenant's.

        Raises CallError where Slack does not open it.
        """
        team_id, _, user = account.partition(":")
        team = await self._teams.find(team_id)
        if team is None or team.tenant_id != tenant_id:
            return None
        channel = self._open.get(account) or await self._calls.open_direct(team.token, user)
        if len(self._open) >= MOST:
            self._open.clear()
        self._open[account] = channel
        return Direct(team=team, user=user, channel=channel)
