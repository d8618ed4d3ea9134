from __future__ import annotations

import pytest

from bot.contract.people import Tenant
from bot.core.candidates import described
from bot.core.threads import Pick
from bot.db.database import Database
from bot.errors import Unsaid
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()
NYALI, WESTLANDS, NAIROBI = (
    Pick(
        label="Amina Bello (100187)",
        words="customers show customer=100187",
        about="Links Road, Nyali, active",
    ),
    Pick(
        label="Amina Bello (100234)",
        words="customers show customer=100234",
        about="Waiyaki Way, Westlands, active",
    ),
    Pick(
        label="Amina B. Noor (100300)",
        words="customers show customer=100300",
        about="Moi Avenue, Westlands, suspended",
    ),
)
LISTED = (NYALI, WESTLANDS, NAIROBI)


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the one in nyali", (NYALI,)),
        ("the suspended one", (NAIROBI,)),
        ("Westlands", (WESTLANDS, NAIROBI)),
        ("she lives at Waiyaki Way", (WESTLANDS,)),
        ("100234", (WESTLANDS,)),
        ("noor", (NAIROBI,)),
        ("not the one in nyali", ()),
        ("show open tickets in nyali", ()),
        ("amina", ()),
        ("the one", ()),
    ],
)
def test_what_is_said_of_one_of_several_chooses_it(words: str, found: tuple[Pick, ...]) -> None:
    assert described(LISTED, words) == found


def test_what_only_was_offered_is_chosen_by_no_description() -> None:
    assert described((Pick(label="Suspend John", words="suspend John"),), "john") == ()


async def test_who_is_meant_is_asked_before_what_else_is_lacking(chat: Talk) -> None:
    reply = await chat.say("add a note to John Smith")
    assert [choice.detail[-9:] for choice in reply.choices] == ["i, active", "suspended"]
    asked = await chat.say("the one in westlands")
    assert "text" in asked.text
    await chat.say("wants to be called back")
    assert list(chat.gate.parked.values()) == [
        ("customers_note", {"customer": "100778", "text": "wants to be called back"})
    ]


async def test_a_choice_left_open_is_offered_again_and_nobody_else_is_taken(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe?")
    await chat.say("what does John Smith owe?")
    for words in ("is he online now", "open a ticket: no light since morning"):
        done = len(chat.gate.done)
        reply = await chat.say(words)
        assert [choice.label[:10] for choice in reply.choices] == ["John Smith", "John Smith"]
        assert chat.gate.parked == {}
        assert len(chat.gate.done) == done
    await chat.say("the second one")
    assert list(chat.gate.parked.values()) == [
        ("tickets_create", {"customer": "100778", "subject": "no light since morning"})
    ]
    await chat.say("is he online now")
    assert chat.last[1]["customer"] == "100778"


async def test_a_no_ends_what_was_left_open(chat: Talk) -> None:
    await chat.say("what does John Smith owe?")
    await chat.say("no")
    reply = await chat.say("open a ticket: no light since morning")
    assert not reply.choices
    assert "customer" in reply.text


async def test_what_is_named_later_settles_what_was_left_open(chat: Talk) -> None:
    await chat.say("what does John Smith owe?")
    await chat.say("what does Amina Bello owe?")
    await chat.say("is she online now")
    assert chat.last[1]["customer"] == "100234"


@pytest.mark.parametrize(
    "words", ["no wait make it high", "no, make it high", "make it high please", "sorry, high"]
)
async def test_what_waits_is_proposed_anew_with_what_should_be_otherwise(chat: Talk, words: str) -> None:
    await chat.say("open a ticket for Amina Bello: no light since morning")
    reply = await chat.say(words)
    assert reply.waiting is not None
    assert [yes for _, yes, _ in chat.gate.decided] == [False]
    assert list(chat.gate.parked.values()) == [
        ("tickets_create", {"customer": "100234", "subject": "no light since morning", "priority": "high"})
    ]


@pytest.mark.parametrize("words", ["no, wrong customer", "make it better", "no, high winds there"])
async def test_what_mends_nothing_by_itself_proposes_nothing_anew(chat: Talk, words: str) -> None:
    await chat.say("open a ticket for Amina Bello: no light since morning")
    await chat.say(words)
    assert not any("priority" in args for _, args in chat.gate.parked.values())
    assert chat.gate.done == []


@pytest.mark.parametrize(
    "words", ["for Grace Adeyemi, not her", "no, I meant Grace Adeyemi", "not Amina, Grace Adeyemi"]
)
async def test_what_waits_is_proposed_anew_for_somebody_else(chat: Talk, words: str) -> None:
    await chat.say("open a ticket for Amina Bello: no light since morning")
    await chat.say(words)
    (parked,) = chat.gate.parked.values()
    assert parked[1] == {"customer": "100999", "subject": "no light since morning"}
    assert chat.gate.done == []


async def test_a_text_is_mended_by_its_name(chat: Talk) -> None:
    await chat.say("open a ticket for Amina Bello: no light since morning")
    await chat.say("the subject should be: no light since Friday")
    (parked,) = chat.gate.parked.values()
    assert parked[1]["subject"] == "no light since Friday"


async def test_nobody_of_a_name_leaves_what_waits_as_it_is(chat: Talk) -> None:
    await chat.say("open a ticket for Amina Bello: no light since morning")
    await chat.say("no, I meant Zzyzx Qwertz")
    assert all(args["customer"] == "100234" for _, args in chat.gate.parked.values())
    assert chat.gate.done == []


async def test_what_only_the_action_knows_to_lack_is_asked_for(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = chat.gate.call

    async def call(user, action_id, args, **more):
        if action_id == "customers_suspend" and not args.get("reason"):
            raise Unsaid("Say why, or name a rule.", "reason")
        return await through(user, action_id, args, **more)

    monkeypatch.setattr(chat.gate, "call", call)
    asked = await chat.say("suspend 100778")
    assert asked.text.endswith("Say why, or name a rule.")
    await chat.say("he asked for it before his journey")
    assert list(chat.gate.parked.values()) == [
        ("customers_suspend", {"customer": "100778", "reason": "he asked for it before his journey"})
    ]


@pytest.mark.parametrize(
    "words", ["which one owes money?", "and which of them is overdue", "does either of them owe anything?"]
)
async def test_what_is_asked_of_the_candidates_is_not_asked_of_everybody(chat: Talk, words: str) -> None:
    first = await chat.say("what does John Smith owe?")
    done = list(chat.gate.done)
    reply = await chat.say(words)
    assert [(c.label, c.detail) for c in reply.choices] == [(c.label, c.detail) for c in first.choices]
    assert "Which one?" in reply.text
    assert chat.gate.done == done, "nothing was looked up of others"
    await chat.say("the second one")
    assert chat.last[1]["customer"] == "100778"


async def test_a_question_about_all_is_still_one(chat: Talk) -> None:
    await chat.say("what does John Smith owe?")
    reply = await chat.say("which customers are overdue?")
    assert "before I know whom" not in reply.text
