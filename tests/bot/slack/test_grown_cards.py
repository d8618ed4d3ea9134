"""A card that stands in a message which grew is kept true as any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core import progress
from bot.core.question import Question
from bot.db.database import Database
from tests.bot.core.gate_world import Desk
from tests.bot.slack.agent_office import QUICK, ask, declare_agent, said, streams, until
from tests.bot.slack.conftest import make_office
from tests.bot.slack.gated import CREDIT, AtGate, Staff, buttons, hire, only_notices, words
from tests.slackd import Slackd


@dataclass
class SlowGate(AtGate):
    """Looks something up until a message grows, then asks for a yes."""

    staff: Staff | None = None

    async def answer(self, question: Question) -> Reply:
        assert self.staff is not None
        office, desk = self.staff.office, self.staff.desk
        with progress.doing("Show a customer", writes=False) as step:
            await until(office, lambda: streams(office))
            step.ended(Reply("x"))
        return await desk.ask("desk_credit", CREDIT, user=self.staff.ann, thread=question.thread)


@pytest.fixture
async def slow(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Staff]:
    declare_agent(slack)
    slack.world.add_person("UCEM", "cem", "cem@acme.example")
    answers, token = SlowGate(), slack.world.app_token
    minute = timedelta(seconds=60)
    made = make_office(slack, database, tenant, answers, tempo=QUICK, lease=minute, slack_app_token=token)
    desk = Desk(database, tenant, enqueue=only_notices(made.queue), notices=True)
    answers.gate = desk.gate
    await made.room.start()
    answers.staff = await hire(made, desk, "ann", "ben", "cem")
    yield answers.staff
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []
    assert slack.violations == []


async def test_a_card_in_a_message_that_grew_shows_its_end(slow: Staff) -> None:
    office = slow.office
    ts = await asyncio.wait_for(ask(office, "credit her"), 10)
    await office.queue.idle()
    [card] = said(office, ts)
    assert len(streams(office)) == 1 and "call:approve" in buttons(card)
    await slow.press("ben", slow.cards("ben")[-1], "call:approve")
    card, told = said(office, ts)
    assert "Ann: Ben said yes, and this is done." in told["text"]
    assert "Approved by Ben, done at" in words(card) and buttons(card) == ["call:undo"]
