"""What is said next is of the rows that were kept of a list."""

from __future__ import annotations

from bot.contract.reply import Column, Reply, Table
from bot.core.kept_rows import key_of, within
from tests.bot.core.answer_world import Talk
from tests.bot.core.debt_world import accounts


async def test_narrowing_twice_keeps_both(debts: Talk) -> None:
    await debts.say("only business")
    assert accounts(await debts.say("over 30")) == ["100999", "100777"]


async def test_where_none_is_left_the_rows_before_stay(debts: Talk) -> None:
    await debts.say("only business")
    assert (await debts.say("over 100")).text.startswith("None of 2")
    assert accounts(await debts.say("the smallest")) == ["100777"]


async def test_behind_a_row_that_was_opened_it_is_still_these(debts: Talk) -> None:
    await debts.say("only business")
    await debts.say("the first")
    assert (await debts.say("how many")).text == "2 accounts."
    assert accounts(await debts.say("the smallest")) == ["100777"]


async def test_and_another_is_looked_for_in_the_whole_list(debts: Talk) -> None:
    await debts.say("only grace")
    assert accounts(await debts.say("and amina")) == ["100234"]


async def test_the_one_row_is_what_is_spoken_of(debts: Talk) -> None:
    await debts.say("only grace")
    await debts.say("what does she owe")
    assert debts.gate.done[-1] == ("billing_balance", {"customer": "100999"})


async def test_a_narrower_question_is_of_the_rows_that_were_kept(debts: Talk) -> None:
    await debts.say("without grace")
    reply = await debts.say("overdue invoices over 36 days")
    assert accounts(reply) == ["100234"]
    assert reply.text.endswith(", of 2:")


async def test_where_none_is_left_no_change_is_of_the_one_before(debts: Talk) -> None:
    await debts.say("only grace")
    assert (await debts.say("over 100")).text.startswith("None of 1")
    await debts.say("suspend her because overdue")
    assert debts.gate.parked == {}


async def test_a_new_question_is_of_all_again(debts: Talk) -> None:
    await debts.say("without grace")
    assert accounts(await debts.say("list overdue customers")) == ["100234", "100999", "100777"]


def test_rows_are_known_again_by_what_they_are() -> None:
    rows = [["TCK-1", "Slow", "5 h left"], ["TCK-2", "Dead", "1 h left"]]
    reply = Reply("two", table=Table(columns=[Column(c) for c in ("Ticket", "Subject", "SLA")], rows=rows))
    later = within(reply, [key_of(["TCK-2", "Dead", "2 h left"])])
    assert later.table
    assert later.table.rows == [rows[1]]
    assert within(reply, ()) is reply
