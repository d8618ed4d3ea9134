"""The Home tab: drawn when it is opened and when what it shows changes, for those who look at it lately."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.db import calls as stored
from bot.db import paces, slack_homes
from bot.db.database import Database
from bot.db.session import Session
from bot.db.slack_homes import Shown, Tab, Taken
from bot.slack import home_page
from bot.slack.calls import CallError, Calls, LimitedError, RefusedError, made
from bot.slack.event import USER, fits
from bot.slack.home_drawer import NOT_DRAWN, Drawer, Drawn
from bot.slack.home_panels import Panels
from bot.slack.people import People
from bot.slack.ports import HOME_JOB, PRIORITY, Counter, Enqueue, FindTenant, FindUser
from bot.slack.remedies import BAD_TOKEN
from bot.slack.routes import Route, Routes
from bot.slack.sealed import Seals
from bot.slack.teams import Team, Teams
from bot.trouble import incident

log = structlog.get_logger(__name__)

METHOD = "views.publish"
EVERY, BURST = timedelta(seconds=0.6), 40
"""Slack's tier 4: a hundred a minute per workspace."""
LATELY = timedelta(hours=12)
"""For whom a change is drawn without being asked for: who opened the tab within a working day."""
KEEP = timedelta(days=400)
"""How long it is known that a tab shows something, for it has to be emptied when its person is cut off."""
SOON, CALM = timedelta(seconds=1), timedelta(seconds=5)
"""Before a change is drawn, for the next one often comes with it; between two drawings of one tab."""
LEASE = timedelta(seconds=30)
DEADLINE = 15.0
PATIENCE = timedelta(seconds=2)
MOST_FAILURES = 8
MOST_OPEN, MOST_DUE = 500, 100
CONFLICT = "hash_conflict"
GONE = ("not_enabled", "user_not_found", "missing_scope", *BAD_TOKEN)
"""Refusals after which nothing is drawn until somebody opens the tab again."""


