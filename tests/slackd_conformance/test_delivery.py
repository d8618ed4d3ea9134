"""Events over signed HTTP: retries on Slack's schedule, forgeries, quotas, and bad weather (E1-E6)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.slackd import Slackd
from tests.slackd.clock import Clock, VirtualClock
from tests.slackd_conformance.desk_app import manifest

Answer = web.Response | str


class Door:
    """The app's address: what came in, and what it answers next (200 when nothing is planned)."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.planned: deque[Any] = deque()
        self.slack: Slackd | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((headers, await request.read()))
        planned = self.planned.popleft() if self.planned else 200
        if planned == "hang":
            await asyncio.sleep(60)
        if planned == "reset" and request.transport is not None:
            request.transport.abort()
        if planned == "echo":
            return web.json_response({"challenge": (await request.json())["challenge"]})
        if isinstance(planned, web.Response):
            return planned
        return web.Response(status=planned if isinstance(planned, int) else 200)

    @property
    def retries(self) -> list[tuple[str, str]]:
        return [(h.get("x-slack-retry-num", ""), h.get("x-slack-retry-reason", "")) for h, _ in self.heard]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made, app = Door(), web.Application()
    app.router.add_post("/slack", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}/slack"
    yield made
    await runner.cleanup()


@pytest.fixture
async def slack(door: Door) -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest(door.url)) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        yield slackd
        assert slackd.violations == []


