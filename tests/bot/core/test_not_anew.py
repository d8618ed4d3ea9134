"""Few words that name nothing, behind something: never a list of everybody."""

from __future__ import annotations

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Tone
from bot.db.database import Database
from bot.understand.understander import Understander
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp


@pytest.mark.parametrize("words", ["offline now", "any open", "are they offline", "is it offline now"])
async def test_they_are_not_asked_of_all_there_are(debts: Talk, words: str) -> None:
    done = len(debts.gate.done)
    reply = await debts.say(words)
    assert (reply.tone, len(debts.gate.done)) == (Tone.ASK, done)
    assert reply.text.startswith(f"“{words}”: of what?")
    await debts.say(reply.choices[0].words)
    assert len(debts.gate.done) == done + 1


async def test_behind_a_card_they_are_not_asked_of_all_either(debts: Talk) -> None:
    await debts.say("show 100234")
    done = len(debts.gate.done)
    assert "of what?" in (await debts.say("how much a month")).text
    assert len(debts.gate.done) == done


async def test_it_is_asked_about_where_nothing_was_understood_yet(database: Database, tenant: Tenant) -> None:
    fresh = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    await fresh.say("frobnicate the zorgs of yesterday")
    assert "of what?" in (await fresh.say("is it offline now")).text
    assert fresh.gate.done == []


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("show outages", "network_outages"),
        ("devices offline", "network_devices"),
        ("open tickets", "tickets_search"),
        ("balance of 100234", "billing_balance"),
    ],
)
async def test_what_says_its_own_thing_is_done(debts: Talk, words: str, done: str) -> None:
    await debts.say(words)
    assert debts.gate.done[-1][0] == done


@pytest.mark.parametrize("words", ["count", "just the count", "how many were there"])
async def test_a_count_is_of_the_list(debts: Talk, words: str) -> None:
    assert (await debts.say(words)).text == "3 accounts."


async def test_a_total_behind_what_was_not_understood_is_of_nobody(debts: Talk) -> None:
    await debts.say("not yet zorged")
    done = len(debts.gate.done)
    assert (await debts.say("total")).tone in {Tone.ASK, Tone.PLAIN}
    assert {call[0] for call in debts.gate.done[done:]} <= {"billing_overdue"}


async def test_a_long_message_is_a_question_of_its_own(debts: Talk) -> None:
    words = "are they offline" + " now" * 60
    assert "of what?" not in (await debts.say(words)).text


async def test_behind_a_proposal_nothing_is_asked_of_what(debts: Talk) -> None:
    await debts.say("suspend 100234 because overdue")
    assert "of what?" not in (await debts.say("any open")).text


@pytest.mark.parametrize("words", ["are all offline"])
async def test_what_says_by_itself_whom_it_is_about_is_not_asked_of_what(debts: Talk, words: str) -> None:
    assert "of what?" not in (await debts.say(words)).text
