"""Socket Mode as Slack runs it: who gets an envelope, redelivery, renewal and every way to lose it (W1-W4)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.actor import Actor
from tests.slackd_conformance.desk_app import manifest

Frame = dict[str, Any]


class Plain:
    """A bare WebSocket, to see every frame and answer by hand."""

    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.web = AsyncWebClient(token=slack.world.app_token, base_url=slack.api_url)
        self.http = aiohttp.ClientSession()
        self.sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def open(self, query: str = "") -> aiohttp.ClientWebSocketResponse:
        url = (await self.web.apps_connections_open(app_token=self.slack.world.app_token))["url"]
        return await self.connect(url + query)

    async def connect(self, url: str) -> aiohttp.ClientWebSocketResponse:
        self.sockets.append(await self.http.ws_connect(url))
        return self.sockets[-1]

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()
        await self.http.close()


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest(), paced=False, strict=False) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def plain(slack: Slackd) -> AsyncIterator[Plain]:
    made = Plain(slack)
    yield made
    await made.close()


async def frame(socket: aiohttp.ClientWebSocketResponse) -> Frame:
    async with asyncio.timeout(5):
        found: Frame = json.loads((await socket.receive()).data)
        return found


async def test_hello_counts_connections_and_the_eleventh_is_sent_away(slack: Slackd, plain: Plain) -> None:
    for n in range(10):
        hello = await frame(await plain.open())
        assert (hello["type"], hello["num_connections"]) == ("hello", n + 1)
        assert hello["connection_info"] == {"app_id": "A1"}
    eleventh = await plain.open()
    assert await frame(eleventh) == {"type": "disconnect", "reason": "too_many_websockets"}
    assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
    assert slack.connections == 10


async def test_a_ticket_is_burned_by_its_use_and_by_time(slack: Slackd, plain: Plain) -> None:
    url = (await plain.web.apps_connections_open(app_token=slack.world.app_token))["url"]
    slack.refuse_handshakes = 1
    for status in (408, 404):
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await plain.connect(url)
        assert caught.value.status == status
    old = (await plain.web.apps_connections_open(app_token=slack.world.app_token))["url"]
    await slack.clock.advance(61)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await plain.connect(old)


async def test_connections_are_asked_for_with_the_app_token_by_post(slack: Slackd, plain: Plain) -> None:
    with slack.expect("not_allowed_token_type"), pytest.raises(SlackApiError):
        await plain.web.apps_connections_open(app_token=slack.world.bot_token)
    with slack.expect("insecure_request"):
        token = {"Authorization": f"Bearer {slack.world.app_token}"}
        async with plain.http.get(f"{slack.api_url}apps.connections.open", headers=token) as answer:
            assert (await answer.json())["error"] == "insecure_request"


async def test_an_envelope_goes_to_one_connection_and_again_when_nobody_takes_it(
    slack: Slackd, plain: Plain
) -> None:
    sockets = [await plain.open() for _ in range(2)]
    for socket in sockets:
        await frame(socket)
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    tries = []
    for attempt in range(4):
        done, waiting = await asyncio.wait(
            [asyncio.ensure_future(s.receive_json()) for s in sockets],
            return_when=asyncio.FIRST_COMPLETED,
            timeout=5,
        )
        [got] = done
        for each in waiting:
            each.cancel()
        tries.append(got.result())
        if attempt < 3:
            await slack.clock.advance(3.01 + slack.delivery.delays[attempt])
    await sockets[0].send_json({"envelope_id": tries[-1]["envelope_id"]})
    await asyncio.wait_for(saying, 5)
    assert [t["retry_attempt"] for t in tries] == [0, 1, 2, 3]
    assert [t["retry_reason"] for t in tries] == ["", "timeout", "timeout", "timeout"]
    assert len({t["payload"]["event_id"] for t in tries}) == 1
    assert len({t["envelope_id"] for t in tries}) == 4
    assert {t["accepts_response_payload"] for t in tries} == {False}


async def test_an_event_that_is_never_taken_is_a_violation(slack: Slackd, plain: Plain) -> None:
    await frame(await plain.open())
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    with slack.expect("never acknowledged: events_api message"):
        await slack.clock.advance(400)
        await asyncio.wait_for(saying, 5)
    assert len(slack.delivery.unacked) == 1


async def test_an_answer_counts_on_any_connection_unless_told(slack: Slackd, plain: Plain) -> None:
    sockets = [await plain.open() for _ in range(2)]
    for socket in sockets:
        await frame(socket)
    slack.delivery.pool.same_connection = True
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    reading = [asyncio.ensure_future(s.receive_json()) for s in sockets]
    [got], [other] = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED, timeout=5)
    told, right = got.result(), sockets[reading.index(got)]
    other.cancel()
    wrong = next(s for s in sockets if s is not right)
    await wrong.send_json({"envelope_id": told["envelope_id"]})
    await asyncio.sleep(0.02)
    assert not saying.done()
    await right.send_json({"envelope_id": told["envelope_id"]})
    await asyncio.wait_for(saying, 5)


async def test_acks_of_nothing_and_with_unasked_payloads_are_violations(slack: Slackd, plain: Plain) -> None:
    socket = await plain.open()
    await frame(socket)
    with slack.expect("acknowledged an envelope nobody sent", "ack with a payload nobody asked for"):
        await socket.send_json({"envelope_id": "env-none"})
        saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
        told = await frame(socket)
        await socket.send_json({"envelope_id": told["envelope_id"], "payload": {"text": "x"}})
        await asyncio.wait_for(saying, 5)


async def test_a_connection_is_warned_and_then_renewed(slack: Slackd, plain: Plain) -> None:
    quick = await plain.open("&debug_reconnects=true")
    assert (await frame(quick))["debug_info"]["approximate_connection_time"] == 360
    slow = await plain.open()
    await frame(slow)
    await slack.clock.advance(350.1)
    assert (await frame(quick))["reason"] == "warning"
    await slack.clock.advance(10)
    assert (await frame(quick))["reason"] == "refresh_requested"
    assert (await quick.receive()).type is aiohttp.WSMsgType.CLOSE
    await slack.until(lambda: slack.connections == 1)
    await slack.disconnect("warning")
    assert (await frame(slow))["reason"] == "warning"
    await slack.clock.advance(10.1)
    assert (await frame(slow))["reason"] == "refresh_requested"


async def test_the_sdk_comes_back_after_every_loss(slack: Slackd) -> None:
    async with Actor(slack) as app:
        ann = slack.seat("UANN")
        for lose in (slack.disconnect, slack.cut):
            await lose()
            await slack.until(lambda: slack.connections)
            await ann.say("CNOC", "still there?")
        assert len([e for e in app.heard if e["type"] == "event_callback"]) >= 2


async def test_a_half_open_connection_loses_what_is_sent_into_it(slack: Slackd, plain: Plain) -> None:
    dead, alive = await plain.open(), await plain.open()
    await frame(dead)
    await frame(alive)
    slack.sockets.freeze()
    assert slack.connections == 2
    saying = asyncio.create_task(slack.seat("UANN").say("CNOC", "hello"))
    reading = [asyncio.ensure_future(socket.receive()) for socket in (dead, alive)]
    arrived, lost = await asyncio.wait(reading, timeout=0.03)
    assert (len(arrived), len(lost)) == (0, 2)
    for each in lost:
        each.cancel()
    slack.sockets.forsake()
    fresh = await plain.open()
    assert (await frame(fresh))["num_connections"] == 1
    await slack.clock.advance(3.1)
    told = await frame(fresh)
    assert told["retry_attempt"] == 1, "the first one was lost"
    await fresh.send_json({"envelope_id": told["envelope_id"]})
    await asyncio.wait_for(saying, 5)
    slack.sockets.thaw()


async def test_socket_mode_switched_off_ends_it_for_good(slack: Slackd, plain: Plain) -> None:
    socket = await plain.open()
    await frame(socket)
    await slack.disconnect("link_disabled")
    assert (await frame(socket))["reason"] == "link_disabled"
    assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    with slack.expect("socket_mode_disabled"), pytest.raises(SlackApiError):
        await plain.open()


async def test_each_app_has_its_own_connections(slack: Slackd, plain: Plain) -> None:
    other = slack.world.add_app("A2", manifest=manifest())
    slack.world.do_install(other, slack.world.home, scopes=set(slack.world.scopes))
    socket = await plain.open()
    await frame(socket)
    payload = {"type": "event_callback", "api_app_id": "A2", "event": {"type": "message"}}
    telling = slack.delivery.send(payload)
    await asyncio.sleep(0.01)
    with slack.expect("never acknowledged"):
        await slack.clock.advance(400)
        assert not await telling
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.receive(), 0.02)
    assert slack.delivery.pool.held("A2") == 0
    assert slack.delivery.pool.held("A1") == 1
