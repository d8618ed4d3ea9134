"""What one person's Home tab looks like at this moment, by their rights of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.core.home import Home
from bot.core.journal import note
from bot.core.question import Question
from bot.db.database import Database
from bot.db.slack_homes import CLOSED, Taken
from bot.errors import UserError
from bot.slack import home_page
from bot.slack.calls import Calls
from bot.slack.home_page import Page
from bot.slack.home_panels import Panels
from bot.slack.home_recent import Recent
from bot.slack.members import check_member
from bot.slack.people import People
from bot.slack.place import SURFACE
from bot.slack.ports import Counter, FindTenant, FindUser
from bot.slack.sealed import Seals
from bot.slack.teams import Team
from bot.trouble import incident, warn

NOT_DRAWN = "I cannot show this at the moment (incident {number}). Ask me in a message instead."


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A view with what stands for what it says, and the waiting calls in it."""

    view: Mapping[str, Any]
    digest: str = ""
    calls: frozenset[str] = frozenset()


class Drawer:
    """Draws tabs; puts up none. `panels` are the buttons of the administration."""

    def __init__(
        self,
        *,
        database: Database,
        calls: Calls,
        people: People,
        counter: Counter,
        seals: Seals,
        find_user: FindUser,
        find_tenant: FindTenant,
    ) -> None:
        self._database, self._people, self._counter = database, people, counter
        self._seals, self._find_user, self._find_tenant = seals, find_user, find_tenant
        self._recent = Recent(database, calls)
        self.panels = Panels()

    async def drawn(self, team: Team, taken: Taken) -> Drawn | None:
        """Return what the person may see; None for somebody who left. Raises CallError."""
        profile = await self._people.profile(team, taken.user_id)
        if not profile.active:
            return None  # Slack takes no tab for an account that is deactivated
        try:
            check_member(profile)
            page = await self._page(team, taken, profile.email)
        except UserError as error:
            return Drawn(view=home_page.closed(str(error)), digest=f"{CLOSED}{error}")
        except Exception as error:  # noqa: BLE001 - the person sees that it went wrong, and what to do
            number = incident("slack.home_failed", error, team=team.team_id, user=taken.user_id)
            return Drawn(view=home_page.closed(NOT_DRAWN.format(number=number)), digest=number)
        view = home_page.draw(page, lambda button: self._seals.value(team, button))
        waiting = (*page.home.to_decide, *page.home.asked) if page.home else ()
        ids = frozenset(one.call_id for one in waiting)
        return Drawn(view=view, digest=home_page.digest(page), calls=ids)

    async def _page(self, team: Team, taken: Taken, email: str | None) -> Page:
        tenant = await self._find_tenant(team.tenant_id)
        user = await self._find_user(tenant, SURFACE, f"{team.team_id}:{taken.user_id}", email)
        place = Place(surface=SURFACE, kind=PlaceKind.DIRECT)
        home = await self._counter.home(
            Question(tenant=tenant, user=user, words="", surface=SURFACE, place=place)
        )
        if home.closed:
            return Page(tenant=tenant.name, zone=tenant.zone, home=home)
        if taken.looked:
            await self._note(tenant, home)
        recent = await self._lines(team, taken, tenant)
        panels = self.panels.find(home.user)
        return Page(tenant=tenant.name, zone=tenant.zone, home=home, recent=recent, panels=panels)

    async def _lines(self, team: Team, taken: Taken, tenant: Tenant) -> list[str]:
        """Return the recent questions; none when that fails, for the tab is worth showing without."""
        try:
            return await self._recent.lines(team, taken.user_id, tenant.zone)
        except Exception as error:  # noqa: BLE001 - one part of many
            warn("home_recent_failed", error, team=team.team_id)
            return []

    async def _note(self, tenant: Tenant, home: Home) -> None:
        """Write down what somebody looked at."""
        said = ", ".join(each.title for each in home.parts) or "nothing of a plugin"
        async with self._database.tenant(tenant.id) as session:
            await note(session, event="home", by=home.user.id, text=f"looked at the Home tab: {said}")
