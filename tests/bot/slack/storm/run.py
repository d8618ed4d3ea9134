"""One storm from beginning to end: a provider, its people, the service, the trouble, and the judgement."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import suppress
from pathlib import Path

from bot.app import App
from bot.config import Config
from bot.core import grants
from bot.core.people import add_person
from bot.core.switch import found_tenant
from bot.db.database import Database
from bot.db.grants import NewGrant
from bot.db.scratch import Urls
from bot.db.tenants import do_create_tenant
from bot.slack.manifest import make_manifest
from tests.bot.slack.storm.crowd import Crowd, Door, is_taken_back
from tests.bot.slack.storm.fleet import Fleet
from tests.bot.slack.storm.judge import Judge
from tests.bot.slack.storm.weather import Trouble
from tests.slackd import Slackd
from tests.vectors import seed_vectors

PEOPLE, CHANNELS = 24, 60
ENDING = 480.0
"""Seconds the service has for what is still open when the last question was asked.

Slack lets messages be changed, and threads be read, 50 times a minute each: after many kills and many buttons
taken off their messages that takes its time. After ten minutes the buttons of all the others come off too.
"""
SEED = int(os.environ.get("STORM_SEED", "7"))
"""What people ask, what goes wrong and what comes late or twice follow from it; who is faster does not."""
PATIENCE = float(os.environ.get("STORM_PATIENCE", "3"))
"""Slack's; a machine that is busy with other things may be given more, which then proves less."""
QUIET = 3.0
"""Seconds after the last answer in which a second one would come."""


async def found(urls: Urls, home: Path) -> str:
    """Create the provider, with everybody who will ask as its support agents; return the tenant's id."""
    seed_vectors(home)
    app = await App.open(Config(home=home, database_url=urls.runtime, database_owner_url=urls.owner))
    try:
        async with app.database.system() as session:
            tenant = await do_create_tenant(session, slug="acme", name="Acme")
        await found_tenant(app.around(tenant), with_plugins=["customers", "tickets", "local"])
        for number in range(PEOPLE):
            person = await add_person(
                app.database, tenant, name=f"Agent {number}", email=f"agent{number}@acme.example", by="test"
            )
            new = NewGrant(user_id=person.id, role="support", by="test")
            await grants.grant(app.database, tenant, new, giver=None)
    finally:
        await app.close()
    return tenant.id


def make_slack(*, agent: bool) -> Slackd:
    """Return a workspace where the bot hears channels too, and Slack's retries come a tenth as late."""
    manifest = make_manifest(agent=agent)
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    manifest["settings"]["event_subscriptions"]["bot_events"] = sorted({*events, "message.channels"})
    slack = Slackd(manifest=manifest)
    people = [f"U{number:03}" for number in range(PEOPLE)]
    for number, user in enumerate(people):
        slack.world.add_person(user, f"agent{number}", f"agent{number}@acme.example")
    for number in range(CHANNELS):
        slack.world.add_channel(f"C{number:03}", f"room{number}", *people)
    slack.delivery.delays = (0.0, 6.0, 30.0)
    slack.delivery.weather.lot = random.Random(SEED)
    slack.delivery.weather.duplicates, slack.delivery.weather.reorder = 0.15, 6
    slack.pace.grace = 1.0
    slack.delivery.patience = PATIENCE
    return slack


async def storm(way: str, events: int, urls: Urls, home: Path, *, agent: bool = False) -> None:
    """Run one, print the report and judge it."""
    tenant = await found(urls, home)
    database = Database(runtime_url=urls.runtime, pool_size=2)
    async with make_slack(agent=agent) as slack:
        fleet, door = Fleet(slack, urls, home, way, agent), Door()
        people, rooms = [f"U{n:03}" for n in range(PEOPLE)], [f"C{n:03}" for n in range(CHANNELS)]
        crowd = Crowd(slack, people, rooms, events, door, SEED)
        trouble = Trouble(fleet, door, random.Random(SEED))
        judge = Judge(slack, crowd, trouble, database, tenant, SEED)
        began = time.monotonic()
        try:
            await fleet.start()
            await asyncio.gather(crowd.ask(), trouble.rage(lambda: crowd.enough))
            await settled(crowd, judge)
            judge.took = time.monotonic() - began
            print(judge.report())
            await judge.judge()
            await fleet.stop()
        finally:
            await fleet.end()
            await database.close()


async def settled(crowd: Crowd, judge: Judge) -> None:
    """Wait until all is answered, and then while nothing more is said; the judge tells what never was."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ENDING):
            while crowd.unanswered or missing(crowd) or await judge.unfinished():
                await asyncio.sleep(0.2)
            had = -1
            while had != (had := sum(map(len, crowd.heard.values()))):
                await asyncio.sleep(QUIET)
                crowd.listen()


def missing(crowd: Crowd) -> list[str]:
    """Undone writes nobody has confirmed yet."""
    pressed = [one.word for one in crowd.requests.values() if one.pressed]
    return [word for word in pressed if not any(is_taken_back(m) for m in crowd.heard[word])]
