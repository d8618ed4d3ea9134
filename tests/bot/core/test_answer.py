from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock
from zoneinfo import ZoneInfo

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import ActionCall, Button, Column, Reply, Table, Tone, Waiting
from bot.core.answer import answer, decide, press, undo, waiting
from bot.core.kept_threads import do_save_thread
from bot.core.listed import picks
from bot.core.threads import Pick, Thread
from bot.core.wishes import shown
from bot.db.database import Database
from bot.db.unanswered import find_unanswered
from bot.errors import Conflict, Unavailable
from bot.understand.arguments import Kind
from bot.understand.understander import Understander
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


@pytest.fixture
def chats(database: Database, tenant: Tenant) -> Callable[..., Talk]:
    return lambda user: talk(database, tenant, UNDERSTANDER, user)


async def test_a_question_runs_at_once_and_says_how_it_was_read(chat: Talk) -> None:
    reply = await chat.say("what does Amina Bello owe?")
    assert chat.last == ("billing_balance", {"customer": "100234"})
    assert reply.understood == 'I read this as: `billing balance customer="Amina Bello"`'


async def test_she_is_whom_the_thread_is_about(chat: Talk) -> None:
    await chat.say("is amina@acme.example online now")
    await chat.say("show her open tickets")
    assert chat.last == ("tickets_search", {"customer": "100234", "status": "open"})


