"""What was refused, asked for or shown is put right by the next message, and a row is nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.contract.reply import Align, Column, Reply, Table
from bot.core.extremes import FOR_MOST
from bot.core.listed import only_one, rows_of
from bot.core.pointing import beyond
from bot.core.sums import summed
from bot.core.threads import Thread
from bot.db.database import Database
from bot.errors import LimitExceeded
from bot.understand.understander import Understander
from tests.bot.core.answer_world import NotingGate, Talk, talk
from tests.bot.understand import isp

ACCOUNTS = Table(
    columns=(Column("Account"), Column("Name"), Column("Owed", Align.RIGHT)),
    rows=[
        ("100234", "Amina Bello", Money(30_000, "NGN")),
        ("100999", "Grace Adeyemi", Money(90_000, "NGN")),
    ],
)


@dataclass
class StrictGate(NotingGate):
    """Refuses payments over 500."""

    async def call(self, user: Any, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
        if action_id == "billing_record_payment" and not str(args.get("amount", "")).startswith(("3", "4")):
            raise LimitExceeded("That is over what you may: up to 500.00 NGN.")
        return await super().call(user, action_id, args, **more)


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    made = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    gate = StrictGate()
    return replace(made, desk=replace(made.desk, gate=gate), gate=gate)


async def test_what_was_refused_is_proposed_with_the_amount_put_right(chat: Talk) -> None:
    refused = await chat.say("record 900 cash from 100234")
    assert "up to 500" in refused.text
    again = await chat.say("make it 400")
    assert again.waiting is not None
    [(action_id, args)] = chat.gate.parked.values()
    assert action_id == "billing_record_payment" and args["amount"].startswith("400")


async def test_a_question_between_lets_what_was_refused_go(chat: Talk) -> None:
    await chat.say("record 900 cash from 100234")
    await chat.say("balance of 100234")
    await chat.say("make it 400")
    assert chat.gate.parked == {}


async def test_a_row_that_is_not_there_is_nobody_else(chat: Talk) -> None:
    await chat.say("show customer Amina Bello")
    done = list(chat.gate.done)
    assert "no list" in (await chat.say("suspend the second one")).text
    assert chat.gate.parked == {}
    assert chat.gate.done == done


def test_a_list_that_is_shorter_says_so() -> None:
    thread = Thread(rows=("a", "b"))
    assert beyond(thread, "close the fifth one").startswith("The last list has only 2")
    assert not beyond(thread, "close the second one")
    assert not beyond(thread, "remind me on the 3rd")
    assert not beyond(Thread(), "open the first ticket of TCK-10234")


def test_one_of_a_list_is_meant_where_the_wish_is_for_the_worst() -> None:
    found = FOR_MOST.match("open a ticket for the worst: keeps dropping")
    assert found and (found["lead"], found["rest"]) == ("open a ticket for ", ": keeps dropping")
    assert not FOR_MOST.match("note on 100234: she asks for the worst")


def test_of_several_lists_of_the_same_things_the_first_is_meant() -> None:
    dated = Table(columns=(Column("On"), *ACCOUNTS.columns[:1]), rows=[("23 Nov", "100777")])
    assert rows_of(Reply("", tables=(dated, ACCOUNTS))) == ("100777",)
    assert rows_of(Reply("", table=replace(dated, columns=(Column("When"), Column("Who"))))) == ()


def test_the_only_customer_of_a_list_is_known() -> None:
    assert only_one(Reply("", table=replace(ACCOUNTS, rows=ACCOUNTS.rows[:1])))
    assert not only_one(Reply("", table=ACCOUNTS))


def test_a_list_is_summed_as_its_answer_says_else_by_its_amounts() -> None:
    told = summed(Reply("2 customers, 1,200.00 NGN in all.\n\nMore"), None)
    assert told is not None and told.text == "2 customers, 1,200.00 NGN in all."
    counted = summed(Reply("debts"), ACCOUNTS)
    assert counted is not None and counted.data == Money(120_000, "NGN") and "of 2 accounts" in counted.text
    assert summed(Reply("debts"), replace(ACCOUNTS, total=50)) is None


async def test_what_is_corrected_after_the_yes_is_taken_back_or_done_too(chat: Talk) -> None:
    await chat.say("record 400 cash from 100234")
    await chat.say("yes")
    done = len(chat.gate.done)
    reply = await chat.say("no, 300")
    assert reply.choices[0].words == "undo"
    assert (len(chat.gate.done), chat.gate.parked) == (done, {})
    await chat.say("1")
    assert len(chat.gate.undone) == 1
