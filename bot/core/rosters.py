"""Who is on call, asked of the rosters that plugins declare; nobody is when none of them can say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot import trouble
from bot.contract.context import Context
from bot.contract.people import User
from bot.contract.roster import FOREVER, Duty, Roster
from bot.core.bulkhead import Bulkheads, within
from bot.core.gate_setup import Around
from bot.core.surroundings import Surroundings
from bot.db import users
from bot.db.database import Database
from bot.errors import NotAllowed, NotFound, Unavailable, UserError
from bot.host.registry import Owned, View

WATCH = User(id="roster", name="the rosters")
MOMENT = timedelta(seconds=1)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class OnCall:
    """Who is on call for a team at one moment: people who are active here, until one of them is relieved.

    Without `until` that is not foreseen. `gone` are those whom a roster names and who are not active.
    `trouble` says why nobody can be named at all; `silent` is set when that is because a roster did not
    answer. `duties` are how they came to be on call, by their ids.
    """

    team: str
    people: tuple[User, ...] = ()
    duties: tuple[Duty, ...] = ()
    until: datetime | None = None
    gone: tuple[str, ...] = ()
    trouble: str = ""
    silent: bool = False


@dataclass(frozen=True, kw_only=True)
class Rosters:
    """The rosters of one tenant, as far as they are on."""

    view: View
    around: Around
    database: Database
    bulkheads: Bulkheads = field(default_factory=Bulkheads)

    async def find_teams(self) -> list[str]:
        """Return the teams that some roster knows; one that fails knows none."""
        found: set[str] = set()
        for one in self._all():
            try:
                found |= {str(team) for team in await self._asked(one, lambda r, ctx: r.teams(ctx))}
            except UserError as error:
                trouble.warn("roster_failed", error, roster=one.id, tenant=self.around.tenant.id)
        return sorted(found)

    async def check_team(self, team: str) -> None:
        """Raise NotFound, with the teams there are, when no roster knows this one."""
        teams = await self.find_teams()
        if team in teams:
            return
        if not self._all():
            raise NotFound(
                "No plugin that keeps rosters is on here, so nobody can be on call. "
                "An admin can turn one on: `admin enable_plugin oncall`."
            )
        there = f"There are: {', '.join(teams)}." if teams else "There is none yet: `oncall set_rotation`."
        raise NotFound(f"No roster knows a team “{team[:60]}”. {there}")

    async def find_duties(self, team: str, since: datetime, until: datetime) -> Sequence[Duty]:
        """Return the duties that overlap a stretch, of the first roster that knows the team.

        Raises NotFound when none does, and Unavailable when one that was to be asked did not answer.
        """
        for one in self._all():
            found = await self._asked(one, lambda r, ctx: _duties(r, ctx, team, since, until))
            if found is not None:
                return found
        await self.check_team(team)
        raise NotFound(f"No roster knows a team “{team[:60]}” any more.")

    async def find_named_duties(self, team: str, since: datetime, until: datetime) -> list[Duty]:
        """Return the same by the ids of the people who are active here today."""
        found = await self.find_duties(team, since, until)
        people = {one: await self._person(one) for one in {duty.person for duty in found}}
        return [
            replace(duty, person=person.id) for duty in found if (person := people[duty.person]) is not None
        ]

    async def get_on_call(self, team: str, at: datetime) -> OnCall:
        """Return who is on call at a moment; whatever goes wrong, nobody is, and it says why."""
        try:
            duties = await self.find_duties(team, at, at + MOMENT)
            now = [one for one in duties if one.since <= at < one.until]
            found = [(one, await self._person(one.person)) for one in now]
        except UserError as error:
            return OnCall(team=team, trouble=str(error), silent=isinstance(error, Unavailable))
        people = {user.id: user for _, user in found if user is not None}
        return OnCall(
            team=team,
            people=tuple(people.values()),
            duties=tuple(replace(one, person=user.id) for one, user in found if user is not None),
            until=min((one.until for one in now if one.until < FOREVER), default=None),
            gone=tuple(one.person for one, user in found if user is None),
        )

    def _all(self) -> tuple[Owned[Roster], ...]:
        return tuple(sorted(self.view.all(Roster), key=lambda one: (one.plugin, one.item.name)))

    async def _asked(self, one: Owned[Roster], ask: Callable[[Roster, Context[Any]], Awaitable[T]]) -> T:
        """Ask one roster within its time and its plugin's places; Unavailable when it does not answer."""
        try:
            context = await self.around.context(one.plugin, WATCH)
            async with self.bulkheads.place(self.around.tenant.id, one.plugin):
                return await within(one.item.timeout, ask(one.item, context))
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a roster throws, it has not said who is on call
            found = trouble.incident("roster_failed", error, roster=one.id, tenant=self.around.tenant.id)
            raise Unavailable(f"The roster of {one.plugin} does not answer (incident {found}).") from None

    async def _person(self, person: str) -> User | None:
        """Return an active person by id or e-mail address."""
        if "@" in person:
            async with self.database.tenant(self.around.tenant.id) as session:
                known = await users.get_person_by_email(session, person)
            if known is None:
                return None
            person = known.id
        try:
            return await self.around.user(person)
        except NotAllowed:
            return None


async def rosters_around(around: Surroundings) -> Rosters:
    """Return the rosters of a tenant outside its gate."""
    return Rosters(view=await around.view(), around=around, database=around.database)


async def _duties(
    roster: Roster, ctx: Context[Any], team: str, since: datetime, until: datetime
) -> Sequence[Duty] | None:
    """Return what a roster says, if it is what it may say."""
    found = await roster.duties(ctx, team, since, until)
    if found is None:
        return None
    for one in found:
        if not isinstance(one, Duty) or one.since.tzinfo is None or one.until.tzinfo is None:
            raise TypeError(f"{roster.name} answered {one!r}; it answers duties with aware times")
        if one.made_at is not None and one.made_at.tzinfo is None:
            raise TypeError(f"{roster.name} answered {one!r}; when it was made has to be an aware time")
    return found