class Home:
    """Draws each person's own tab. `panels` are the buttons of the administration on it."""

    def __init__(  # noqa: PLR0913 - the room hands over its parts
        self,
        *,
        database: Database,
        teams: Teams,
        calls: Calls,
        counter: Counter,
        seals: Seals,
        people: People,
        routes: Routes,
        find_user: FindUser,
        find_tenant: FindTenant,
        enqueue: Enqueue,
    ) -> None:
        """Hear by these routes that a tab was opened."""
        self._database, self._teams, self._calls = database, teams, calls
        self._counter, self._find_tenant, self._enqueue = counter, find_tenant, enqueue
        self._drawer = Drawer(
            database=database,
            calls=calls,
            people=people,
            counter=counter,
            seals=seals,
            find_user=find_user,
            find_tenant=find_tenant,
        )
        routes.add("event:app_home_opened:home", Route(now=self.opened))
        routes.add("click:home", Route(now=self.opened))

    @property
    def panels(self) -> Panels:
        """The buttons of the administration."""
        return self._drawer.panels

    async def opened(self, team: Team, body: Mapping[str, Any]) -> None:
        """Have a tab drawn at once, for its person looks at it."""
        event, user = body.get("event"), body.get("user")
        who = event.get("user") if isinstance(event, Mapping) else None
        who = user.get("id") if isinstance(user, Mapping) else who
        if not fits(USER, who):
            return
        async with self._database.tenant(team.tenant_id) as session:
            await slack_homes.do_open(session, team.team_id, str(who))
            await self._again(session, team.tenant_id, Tab(team_id=team.team_id, user_id=str(who)))

    async def want(self, session: Session, tenant_id: str, tab: Tab) -> None:
        """Have a tab drawn soon, for something on it may have changed; nothing for who does not look."""
        wait = await slack_homes.do_want(
            session, tab.team_id, tab.user_id, lately=LATELY, after=SOON, gap=CALM
        )
        if wait is not None:
            await self._again(session, tenant_id, tab, wait)

    async def worked(self, session: Session, tenant_id: str, team_id: str, user_id: str) -> None:
        """Have somebody's tab drawn soon, for something they asked for or did was worked."""
        await self.want(session, tenant_id, Tab(team_id=team_id, user_id=user_id))

    async def call_changed(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Have the tabs drawn of those whom a call concerns that waits, or that they still see waiting."""
        call_id = str(payload["call"])
        tenant = await self._find_tenant(tenant_id)
        async with self._database.tenant(tenant_id) as session:
            tabs = await slack_homes.find_showing(session, call_id)
            opened = await slack_homes.find_open(session, LATELY, MOST_OPEN)
            call = await stored.get_call(session, call_id) if opened else None
        if call is not None and call.state == "asked":
            people = {each.person for each in opened if each.person}
            concerned = await self._counter.find_deciders(tenant, call_id, people) | {call.asked_by}
            tabs += [each for each in opened if each.person in concerned]
        async with self._database.tenant(tenant_id) as session:
            for tab in sorted({(each.team_id, each.user_id) for each in tabs}):
                await self.want(session, tenant_id, Tab(team_id=tab[0], user_id=tab[1]))

    async def handle(self, tenant_id: str, payload: Mapping[str, Any]) -> None:
        """Draw one tab until nothing about it is due; the job names it."""
        await self.draw(tenant_id, Tab(team_id=str(payload["team"]), user_id=str(payload["user"])))

    async def sweep(self, tenant_id: str) -> None:
        """Draw what is due and nobody draws: its worker died, or its job was lost."""
        async with self._database.tenant(tenant_id) as session:
            await slack_homes.do_empty(session)  # who was unlinked or deactivated: nobody tells Slack of it
            due = await slack_homes.find_due(session, MOST_DUE)
        for tab in due:
            await self.draw(tenant_id, tab)

    async def forget(self, tenant_id: str) -> None:
        """Forget the tabs that nobody looks at any more."""
        async with self._database.tenant(tenant_id) as session:
            await slack_homes.do_forget(session, KEEP)

    async def draw(self, tenant_id: str, tab: Tab) -> None:
        """Draw a tab if it is due and nobody else does."""
        async with self._database.tenant(tenant_id) as session:
            taken = await slack_homes.do_take(session, tab.team_id, tab.user_id, LEASE)
        if taken is None:
            return
        team = await self._teams.find(tab.team_id)
        if team is None or team.tenant_id != tenant_id:
            await self._close(tenant_id, tab)
            return
        try:
            async with asyncio.timeout(DEADLINE):
                await self._draw(team, tab, taken)
        except (CallError, TimeoutError) as error:
            await self._failed(team, tab, taken, error)

    async def _draw(self, team: Team, tab: Tab, taken: Taken) -> None:
        drawn = await self._drawer.drawn(team, taken)
        if drawn is None:
            await self._close(team.tenant_id, tab)
            return
        known = taken.hash
        if taken.looked or drawn.digest != taken.digest or not known:
            if not await self._has_turn(team, tab, taken):
                return
            known = await self._published(team, taken, drawn)
        shown = Shown(hash=known, digest=drawn.digest, calls=drawn.calls)
        async with self._database.tenant(team.tenant_id) as session:
            wait = await slack_homes.do_finish(session, taken, shown, gap=CALM)
            if wait is not None:
                await self._again(session, team.tenant_id, tab, max(wait, timedelta()))

    async def _published(self, team: Team, taken: Taken, drawn: Drawn) -> str:
        """Put the view up, or that it cannot be shown; return Slack's hash of it."""
        try:
            return await self._put_up(team, taken, drawn.view)
        except RefusedError as error:
            if error.reason.startswith((CONFLICT, *GONE)):
                raise
            number = incident("slack.home_refused", error, team=team.team_id, user=taken.user_id)
            return await self._put_up(team, taken, home_page.closed(NOT_DRAWN.format(number=number)))

    async def _put_up(self, team: Team, taken: Taken, view: Mapping[str, Any]) -> str:
        client = self._calls.client(team.token)
        found = await made(
            METHOD,
            lambda: client.views_publish(user_id=taken.user_id, view=dict(view), hash=taken.hash or None),
        )
        kept = found.get("view")
        log.info("slack.home_drawn", team=team.team_id, user=taken.user_id, blocks=len(view["blocks"]))
        return str(kept.get("hash") or "") if isinstance(kept, Mapping) else ""

    async def _has_turn(self, team: Team, tab: Tab, taken: Taken) -> bool:
        """Say whether it may be put up now; if not, it is done later."""
        wait = timedelta()
        async with self._database.tenant(team.tenant_id) as session:
            frozen = await paces.get_frozen(session, team.team_id, METHOD)
            if not frozen:
                wait = await paces.do_take_turn(session, team.team_id, "home", every=EVERY, burst=BURST)
            later = frozen or wait
            if frozen or wait > PATIENCE:
                if await slack_homes.do_postpone(session, taken, later, failed=False):
                    await self._again(session, team.tenant_id, tab, later)
                return False
        await asyncio.sleep(wait.total_seconds())
        return True

    async def _failed(self, team: Team, tab: Tab, taken: Taken, error: CallError | TimeoutError) -> None:
        """Try again later, unless Slack will say no again."""
        reason = error.reason.split(" ")[0] if isinstance(error, CallError) else "too slow"
        conflict = reason == CONFLICT
        hopeless = isinstance(error, RefusedError) and not conflict
        log.warning("slack.home_not_drawn", team=team.team_id, user=tab.user_id, reason=reason)
        if reason.startswith(GONE):
            self._teams.forget(team.team_id)
        if hopeless or taken.failures >= MOST_FAILURES:
            await self._close(team.tenant_id, tab)
            return
        pause = timedelta() if conflict else timedelta(seconds=min(2**taken.failures, 300))
        async with self._database.tenant(team.tenant_id) as session:
            if isinstance(error, LimitedError):
                pause = error.pause
                await paces.do_freeze(session, team.team_id, METHOD, pause)
            if await slack_homes.do_postpone(
                session, taken, pause, failed=not isinstance(error, LimitedError)
            ):
                await self._again(session, team.tenant_id, tab, pause)

    async def _close(self, tenant_id: str, tab: Tab) -> None:
        async with self._database.tenant(tenant_id) as session:
            await slack_homes.do_close(session, tab.team_id, tab.user_id)

    async def _again(
        self, session: Session, tenant_id: str, tab: Tab, after: timedelta | None = None
    ) -> None:
        job = {"team": tab.team_id, "user": tab.user_id}
        await self._enqueue(session, HOME_JOB, job, tenant=tenant_id, after=after or None, priority=PRIORITY)
