"""Which links lead to a thing, and which events tell of links at all."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.core.glance import Glance
from bot.core.link_pages import check_template
from bot.errors import BadInput
from bot.slack.entities import blocks_of
from bot.slack.event import Heard
from bot.slack.links import MOST_LINKS, Linked, find_linked, hear_links
from tests.slackd.blocks import check_blocks

PAGES = {"ticket": "https://tickets.isp.example/t/{key}", "site": "https://isp.example/s/{key}.html"}
CALL = "3f2a0000-0000-4000-8000-000000000000"
ACME = Tenant(id="1", slug="acme", name="Acme", currency="KES", timezone="Africa/Nairobi")


def find(*urls: str, public: str = "https://bot.isp.example") -> list[tuple[str, str]]:
    return [(one.kind, one.key) for one in find_linked(urls, PAGES, ACME, public)]


def test_whole_addresses_lead_to_things() -> None:
    found = find(
        "https://tickets.isp.example/t/TCK-1",
        "https://isp.example/s/IKJ.html",
        f"https://bot.isp.example/t/acme/calls/{CALL}",
    )
    assert found == [("ticket", "TCK-1"), ("site", "IKJ"), ("call", CALL)]


@pytest.mark.parametrize(
    "url",
    [
        "https://tickets.isp.example/t/",
        "https://tickets.isp.example/t/TCK-1?x=1",
        "https://tickets.isp.example/t/TCK%201",
        "https://tickets.isp.example/t/TCK-1/",
        "https://tickets.isp.example/t/-1",
        "https://tickets.isp.example.evil.example/t/TCK-1",
        "https://tickets-isp.example/t/TCK-1",
        "https://isp.example/s/IKJ_html",
        f"https://tickets.isp.example/t/{'9' * 65}",
        f"https://bot.isp.example/t/other/calls/{CALL}",
        "https://bot.isp.example/t/acme/calls/all",
    ],
)
def test_others_do_not(url: str) -> None:
    assert find(url) == []


def test_without_a_public_address_no_call_is_linked() -> None:
    assert find(f"/t/acme/calls/{CALL}", public="") == []


def test_each_thing_once_and_not_more_than_a_few() -> None:
    one = "https://tickets.isp.example/t/TCK-1"
    assert find(one, one) == [("ticket", "TCK-1")]
    assert len(find(*(f"{one}{n}" for n in range(20)))) == MOST_LINKS


@pytest.mark.parametrize(
    "template",
    [
        "http://tickets.isp.example/t/{key}",
        "https://tickets.isp.example/t/",
        "https://tickets.isp.example/{key}/{key}",
        "https://{key}.isp.example/t/",
        "https://user@tickets.isp.example/t/{key}",
        "https://tickets/t/{key}",
        "https://tickets.isp.example/t/#{key}",
        "https://tickets.isp.example:x/{key}",
        "https://tickets.isp.example/ t/{key}",
        "javascript:{key}",
        "",
    ],
)
def test_an_address_that_is_none_is_refused(template: str) -> None:
    with pytest.raises(BadInput, match="no address of a page"):
        check_template(template)


def test_the_host_of_an_address_is_told() -> None:
    assert check_template("https://tickets.isp.example:8443/t/{key}") == "tickets.isp.example"


def body(outside: bool = False, **more: Any) -> dict[str, Any]:
    event = {
        "type": "link_shared",
        "channel": "CNOC",
        "user": "UANN",
        "message_ts": "5.000001",
        "is_bot_user_member": True,
        "links": [{"url": "https://tickets.isp.example/t/TCK-1", "domain": "isp.example"}],
    }
    return {"event_id": "Ev1", "is_ext_shared_channel": outside, "event": {**event, **more}}


def test_links_are_kept_without_the_words_around_them() -> None:
    heard, key = hear_links(body(thread_ts="4.000001"), "UBOT")
    assert isinstance(heard, Heard)
    assert (key, heard.deed, heard.text, heard.kind) == ("link:Ev1", "links", "", "")
    assert heard.told == {"urls": ["https://tickets.isp.example/t/TCK-1"]}
    assert heard.lane("T1") == "T1:CNOC:4.000001/aside"
    outside, _ = hear_links(body(outside=True), "UBOT")
    assert isinstance(outside, Heard)
    assert (outside.kind, outside.outsiders) == ("shared", True)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"source": "composer"}, "not posted"),
        ({"is_bot_user_member": False}, "not a member"),
        ({"is_bot_user_member": None}, "not a member"),
        ({"user": "UBOT"}, "bot"),
        ({"links": []}, "malformed"),
        ({"links": [{"url": "javascript:alert(1)"}, 7]}, "malformed"),
        ({"channel": "COMPOSER-1"}, "malformed"),
        ({"message_ts": "now"}, "malformed"),
        ({"user": None}, "malformed"),
    ],
)
def test_other_events_are_not_kept(event: dict[str, Any], why: str) -> None:
    assert hear_links(body(**event), "UBOT") == why


def test_what_others_wrote_is_no_markup() -> None:
    seen = Glance(kind="ticket", key="TCK-1", title="<!channel> *hi*", facts={"status": "<@U1>"})
    blocks = blocks_of(seen)
    assert check_blocks(blocks, "message") == []
    assert {"plain_text"} == {blocks[0]["text"]["type"], blocks[1]["elements"][0]["type"]}
    assert Linked(url="u", kind="ticket", key="TCK-1")
