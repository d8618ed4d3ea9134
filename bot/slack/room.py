"""The Slack room as the rest of the bot composes it: ways in, jobs, and the sweep behind them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import structlog

from bot.config import Config
from bot.core.listed import picks as numbered
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.slack.again import Presses
from bot.slack.agent.agent import Agent
from bot.slack.agent.prompts import Prompts
from bot.slack.agent.tempo import Tempo
from bot.slack.at_once import AtOnce, as_job
from bot.slack.bolt import make_bolt, over_http
from bot.slack.calls import Calls
from bot.slack.clicks import SHARE
from bot.slack.deeds import Deeds
from bot.slack.forgetting import KEEP, Forgetting
from bot.slack.forms.askers import Askers
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.surface import Forms
from bot.slack.gate import Gate, signing_secrets
from bot.slack.home import Home
from bot.slack.home_team import HomeTeam
from bot.slack.ingest import Ingest
from bot.slack.install import Installing
from bot.slack.members import Members
from bot.slack.overhearing import Overhearing
from bot.slack.panels.joined import Shared, add_panels
from bot.slack.panels.ports import Backoffice
from bot.slack.patience import keep_trying
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.ports import (
    ASK_JOB,
    EVENT_JOB,
    HOME_JOB,
    NOTICE_JOB,
    SEND_JOB,
    Counter,
    Enqueue,
    FindUser,
    Link,
    Picks,
    no_codes,
)
from bot.slack.reader import Reader
from bot.slack.record import recorder_of
from bot.slack.renewal import Renewal
from bot.slack.routes import Routes
from bot.slack.routing import own_routes
from bot.slack.sealed import Seals
from bot.slack.sender import Sender
from bot.slack.sharing import Sharing
from bot.slack.sockets import Sockets
from bot.slack.sweep import Lanes, Sweep
from bot.slack.teams import Teams
from bot.slack.telling import Telling, make_telling
from bot.slack.tenants import Tenants
from bot.slack.unfurls import Unfurls
from bot.slack.usergroups import Usergroups
from bot.slack.why import Why

log = structlog.get_logger(__name__)

Handler = Callable[[str, dict[str, Any]], Awaitable[None]]
FORGET_EVERY = 3600.0


class SlackRoom:
    """Everything between Slack and the answer.

    `handlers` go to the job worker, `gate` to the web server at /slack/events. A process that only works
    jobs starts with `receive=False`, one that has no part in the work with `work=False`.
    """

    sockets: Sockets | None = None
    gate: Gate | None = None

    def __init__(  # noqa: PLR0913 - the composition root hands over the world
        self,
        config: Config,
        *,
        database: Database,
        cipher: Cipher,
        counter: Counter,
        find_user: FindUser,
        enqueue: Enqueue,
        forms: FormDesk | None = None,
        picks: Picks = numbered,
        link: Link = no_codes,
        office: Backoffice | None = None,
        sweep_every: timedelta | None = timedelta(seconds=10),
        lease: timedelta = timedelta(seconds=30),
        first_retry: timedelta = timedelta(seconds=2),
        tempo: Tempo | None = None,
    ) -> None:
        self._config, self._database, self._tenant = config, database, Tenants(database)
        self._sweep_every, self._tasks = sweep_every, list[asyncio.Task[None]]()
        self.at_once = enqueue = AtOnce(database, enqueue)
        self.calls, self.teams = Calls(config.slack_api_url), Teams(database, cipher)
        self.seals, self.people = Seals(cipher), People(self.calls)
        self.members = Members(find_user, self.teams, self.people)
        self.home_team = HomeTeam(config, database, self.teams, self.calls)
        self.installing = Installing(config, database, cipher, self.teams, self.calls)
        self.renewal = Renewal(config, database, cipher, self.teams, self.calls)
        self.deeds = Deeds(counter, self.seals, Presses(database), enqueue)
        self.deeds.add(SHARE, Sharing(database, enqueue).share)
        self.routes = Routes(own_routes(Why(self.calls, database, enqueue, self.seals)))
        self.places = Places(database, self.calls, self.routes)
        self.forms = self._forming(forms, find_user, enqueue)
        self.usergroups = Usergroups(database, self.teams, self.calls, self.routes)
        self.ingest = Ingest(database, self.at_once, self.routes, self.seals, lease)
        self.agent = Agent(database, self.places, self.calls, enqueue, tempo).join(self.routes, self.deeds)
        known = self.people, self.places, self.members, self.deeds
        self.overhearing = Overhearing(counter, self.calls, *known)
        links = Unfurls(database, self.calls, self.askers, counter, enqueue, config.public_url)
        links.join(self.routes, self.overhearing)
        self.home = self._homes(counter, self.members, enqueue)
        self.reader = self._reading(find_user, enqueue, picks, link, lease)
        if office is not None:
            add_panels(self, Shared(office, counter, database, cipher, self._tenant, enqueue, picks))
        self.sender = self._sending(enqueue, lease, first_retry)
        asks = self.agent.lacks, counter, self.members, self._tenant
        Prompts(self.calls, self.people, *asks).join(self.routes)
        self.at_once.add(EVENT_JOB, self.reader.drain)
        self.at_once.add(SEND_JOB, self.sender.drain, self.sender.turns.do_next)
        self.telling = self._telling(counter, enqueue)
        self.sweeping = self._sweeping()

    def _telling(self, counter: Counter, enqueue: Enqueue) -> Telling:
        return make_telling(
            self._database,
            self.teams,
            self.calls,
            places=self.places,
            counter=counter,
            members=self.members,
            find_tenant=self._tenant,
            enqueue=enqueue,
        )

    def _reading(
        self, find_user: FindUser, enqueue: Enqueue, picks: Picks, link: Link, lease: timedelta
    ) -> Reader:
        return Reader(
            database=self._database,
            teams=self.teams,
            calls=self.calls,
            people=self.people,
            places=self.places,
            overhearing=self.overhearing,
            deeds=self.deeds,
            seals=self.seals,
            agent=self.agent,
            find_user=find_user,
            find_tenant=self._tenant,
            enqueue=enqueue,
            picks=picks,
            link=link,
            lease=lease,
            worked=self.home.worked,
        )

    def _forming(self, desk: FormDesk | None, find_user: FindUser, enqueue: Enqueue) -> Forms | None:
        """Handle forms, where there is somebody who draws them."""
        self.askers = Askers(self.people, self.places, find_user, self._tenant)
        if desk is None:
            return None
        forms = Forms(self._database, self.calls, self.askers, desk, self.seals, enqueue)
        forms.add_to(self.routes, self.deeds)
        return forms

    def _sending(self, enqueue: Enqueue, lease: timedelta, first_retry: timedelta) -> Sender:
        return Sender(
            database=self._database,
            teams=self.teams,
            calls=self.calls,
            enqueue=enqueue,
            seals=self.seals,
            came=self.places.came,
            lease=lease,
            first_retry=first_retry,
            keep_trying=keep_trying(timedelta(hours=self._config.slack_keep_trying_hours)),
        )

    def _homes(self, counter: Counter, find_user: FindUser, enqueue: Enqueue) -> Home:
        return Home(
            database=self._database,
            teams=self.teams,
            calls=self.calls,
            counter=counter,
            seals=self.seals,
            people=self.people,
            routes=self.routes,
            find_user=find_user,
            find_tenant=self._tenant,
            enqueue=enqueue,
        )

    async def _noticed(self, tenant_id: str, payload: dict[str, Any]) -> None:
        """Tell of what became of a call, and show it on the Home tabs that it concerns."""
        await self.telling.notices.handle(tenant_id, payload)
        await self.home.call_changed(tenant_id, payload)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The jobs of this room by kind."""
        return {
            EVENT_JOB: as_job(self.reader.drain),
            SEND_JOB: as_job(self.sender.drain),
            NOTICE_JOB: self._noticed,
            ASK_JOB: self.telling.asks.handle,
            HOME_JOB: self.home.handle,
        }

    async def start(self, *, receive: bool = True, work: bool = True) -> None:
        """Connect, and `work` at once on what comes in; ConfigError when Slack refuses the token."""
        await self.calls.open()
        if work:
            self.at_once.open()
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self.stop)
            await self._start(receive=receive)
            opened.pop_all()

    async def _start(self, *, receive: bool) -> None:
        if self._config.slack_bot_token is not None:
            self.teams.expect_home()
            await self.home_team.learn_first()
        if receive:
            app = make_bolt(self.calls, self.teams, self.ingest, recorder_of(self._config))
            if secret := self._config.slack_signing_secret:
                self.gate = Gate(signing_secrets(secret.get_secret_value()), over_http(app))
            if token := self._config.slack_app_token:
                self.sockets = Sockets(app, token.get_secret_value())
                await self.sockets.start()
        if self._sweep_every is not None:
            self._tasks.append(asyncio.create_task(self.home_team.keep_asking()))
            self._tasks.append(asyncio.create_task(self._sweep_for_ever(self._sweep_every)))

    async def stop(self) -> None:
        """Take nothing in any more and close; what waits stays in the tables."""
        if self.sockets is not None:
            await self.sockets.stop()
        await self.ingest.stop()
        if self.forms is not None:
            await self.forms.opener.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sweeping.stop()
        await self.at_once.stop()
        await self.calls.close()

    async def sweep(self) -> None:
        """Work on what nobody works on: its worker died, or its job was lost."""
        await self.sweeping.once()

    async def forget(self, older: timedelta = KEEP) -> None:
        """Delete what is finished and old."""
        await Forgetting(self._database, self.home.forget).forget(older)

    async def health(self) -> Mapping[str, Any]:
        """Return what `check` and /readyz show."""
        sockets = await self.sockets.connected() if self.sockets else None
        workspace = self.teams.home.team_id if self.teams.home else None
        return {"workspace": workspace, "sockets": sockets, "http": self.gate is not None}

    def _sweeping(self) -> Sweep:
        chores = {
            "nudges": self.telling.nudges.deliver,
            "lanes": Lanes(self._database, self.reader.drain, self.sender.drain).drain,
            "groups": self.usergroups.refresh,
            "tokens": self.renewal.renew,
            "home": self.home.sweep,
        }
        return Sweep(self.teams.find_tenants, chores)

    async def _sweep_for_ever(self, every: timedelta) -> None:
        forget_at = time.monotonic() + FORGET_EVERY
        while True:
            try:
                await self.sweeping.round(every)
                if time.monotonic() > forget_at:
                    forget_at = time.monotonic() + FORGET_EVERY
                    await self.forget()
            except Exception as error:  # noqa: BLE001 - the next round may do better
                log.warning("slack.sweep_failed", error=type(error).__name__)
            await asyncio.sleep(every.total_seconds())
