"""kill -9 while an answer is worked out in a message that grows: one answer, and nothing left at work."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process

import pytest

from bot.contract.people import Tenant
from bot.db.scratch import Urls
from tests.bot.slack.agent_office import LOOK, declare_agent, text_of
from tests.bot.slack.agent_victim import ANSWER, STEPS
from tests.slackd import Slackd

REFUSED = "message_not_in_streaming_state"
NORMAL = ("started", "live", "ended")


@pytest.fixture(autouse=True)
def _declared(slack: Slackd) -> None:
    declare_agent(slack)


async def spawn(urls: Urls, slack: Slackd, step: str) -> Process:
    way = {"slack_bot_token": slack.world.bot_token, "slack_app_token": slack.world.app_token}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bot.slack.agent_victim", urls.runtime, slack.api_url, step, json.dumps(way)),
        stdout=None if os.environ.get("SHOW_VICTIM") else DEVNULL,
        stderr=None if os.environ.get("SHOW_VICTIM") else DEVNULL,
    )


async def killed_at(steps: tuple[str, ...], urls: Urls, slack: Slackd) -> None:
    """One slow question, and processes that die one after the other while working on it; the last one lives."""
    ann, told = slack.seat("UANN"), ""
    for step in steps:
        victim = await spawn(urls, slack, step)
        while not told and not slack.connections:
            await asyncio.sleep(0.02)
        told = told or await ann.say("CNOC", "<@UBOT> who owes?")
        assert await asyncio.wait_for(victim.wait(), 30) == -9, f"did not come to {step}"
    survivor = await spawn(urls, slack, "none")
    place, streams = slack.world.channels["CNOC"], slack.world.home.streams

    def thread() -> list[str]:
        return [text_of(m) for m in place.messages if m.get("thread_ts") == told and m.get("bot_id")]

    def is_done() -> bool:
        session = ann.session("CNOC", told)
        is_quiet = session is None or session.status == "active"
        return any(ANSWER in each for each in thread()) and is_quiet

    try:
        async with asyncio.timeout(30):
            while not is_done():
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5)  # longer than lease and sweep: time for a second answer, if there is one
    finally:
        survivor.kill()
        await survivor.wait()
    assert [each.count(ANSWER) for each in thread()].count(1) == 1, thread()
    assert sum(each.count(ANSWER) for each in thread()) == 1
    assert not any(each.live for each in streams.values()), "something grows for ever"
    assert is_done()
    if steps[-1] != "rolled":  # what was ended there keeps its steps
        assert len(thread()) == 1, thread()
        assert slack.count("chat.startStream") <= 1 or LOOK not in thread()[0]
    assert [each for each in slack.world.violations if REFUSED not in each] == []


@pytest.mark.parametrize("step", NORMAL)
async def test_killed_once(urls: Urls, slack: Slackd, tenant: Tenant, step: str) -> None:
    await killed_at((step,), urls, slack)


@pytest.mark.deep
@pytest.mark.parametrize("step", [each for each in STEPS if each not in NORMAL])
async def test_killed_at_every_other_step(urls: Urls, slack: Slackd, tenant: Tenant, step: str) -> None:
    await killed_at((step,), urls, slack)


@pytest.mark.deep
@pytest.mark.parametrize(
    "steps", [("started", "before end"), ("live", "appended", "finishing"), ("begun", "started")]
)
async def test_killed_several_times(
    urls: Urls, slack: Slackd, tenant: Tenant, steps: tuple[str, ...]
) -> None:
    await killed_at(steps, urls, slack)
