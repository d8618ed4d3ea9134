"""The service: web, Slack, workers and scheduler of one process, started and stopped in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.app import App
from bot.contract.people import Tenant, User
from bot.core import identity
from bot.core.background import jobs_of, run_job
from bot.core.listed import picks
from bot.db import jobs, nudges, threads
from bot.errors import BadInput, ConfigError, Unavailable, UserError
from bot.jobs.job import Job, Kind, Later, plain
from bot.jobs.scheduler import Every, Scheduler
from bot.jobs.tidy import TIDY, tidying
from bot.jobs.worker import POOLS, Worker
from bot.seated import Seated
from bot.understand.understander import PATIENCE
from bot.web.serve import WebServer
from bot.web.site import Probes, make_site

if TYPE_CHECKING:
    from bot.slack.room import SlackRoom

ROLES = ("web", "slack", "agent", "worker", "scheduler")
"""What one process can do; together they are the whole service."""
RECOVER, HOURLY = timedelta(seconds=30), timedelta(hours=1)
NUDGES = timedelta(days=30)
"""How long what people were to be told is kept, told or not: nobody is told it twice meanwhile."""
TICKING = timedelta(minutes=2)
"""A scheduler that has not looked at the schedules for so long is stuck."""

log = structlog.get_logger(__name__)


def check_roles(only: Sequence[str]) -> tuple[str, ...]:
    """Return the roles to run; BadInput names one that does not exist."""
    for role in only:
        if role not in ROLES:
            raise BadInput(f"“{role}” is no part of the service; --only takes {', '.join(ROLES)}.")
    return tuple(only) or ROLES


class Process:
    """One process of the service. `start`, then `wait`, then `stop`."""

    def __init__(self, app: App, only: Sequence[str] = ()) -> None:
        self.app = app
        self.roles = check_roles(only)
        wants_slack = app.config.slack_bot_token is not None or app.config.slack_client_id
        self.slack = self.make_slack() if wants_slack else None
        self.web: WebServer | None = None
        self.worker: Worker | None = None
        self.scheduler: Scheduler | None = None
        self.failed = ""
        """The part that ended by itself, if one did."""
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = asyncio.Event()
        self._warming: asyncio.Task[None] | None = None

    async def start(self, progress: Callable[[str], None]) -> None:
        """Start what this process is for; ConfigError when that cannot be."""
        if self.slack is not None and {"slack", "web", "agent"} & set(self.roles):
            progress("Connecting to Slack")
            receive = "slack" in self.roles or "web" in self.roles
            await self.slack.start(receive=receive, work="agent" in self.roles)
        elif self.roles == ("slack",):
            raise ConfigError(
                "Neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set, so there is no Slack to serve. "
                "The README says how."
            )
        pools = self._pools()
        if pools:
            self.worker = Worker(self.app.database, self.handlers(), pools=pools)
            self._run("worker", self.worker.run())
        if "agent" in self.roles:
            self.app.understanders.patience = PATIENCE
            self._warming = asyncio.create_task(self._warm())
        if "scheduler" in self.roles:
            self.scheduler = Scheduler(self.app.database, every=self.beats())
            self._run("scheduler", self.scheduler.run())
        if "web" in self.roles:
            progress("Listening")
            self.web = WebServer(self._site(), host=self.app.config.host, port=self.app.config.port)
            await self.web.start()
            self._run("web", self.web.wait())

    async def wait(self) -> None:
        """Return when told to end (SIGTERM, SIGINT) or when a part of the service ended by itself."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        await self._ended.wait()

    async def stop(self) -> None:
        """Take nothing in, finish what runs, give back the rest."""
        self._ended.set()
        if self.web is not None:
            await self.web.stop()
        warming = [self._warming] if self._warming is not None else []
        for task in warming:
            task.cancel()
        for part in (self.scheduler, self.worker):
            if part is not None:
                part.stop()
        await asyncio.gather(*self._tasks, *warming, return_exceptions=True)
        if self.slack is not None:
            await self.slack.stop()

    def handlers(self) -> Mapping[str, Kind | Any]:
        """Return every kind of job this installation knows."""
        slack = self.slack.handlers if self.slack is not None else {}
        quick = {name: plain(handler, pool="interactive") for name, handler in slack.items()}
        return {
            **quick,
            "call_expire": self._expire,
            "call_remind": self._remind,
            "calls_recover": plain(self._recover, attempts=1, keep=False),
            "tidy_threads": plain(self._tidy_threads, attempts=1, keep=False),
            TIDY.kind: tidying(self.app.database),
            **{
                kind: Kind(run=self._plugin_job, deadline=job.timeout * 2, attempts=job.attempts)
                for kind, job in jobs_of(self.app.registry).items()
            },
        }

    def beats(self) -> Sequence[Every]:
        """Return what all processes together do every so often."""
        return (
            Every(name="recover", every=RECOVER, kind="calls_recover", each_tenant=True),
            Every(name="tidy-threads", every=HOURLY, kind="tidy_threads", each_tenant=True),
            TIDY,
            *(
                Every(name=kind, every=job.every, kind=kind, each_tenant=True)
                for kind, job in jobs_of(self.app.registry).items()
                if job.every is not None
            ),
        )

    async def _warm(self) -> None:
        """Load what the first question would wait for; a failure is that question's to tell."""
        with suppress(UserError):
            for tenant in await self.app.tenants():
                try:
                    await self.app.warm(tenant)
                except Exception as error:  # noqa: BLE001 - one tenant's trouble keeps no other one cold
                    log.warning("service.not_warm", tenant=tenant.id, error=type(error).__name__)

    def _pools(self) -> dict[str, int]:
        wanted = {"agent": ("interactive",), "worker": ("background", "bulk")}
        return {pool: POOLS[pool] for role in self.roles for pool in wanted.get(role, ())}

    def _run(self, name: str, work: Any) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._part_ended)
        self._tasks.append(task)

    def _part_ended(self, task: asyncio.Task[None]) -> None:
        """End the process when a part ended by itself: whoever supervises it starts it anew."""
        if not self._ended.is_set():
            self.failed = task.get_name()
            why = None if task.cancelled() else task.exception()
            log.error("service.part_failed", part=self.failed, exc_info=why)
        self._ended.set()

    def make_slack(self) -> SlackRoom:
        """Return the Slack room of this installation, not started."""
        from bot.seated_panels import SeatedPanels  # noqa: PLC0415 - only Slack has them
        from bot.slack.room import SlackRoom  # noqa: PLC0415 - 16 MB that only Slack needs

        seated = Seated(self.app)
        room = SlackRoom(
            self.app.config,
            database=self.app.database,
            cipher=self.app.cipher,
            counter=seated,
            forms=seated,
            office=SeatedPanels(self.app),
            find_user=self._find_user,
            link=self._link,
            enqueue=jobs.enqueue,
            picks=picks,
        )
        self.app.groups.find = room.usergroups.find_handle
        return room

    async def _find_user(self, tenant: Tenant, surface: str, external: str, email: str | None) -> User:
        app = self.app
        user_id = await identity.find_linked_id(app.database, tenant, surface, external, email)
        return await app.around(tenant).user(user_id)

    async def _link(self, tenant: Tenant, surface: str, external: str, words: str) -> str | None:
        return await identity.link_by_words(
            self.app.database, self.app.registry, tenant, surface, external, words
        )

    def _site(self) -> Any:
        more: dict[str, Callable[[], Awaitable[object]]] = {}
        if self.slack is not None:
            more["slack"] = self.slack.health
        if self.scheduler is not None:
            more["scheduler"] = self._ticks
        probes = Probes(
            ping=self._ping,
            oldest_job=self._oldest,
            set_aside=lambda: sorted(self.app.loaded.broken),
            more=more,
        )
        slack = lambda: self.slack.gate if self.slack is not None else None  # noqa: E731 - asked per request
        return make_site(probes, slack=slack, pages=self._pages_of_people)

    def _pages_of_people(self) -> Any:
        from bot.web.site_pages import make_pages  # noqa: PLC0415 - 10 MB and 0.2 s that many never need

        return make_pages(self.app, installing=self.slack.installing if self.slack is not None else None)

    async def _ping(self) -> object:
        async with self.app.database.system():
            return True

    async def _ticks(self) -> str:
        seen = self.scheduler.seen_at if self.scheduler is not None else None
        return "ok" if seen is not None and self.app.clock() - seen < TICKING else "stuck"

    async def _oldest(self) -> timedelta | None:
        async with self.app.database.system() as session:
            waiting = [one.oldest for one in await jobs.find_backlog(session) if one.queued]
        return max(waiting, default=None)

    async def _expire(self, tenant_id: str, payload: dict[str, Any]) -> None:
        gate = await self.app.gate(await self.app.tenant(tenant_id))
        await gate.expire(payload["call"])

    async def _remind(self, tenant_id: str, payload: dict[str, Any]) -> None:
        gate = await self.app.gate(await self.app.tenant(tenant_id))
        await gate.remind(payload["call"])

    async def _recover(self, tenant_id: str, _payload: dict[str, Any]) -> None:
        gate = await self.app.gate(await self.app.tenant(tenant_id))
        await gate.recover()

    async def _plugin_job(self, job: Job) -> None:
        around = self.app.around(await self.app.tenant(job.tenant))
        again = await run_job(around, job.kind, job.payload, key=f"job-{job.id}", check=job.check)
        if again is not None:
            raise Later(again)

    async def _tidy_threads(self, tenant_id: str, _payload: dict[str, Any]) -> None:
        async with self.app.database.tenant(tenant_id) as session:
            await threads.do_forget_threads(session)
            await nudges.do_forget(session, NUDGES)


async def serve(app: App, only: Sequence[str], progress: Callable[[str], None]) -> None:
    """Run the service until it is told to end; Unavailable when a part of it ended by itself."""
    process = Process(app, only)
    try:
        await process.start(progress)
        progress("")
        parts = ", ".join(process.roles)
        where = f"http://{app.config.host}:{process.web.port}" if process.web else ""
        log.info("service.running", parts=parts, web=where, slack=process.slack is not None)
        await process.wait()
        log.info("service.ending")
    finally:
        with suppress(asyncio.CancelledError):
            await process.stop()
    if process.failed:
        raise Unavailable(f"The {process.failed} ended by itself, so I stopped; the log says why.")
