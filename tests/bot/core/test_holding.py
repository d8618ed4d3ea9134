"""A change that leaves out a number, a day, somebody or a limit is not proposed before that is said."""

from __future__ import annotations

import pytest

from bot.contract.people import Tenant
from bot.db.database import Database
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


async def test_a_change_without_what_was_named_is_a_choice_and_not_proposed(chat: Talk) -> None:
    reply = await chat.say("suspend Amina Bello bng1")
    assert reply.waiting is None
    assert reply.text.startswith(
        "I have no place for “bng1” in that, so I propose nothing yet: I would suspend"
    )
    assert [choice.words for choice in reply.choices] == ['customers suspend customer="Amina Bello"']


async def test_going_on_without_it_proposes_as_usual(chat: Talk) -> None:
    await chat.say("suspend Amina Bello bng1")
    reply = await chat.say("1")
    assert reply.waiting is not None
    assert "bng1" not in reply.understood
    await chat.say("yes")
    assert chat.last == ("customers_suspend", {"customer": "100234"})


async def test_a_yes_is_no_choice_while_nothing_is_proposed(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("suspend Amina Bello bng1")
    await chat.say("yes")
    assert ("customers_suspend", {"customer": "100234"}) not in chat.gate.done
