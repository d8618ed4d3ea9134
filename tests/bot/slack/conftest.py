"""A workspace, a bot in it, and somebody who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.slack.agent.tempo import Tempo
from bot.slack.room import SlackRoom
from tests.bot.core.gate_world import Desk
from tests.bot.slack.gated import AtGate, Staff, hire, only_notices
from tests.bot.slack.office import HOW_TO_LINK, Answers, Links, Office
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

__all__ = ["HOW_TO_LINK", "KEY", "Answers", "Links", "Office"]

KEY = Cipher(keys={"t": b"k" * 32}, seals_with="t")


def config_for(slack: Slackd, **more: object) -> Config:
    world = slack.world
    keys = {"slack_bot_token": world.bot_token, "slack_api_url": slack.api_url, "slack_tenant": "acme"}
    return Config(**{**keys, **more})


@pytest.fixture
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Slackd]:
    """A workspace of which the bot asks nothing that Slack refuses, but for what a test says is `refused`."""
    async with Slackd() as slackd:
        world = slackd.world
        world.add_person("UANN", "ann", "ann@acme.example")
        world.add_person("UBEN", "ben", "ben@acme.example")
        world.add_person("UNEW", "newcomer", "new@acme.example")
        world.add_channel("CNOC", "noc", "UANN", "UBEN", "UNEW")
        yield slackd
        wanted = getattr(request.node.get_closest_marker("refused"), "args", ())
        found = [not any(code in each for code in wanted) for each in slackd.violations]
        assert not any(found), slackd.violations
        assert found or len(wanted) != 1, f"{wanted} did not come"


def make_office(
    slack: Slackd,
    database: Database,
    tenant: Tenant,
    answers: Answers | None = None,
    *,
    tempo: Tempo | None = None,
    lease: timedelta = timedelta(seconds=1.5),
    sweep_every: timedelta | None = None,
    **more: object,
) -> Office:
    queue, answers = MemoryQueue(), answers or Answers()
    ann = User.with_permissions("1", "Ann", frozenset())
    links = Links(
        {"ann@acme.example": ann, "ben@acme.example": User.with_permissions("2", "Ben", frozenset())}
    )
    room = SlackRoom(
        config_for(slack, **more),
        database=database,
        cipher=KEY,
        counter=answers,
        find_user=links,
        enqueue=queue.enqueue,
        sweep_every=sweep_every,
        first_retry=timedelta(milliseconds=50),
        lease=lease,
        tempo=tempo,
    )
    queue.join(room)
    return Office(slack, room, queue, answers, links, database, tenant)


@pytest.fixture
async def office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    """The room on HTTP, without a web server: `receive` it by the gate."""
    made = make_office(slack, database, tenant, slack_signing_secret=slack.world.signing_secret)
    await made.room.start()
    yield made
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []


@pytest.fixture
async def socket_office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    """The room on Socket Mode."""
    made = make_office(slack, database, tenant, slack_app_token=slack.world.app_token)
    await made.room.start()
    yield made
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []


@pytest.fixture
async def staff(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Staff]:
    """The room on Socket Mode before a real gate; Ann asks, Ben, Cem and Dan may agree."""
    for name in ("cem", "dan"):
        slack.world.add_person(f"U{name.upper()}", name, f"{name}@acme.example")
    slack.world.add_channel("COPS", "ops", "UANN", "UBEN", "UCEM", "UDAN")
    answers = AtGate()
    made = make_office(
        slack,
        database,
        tenant,
        answers,
        lease=timedelta(seconds=60),  # nobody dies here, however busy the machine is
        slack_app_token=slack.world.app_token,
    )
    desk = Desk(database, tenant, enqueue=only_notices(made.queue), notices=True)
    answers.gate = desk.gate
    await made.room.start()
    yield await hire(made, desk, "ann", "ben", "cem", "dan")
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []
