"""kill -9 between event and reply: nothing lost, nothing said twice. Real processes, real job queue."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process

import pytest

from bot.contract.people import Tenant
from bot.db import slack_links
from bot.db.database import Database
from bot.db.scratch import Urls
from tests.bot.slack.victim import LINK_STEPS, STEPS
from tests.slackd import Slackd


async def spawn(urls: Urls, slack: Slackd, step: str) -> Process:
    way = {"slack_bot_token": slack.world.bot_token, "slack_app_token": slack.world.app_token}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bot.slack.victim",
        urls.runtime,
        slack.api_url,
        step,
        json.dumps(way),
        stdout=DEVNULL,
        stderr=None if os.environ.get("SHOW_VICTIM") else DEVNULL,
    )


async def killed_at(steps: tuple[str, ...], urls: Urls, slack: Slackd) -> None:
    """One message, and processes that die one after the other while working on it; the last one lives."""
    told: asyncio.Task[str] | None = None
    for step in steps:
        victim = await spawn(urls, slack, step)
        while told is None and not slack.connections:
            await asyncio.sleep(0.02)
        told = told or asyncio.create_task(slack.seat("UANN").say("CNOC", "<@UBOT> hello"))
        assert await asyncio.wait_for(victim.wait(), 30) == -9, f"did not come to {step}"
    survivor = await spawn(urls, slack, "none")
    try:
        async with asyncio.timeout(30):
            assert told is not None
            await told
            while not slack.world.replies():
                await asyncio.sleep(0.05)
            await slack.seat("UANN").say("CNOC", "<@UBOT> and again")
            while len(slack.world.replies()) < 2:
                await asyncio.sleep(0.05)
        await asyncio.sleep(
            1.5
        )  # longer than lease and sweep: time for a second answer to appear, if there is one
    finally:
        survivor.kill()
        await survivor.wait()
    assert sorted(reply["text"] for reply in slack.world.replies()) == [
        "You said: and again",
        "You said: hello",
    ]
    assert slack.delivery.unacked == []
    assert slack.world.violations == []


async def test_killed_before_the_ack_and_after_the_post(urls: Urls, slack: Slackd, tenant: Tenant) -> None:
    await killed_at(("kept", "posted"), urls, slack)


@pytest.mark.deep
async def test_killed_at_every_step_in_a_row(urls: Urls, slack: Slackd, tenant: Tenant) -> None:
    await killed_at(STEPS, urls, slack)


@pytest.mark.deep
@pytest.mark.parametrize("step", [step for step in STEPS if step not in {"finished", "posted", "marked"}])
async def test_killed_twice_at_one_step(urls: Urls, slack: Slackd, tenant: Tenant, step: str) -> None:
    """The other steps no second process comes to: the work before them is done."""
    await killed_at((step, step), urls, slack)


QUICK = "unfurled"
"""What Slack has and the bot has not noted: the one step that is not for deep runs alone."""


@pytest.mark.parametrize(
    "step", [QUICK, *(pytest.param(one, marks=pytest.mark.deep) for one in LINK_STEPS if one != QUICK)]
)
async def test_a_link_is_shown_once_whoever_dies(
    urls: Urls, slack: Slackd, database: Database, tenant: Tenant, step: str
) -> None:
    slack.world.install.scopes |= {"links:read", "links:write"}
    async with database.tenant(tenant.id) as session:
        await slack_links.do_set_page(session, "ticket", "https://tickets.isp.example/t/{key}", by="test")
    victim = await spawn(urls, slack, step)
    while not slack.connections:
        await asyncio.sleep(0.02)
    said = slack.seat("UANN").say("CNOC", "<https://tickets.isp.example/t/TCK-1>")
    told = asyncio.create_task(said)
    assert await asyncio.wait_for(victim.wait(), 30) == -9, f"did not come to {step}"
    survivor = await spawn(urls, slack, "none")
    try:
        async with asyncio.timeout(30):
            message = slack.world.channels["CNOC"].find(await told)
            assert message is not None
            while not message.get("attachments"):
                await asyncio.sleep(0.05)
            await slack.seat("UANN").say("CNOC", "<@UBOT> and again")
            while not slack.world.replies():
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5)  # time for a second one to appear, if there is one
    finally:
        survivor.kill()
        await survivor.wait()
    assert len(message["attachments"]) == 1
    assert [reply["text"] for reply in slack.world.replies()] == ["You said: and again"]
    assert slack.violations == []