async def test_what_about_somebody_else_asks_the_same_again(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe?")
    await chat.say("and Grace Adeyemi?")
    assert chat.last == ("billing_balance", {"customer": "100999"})


async def test_how_it_is_done_is_told_with_its_words_and_begun_only_by_a_pick(chat: Talk) -> None:
    reply = await chat.say("how do i open a ticket for Amina Bello?")
    assert "To open" in reply.text
    assert "Amina Bello" in reply.text
    assert "It needs the customer and subject." in reply.text
    assert reply.waiting is None
    assert (chat.gate.done, chat.gate.parked) == ([], {})
    assert "subject" in (await chat.say("1")).text


async def test_asking_how_is_no_try(chats: Callable[..., Talk]) -> None:
    chat = chats(isp.person("customers:read", "tickets:read"))
    reply = await chat.say("how do i suspend Amina Bello?")
    assert "Your roles here do not let you suspend" in reply.text
    assert (chat.gate.done, chat.gate.refused) == ([], [])


async def test_a_change_from_free_text_waits_for_a_yes(chat: Talk) -> None:
    reply = await chat.say("open a ticket for Amina Bello: no light since morning")
    assert reply.waiting is not None
    assert chat.gate.done == []
    await chat.say("yes")
    assert chat.last == ("tickets_create", {"customer": "100234", "subject": "no light since morning"})


async def test_words_that_a_change_does_not_use_are_told_before_the_yes(chat: Talk) -> None:
    reply = await chat.say("suspend Amina Bello gladly")
    assert reply.waiting is not None
    assert reply.text.startswith("⚠ I did not use “gladly”. If that matters, say no and say it otherwise.")
    plain = await chat.say("suspend Amina Bello")
    assert "⚠" not in plain.text and "not used" not in plain.understood


@pytest.mark.parametrize("word", ["no", "cancel", "never mind", "don't", "No thanks."])
async def test_a_no_leaves_it(chat: Talk, word: str) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say(word)
    assert chat.gate.done == []
    assert [yes for _, yes, _ in chat.gate.decided] == [False]


async def test_a_no_with_a_reason_hands_the_reason_on(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("no, she paid an hour ago")
    assert chat.gate.decided[0][1:] == (False, "she paid an hour ago")


@pytest.mark.parametrize(
    "words", ["no internet at Amina Bello", "ok thanks", "yes but who is she?", "okay, thank you"]
)
async def test_words_that_only_begin_like_a_yes_or_no_decide_nothing(chat: Talk, words: str) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say(words)
    assert chat.gate.decided == []


async def test_an_exact_command_runs_without_another_yes(chat: Talk) -> None:
    reply = await chat.say('tickets create customer=100234 subject="No light" priority=high')
    assert reply.waiting is None
    assert chat.last == ("tickets_create", {"customer": "100234", "subject": "No light", "priority": "high"})


async def test_what_is_missing_is_asked_for_and_the_next_message_fills_it(chat: Talk) -> None:
    reply = await chat.say("tickets create")
    assert reply.tone is Tone.ASK
    assert "Which customer" in reply.text
    assert "subject" in (await chat.say("Grace Adeyemi")).text
    await chat.say("router blinks red")
    assert chat.last == ("tickets_create", {"customer": "100999", "subject": "router blinks red"})


async def test_what_free_text_lacked_is_asked_for_and_still_confirmed(chat: Talk) -> None:
    await chat.say("close TCK-10235")
    reply = await chat.say("replaced the ONT")
    assert reply.waiting is not None
    await chat.say("ok")
    assert chat.last == ("tickets_close", {"ticket": "TCK-10235", "resolution": "replaced the ONT"})


async def test_another_question_drops_what_was_asked(chat: Talk) -> None:
    await chat.say("tickets create")
    await chat.say("which payments failed this week?")
    assert chat.last[0] == "billing_failed"


async def test_cancel_drops_what_was_asked(chat: Talk) -> None:
    await chat.say("tickets create")
    assert "let it be" in (await chat.say("cancel")).text
    await chat.say("Grace Adeyemi")
    assert chat.last[0] == "customers_card"


async def test_two_of_one_name_are_a_choice_and_a_number_picks(chat: Talk) -> None:
    reply = await chat.say("what does John Smith owe?")
    assert picks(reply) == (
        "John Smith · 100 Links Road, Nyali, active",
        "John Smith · 34C Waiyaki Way, Westlands, suspended",
    )
    await chat.say("2")
    assert chat.last == ("billing_balance", {"customer": "100778"})


async def test_a_change_picked_from_choices_is_still_confirmed(chat: Talk) -> None:
    await chat.say("open a ticket for John Smith: no light")
    reply = await chat.say("the second one")
    assert reply.waiting is not None
    assert chat.gate.done == []
    await chat.say("go ahead")
    assert chat.last == ("tickets_create", {"customer": "100778", "subject": "no light"})


async def test_the_choice_said_in_its_own_words_is_the_same_pick(chat: Talk) -> None:
    reply = await chat.say("open a ticket for John Smith: no light")
    again = await chat.say(reply.choices[0].words)
    assert again.waiting is not None


async def test_a_yes_means_the_only_thing_that_was_offered(chat: Talk, database: Database) -> None:
    offered = Pick(label="Amina Bello (100234)", words="billing balance customer=100234")
    asked = chat.question("")
    await do_save_thread(database, asked, Thread(), Thread(picks=(offered,)))
    await chat.say("yes")
    assert chat.last == ("billing_balance", {"customer": "100234"})
    for several in ((offered, offered), (Pick(label="Suspend", action_id="customers_suspend"),), ()):
        await do_save_thread(database, asked, Thread(), Thread(picks=several, rows=("x",)))
        assert (await chat.say("yes")).text.startswith("Nothing waits")


async def test_nobody_of_that_name_can_be_corrected_in_the_next_message(chat: Talk) -> None:
    reply = await chat.say("what does Xaver Unbekannt owe?")
    assert reply.tone is Tone.BAD
    await chat.say("Amina Bello")
    assert chat.last == ("billing_balance", {"customer": "100234"})


async def test_the_second_row_names_what_it_shows(chat: Talk) -> None:
    chat.gate.reply = Reply(
        "tickets", table=Table(columns=(Column("Ticket"),), rows=[("TCK-10234",), ("TCK-10235",)])
    )
    await chat.say("my tickets")
    chat.gate.reply = None
    await chat.say("the second one")
    assert chat.last == ("tickets_show", {"ticket": "TCK-10235"})


async def test_a_call_is_approved_by_the_beginning_of_its_id(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    call_id = next(iter(chat.gate.parked))
    elsewhere = chat.other(isp.person(name="Bisi Ojo"))
    elsewhere.thread = "another"
    assert call_id[:8] in str((await elsewhere.say("waiting")).table)
    await elsewhere.say(f"approve {call_id[:6]}")
    assert chat.gate.decided == [(call_id, True, "")]


async def test_waiting_names_one_that_may_be_agreed_to(chat: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Waiting(
        call_id="aaaaaaaa1", action_id="x", summary="x", needs="", asked_by="Ada Obi", may_agree=False
    )
    waiting = [own]
    monkeypatch.setattr(chat.gate, "waiting", AsyncMock(return_value=waiting))
    said = (await chat.say("waiting")).text
    assert "approve" not in said and "To withdraw one, say `deny aaaaaaaa`." in said
    waiting.append(replace(own, call_id="bbbbbbbb2", may_agree=True))
    assert "Say `approve bbbbbbbb` or `deny bbbbbbbb" in (await chat.say("waiting")).text


async def test_a_yes_in_another_thread_decides_nothing(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    chat.thread = "t2"
    reply = await chat.say("yes")
    assert chat.gate.decided == []
    assert "Nothing waits" in reply.text


async def test_another_person_in_the_thread_shares_the_topic_but_not_the_yes(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    other = chat.other(isp.person(name="Bisi Ojo"))
    await other.say("yes")
    assert chat.gate.decided == []
    await other.say("what does she owe?")
    assert chat.last == ("billing_balance", {"customer": "100234"})


async def test_undo_takes_back_the_last_change_of_the_thread_once(chat: Talk) -> None:
    await chat.say('tickets comment ticket=TCK-10234 text="called"')
    await chat.say("undo that")
    assert chat.gate.undone == ["c0ffee01"]
    assert "no change" in (await chat.say("undo")).text


async def test_undo_by_words_that_is_worked_twice_tells_the_truth_and_takes_back_once(chat: Talk) -> None:
    """The process died after the thread was kept and before the answer was."""
    await chat.say('tickets comment ticket=TCK-10234 text="called"')
    question = replace(chat.question("undo that"), key="slack:1")
    first, again = await answer(chat.desk, question), await answer(chat.desk, question)
    assert (first.text, again.text) == ("taken back", "taken back")
    assert chat.gate.undone == ["c0ffee01"]
    assert "no change" in (await answer(chat.desk, replace(question, key="slack:2"))).text


@pytest.mark.parametrize(
    "words",
    ["don't suspend Amina Bello", "did we suspend Amina Bello", "what happens if I suspend Amina Bello",
     "if Amina Bello does not pay, suspend her", "how do I suspend a customer", "should we disconnect Grace Adeyemi",
     "who closed TCK-10234?", "can I close TCK-10234?"],
)  # fmt: skip
async def test_a_question_a_ban_or_an_if_changes_and_proposes_nothing(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert reply.waiting is None
    assert chat.gate.parked == {}
    assert all(isp.VIEW.action(a).item.reads_only for a, _ in chat.gate.done)


async def test_a_held_change_is_offered_and_still_confirmed_when_picked(chat: Talk) -> None:
    reply = await chat.say("did we suspend Amina Bello")
    assert any("customers suspend" in c.words for c in reply.choices)
    picked = await chat.say(next(c.words for c in reply.choices if "customers suspend" in c.words))
    assert picked.waiting is not None


async def test_what_one_may_not_is_said_and_not_done(chats: Callable[..., Talk]) -> None:
    chat = chats(isp.person("tickets:read"))
    reply = await chat.say("what does Amina Bello owe?")
    assert chat.gate.done == []
    assert "roles here do not allow" in reply.text
    assert all("billing" not in c.words for c in reply.choices)


async def test_an_exact_command_one_may_not_use_is_refused_by_the_gate(chats: Callable[..., Talk]) -> None:
    reply = await chats(isp.person("tickets:read")).say("billing balance customer=100234")
    assert reply.tone is Tone.WARN
    assert "billing:read" in reply.text


@pytest.mark.parametrize(
    "words", ["what's the weather in Paris", "tell me a joke", "asdf qwer zxcv", "🙂🙂🙂"]
)
async def test_what_is_not_known_is_admitted_with_what_can_be_asked(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert chat.gate.done == []
    assert len(reply.choices) == 3
    assert "did not understand" in reply.text


async def test_unknown_words_are_counted_without_names_and_numbers(
    chat: Talk, database: Database, tenant: Tenant
) -> None:
    for who in ("Zebulon Quux", "Xaver Quux"):
        await chat.say(f"play some birthday music for {who} sekret99")
    async with database.tenant(tenant.id) as session:
        counted = await find_unanswered(session)
    assert [u.asked for u in counted] == [2]
    assert "birthday music" in counted[0].words
    assert not {"quux", "zebulon", "sekret99"} & set(counted[0].words.split())


@pytest.mark.parametrize("words", ["", "   ", "help", "?", "what can you do?", "\x00\x07"])
async def test_nothing_and_help_are_answered_with_help(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert reply.table is not None
    assert {row[0] for row in reply.table.rows} == set(isp.PLUGINS)


@pytest.mark.parametrize("words", ["hi", "Good morning bot!", "thanks a lot", "who are you?", "bye"])
async def test_small_talk_is_answered_and_does_nothing(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert reply.tone is Tone.PLAIN
    assert chat.gate.done == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("hello there, how are you today?", "Hello Ada"),
        ("are you there?", "I am here"),
        ("ping", "I am here"),
        ("what are you anyway", "a program, no person"),
        ("are you chatgpt?", "a program, no person"),
        ("never mind", "All right"),
        ("sorry, wrong chat", "All right"),
        ("this is bullshit", "Sorry that this is no help"),
        ("you stupid bot why is nothing ever any good", "Sorry that this is no help"),
        ("thanks, have a nice evening", "You are welcome"),
        ("have a nice day", "Goodbye"),
        ("I want to talk to a human", "I am a program"),
        ("I need a human", "I am a program"),
        ("can I speak to somebody?", "I am a program"),
    ],
)
async def test_what_asks_for_nothing_gets_a_sensible_word(chat: Talk, words: str, said: str) -> None:
    reply = await chat.say(words)
    assert said in reply.text
    assert chat.gate.done == [] and chat.gate.parked == {}


@pytest.mark.parametrize(
    "words", ["balance of Shitanda", "Shitakha", "call Damnet Ltd", "find Pissarro", "damn 100234"]
)
async def test_a_surname_is_no_swearing(chat: Talk, words: str) -> None:
    assert "Sorry that this is no help" not in (await chat.say(words)).text


async def test_who_swears_and_names_somebody_is_told_what_there_is_about_them(chat: Talk) -> None:
    reply = await chat.say("crap, amina bello is at it again and she is so furious with the whole lot of us")
    assert "Sorry that this is no help" not in reply.text and reply.choices


async def test_somebody_who_was_not_understood_is_offered_what_one_asks_of_what_they_named(
    chat: Talk,
) -> None:
    reply = await chat.say("please do the usual thing with amina bello as we discussed over lunch")
    assert reply.choices and all("100234" in c.words or "amina" in c.label.lower() for c in reply.choices)
    assert chat.gate.done == [] and chat.gate.parked == {}
    await chat.say("1")
    assert len(chat.gate.done) == 1


async def test_a_pasted_log_line_commands_nothing(chat: Talk) -> None:
    reply = await chat.say(
        "Nov 22 03:12:11 bng pppoed[2211]: suspend Amina Bello reason=LCP timeout user=100234"
    )
    assert "looks like a log line" in reply.text
    assert chat.gate.done == [] and chat.gate.parked == {}
    assert all("suspend" not in choice.words for choice in reply.choices)


@pytest.mark.parametrize("words", ["approve the second one", "deny the last one", "approve all"])
async def test_one_of_several_that_wait_is_decided_by_name(
    chat: Talk, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    both = [
        Waiting(call_id=one, action_id="x", summary="x", needs="a yes", asked_by="Ada", may_agree=True)
        for one in ("aaaa1111-1", "bbbb2222-2")
    ]
    monkeypatch.setattr(chat.gate, "waiting", AsyncMock(return_value=both))
    said = await chat.say(words)
    assert [row[0] for row in said.table.rows] == ["aaaa1111", "bbbb2222"]
    assert chat.gate.decided == []
    await chat.say("approve the second one")
    assert [one[:2] for one in chat.gate.decided] == [("bbbb2222-2", True)]


async def test_very_long_messages_are_read_as_far_as_they_go(chat: Talk) -> None:
    reply = await chat.say("what does Amina Bello owe? " + "x " * 10_000)
    assert "first 10,000 characters" in reply.text


async def test_a_day_that_does_not_exist_is_one_sentence(chat: Talk) -> None:
    reply = await chat.say("list tickets opened since 30 February")
    assert reply.tone is Tone.BAD
    assert "not a day in the calendar" in reply.text


async def test_a_system_that_is_away_is_said(chat: Talk) -> None:
    chat.gate.fails = Unavailable("The billing system does not answer; nothing was changed.")
    assert (
        await chat.say("what does Amina Bello owe?")
    ).text == "The billing system does not answer; nothing was changed."


async def test_a_crash_is_one_sentence_with_a_number(chat: Talk) -> None:
    chat.gate.fails = RuntimeError("secret internals at line 42")
    reply = await chat.say("what does Amina Bello owe?")
    assert "incident" in reply.text
    assert "secret" not in reply.text


class Gone:
    """A database that is down."""

    def tenant(self, tenant_id: str) -> Any:
        raise ConnectionRefusedError("connect to /run/secret/socket")


async def test_a_database_that_is_down_is_one_sentence_too(chat: Talk) -> None:
    chat.desk = replace(chat.desk, database=Gone())
    reply = await chat.say("what does Amina Bello owe?")
    assert "socket" not in reply.text
    assert reply.tone is Tone.BAD
    assert len(reply.text) < 300


async def test_buttons_nobody_here_may_press_are_left_out(chats: Callable[..., Talk]) -> None:
    chat = chats(isp.person("billing:read", "customers:read"))
    chat.gate.reply = Reply(
        "x",
        buttons=(
            Button("Balance", "billing_balance", {"customer": "1"}),
            Button("Kick", "network_disconnect"),
            Button("Gone", "ghost_walk"),
        ),
    )
    reply = await chat.say("what does Amina Bello owe?")
    assert [b.label for b in reply.buttons] == ["Balance"]


async def test_undo_after_a_change_that_is_final_leaves_older_changes_alone(chat: Talk) -> None:
    await chat.say('tickets comment ticket=TCK-10234 text="called"')
    chat.gate.reply = Reply("Rebooted.", call_id="c0ffee02")
    await chat.say('tickets comment ticket=TCK-10234 text="called again"')
    await chat.say("what does Amina Bello owe?")
    assert (await chat.say("undo")).text == "The last change in this conversation cannot be taken back."
    assert chat.gate.undone == []


async def test_undo_means_the_last_change_even_where_it_ended_with_bad_news(chat: Talk) -> None:
    await chat.say('tickets comment ticket=TCK-10234 text="called"')
    undo_of = ActionCall(action_id="tickets_comment")
    chat.gate.reply = Reply("Noted, and SLA is broken.", call_id="c0ffee02", undo=undo_of, tone=Tone.BAD)
    await chat.say('tickets comment ticket=TCK-10234 text="called again"')
    await chat.say("undo")
    assert chat.gate.undone == ["c0ffee02"]


async def test_bad_news_is_followed_by_what_might_come_next(chat: Talk) -> None:
    chat.gate.reply = Reply("She owes a lot.", tone=Tone.BAD)
    assert (await chat.say("what does Amina Bello owe?")).choices


@pytest.mark.parametrize("between", ["show Nobody Atall", "blorf snurz", 'tickets show ticket="TCK-99999"'])
async def test_a_yes_after_an_answer_about_something_else_is_not_for_what_was_shown_before(
    chat: Talk, between: str
) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say(between)
    await chat.say("yes")
    assert chat.gate.decided == []


async def test_what_might_come_next_is_offered_and_works(chat: Talk) -> None:
    reply = await chat.say("what does Amina Bello owe?")
    assert 1 <= len(reply.choices) <= 3
    for choice in reply.choices:
        before = len(chat.gate.done)
        await chat.say(choice.words)
        assert len(chat.gate.done) == before + 1


async def test_undo_lets_go_what_only_waits_and_leaves_older_changes_alone(chat: Talk) -> None:
    await chat.say("note on Amina Bello: will pay on Friday")
    await chat.say("yes")
    await chat.say("open a ticket for Amina Bello: no light since morning")
    done = list(chat.gate.done)
    await chat.say("undo")
    assert (chat.gate.undone, chat.gate.done) == ([], done)
    assert not await chat.gate.waiting(chat.user)


@pytest.mark.parametrize(
    "words", ["tikets create", "tickets crate", "billing balnce 100234", "tickets serach"]
)
async def test_a_slip_in_a_command_is_asked_about_and_never_run(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert "Did you mean" in reply.text and chat.gate.done == [], reply
    assert reply.choices[0].words.split()[:1] == [reply.choices[0].label.split()[0]]


async def test_a_slip_in_a_command_is_no_answer_to_what_was_asked(chat: Talk) -> None:
    await chat.say("tickets create customer=100234")
    assert "Did you mean" in (await chat.say("billing balnce 100234")).text
    assert chat.gate.done == []


@pytest.mark.parametrize(
    "words", ["tickets closed", "customer notes", "tickets assigned to me", "network lines"]
)
async def test_plurals_and_tenses_are_no_slips(chat: Talk, words: str) -> None:
    assert "There is no command" not in (await chat.say(words)).text


async def test_buttons_press_decide_and_undo_without_words(chat: Talk) -> None:
    parked = await press(chat.desk, chat.question(""), "customers_suspend", {"customer": "100234"})
    assert parked.waiting is not None
    assert (await waiting(chat.desk, chat.question(""))).table is not None
    await decide(chat.desk, chat.question(""), parked.waiting.call_id, yes=True)
    assert chat.last[0] == "customers_suspend"
    await undo(chat.desk, chat.question(""), "c0ffee01")
    assert chat.gate.undone == ["c0ffee01"]


async def test_the_thread_survives_a_restart(chat: Talk, database: Database, tenant: Tenant) -> None:
    await chat.say("suspend Amina Bello")
    after = talk(database, tenant, UNDERSTANDER, chat.user)
    after.gate.parked = chat.gate.parked
    await after.say("yes")
    assert after.last == ("customers_suspend", {"customer": "100234"})


async def test_without_the_model_words_alone_still_lead_there(database: Database, tenant: Tenant) -> None:
    plain = Understander(isp.OWNED, isp.ENTITIES)
    chat = talk(database, tenant, plain)
    await chat.say("what does Amina Bello owe?")
    assert chat.last == ("billing_balance", {"customer": "100234"})
    assert plain.trouble


async def test_her_tickets_are_nobodys_until_one_says_whose(chat: Talk) -> None:
    reply = await chat.say("show her open tickets")
    assert chat.gate.done == []
    assert "Which customer" in reply.text
    await chat.say("Grace Adeyemi")
    assert chat.last == ("tickets_search", {"customer": "100999", "status": "open"})


async def test_a_question_is_no_reason(chat: Talk) -> None:
    await chat.say("close TCK-10235")
    await chat.say("did we suspend Amina Bello?")
    assert chat.gate.parked == {}
    await chat.say("close TCK-10235")
    await chat.say("what does Amina Bello owe?")
    assert chat.last[0] == "billing_balance"


async def test_a_sentence_is_no_name(chat: Talk) -> None:
    await chat.say("what does Xaver Unbekannt owe?")
    await chat.say("fibre cut at Ikeja, who is affected by Ikeja")
    assert chat.last == ("network_affected", {"site": "IKJ"})


async def test_who_is_not_there_is_said_before_more_is_asked(chat: Talk) -> None:
    reply = await chat.say("new ticket for Xaver Unbekannt")
    assert "no customer for “Xaver Unbekannt”" in reply.text


async def test_who_typed_a_command_needs_no_yes_for_having_misspelt_a_name(chat: Talk) -> None:
    assert "no customer" in (await chat.say('customers note customer="Xaver Unbekannt"')).text
    await chat.say("Amina Bello")
    await chat.say("call after ten")
    assert chat.last == ("customers_note", {"customer": "100234", "text": "call after ten"})
    assert chat.gate.parked == {}


async def test_what_follows_the_colon_is_said_once(chat: Talk) -> None:
    await chat.say("add note to Amina Bello: don't call before 10")
    await chat.say("yes")
    assert chat.last == ("customers_note", {"customer": "100234", "text": "don't call before 10"})


async def test_a_yes_in_words_carries_the_preview_that_was_seen(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("yes")
    assert chat.gate.versions == ["v1"]


async def test_a_yes_by_id_carries_it_only_where_the_preview_was_seen(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    call_id = next(iter(chat.gate.parked))
    elsewhere = chat.other(chat.user)
    elsewhere.thread = "another"
    await elsewhere.say(f"deny {call_id[:8]}")
    assert chat.gate.versions == [""]


async def test_a_call_that_failed_is_still_what_the_thread_is_about(chat: Talk) -> None:
    chat.gate.fails = Conflict("TCK-10234 is already with Ada Obi.")
    assert "already" in (await chat.say("tickets assign ticket=TCK-10234 assignee=me")).text
    chat.gate.fails = None
    await chat.say("escalate it")
    await chat.say("yes")
    assert chat.last[1]["ticket"] == "TCK-10234"


async def test_lengths_are_said_as_people_type_them(chat: Talk) -> None:
    reply = await chat.say("plan works on Ikeja from tomorrow 02:00 for 2 hours 30 minutes")
    assert 'lasts="2h 30m"' in reply.understood
    assert next(iter(chat.gate.parked.values()))[1]["lasts"] == "PT9000S"


async def test_what_one_may_not_is_refused_by_the_gate_so_that_it_is_written_down(
    chats: Callable[..., Talk],
) -> None:
    chat = chats(isp.person("tickets:read"))
    reply = await chat.say("what does Amina Bello owe?")
    assert chat.gate.refused == ["billing_balance"]
    assert "billing:read" in reply.text


async def test_what_nothing_here_can_do_is_said_and_nothing_else_is_offered(chat: Talk) -> None:
    reply = await chat.say("who is on call")
    assert reply.text == "I cannot say who is on call: no plugin that is on here does that."
    assert reply.choices == ()
    assert chat.gate.done == []


async def test_what_comes_near_to_what_nothing_can_do_is_offered(chat: Talk) -> None:
    reply = await chat.say("show the running config of bng1")
    assert reply.text.startswith("I cannot log in to equipment or run commands on it: no plugin that is on")
    assert [choice.words for choice in reply.choices][:1] == ["network device device=bng1"]
    assert chat.gate.done == []
    await chat.say("1")
    assert [done[0] for done in chat.gate.done] == ["network_device"]


async def test_ideas_work_when_they_are_said(chat: Talk) -> None:
    for idea in (await chat.say("hi")).choices:
        await chat.say(idea.words)
        assert "did not understand" not in (await chat.say(idea.words)).text
        assert "<" not in idea.label
    assert chat.gate.done


async def test_a_wish_nothing_fulfils_is_not_the_name_that_was_asked_for(chat: Talk) -> None:
    await chat.say("what does Xaver Unbekannt owe?")
    assert "cannot see or change shifts" in (await chat.say("Swap my shift")).text


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Kind.INSTANT, "2026-11-24T07:00:12.819280+00:00", "Tue 24 Nov 10:00"),
        (Kind.INSTANT, "2026-11-24T00:00:00+03:00", "Tue 24 Nov"),
        (Kind.INSTANT, "soon", "soon"),
        (Kind.TEXT, "2026-11-24", "2026-11-24"),
        (Kind.YES_NO, True, "yes"),
    ],
)
def test_an_offer_shows_its_times_as_people_read_them(kind: Kind, value: object, said: str) -> None:
    assert shown(kind, value, ZoneInfo("Africa/Nairobi")) == said


async def test_whom_an_asked_argument_was_about_is_known_when_something_else_is_asked(chat: Talk) -> None:
    await chat.say("add a note to Amina Bello")
    await chat.say("actually show her balance")
    assert chat.last == ("billing_balance", {"customer": "100234"})


@pytest.mark.parametrize("words", ["how do tickets work", "How does a ticket work here?"])
async def test_how_a_sort_of_thing_works_is_told_by_what_can_be_done_with_it(chat: Talk, words: str) -> None:
    reply = await chat.say(words)
    assert not chat.gate.done and not chat.gate.parked and not reply.choices
    assert reply.table is not None and len(reply.table.rows) > 1
    assert "tickets" in reply.text and "Nothing is done yet" not in reply.text


async def test_how_a_deed_works_is_told_of_the_deed(chat: Talk) -> None:
    assert "Nothing is done yet" in (await chat.say("how does suspending a customer work")).text


async def test_a_refusal_and_another_wish_are_no_text_of_what_was_asked_for(chat: Talk) -> None:
    await chat.say("close TCK-10234")
    assert "let it be" in (await chat.say("no, she wants to think")).text
    await chat.say("close TCK-10234")
    reply = await chat.say("assign TCK-10235 to bea")
    assert reply.choices[0].label == "It is the resolution"
    assert chat.gate.parked == {}
    await chat.say("2")
    assert [name for name, _ in chat.gate.parked.values()] == ["tickets_assign"]
