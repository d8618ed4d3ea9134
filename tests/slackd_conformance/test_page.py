"""The emulator's web page: what it shows to whom, that nothing of it is markup, and who may ask."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.slackd import Slackd
from tests.slackd.page import FOLDER
from tests.slackd_conformance.agent import manifest

EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    deaf = manifest()
    deaf["settings"] |= {"event_subscriptions": {}, "interactivity": {"is_enabled": False}}
    async with Slackd(manifest=deaf, strict=False) as slackd:
        world = slackd.world
        world.add_person("UANN", "ann", "ann@acme.example", title=EVIL)
        world.add_person("UGST", "guest", "guest@acme.example", is_ultra_restricted=True)
        world.add_channel("CNOC", "noc", "UANN")
        world.add_channel("CSEC", "secret", "UGST", private=True)
        yield slackd


async def get(slack: Slackd, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    url = f"http://{slack.base}{path}"
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer, await answer.read()


async def told(stream: aiohttp.StreamReader) -> dict[str, Any]:
    """The parts of the scene in the next batch of events."""
    parts: dict[str, Any] = {}
    async with asyncio.timeout(5):
        while True:
            block = (await stream.readuntil(b"\n\n")).decode()
            if block.startswith("event: done"):
                return parts
            if block.startswith("event: "):
                name, data = block.removeprefix("event: ").strip().split("\ndata: ")
                parts[name] = json.loads(data)


async def look(slack: Slackd, user: str, channel: str = "") -> dict[str, Any]:
    url = f"http://{slack.base}/live?user={user}&channel={channel}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        return await told(answer.content)


async def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing_inline(slack: Slackd) -> None:
    answer, body = await get(slack, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = body.decode()
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", page)
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        found, code = await get(slack, path)
        assert (found.status, bool(code), found.headers["Content-Security-Policy"]) == (200, True, policy)


def test_no_words_become_markup() -> None:
    """Nodes and text only: whatever a customer, a person or the bot wrote stays words."""
    assert (FOLDER / "dom.js").read_text().count("window.open(") == 1  # where only web addresses pass
    for file in FOLDER.glob("*.js"):
        code = file.read_text()
        assert file.name == "dom.js" or not re.search(r"window\.open|href: (?!page\.file)", code)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|eval\(", code
        )
        for module in re.findall(r'from "\./([\w.]+)"', code):
            assert (FOLDER / module).is_file()
        assert "https://" not in re.sub(r"//.*|/\^?\(.*", "", code)
        assert len(code.splitlines()) <= 300


@pytest.mark.parametrize(
    "path", ["/page/..%2Fpage.py", "/page/shots", "/page/no.js", "/page/..%2F..%2F..%2FREADME.md"]
)
async def test_only_the_files_of_the_page_are_served(slack: Slackd, path: str) -> None:
    answer, _ = await get(slack, path)
    assert answer.status == 404


async def test_untrusted_text_goes_as_data_never_as_a_page(slack: Slackd) -> None:
    slack.seat("UANN").write("CNOC", EVIL)
    seen = await look(slack, "UANN", "CNOC")
    assert seen["messages"][0]["text"] == EVIL
    assert seen["people"]["UANN"]["title"] == EVIL
    answer, body = await get(slack, "/people")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert {each["id"] for each in json.loads(body)["people"]} == {"UANN", "UGST"}


async def test_each_seat_sees_only_its_own(slack: Slackd) -> None:
    slack.seat("UGST").write("CSEC", "the code is 1234")
    slack.world.channels["CNOC"].ephemeral.append(
        {"type": "message", "ts": slack.world.next_ts(), "text": "for Ann", "user": "UBOT", "_to": "UANN"}
    )
    ann, guest = await look(slack, "UANN", "CSEC"), await look(slack, "UGST", "CSEC")
    assert (ann["messages"], ann["channel"]) == ([], "")
    assert "secret" not in json.dumps(ann)
    assert guest["messages"][0]["text"] == "the code is 1234"
    assert [each["name"] for each in guest["places"] if each["kind"] != "im"] == ["secret"]
    mine = (await look(slack, "UANN", "CNOC"))["messages"]
    assert [(each["text"], each["is_ephemeral"], "_to" in each) for each in mine] == [
        ("for Ann", True, False)
    ]


async def test_what_happens_comes_at_once_and_only_what_changed(slack: Slackd) -> None:
    url = f"http://{slack.base}/live?user=UANN&channel=CNOC"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert (await told(answer.content))["messages"] == []
        slack.seat("UANN").write("CNOC", "hello")
        news = await told(answer.content)
    assert [each["text"] for each in news["messages"]] == ["hello"]
    assert "people" not in news


async def test_a_modal_and_the_home_tab_are_shown_with_what_was_entered(slack: Slackd) -> None:
    text = {"type": "plain_text", "text": "Why"}
    element = {"type": "plain_text_input", "action_id": "why"}
    blocks = [{"type": "input", "block_id": "b", "label": text, "element": element}]
    view = {"type": "modal", "title": text, "submit": text, "blocks": blocks}
    slack.views.open(slack.world.home, slack.world.install, "UANN", view)
    await slack.seat("UANN").enter("b/why", "late")
    seen = (await look(slack, "UANN"))["view"]
    assert (seen["title"]["text"], seen["depth"]) == ("Why", 1)
    assert seen["state"]["values"]["b"]["why"]["value"] == "late"
    assert (await look(slack, "UGST"))["view"] is None


async def test_the_hours_are_those_of_who_sits_there(slack: Slackd) -> None:
    slack.world.people["UANN"].tz = "Africa/Lagos"
    assert ((await look(slack, "UANN"))["zone"], (await look(slack, "UGST"))["zone"]) == (
        "Africa/Lagos",
        "Africa/Nairobi",
    )
    for file in FOLDER.glob("*.js"):  # the browser's own zone is asked nowhere
        of_browser = (
            r"toLocale(?:Date|Time)String|getTimezoneOffset|toLocaleString\((?!\"\w\w-\w\w\", \{ timeZone)"
        )
        assert not re.search(of_browser, file.read_text()), file.name


async def test_the_same_action_id_in_two_blocks_is_told_apart(slack: Slackd) -> None:
    def actions(block: str, value: str) -> dict[str, Any]:
        text = {"type": "plain_text", "text": value}
        button = {"type": "static_select", "action_id": "go", "options": [{"text": text, "value": value}]}
        return {"type": "actions", "block_id": block, "elements": [button]}

    home = {"type": "home", "blocks": [actions("one", "1"), actions("two", "2")]}
    slack.views.publish(slack.world.home, slack.world.install, "UANN", home)
    await slack.seat("UANN").press("two/go", "2")
    values = (await look(slack, "UANN"))["home"]["state"]["values"]
    assert values["one"]["go"]["selected_option"] is None
    assert values["two"]["go"]["selected_option"]["value"] == "2"


async def test_files_are_shown_to_who_may_see_them_and_only_pictures_in_the_page(slack: Slackd) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    message = await slack.seat("UGST").upload("CSEC", ("ont.png", png), ("evil.html", EVIL.encode()))
    picture, page = (each["id"] for each in message["files"])
    answer, body = await get(slack, f"/seen-file/{picture}?user=UGST")
    assert (answer.headers["Content-Type"], body) == ("image/png", png)
    answer, _ = await get(slack, f"/seen-file/{page}?user=UGST")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await get(slack, f"/seen-file/{picture}?user=UANN"))[0].status == 404


@pytest.mark.parametrize("path", ["/people", "/live?user=UANN", "/seen-file/F1?user=UANN"])
async def test_another_site_and_another_name_of_this_machine_get_nothing(slack: Slackd, path: str) -> None:
    assert (await get(slack, path, Origin="https://evil.example"))[0].status == 403
    assert (await get(slack, path, Host="evil.example"))[0].status == 403


async def test_another_site_cannot_take_a_seat(slack: Slackd) -> None:
    url, body = f"http://{slack.base}/people/UANN/say", json.dumps({"channel": "CNOC", "text": "x"})
    headers = {"Origin": "https://evil.example"}
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 403
    assert slack.world.channels["CNOC"].messages == []


async def test_nobody_sits_where_nobody_is(slack: Slackd) -> None:
    assert (await get(slack, "/live?user=UNOBODY"))[0].status == 404
    assert (await get(slack, "/live?user=UBOT"))[0].status == 404
