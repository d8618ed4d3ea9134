"""Who acts in a form or a menu, by their rights of this moment, before anything is kept."""

from __future__ import annotations

from bot.core.question import Question
from bot.db.database import Database
from bot.slack.calls import CallError
from bot.slack.event import USER, fits
from bot.slack.members import check_member
from bot.slack.people import People
from bot.slack.place import SURFACE, get_place
from bot.slack.ports import FindTenant, FindUser
from bot.slack.teams import Team


class Askers:
    """Makes a question of who acts, and where."""

    def __init__(
        self, database: Database, people: People, find_user: FindUser, find_tenant: FindTenant
    ) -> None:
        self._database, self._people = database, people
        self._find_user, self._find_tenant = find_user, find_tenant

    async def question(
        self, team: Team, user_id: str, *, channel: str = "", kind: str = "direct", words: str = ""
    ) -> Question:
        """Return it; NotAllowed and NotLinked for whom nothing is done, CallError when Slack does not say."""
        profile = await self._people.profile(team, user_id)
        check_member(profile)
        tenant = await self._find_tenant(team.tenant_id)
        user = await self._find_user(tenant, SURFACE, f"{team.team_id}:{user_id}", profile.email)
        async with self._database.tenant(tenant.id) as session:
            place = await get_place(session, channel, kind)
        return Question(tenant=tenant, user=user, words=words, surface=SURFACE, place=place)

    async def name(self, team: Team, author: str) -> str:
        """Return what somebody is called; as Slack has it where that is not to be learnt now."""
        if not fits(USER, author):
            return author or "Somebody"
        try:
            return (await self._people.profile(team, author)).name
        except CallError:
            return author
