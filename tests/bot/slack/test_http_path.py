"""Signed HTTP: a real uvicorn with the gate before slack-bolt, delivered to by the emulated Slack."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import text

from bot.web.serve import WebServer
from bot.web.site import Probes, make_site
from tests.bot.slack.conftest import Office
from tests.slackd.delivery import encode, sign


async def ok() -> str:
    return "ok"


@pytest.fixture
async def url(office: Office) -> AsyncIterator[str]:
    site = make_site(Probes(ping=ok), slack=lambda: office.room.gate)
    server = WebServer(site, host="127.0.0.1", port=0)
    await server.start()
    address = f"http://127.0.0.1:{server.port}/slack/events"
    office.slack.delivery.request_url = address
    yield address
    await server.stop()


async def arrivals(office: Office) -> int:
    async with office.database.tenant(office.tenant.id) as session:
        return (await session.execute(text("select count(*) from slack_inbox"))).scalar_one()


async def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_mention_is_answered_once_although_told_twice(office: Office, url: str) -> None:
    slack = office.slack
    ts = await slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    assert await arrivals(office) == 1
    [reply] = slack.world.replies("CNOC")
    assert (reply["thread_ts"], len(office.answers.asked)) == (ts, 1)
    assert slack.world.violations == []


async def test_retries_and_replays_do_no_second_work(office: Office, url: str) -> None:
    seat = office.slack.seat("UANN")
    mention = seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[1]
    body, kind = encode(mention, "events_api")
    for attempt in range(4):
        retry = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"} if attempt else {}
        status, said = await post(url, body, {"Content-Type": kind, **sign("s" * 32, body), **retry})
        assert (status, said) == (200, "")
    await office.queue.idle()
    assert (await arrivals(office), len(office.slack.world.replies())) == (1, 1)


@pytest.mark.parametrize(
    "case", ["none", "wrong", "other body", "stale", "early", "words", "huge", "other secret"]
)
async def test_unsigned_forged_and_stale_get_401_and_leave_nothing(
    office: Office, url: str, case: str
) -> None:
    seat = office.slack.seat("UANN")
    body, kind = encode(seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[1], "events_api")
    now = time.time()
    headers = {
        "none": {},
        "wrong": sign("s" * 32, body) | {"X-Slack-Signature": "v0=" + "0" * 64},
        "other body": sign("s" * 32, body + b" "),
        "stale": sign("s" * 32, body, now - 301),
        "early": sign("s" * 32, body, now + 310),
        "words": sign("s" * 32, body) | {"X-Slack-Request-Timestamp": "yesterday"},
        "huge": sign("s" * 32, body) | {"X-Slack-Request-Timestamp": "9" * 400},
        "other secret": sign("t" * 32, body),
    }[case]
    status, said = await post(url, body, {"Content-Type": kind, **headers})
    assert (status, said) == (401, "")
    assert await arrivals(office) == 0


async def test_url_verification_answers_the_challenge(office: Office, url: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "t"}).encode()
    status, said = await post(url, body, {"Content-Type": "application/json", **sign("s" * 32, body)})
    assert (status, json.loads(said)) == (200, {"challenge": "3eZbrw1aB"})


async def test_ten_megabytes_are_refused(office: Office, url: str) -> None:
    body = b"x" * (10 << 20)
    try:
        status, _ = await post(url, body, {"Content-Type": "application/json", **sign("s" * 32, body)})
    except aiohttp.ClientError:  # cut off before the body was through
        return
    assert status == 413


async def test_unknown_workspace_is_acknowledged_and_forgotten(office: Office, url: str) -> None:
    seat = office.slack.seat("UANN")
    event = seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[1]
    event["authorizations"][0]["team_id"] = event["team_id"] = event["event"]["team"] = "T999"
    body, kind = encode(event, "events_api")
    status, _ = await post(url, body, {"Content-Type": kind, **sign("s" * 32, body)})
    assert (status, await arrivals(office)) == (200, 0)


async def test_nothing_is_acknowledged_that_could_not_be_kept(office: Office, url: str) -> None:
    async with office.database.engine.begin() as connection:
        await connection.execute(text("select 1"))
    office.room.at_once.close()
    office.room.at_once._queue = broken
    seat = office.slack.seat("UANN")
    body, kind = encode(seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[1], "events_api")
    status, _ = await post(url, body, {"Content-Type": kind, **sign("s" * 32, body)})
    assert (status, await arrivals(office)) == (503, 0)


async def broken(*_args: object, **_more: object) -> bool:
    raise ConnectionError("the queue is gone")


async def test_a_command_may_speak_of_a_payload(office: Office, url: str) -> None:
    command = {"command": "/backhaul", "team_id": "T1", "user_id": "UANN", "channel_id": "CNOC"}
    more = {
        "text": "what payload = x",
        "trigger_id": "1.2.3",
        "response_url": f"{url}/none",
        "user_name": "a",
    }
    body, kind = encode({**command, **more}, "slash_commands")
    headers = {"Content-Type": kind, **sign(office.slack.world.signing_secret, body)}
    assert (await post(url, body, headers))[0] == 200
    assert (await post(url, body, headers))[0] == 200
    assert await arrivals(office) == 1, "its trigger tells that it came twice"
    async with office.database.tenant(office.tenant.id) as session:
        kept = (await session.execute(text("select event_key from slack_inbox"))).scalar_one()
    assert kept.startswith("command:") and more["trigger_id"] not in kept


async def test_command_in_a_workspace_that_left_is_told_so(office: Office, url: str) -> None:
    command = {"command": "/backhaul", "team_id": "T9", "user_id": "UANN", "channel_id": "CNOC", "text": "x"}
    body, kind = encode(command, "slash_commands")
    status, said = await post(url, body, {"Content-Type": kind, **sign("s" * 32, body)})
    assert (status, "not connected" in json.loads(said)["text"]) == (200, True)
    assert await arrivals(office) == 0