async def test_an_event_comes_signed_in_its_envelope(slack: Slackd, door: Door) -> None:
    ts = await slack.seat("UANN").say("CNOC", "hello")
    [(headers, body)] = door.heard
    verifier = SignatureVerifier(slack.world.signing_secret, slack.clock)
    assert verifier.is_valid_request(body, headers)
    told = json.loads(body)
    assert {name: told[name] for name in ("team_id", "api_app_id", "type", "is_ext_shared_channel")} == {
        "team_id": "T1",
        "api_app_id": "A1",
        "type": "event_callback",
        "is_ext_shared_channel": False,
    }
    assert told["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T1",
            "user_id": "UBOT",
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    assert (told["event"]["channel_type"], told["event"]["ts"]) == ("channel", ts)


async def test_retries_come_at_once_after_a_minute_and_after_five(slack: Slackd, door: Door) -> None:
    door.planned.extend([500, "reset", 404, 200])
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    await slack.elapse(59)
    assert len(door.heard) == 2
    await slack.elapse(292)
    assert len(door.heard) == 3
    await slack.elapse(20)
    await asyncio.wait_for(saying, 5)
    assert door.retries == [
        *(("", ""), ("1", "http_error"), ("2", "connection_failed"), ("3", "http_error")),
    ]
    assert len({body for _, body in door.heard}) == 1, "every retry is the same event"
    assert slack.delivery.unacked == []


async def test_three_seconds_without_an_answer_are_too_long(slack: Slackd, door: Door) -> None:
    door.planned.append("hang")
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    await slack.elapse(2.9)
    assert len(door.heard) == 1
    await slack.elapse(0.2)
    await asyncio.wait_for(saying, 5)
    assert door.retries == [("", ""), ("1", "http_timeout")]
    tally = slack.delivery.tally
    assert (tally.events, tally.interactions, tally.retries) == (1, 0, 1)
    [missed] = tally.missed
    assert (missed.reason, missed.ended - missed.began) == ("http_timeout", pytest.approx(3.0, abs=0.01))


async def test_an_app_may_ask_not_to_be_told_again(slack: Slackd, door: Door) -> None:
    door.planned.append(web.Response(status=500, headers={"x-slack-no-retry": "1"}))
    with slack.expect("never acknowledged: events_api message"):
        await slack.seat("UANN").say("CNOC", "hello")
    assert len(door.heard) == 1


async def test_two_redirects_are_followed_and_no_third(slack: Slackd, door: Door) -> None:
    on = [web.Response(status=307, headers={"Location": door.url}) for _ in range(5)]
    door.planned.extend([*on[:2], 200])
    await slack.seat("UANN").say("CNOC", "hello")
    assert len(door.heard) == 3
    door.planned.extend([*on[2:], 200])
    await slack.seat("UANN").say("CNOC", "hello")
    assert door.retries[-1] == ("1", "too_many_redirects")


async def test_an_address_that_does_not_answer_the_challenge_is_told_nothing(
    slack: Slackd, door: Door
) -> None:
    door.planned.append("echo")
    assert await slack.connect(door.url)
    with slack.expect("the challenge was not answered", "never acknowledged"):
        assert not await slack.delivery.verify()
        heard = len(door.heard)
        await slack.seat("UANN").say("CNOC", "hello")
    assert len(door.heard) == heard


@pytest.mark.parametrize("how", ["unsigned", "wrong", "altered", "stale", "early"])
async def test_who_takes_a_forgery_is_found_out(slack: Slackd, door: Door, how: str) -> None:
    seat = slack.seat("UANN")
    event = seat.events("CNOC", seat.write("CNOC", "hello"))[0]
    with slack.expect(f"a forged request was taken: {how}"):
        assert await slack.delivery.attack(event, how) == 200
    headers, body = door.heard[-1]
    verifier = SignatureVerifier(slack.world.signing_secret, slack.clock)
    assert not verifier.is_valid_request(body, headers)
    door.planned.append(401)
    assert await slack.delivery.attack(event, how) == 401


async def test_a_replay_is_the_same_request_again(slack: Slackd, door: Door) -> None:
    seat = slack.seat("UANN")
    event = seat.events("CNOC", seat.write("CNOC", "hello"))[0]
    assert await slack.delivery.attack(event, "replay") == 200
    first, second = door.heard
    assert first[1] == second[1]
    assert first[0]["x-slack-signature"] == second[0]["x-slack-signature"]


async def test_only_what_was_subscribed_granted_and_near_is_told(slack: Slackd, door: Door) -> None:
    world, ann = slack.world, slack.seat("UANN")
    world.add_channel("CFAR", "far", "UANN").members.discard("UBOT")
    world.add_channel("CSEC", "secret", "UANN", private=True)
    await ann.say("CFAR", "<@UBOT> far from the bot")
    await ann.say("CSEC", "no message.groups in the manifest")
    await ann.join("CFAR")
    world.install.scopes.discard("channels:history")
    await ann.say("CNOC", "scope withdrawn")
    assert door.heard == []
    await ann.say("CNOC", "<@UBOT> but this")
    assert len(door.heard) == 1
    world.install.revoked = True
    await ann.say("CNOC", "<@UBOT> uninstalled")
    assert len(door.heard) == 1


async def test_clicks_and_commands_come_as_signed_forms(slack: Slackd, door: Door) -> None:
    door.planned.append(web.json_response({"text": "Here.", "response_type": "ephemeral"}))
    seen = await slack.seat("UANN").command("CNOC", "/backhaul hello")
    assert seen.message is not None
    assert seen.message["text"] == "Here."
    door.planned.append(web.Response(text="Plain words."))
    seen = await slack.seat("UANN").command("CNOC", "/backhaul hello")
    assert seen.message is not None
    assert seen.message["text"] == "Plain words."
    door.planned.append(500)
    with slack.expect("never acknowledged: slash_commands /backhaul"):
        assert (await slack.seat("UANN").command("CNOC", "/backhaul")).error == "dispatch_failed"
    assert {h["content-type"] for h, _ in door.heard} == {"application/x-www-form-urlencoded"}


async def test_an_app_that_nearly_always_fails_is_told_no_more(slack: Slackd, door: Door) -> None:
    quota = slack.delivery.quota("T1", "A1")
    quota.judged_from = 20
    slack.delivery.delays = (0.0,)
    door.planned.extend([500] * 100)
    ann = slack.seat("UANN")
    with slack.expect("never acknowledged"):
        for _ in range(10):
            await ann.say("CNOC", "hello")
    assert quota.is_disabled
    heard = len(door.heard)
    await ann.say("CNOC", "hello")
    assert len(door.heard) == heard == 20


async def test_too_many_events_an_hour_are_lost_and_said_so_once_a_minute(slack: Slackd, door: Door) -> None:
    slack.delivery.quota("T1", "A1").an_hour = 3
    ann = slack.seat("UANN")
    for _ in range(6):
        await ann.say("CNOC", "hello")
    kinds = Counter(json.loads(body)["type"] for _, body in door.heard)
    assert kinds == {"event_callback": 3, "app_rate_limited": 1}
    await slack.clock.advance(61)
    await ann.say("CNOC", "hello")
    assert len(door.heard) == 5


async def test_duplicates_and_disorder_lose_nothing(door: Door) -> None:
    async with Slackd(clock=Clock(), manifest=manifest(door.url)) as slack:
        slack.world.add_person("UANN", "ann")
        slack.world.add_channel("CNOC", "noc", "UANN")
        weather, ann = slack.delivery.weather, slack.seat("UANN")
        weather.duplicates, weather.reorder, weather.patience = 0.3, 5, 0.01
        await asyncio.gather(*(ann.say("CNOC", f"n{n}") for n in range(60)))
        await slack.until(lambda: not slack.delivery._tasks)
        told = [json.loads(body) for _, body in door.heard]
        often = Counter(each["event_id"] for each in told)
        said = list(dict.fromkeys(int(each["event"]["text"][1:]) for each in told))
        assert len(often) == 60
        assert 5 < sum(count == 2 for count in often.values()) < 35
        assert sorted(said) == list(range(60))
        assert said != sorted(said)


async def test_what_is_late_by_hours_is_dropped(slack: Slackd, door: Door) -> None:
    slack.delivery.weather.delay = 20_000
    slack.delivery.weather.lot.seed(3)
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    await slack.elapse(7000)
    assert not saying.done()
    await slack.elapse(14_000)
    await asyncio.wait_for(saying, 5)
    assert door.heard == []
