"""A few words about what was just spoken of."""

from __future__ import annotations

import pytest

from bot.contract.people import Tenant, User
from bot.contract.reply import ActionCall, Column, Reply, Table
from bot.db.database import Database
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


@pytest.mark.parametrize("words", ["and hers", "what about his?", "and the other one's"])
async def test_the_same_is_asked_of_whom_the_thread_was_about_before(chat: Talk, words: str) -> None:
    await chat.say("what does Amina Bello owe")
    await chat.say("what does Grace Adeyemi owe")
    await chat.say(words)
    assert chat.last == ("billing_balance", {"customer": "100234"})


async def test_for_both_reads_both_and_changes_neither(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe")
    grace = (await chat.say("what does Grace Adeyemi owe")).focus["customer"]
    await chat.say("do it for both")
    assert [args["customer"] for _, args in chat.gate.done[-2:]] == [grace, "100234"]
    await chat.say("suspend Grace Adeyemi")
    await chat.say("yes")
    reply = await chat.say("do the same for both of them")
    assert "one after the other" in reply.text
    assert chat.gate.parked == {}


@pytest.mark.parametrize("words", ["since when", "how long already", "and by whom?"])
async def test_what_the_card_of_a_thing_says_is_shown_again(chat: Talk, words: str) -> None:
    await chat.say("show ticket TCK-10234")
    await chat.say(words)
    assert chat.gate.done[-2:] == [("tickets_show", {"ticket": "TCK-10234"})] * 2


async def test_the_only_row_of_a_list_is_what_is_meant(chat: Talk) -> None:
    chat.gate.reply = Reply("one", table=Table(columns=(Column("Ticket"),), rows=(("TCK-10234",),)))
    await chat.say("all urgent tickets")
    await chat.say("since when")
    assert chat.last == ("tickets_show", {"ticket": "TCK-10234"})


async def test_what_was_just_written_is_taken_back_where_it_is_to_be_deleted(chat: Talk) -> None:
    await chat.say("note on Amina Bello: will pay on Friday")
    await chat.say("yes")
    assert (await chat.say("delete that note")).text == "taken back"
    assert len(chat.gate.undone) == 1


async def test_another_thing_is_not_taken_back_for_it(chat: Talk) -> None:
    await chat.say("note on Amina Bello: will pay on Friday")
    await chat.say("yes")
    await chat.say("delete that ticket")
    assert chat.gate.undone == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("assign TCK-10234 to bea", "delete the ticket"),
        ("assign TCK-10234 to bea", "cancel my ticket"),
        ("open a ticket for Grace Adeyemi: no light", "delete the customer"),
        ("comment on TCK-10234: called twice", "remove the ticket"),
    ],
)
async def test_what_was_only_changed_is_not_put_back_where_it_is_to_go(
    chat: Talk, change: str, words: str
) -> None:
    await chat.say(change)
    await chat.say("yes")
    await chat.say(words)
    assert chat.gate.undone == []


async def test_an_undo_is_not_taken_back_for_it(chat: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def undo(_user: User, call_id: str, **_more: object) -> Reply:
        chat.gate.undone.append(call_id)
        return Reply("taken back", call_id="c0ffee02", undo=ActionCall(action_id="customers_note"))

    monkeypatch.setattr(chat.gate, "undo", undo)
    await chat.say("note on Amina Bello: will pay on Friday")
    await chat.say("yes")
    await chat.say("undo")
    await chat.say("delete that note")
    assert len(chat.gate.undone) == 1
