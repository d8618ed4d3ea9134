"""The emulator as a program of its own: who is there, and seats over HTTP."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.__main__ import describe, serve
from tests.slackd.seed import SAVANNA, load_seed
from tests.slackd.world import World
from tests.slackd_conformance.agent import manifest
from tests.slackd_conformance.ear import Ear


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(manifest=manifest()) as slackd:
        load_seed(slackd.world)
        yield slackd
        assert slackd.violations == []


async def post(slack: Slackd, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.post(f"http://{slack.base}{path}", json=body) as answer:
        return answer.status, await answer.json()


async def test_the_seed_has_every_kind_of_person_and_place(slack: Slackd) -> None:
    web = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
    flags = ("is_admin", "is_restricted", "is_stranger", "deleted")
    infos = {
        name: (await web.users_info(user=name))["user"] for name in ("UADA", "UGUEST", "USTRANGER", "UKEVIN")
    }
    assert [[info.get(flag) for flag in flags].index(True) for info in infos.values()] == [0, 1, 2, 3]
    assert {each.handle for each in slack.world.usergroups.values()} == {"noc", "field", "core", "billing"}
    places = slack.world.channels
    assert (places["CCORE"].private, places["COLD"].archived, places["CTRANSIT"].shared) == (True, True, True)
    assert slack.world.bot_user not in places["CRANDOM"].members
    assert slack.world.workspaces["T2"].installs
    assert slack.world.bot_token in describe(slack)


def test_whoever_is_named_in_the_seed_is_in_it() -> None:
    for team in json.loads(SAVANNA.read_text())["workspaces"]:
        people = {each["id"] for each in team["people"]}
        groups = [*team.get("usergroups", ()), *team["channels"]]
        assert {user for each in groups for user in each.get("users", each.get("members"))} <= people


async def test_a_seat_can_be_taken_over_http(slack: Slackd) -> None:
    async with Ear(slack) as ear:
        status, said = await post(slack, "/people/UNILS/say", channel="#noc", text="<@UBOT> hello")
        assert (status, (await ear.hear("app_mention"))["ts"]) == (200, said["seen"])
        files = [{"name": "ont.png", "base64": b64encode(b"png").decode()}]
        status, sent = await post(slack, "/people/UFAY/upload", channel="CNOC", files=files)
        assert (status, sent["seen"]["files"][0]["size"]) == (200, 3)
    _status, seen = await post(slack, "/people/UADA/sees", channel="#noc")
    assert [each["text"] for each in seen["seen"]] == ["<@UBOT> hello", ""]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/people/UNOBODY/say", 404), ("/people/UNILS/__init__", 404), ("/people/UNILS/slack", 404)],
)
async def test_what_is_no_seat_and_no_move_is_not_there(slack: Slackd, path: str, status: int) -> None:
    assert (await post(slack, path))[0] == status


async def test_what_a_person_cannot_do_is_said(slack: Slackd) -> None:
    status, answer = await post(slack, "/people/UBEA/edit", channel="CSUPPORT", ts="1.2", text="x")
    assert (status, "there is no message 1.2" in answer["error"]) == (400, True)
    async with aiohttp.ClientSession() as http, http.get(f"http://{slack.base}/violations") as told:
        assert await told.json() == {"violations": []}


async def test_the_program_tells_how_to_connect_and_at_the_end_what_went_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = argparse.Namespace(port=0, manifest=None, seed=SAVANNA, lenient=False)
    running, told = asyncio.create_task(serve(asked)), ""
    async with asyncio.timeout(5):
        while "SLACK_API_URL" not in told:
            await asyncio.sleep(0.01)
            told += capsys.readouterr().out
        url = told.split("SLACK_API_URL=")[1].split()[0]
        web = AsyncWebClient(token="xoxb-T1", base_url=url)
        with pytest.raises(SlackApiError):
            await web.chat_postMessage(channel="CNONE", text="x", unfurl_links=False, unfurl_media=False)
        signal.raise_signal(signal.SIGTERM)
        await running
    assert "1 calls, 1 violations\nchat.postMessage: channel_not_found" in capsys.readouterr().out


def test_two_runs_never_give_the_same_event_id() -> None:
    first, second = World(), World()
    second.run = "6B0"
    assert first.next_id("Ev") == "Ev00000001"
    assert second.next_id("Ev") == "Ev6B000000001"
