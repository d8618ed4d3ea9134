"""Another list's question, asked of the customers of the list shown last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Column, Reply, Table
from bot.db.database import Database
from bot.understand.understander import Understander
from tests.bot.core.answer_world import Talk, talk
from tests.bot.core.debt_world import DebtGate, accounts
from tests.bot.understand import isp


@dataclass
class FailedGate(DebtGate):
    """Lists whose payments failed, and who of all is overdue."""

    failed: tuple[str, ...] = ("100234", "100777", "100555")
    total: int = 3
    debts: int = 3

    async def call(self, user: Any, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
        reply = await super().call(user, action_id, args, **more)
        if action_id == "billing_overdue" and reply.table:
            return replace(reply, table=replace(reply.table, total=self.debts))
        if action_id != "billing_failed":
            return reply
        rows = [(account, "Somebody") for account in self.failed]
        columns = (Column("Account"), Column("Name"))
        return Reply("failed", table=Table(columns=columns, rows=rows, total=self.total))


@pytest.fixture
async def failed(database: Database, tenant: Tenant) -> Talk:
    made = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    gate = FailedGate()
    chat = replace(made, desk=replace(made.desk, gate=gate), gate=gate)
    await chat.say("failed payments since yesterday")
    return chat


def gate_of(chat: Talk) -> FailedGate:
    assert isinstance(chat.gate, FailedGate)
    return chat.gate


@pytest.mark.parametrize(
    "words", ["how many of them have overdue invoices", "and which of those are overdue", "are they overdue"]
)
async def test_those_in_both_lists_are_the_answer(failed: Talk, words: str) -> None:
    reply = await failed.say(words)
    assert (reply.text, accounts(reply)) == ("2 of these 3:", ["100234", "100777"])
    assert reply.understood == "I read this as: `billing overdue`, of the 3 shown"


async def test_what_comes_next_is_of_those_in_both(failed: Talk) -> None:
    await failed.say("how many of them have overdue bills")
    assert accounts(await failed.say("the smallest")) == ["100234"]


async def test_nobody_is_in_both_and_the_list_before_stays(failed: Talk) -> None:
    gate_of(failed).failed = ("100555", "100556", "100557")
    assert (await failed.say("how many of them have overdue bills")).text == "None of these 3."
    await failed.say("the second")
    assert failed.gate.done[-1] == ("customers_card", {"customer": "100777"})


async def test_a_list_that_nothing_narrowed_is_no_list_of_everybody(failed: Talk) -> None:
    await failed.say("failed payments")
    assert accounts(await failed.say("how many of them have overdue bills")) == ["100234", "100777"]


async def test_the_same_list_is_no_other_one(failed: Talk) -> None:
    await failed.say("list overdue customers")
    assert "of these" not in (await failed.say("how many of them have overdue bills")).text


async def test_somebody_who_is_named_is_no_question_of_them(failed: Talk) -> None:
    reply = await failed.say("how many of them has Amina Bello as overdue")
    assert "of these" not in reply.text


async def test_a_list_that_was_cut_is_not_asked_about(failed: Talk) -> None:
    gate_of(failed).total = 90
    assert "of these" not in (await failed.say("how many of them have overdue bills")).text


async def test_another_list_that_was_cut_is_no_answer(failed: Talk) -> None:
    gate_of(failed).debts = 90
    assert "of these" not in (await failed.say("how many of them have overdue bills")).text


async def test_a_list_without_accounts_says_so(failed: Talk) -> None:
    gate_of(failed).failed = ("", "", "")
    assert "of these" not in (await failed.say("how many of them have overdue bills")).text
