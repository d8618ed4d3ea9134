"""Rows of a list that say one of several values of the same filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Column, Reply, Table
from bot.db.database import Database
from bot.understand.understander import Understander
from tests.bot.core.answer_world import NotingGate, Talk, talk
from tests.bot.understand import isp

TICKETS = (
    ("TCK-1", "Slow", "high", "open"),
    ("TCK-2", "Dark", "urgent", "open"),
    ("TCK-3", "Noise", "low", "pending"),
    ("TCK-4", "Bill", "normal", "pending"),
)


@dataclass
class TicketGate(NotingGate):
    """Answers searches for tickets by priority and status; of the columns none says the priority."""

    total: int = 0

    async def call(self, user: Any, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
        reply = await super().call(user, action_id, args, **more)
        if action_id != "tickets_search":
            return reply
        asked = {at: args[name] for at, name in ((2, "priority"), (3, "status")) if args.get(name)}
        rows = [(row[0], row[1]) for row in TICKETS if all(row[at] == value for at, value in asked.items())]
        columns = (Column("Ticket"), Column("Subject"))
        return Reply("tickets", table=Table(columns=columns, rows=rows, total=self.total or len(rows)))


@pytest.fixture
async def searched(database: Database, tenant: Tenant) -> Talk:
    made = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    gate = TicketGate()
    chat = replace(made, desk=replace(made.desk, gate=gate), gate=gate)
    await chat.say("search tickets")
    return chat


def tickets(reply: Reply) -> list[str]:
    return [str(row[0]) for row in reply.table.rows] if reply.table else []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("only urgent or high", ["TCK-1", "TCK-2"]),
        ("which of them are high, urgent or low", ["TCK-1", "TCK-2", "TCK-3"]),
        ("only low and normal", ["TCK-3", "TCK-4"]),
    ],
)
async def test_rows_of_any_of_the_values_are_shown_in_the_order_of_the_list(
    searched: Talk, words: str, found: list[str]
) -> None:
    reply = await searched.say(words)
    assert tickets(reply) == found
    assert f"{len(found)} with" in reply.text and "of 4" in reply.text


async def test_what_comes_next_is_of_these_rows(searched: Talk) -> None:
    await searched.say("only urgent or low")
    assert tickets(await searched.say("only low or high")) == ["TCK-3"]


async def test_none_of_the_values_leaves_the_list_as_it_was(searched: Talk) -> None:
    await searched.say("only urgent or high")
    assert (await searched.say("only low or normal")).text == "0 with “low or normal”, of 2."
    assert tickets(await searched.say("only high or normal")) == ["TCK-1"]


async def test_values_of_two_filters_are_not_joined(searched: Talk) -> None:
    assert tickets(await searched.say("only urgent or pending")) == []


async def test_a_list_that_was_cut_is_not_joined(searched: Talk) -> None:
    assert isinstance(searched.gate, TicketGate)
    searched.gate.total = 90
    assert "of 4" not in (await searched.say("only urgent or high")).text
