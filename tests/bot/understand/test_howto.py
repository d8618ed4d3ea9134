from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understand.howto import How, how_to
from bot.understand.times import Clock
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
UNDERSTANDER = isp.understander()


async def understand(words: str, *permissions: str) -> Understanding:
    user = isp.person(*permissions)
    return await UNDERSTANDER.understand(
        Ask(words=words, user=user, clock=CLOCK, resolve=isp.find, currency="NGN")
    )


@pytest.mark.parametrize(
    "words, kind, wish",
    [
        ("how do I suspend 100234?", How.HOW, "suspend 100234"),
        ("could you tell me how to merge tickets please", How.HOW, "merge tickets"),
        ("i forgot how to reopen a ticket", How.HOW, "reopen a ticket"),
        ("what do i have to type to reboot a router", How.HOW, "reboot a router"),
        ("which command for a credit note", How.HOW, "a credit note"),
        ("where do I enter that she paid cash", How.HOW, "she paid cash"),
        ("how are tickets escalated here", How.HOW, "escalate tickets"),
        ("customer paid at the shop, how do i record that", How.HOW, "customer paid at the shop"),
        ("may I suspend her", How.MAY, "suspend her"),
        ("is it possible to move a visit", How.MAY, "move a visit"),
        ("can a ticket be closed without a note", How.MAY, "close a ticket"),
        ("what happens to his tickets if i deactivate Kevin?", How.THEN, "deactivate Kevin"),
        ("if i reboot it does she lose her wifi?", How.THEN, "reboot it"),
    ],
)
def test_a_deed_somebody_asks_about_is_found(words: str, kind: How, wish: str) -> None:
    found = how_to(words)
    assert found is not None
    assert (found.kind, found.wish) == (kind, wish)


@pytest.mark.parametrize(
    "words",
    [
        "how much does she owe",
        "where does Peter Kamau live",
        "where do we stand with TCK-1",
        "how many people are connected to bng-1",
        "how far is it to nyali",
        "could we reconnect amina, her transfer arrived",
        "can you suspend 100234",
        "can I have everything that is assigned to me",
        "can i change the core or is there a freeze",
        "what can sam do",
        "what happens to customers if olt-1 goes off",
    ],
)
def test_other_questions_ask_about_no_deed(words: str) -> None:
    assert how_to(words) is None


async def test_a_deed_asked_about_is_read_whole_and_never_proposed() -> None:
    got = await understand("how do i suspend amina bello")
    assert (got.verdict, got.how, got.action_id) == (Verdict.HELD, "how", "customers_suspend")
    assert got.args == {"customer": "amina bello"}


async def test_who_may_not_do_it_is_told_so() -> None:
    got = await understand("what do i type to suspend amina bello", "customers:read", "tickets:read")
    assert (got.verdict, got.how) == (Verdict.FORBIDDEN, "how")
    assert got.beyond is not None
    assert got.beyond.action_id == "customers_suspend"


async def test_what_somebody_asks_how_to_see_is_shown() -> None:
    got = await understand("where can i see amina bello's balance")
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, "billing_balance")
