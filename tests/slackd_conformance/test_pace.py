"""How fast an app may call (R7, R8), and what goes wrong on purpose (R9)."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import Clock, VirtualClock
from tests.slackd_conformance.worker import client


@pytest.fixture(autouse=True)
def paced(isp: Slackd) -> None:
    isp.pace.enabled = True


async def too_fast(call: Any) -> int:
    """The Retry-After of a refused call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    return int(caught.value.response.headers["Retry-After"])


async def test_one_message_a_second_and_channel_after_a_burst(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.world.add_channel("CTWO", "two")
    for n in range(5):
        await bot.chat_postMessage(channel="CNOC", text=str(n))
    await bot.chat_postMessage(channel="CTWO", text="another channel has its own pace")
    assert await too_fast(bot.chat_postMessage(channel="CNOC", text="5")) == 1
    await bot.users_info(user="UANN")  # other methods are not affected
    with isp.expect("called while Retry-After runs"):
        await too_fast(bot.chat_postMessage(channel="CTWO", text="the method is shut for the workspace"))
    await isp.clock.advance(1)
    await bot.chat_postMessage(channel="CNOC", text="5")
    assert [m["text"] for m in isp.world.replies("CNOC")] == ["0", "1", "2", "3", "4", "5"]


async def test_calls_on_their_way_when_the_pause_began_are_no_offence(
    isp: Slackd, bot: AsyncWebClient
) -> None:
    isp.pace.grace = 0.5
    for n in range(5):
        await bot.chat_postMessage(channel="CNOC", text=str(n))
    await too_fast(bot.chat_postMessage(channel="CNOC", text="5"))
    await too_fast(bot.chat_postMessage(channel="CNOC", text="it could not know yet"))
    await isp.clock.advance(0.6)
    with isp.expect("called while Retry-After runs"):
        await too_fast(bot.chat_postMessage(channel="CNOC", text="by now it must"))


async def test_tiers_refill_over_the_minute(isp: Slackd, bot: AsyncWebClient) -> None:
    for _ in range(20):
        await bot.usergroups_list()
    wait = await too_fast(bot.usergroups_list())
    assert wait == 3, "twenty a minute are one in three seconds"
    await isp.clock.advance(wait)
    await bot.usergroups_list()
    isp.pace.enabled = False
    await isp.clock.advance(60)
    await asyncio.gather(*(bot.usergroups_list() for _ in range(30)))


async def test_buckets_are_of_one_workspace(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.world.do_install(isp.world.app, isp.world.add_workspace("T2"), scopes=isp.world.scopes)
    for _ in range(20):
        await bot.usergroups_list()
    await too_fast(bot.usergroups_list())
    await client(isp, "xoxb-T2").usergroups_list()


async def test_history_of_an_app_outside_the_marketplace(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.pace.is_limited_history = True
    for n in range(20):
        isp.seat("UANN").write("CNOC", str(n))
    assert len((await bot.conversations_history(channel="CNOC", limit=200))["messages"]) == 15
    assert await too_fast(bot.conversations_history(channel="CNOC")) == 60
    await isp.clock.advance(60)
    await bot.conversations_history(channel="CNOC")


async def test_faults_before_and_after_the_deed(isp: Slackd, bot: AsyncWebClient) -> None:
    async def post() -> Exception | None:
        try:
            await bot.chat_postMessage(channel="CNOC", text="x")
        except (SlackApiError, aiohttp.ClientError) as error:
            return error
        return None

    def stored() -> int:
        return len(isp.world.replies("CNOC"))

    kept = 0
    for fault, is_done in (
        *(("500", 0), ("503", 0), ("html", 0), ("html_ok", 0), ("reset_before", 0), ("internal_error", 0)),
        *(("error:fatal_error", 0), ("reset_after", 1), ("ok_500", 1), ("ok_html", 1)),
    ):
        isp.world.channels["CNOC"].messages.clear()
        isp.pace.enabled = False
        isp.faults.plan("chat.postMessage", fault)
        assert await post() is not None, fault
        assert stored() == is_done, fault
        kept += 1
    assert kept == 10
    isp.faults.plan("*", "429", times=2)
    assert await post() is not None
    assert "ratelimited" in str(await post())
    isp.faults.waiting.clear()


async def test_retry_after_is_honoured_by_the_sdk() -> None:
    async with Slackd(strict=False) as slack:
        slack.world.add_channel("CNOC", "noc")
        web = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
        web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
        slack.faults.retry_after = 0
        slack.faults.plan("chat.postMessage", "429")
        await web.chat_postMessage(channel="CNOC", text="x")
        assert (slack.count("chat.postMessage"), slack.violations) == (2, [])


async def test_a_delay_is_on_the_clock(isp: Slackd, bot: AsyncWebClient) -> None:
    isp.faults.plan("auth.test", "delay:30")
    asked = asyncio.create_task(bot.auth_test())
    await isp.until(lambda: isp.calls)
    await isp.clock.advance(29)
    assert not asked.done()
    await isp.clock.advance(1)
    assert (await asked)["ok"]


@pytest.mark.parametrize("kind", [Clock, VirtualClock])
async def test_clocks_fire_in_order(kind: type[Clock]) -> None:
    clock, seen = kind(), list[Any]()
    start = clock.now()

    async def nap(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        seen.append((name, round(clock.now() - start)))
        if name == "a":
            await clock.sleep(50)
            seen.append(("later", round(clock.now() - start)))

    naps = [asyncio.create_task(nap(name, s)) for name, s in (("b", 200), ("a", 100), ("c", 300))]
    await asyncio.sleep(0)
    dropped = clock.call_later(150, lambda: seen.append("never"))
    dropped.cancel()
    await clock.advance(250)
    assert seen == [("a", 100), ("later", 150), ("b", 200)]
    await clock.advance(100)
    await asyncio.gather(*naps)
    assert (seen[-1], round(clock.now() - start)) == (("c", 300), 350)
