"""Who tells of a promise beside a wish gets the wish, and is offered to be reminded; nothing is kept by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.contract.action import action
from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core.desk import Desk
from bot.db.database import Database
from bot.host.registry import Owned, View
from bot.llm.embedding import LocalEmbedder
from bot.understand.understander import Understander
from tests.bot.core.answer_world import NotingGate, Talk, World
from tests.bot.understand import isp


@action(
    permission="reminders:own",
    examples=("remind me to {text} at {at}", "remind me {at} to {text}", "remind me about {customer} {at}"),
)
async def add(ctx: Any, at: datetime, text: str = "", customer: isp.Customer | None = None) -> Reply:
    """Remind me of what was promised, at its time."""
    del ctx, at, text, customer
    return Reply("-")


REMINDS = Owned("reminders", add)
UNDERSTANDER = Understander([*isp.OWNED, REMINDS], isp.ENTITIES, embedder=LocalEmbedder())
VIEW = View(frozenset({*isp.PLUGINS, "reminders"}), (*isp.OWNED, REMINDS, *isp.ENTITIES))


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    gate = NotingGate()
    desk = Desk(view=VIEW, gate=gate, around=World(tenant), database=database, understander=UNDERSTANDER)
    return Talk(desk, gate, tenant, isp.person("reminders:own", *isp.PERMISSIONS))


async def test_the_wish_waits_for_its_yes_and_then_the_promise_is_offered(chat: Talk) -> None:
    asked = await chat.say("told her I'd ring at 4, open a ticket for 100234: no light")
    assert asked.waiting is not None and not asked.choices
    ((action_id, args),) = chat.gate.parked.values()
    assert (action_id, args["customer"], args["subject"]) == ("tickets_create", "100234", "no light")
    done = await chat.say("yes")
    assert [one.label for one in done.choices] == ["Remind me of this: Mon 23 Nov 16:00"]
    assert done.choices[0].words == ('reminders add at="2026-11-23T16:00:00+01:00" text=ring customer=100234')
    assert [name for name, _ in chat.gate.done] == ["tickets_create"], "nothing is kept by itself"
    assert not (await chat.say("show 100234")).text.startswith("Remind")


async def test_a_question_beside_a_promise_is_answered_and_the_offer_is_for_whom_it_was_made(
    chat: Talk,
) -> None:
    reply = await chat.say("I promised Grace Otieno to call back tomorrow at 10. what does 100234 owe")
    assert chat.last == ("billing_balance", {"customer": "100234"})
    assert "customer=100999" in reply.choices[0].words and "2026-11-23T10:00" in reply.choices[0].words


async def test_who_may_not_be_reminded_is_offered_nothing(chat: Talk) -> None:
    chat = chat.other(isp.person())
    reply = await chat.say("I said I'd call at 16:00, show 100234")
    assert not any(one.label.startswith("Remind") for one in reply.choices)
