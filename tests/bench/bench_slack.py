"""Slack: how fast an event is acknowledged and answered. Run: `python -m tests.bench.bench_slack`.

Real processes' worth of parts in one: emulated Slack, slack-bolt, PostgreSQL, the job queue, one message per
person in their direct conversation (Slack's pace of one message a second per channel would be all one measures).
"""

from __future__ import annotations

import asyncio
import logging
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.db.database import Database
from bot.db.jobs import enqueue
from bot.db.tenants import do_create_tenant
from bot.jobs.job import Kind
from bot.jobs.worker import Worker
from bot.slack.room import SlackRoom
from bot.web.serve import WebServer
from bot.web.site import Probes, make_site
from tests.bot.slack.conftest import KEY, Answers
from tests.databases import TestServer
from tests.slackd import Slackd

PEOPLE = 400


async def find_user(_tenant: Tenant, _surface: str, who: str, _email: str | None) -> User:
    return User.with_permissions(who, who, frozenset())


@asynccontextmanager
async def bot(database: Database, slack: Slackd, way: str) -> AsyncIterator[None]:
    world = slack.world
    key = (
        {"slack_app_token": world.app_token}
        if way == "socket"
        else {"slack_signing_secret": world.signing_secret}
    )
    config = Config(slack_bot_token=world.bot_token, slack_api_url=slack.api_url, slack_tenant="acme", **key)
    room = SlackRoom(
        config, database=database, cipher=KEY, counter=Answers(), find_user=find_user, enqueue=enqueue
    )
    await room.start()

    async def ping() -> None:
        return None

    server = WebServer(make_site(Probes(ping=ping), slack=lambda: room.gate), host="127.0.0.1", port=0)
    if way == "http":
        await server.start()
        slack.delivery.request_url = f"http://127.0.0.1:{server.port}/slack/events"
    else:
        while not slack.connections:
            await asyncio.sleep(0.02)
    kinds = {
        name: Kind(
            run=lambda job, handle=handle: handle(job.tenant, job.payload),
            pool="interactive",
            deadline=timedelta(minutes=2),
        )
        for name, handle in room.handlers.items()
    }
    worker = Worker(database, kinds)
    working = asyncio.create_task(worker.run())
    await asyncio.sleep(1)
    try:
        yield
    finally:
        worker.stop()
        await working
        await server.stop()
        await room.stop()


async def one(slack: Slackd, user: str) -> float:
    """Say something in private; return the seconds until the reply is there."""
    channel = slack.world.direct(user)
    had = len(channel.messages)
    began = time.perf_counter()
    await slack.seat(user).say(channel.id, "hello")
    while len(channel.messages) < had + 2:
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


async def measure(slack: Slackd, title: str, count: int, at_once: int) -> None:
    users = [f"U{n:04}" for n in range(PEOPLE)]
    for user in users:
        slack.world.people.get(user) or slack.world.add_person(
            user, user.lower(), f"{user}@acme.example".lower()
        )
    room, taken = asyncio.Semaphore(at_once), []
    slack.delivery.acks.clear()
    calls = len(slack.calls)

    async def turn(n: int) -> None:
        async with room:
            taken.append(await one(slack, users[n % PEOPLE]))

    began = time.perf_counter()
    await asyncio.gather(*(turn(n) for n in range(count)))
    wall = time.perf_counter() - began
    acks, replies = sorted(slack.delivery.acks), sorted(taken)
    print(
        f"{title:28} {at_once:3} at once: ack p50 {ms(acks, 50)} p99 {ms(acks, 99)} ms | reply p50 {ms(replies, 50)}"
        f" p99 {ms(replies, 99)} ms | {count / wall:5.0f} replies/s | {(len(slack.calls) - calls) / count:.2f} calls/reply"
    )


def ms(values: list[float], percent: int) -> str:
    return f"{1000 * (statistics.quantiles(values, n=100)[percent - 1]):6.1f}"


async def main() -> None:
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    server = TestServer().start()
    try:
        for way in ("http", "socket"):
            urls = await server.take()
            database = Database(runtime_url=urls.runtime, pool_size=20)
            async with database.system() as session:
                await do_create_tenant(session, slug="acme", name="Acme")
            async with Slackd(paced=False) as slack:
                async with bot(database, slack, way):
                    await measure(slack, f"{way}, warming up", PEOPLE, 32)
                    await measure(slack, way, 200, 1)
                    await measure(slack, way, 800, 64)
                    slack.faults.latency = 0.08
                    await measure(slack, f"{way}, Slack takes 80 ms", 800, 64)
                assert slack.delivery.unacked == []
                assert slack.world.violations == []
            await database.close()
        print(
            f"RSS at the end {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, emulated Slack included"
        )
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(main())
