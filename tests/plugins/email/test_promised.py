"""Promises in letters of ours: whoever sends one is offered to be reminded of it, and nothing is kept by itself."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.reminders.promised import promised_to_them
from tests.plugins.email.mailing import AMINA, Office, open_office
from tests.plugins.email.test_mailings import agreed


@pytest.fixture
async def desk(open_bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        "tests.plugins.email.mailing.PLUGINS",
        ("customers", "tickets", "billing", "network", "email", "smtp", "imap", "reminders"),
    )
    async with open_office(open_bench) as opened:
        yield opened


CALL = "Thank you.\nWe will call you back tomorrow at 10:00."


async def test_who_sends_a_promise_is_offered_to_be_reminded_of_it(desk: Office) -> None:
    asked = await desk.bench.act("send", customer=AMINA, text=CALL)
    assert not asked.choices, "nothing is promised before it leaves"
    sent = await desk.bench.approve(asked, user=desk.bench.ann)
    [offer] = sent.choices
    assert (offer.label, offer.words) == (
        "Remind me of this: tomorrow at 10:00",
        'reminders add text="We will call you back tomorrow at 10:00" at="tomorrow at 10:00" customer=100234',
    )
    assert await desk.isp.count("isp_staff_reminders") == 0, "never by itself"


async def test_a_draft_is_a_promise_once_it_is_sent(desk: Office) -> None:
    draft = await desk.bench.act("draft", customer=AMINA, text=CALL)
    assert draft.choices == ()
    sent = await desk.yes("send_draft", message=draft.data.number)
    assert [one.label for one in sent.choices] == ["Remind me of this: tomorrow at 10:00"]


async def test_a_mailing_is_one_promise(desk: Office) -> None:
    text = f"Dear {{name}}, {CALL} Our technician comes Friday 9:00."
    queued = await agreed(desk, site="NTH-03", text=text, subject="Works")
    [offer] = queued.choices
    assert offer.label == "Remind me of this: tomorrow at 10:00" and "customer=" not in offer.words


async def test_nobody_is_offered_what_they_may_not_keep(desk: Office) -> None:
    clerk = await desk.bench.person("Cleo Clerk", ["email:read", "email:send", "customers:read"])
    asked = await desk.bench.act("send", user=clerk, customer=AMINA, text=CALL)
    assert (await desk.bench.approve(asked, user=clerk)).choices == ()


@pytest.mark.parametrize(
    ("letter", "when"),
    [
        ("Dear Amina,\n\nI’ll ring you at 4 and explain.\n\nBench", "at 4"),
        ("A colleague will visit you on Friday.", "friday"),
        ("We shall send somebody within 2 hours.", "in 2 hours"),
        ("Your internet will be down tomorrow from 2:00 to 4:00.", None),
        ("You will be at home on Friday, you said.", None),
        ("We will not come on Friday.", None),
        ("Thank you, we look into it.\n\n> I will pay on Friday at 10:00", None),
        ("Understood.\n\nOn 20 Nov 2026 Amina Bello wrote:\nwe will call a lawyer on Friday", None),
        ("Understood.\n-----Original Message-----\nI will pay tomorrow", None),
        ("We will look at 2 ONTs and tell you.", None),
    ],
)
def test_a_promise_of_ours_in_a_letter(letter: str, when: str | None) -> None:
    found = promised_to_them(letter)
    assert (found.when if found else None) == when
