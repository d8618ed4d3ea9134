"""Who may use the bot at all: active members of the workspace itself; in doubt it is no."""

from __future__ import annotations

from bot.contract.people import Tenant, User
from bot.errors import NotAllowed
from bot.slack.calls import Profile
from bot.slack.people import People
from bot.slack.ports import FindUser
from bot.slack.teams import Teams

SURFACE = "slack"
OUTSIDE = (
    "I work only for members of this workspace: guests and people of other organisations cannot use me. "
    "Ask a colleague who is a member."
)
GONE_TEAM = "This workspace is not connected any more."
GONE = "This Slack account was deactivated, so I do nothing for it."


def check_member(profile: Profile) -> None:
    """Raise NotAllowed for whoever is no active member, however their account is linked."""
    if not profile.active:
        raise NotAllowed(GONE)
    if profile.outside:
        raise NotAllowed(OUTSIDE)


class Members:
    """Finds people as `find_user` does, but only members of this moment: a link alone gives nobody anything.

    Slack is asked at most once in five minutes per person, and tells of changes in between; when it does not
    answer, CallError is raised and nobody is found.
    """

    def __init__(self, find_user: FindUser, teams: Teams, people: People) -> None:
        self._find_user, self._teams, self._people = find_user, teams, people

    async def __call__(self, tenant: Tenant, surface: str, account: str, email: str | None) -> User:
        """Return the person behind an account, `team:user`; NotAllowed, NotLinked, CallError, Unavailable."""
        if surface != SURFACE:
            raise NotAllowed(GONE_TEAM)
        await self.check(tenant, account)
        return await self._find_user(tenant, surface, account, email)

    async def check(self, tenant: Tenant, account: str) -> None:
        """Raise NotAllowed unless an account is a member's, CallError where Slack does not say."""
        team_id, _, user_id = account.partition(":")
        team = await self._teams.find(team_id)
        if team is None or team.tenant_id != tenant.id:
            raise NotAllowed(GONE_TEAM)
        check_member(await self._people.profile(team, user_id))
