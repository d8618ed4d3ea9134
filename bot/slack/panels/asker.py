"""Who stands behind a click in a view, as the core asks: by their rights of this moment, in private."""

from __future__ import annotations

from bot.contract.place import Place, PlaceKind
from bot.core.question import Question
from bot.errors import NotLinked
from bot.slack.people import People
from bot.slack.place import SURFACE
from bot.slack.ports import FindTenant, FindUser
from bot.slack.teams import Team

GONE = "This Slack account is not active, so I can do nothing for it."


class Asker:
    """Finds the person; raises NotLinked for somebody the tenant does not know."""

    def __init__(self, people: People, find_user: FindUser, find_tenant: FindTenant) -> None:
        self._people, self._find_user, self._find_tenant = people, find_user, find_tenant

    async def question(self, team: Team, user: str, key: str = "") -> Question:
        """Return a question of theirs without words; `key` names the press that stands behind it."""
        profile = await self._people.profile(team, user)
        if not profile.active:
            raise NotLinked(GONE)
        tenant = await self._find_tenant(team.tenant_id)
        person = await self._find_user(tenant, SURFACE, f"{team.team_id}:{user}", profile.email)
        return Question(
            tenant=tenant,
            user=person,
            words="",
            thread=f"{team.team_id}:/{user}",
            surface=SURFACE,
            key=key,
            place=Place(surface=SURFACE, kind=PlaceKind.DIRECT),
        )
