"""The last list counted by a column, or its customers."""

from __future__ import annotations

import pytest

from bot.contract.money import Money
from bot.contract.reply import Align, Column, Table, Tone
from bot.core.breaking_down import _column, _figure
from tests.bot.core.answer_world import Talk


async def test_a_list_is_counted_by_its_column_with_the_money_of_each(debts: Talk) -> None:
    reply = await debts.say("by kind")
    assert reply.table
    assert [list(row) for row in reply.table.rows] == [
        ["business", 2, Money(140_000, "NGN")],
        ["residential", 1, Money(30_000, "NGN")],
    ]
    assert reply.text == "3 accounts, by kind:"
    assert (await debts.say("only business")).text == "2 with “business”, of 3:"


async def test_what_no_column_says_is_not_counted_of_something_else(debts: Talk) -> None:
    done = debts.gate.done[-1]
    reply = await debts.say("by plan")
    assert reply.text.startswith("I cannot count the last list by plan. It has: Account, Name, Kind")
    assert reply.tone is Tone.WARN
    assert debts.gate.done[-1][0] == done[0]


@pytest.mark.parametrize(
    ("words", "text"), [("how many customers", "3 customers."), ("and how many people in all", "3 people.")]
)
async def test_the_customers_of_a_list_are_counted_not_all_there_are(
    debts: Talk, words: str, text: str
) -> None:
    assert (await debts.say(words)).text == text


async def test_a_list_of_which_rows_were_kept_is_counted_as_it_stands(debts: Talk) -> None:
    await debts.say("only business")
    assert (await debts.say("how many customers")).text == "2 customers."
    assert (await debts.say("how many")).text == "2 accounts."
    assert (await debts.say("how much in total")).text.startswith("Owed: 1,400.00 NGN in all, of 2")
    assert [
        row[0] for row in ((await debts.say("the biggest")).table or Table(columns=(), rows=())).rows
    ] == ["100999"]


def test_what_a_column_is_called() -> None:
    columns = (Column("Ticket"), Column("Customer"), Column("With"), Column("Services", Align.RIGHT))
    table = Table(columns=columns, rows=[["TCK-1", "Amina", "bea", 32]])
    assert [_column(table, noun) for noun in ("agent", "customer", "pon")] == [2, 1, None]
    assert _figure(table, "customer") == 3
    assert _figure(table, "ticket") is None
