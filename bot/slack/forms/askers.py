"""Who acts in a form or a menu, by their rights of this moment, before anything is kept."""

from __future__ import annotations

from bot.contract.place import Place
from bot.core.question import Question
from bot.slack.calls import CallError
from bot.slack.event import USER, fits
from bot.slack.members import check_member
from bot.slack.people import People
from bot.slack.place import SURFACE
from bot.slack.places import Places
from bot.slack.ports import FindTenant, FindUser
from bot.slack.teams import Team


class Askers:
    """Makes a question of who acts, and where."""

    def __init__(self, people: People, places: Places, find_user: FindUser, find_tenant: FindTenant) -> None:
        self._people, self._places = people, places
        self._find_user, self._find_tenant = find_user, find_tenant

    async def question(
        self, team: Team, user_id: str, *, channel: str = "", kind: str = "direct", words: str = ""
    ) -> Question:
        """Return it; NotAllowed and NotLinked for whom nothing is done, CallError when Slack does not say."""
        profile = await self._people.profile(team, user_id)
        check_member(profile)
        tenant = await self._find_tenant(team.tenant_id)
        user = await self._find_user(tenant, SURFACE, f"{team.team_id}:{user_id}", profile.email)
        place = await self.place(team, channel, kind)
        return Question(tenant=tenant, user=user, words=words, surface=SURFACE, place=place)

    async def place(self, team: Team, channel: str, kind: str = "") -> Place:
        """Return who reads along in a channel; where that is not known, people from outside."""
        return await self._places.get(team, channel, kind)

    async def name(self, team: Team, author: str) -> str:
        """Return what somebody is called; as Slack has it where that is not to be learnt now."""
        if not fits(USER, author):
            return author or "Somebody"
        try:
            return (await self._people.profile(team, author)).name
        except CallError:
            return author
