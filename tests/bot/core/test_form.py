"""Forms of actions: what they ask for, what they make of what was entered, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pytest
from pydantic import Field, SecretStr

from bot.contract.action import Action, action
from bot.contract.channel import ChannelRule
from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import ActionCall, Reply
from bot.core.form import Filled, can_be_form, make_form, version_of
from bot.core.form_desk import (
    args_of,
    entered,
    find_form_problems,
    find_things,
    form_for,
    form_of_message,
    open_form,
    send_form,
    subject_of,
)
from bot.db.database import Database
from bot.errors import BotError, Conflict, LimitExceeded, NotAllowed, NotFound, NotSupported
from bot.host.registry import Owned
from bot.understand.arguments import Kind
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

Customer = isp.Customer


@action(permission="x:write")
async def everything(
    ctx: Any,
    *,
    customer: Customer,
    subject: Annotated[str, Field(min_length=3, max_length=80)],
    count: Annotated[int, Field(gt=0, le=9)],
    share: Annotated[float | None, Field(ge=0.5)] = None,
    price: Money | None = None,
    lasts: timedelta = timedelta(minutes=90),
    start: datetime | None = None,
    hard: bool = False,
    way: Literal["by_air", "by_sea"] = "by_sea",
    names: tuple[str, ...] = (),
    note: Annotated[str, Field(description="What else to know")] = "",
) -> Reply:
    """Do everything at once.

    And more.
    """
    return Reply("done")


@action(permission="x:write")
async def hide(ctx: Any, name: str, password: SecretStr) -> Reply:
    """Keep a secret."""
    return Reply("kept")


ALL = Owned("x", everything)


def owned(action_id: str) -> Owned[Action]:
    return isp.VIEW.action(action_id)


@pytest.fixture
def chat(gate_database: Database, gate_tenant: Tenant) -> Talk:
    return talk(gate_database, gate_tenant, isp.understander())


def filled(action_id: str, **values: Any) -> Filled:
    return Filled(action_id=action_id, version=version_of(owned(action_id).item), values=values)


def test_fields_say_what_fits_each() -> None:
    form = make_form(ALL, {"lasts": "PT2H", "price": {"minor": 125050, "currency": "KES"}}, "KES")
    by = {one.name: one for one in form.fields}
    assert (form.title, form.about, form.currency) == (
        "Do everything at once",
        "Do everything at once.\n\nAnd more.",
        "KES",
    )
    assert [one.name for one in form.fields if one.required] == ["customer", "subject", "count"]
    assert (by["customer"].kind, by["customer"].entity) == (Kind.ENTITY, "customer")
    assert (by["subject"].least, by["subject"].most, by["subject"].long) == (3, 80, False)
    assert (by["count"].low, by["count"].high, by["share"].low) == (1, 9, 0.5)
    assert (by["price"].value, by["lasts"].value) == ("1,250.50 KES", "2 h")
    assert (by["way"].values, by["way"].value, by["hard"].value) == (("by_air", "by_sea"), "by_sea", False)
    assert (by["note"].hint, by["note"].long, by["names"].kind) == ("What else to know", True, Kind.MANY)


def test_a_length_that_is_not_said_in_two_units_is_shown_as_it_is() -> None:
    form = make_form(ALL, {"lasts": "P1DT2H3M4S"}, "KES")
    assert next(one.value for one in form.fields if one.name == "lasts") == "P1DT2H3M4S"


def test_version_follows_the_schema() -> None:
    assert version_of(everything) == version_of(replace(everything, about="Other words."))
    assert version_of(everything) != version_of(replace(everything, args=hide.args))


def test_no_form_for_a_secret_that_is_needed() -> None:
    with pytest.raises(NotSupported, match="`password` is a secret"):
        make_form(Owned("x", hide), {}, "KES")
    assert not can_be_form(hide, {})
    assert can_be_form(everything, {})


async def test_form_has_what_was_named_and_asks_where_it_is_open(chat: Talk) -> None:
    form = await open_form(chat.desk, chat.question(""), "tickets_create", {"customer": "amina@acme.example"})
    field = form.fields[0]
    assert (field.value, field.label, field.note) == ("100234", "Amina Bello", "")
    form = await open_form(chat.desk, chat.question(""), "tickets_create", {"customer": "John Smith"})
    assert (form.fields[0].value, form.fields[0].note) == (
        None,
        "“John Smith” may be several: choose one.",
    )
    form = await open_form(chat.desk, chat.question(""), "tickets_create", {"customer": "Zed"})
    assert (form.fields[0].value, form.fields[0].note) == (None, "I found none for “Zed”.")


@pytest.mark.parametrize(
    ("words", "action_id", "named"),
    [
        ("new ticket", "tickets_create", {}),
        ("tickets create", "tickets_create", {}),
        ("tickets create customer=100234", "tickets_create", {"customer": "100234"}),
        ("open a ticket for Amina Bello", "tickets_create", {"customer": "100234"}),
    ],
)
async def test_words_ask_for_a_form(chat: Talk, words: str, action_id: str, named: dict[str, str]) -> None:
    form = await form_for(chat.desk, chat.question(words), words)
    assert form.action_id == action_id
    assert {one.name: one.value for one in form.fields if one.kind is Kind.ENTITY and one.value} == named
    assert chat.gate.done == []


async def test_words_that_mean_nothing_have_no_form(chat: Talk) -> None:
    with pytest.raises(NotFound, match="I know nothing to do called “purple”"):
        await form_for(chat.desk, chat.question("purple"), "purple")


async def test_form_is_for_who_may_and_where_they_may(chat: Talk) -> None:
    stranger = chat.other(isp.person("customers:read", name="Eve"))
    for ask in (
        open_form(stranger.desk, stranger.question(""), "tickets_create", {}),
        find_things(stranger.desk, stranger.question(""), "tickets_create", "customer", "Amina"),
        find_form_problems(stranger.desk, stranger.question(""), filled("tickets_create")),
    ):
        with pytest.raises(NotAllowed, match="You may not"):
            await ask
    chat.gate.rules = [ChannelRule(channel="C1", surface="test", reads_only=True)]
    chat.place = Place(surface="test", channel="C1", kind=PlaceKind.PUBLIC)
    with pytest.raises(NotAllowed, match="I only look things up"):
        await open_form(chat.desk, chat.question(""), "tickets_create", {})


async def test_menus_find_live_things_of_their_own_kind_only(chat: Talk) -> None:
    ask = chat.question("")
    found = await find_things(chat.desk, ask, "tickets_create", "customer", " John Smith ")
    assert [one.key for one in found] == ["100777", "100778"]
    assert await find_things(chat.desk, ask, "tickets_create", "subject", "John") == ()
    assert await find_things(chat.desk, ask, "tickets_create", "customer", "  ") == ()


async def test_what_does_not_fit_is_said_at_its_field(chat: Talk) -> None:
    bad = filled("tickets_create", customer="100234", priority="soon")
    problems = await find_form_problems(chat.desk, chat.question(""), bad)
    assert problems == {
        "subject": "The subject is missing.",
        "priority": "“soon” is none of low, normal, high, urgent.",
    }
    good = filled("tickets_create", customer="100234", subject="No light", priority="high")
    assert await find_form_problems(chat.desk, chat.question(""), good) == {}


async def test_amounts_and_times_are_read_as_people_write_them(chat: Talk) -> None:
    money = filled("billing_record_payment", customer="100234", amount="1,250.5", method="cash")
    reply = await send_form(chat.desk, chat.question(""), money)
    assert reply.error == ""
    called = [*chat.gate.done, *chat.gate.parked.values()]
    assert called[-1][1]["amount"] == "1,250.50 EUR"
    bad = replace(money, values={**money.values, "amount": "lots"})
    assert "is not an amount" in (await find_form_problems(chat.desk, chat.question(""), bad))["amount"]
    for less in ("-5", "0"):
        money = replace(money, values={**money.values, "amount": less})
        problems = await find_form_problems(chat.desk, chat.question(""), money)
        assert problems == {"amount": f"The amount has to be more than 0, and this is {less}.00 EUR."}
    at = int(datetime(2026, 11, 30, 14, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    plan = filled("network_maintenance", site="IKJ", start=at, lasts="3 hours")
    assert args_of(chat.desk, chat.question(""), plan) == {
        "site": "IKJ",
        "start": "2026-11-30T14:00:00+01:00",
        "lasts": "PT10800S",
    }


async def test_form_goes_through_the_same_gate(chat: Talk) -> None:
    good = filled("tickets_create", customer="100234", subject="No light")
    assert (await send_form(chat.desk, chat.question(""), good)).text == "did tickets_create"
    assert chat.last == ("tickets_create", {"customer": "100234", "subject": "No light"})
    stop = filled("customers_suspend", customer="100234")
    assert (await send_form(chat.desk, chat.question(""), stop)).waiting is not None


async def test_form_of_an_action_that_went_away_keeps_what_was_entered(chat: Talk) -> None:
    gone = Filled(action_id="fax_send", version="1", values={"to_whom": "Amina", "at": 1_780_000_000})
    with pytest.raises(NotFound, match="its plugin was turned off"):
        await find_form_problems(chat.desk, chat.question(""), gone)
    reply = await send_form(chat.desk, chat.question(""), gone)
    assert (reply.error, reply.facts) == (
        "NotFound",
        {"To whom": "Amina", "At": "2026-05-28 20:26 UTC"},
    )


async def test_form_of_an_action_that_changed_is_not_sent(chat: Talk) -> None:
    old = replace(filled("tickets_create", customer="100234", subject="No light"), version="old")
    with pytest.raises(Conflict, match="has changed since"):
        await find_form_problems(chat.desk, chat.question(""), old)
    reply = await send_form(chat.desk, chat.question(""), old)
    assert (reply.error, chat.gate.done) == ("Conflict", [])
    assert reply.facts == {"Customer": "100234", "Subject": "No light"}


async def test_what_the_gate_refuses_comes_back_with_the_form(chat: Talk) -> None:
    chat.gate.fails = NotFound("That customer is gone.")
    good = filled("tickets_create", customer="100234", subject="No light")
    reply = await send_form(chat.desk, chat.question(""), good)
    assert "That customer is gone." in reply.text
    assert reply.form == ActionCall(
        action_id="tickets_create", args={"customer": "100234", "subject": "No light"}
    )
    assert reply.facts == entered(good)


async def test_message_becomes_the_words_of_a_ticket_and_commands_nothing(chat: Talk) -> None:
    text = "suspend 100777\nHello, amina@acme.example has no light\x07 since noon"
    form = await form_of_message(chat.desk, chat.question(text), "https://acme.slack.com/x")
    by = {one.name: one.value for one in form.fields}
    assert (form.action_id, by["subject"]) == ("tickets_create", "suspend 100777")
    assert chat.gate.done == []
    assert chat.gate.parked == {}


LONG = "The link at the north tower of the coast region has been flapping since about nine this morning"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Hi team. No light at 100234 since noon. Please look.", "Hi team. No light at 100234 since noon"),
        ("\n\nIs it 12.5 dB there? Somebody has to go.", "Is it 12.5 dB there?"),
        (LONG, "The link at the north tower of the coast region has been flapping since about…"),
        ("x" * 100, f"{'x' * 79}…"),
    ],
)
async def test_a_message_gives_its_first_sentence_as_subject(chat: Talk, text: str, subject: str) -> None:
    form = await form_of_message(chat.desk, chat.question(text), "https://acme.slack.com/x")
    by = {one.name: one.value for one in form.fields}
    assert by["subject"] == subject and len(subject) <= 80
    assert subject_of(text) == subject


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("amina@acme.example says it is slow", "100234"),
        ("Grace Adeyemi has no light", "100999"),
        ("John Smith has no light", None),
        ("amina@acme.example and john@acme.example are both down", None),
        ("it is slow everywhere", None),
    ],
)
async def test_customer_is_taken_from_a_message_only_beyond_doubt(
    chat: Talk, text: str, customer: str | None
) -> None:
    form = await form_of_message(chat.desk, chat.question(text), "")
    assert next(one.value for one in form.fields if one.name == "customer") == customer


async def test_asking_back_offers_a_form_for_changes_alone(chat: Talk) -> None:
    reply = await chat.say("tickets create customer=100234")
    assert reply.form == ActionCall(action_id="tickets_create", args={"customer": "100234"})
    assert (await chat.other(isp.person(name="Bo")).say("customers card")).form is None


async def test_broken_words_are_no_form(chat: Talk) -> None:
    with pytest.raises(BotError, match="The quote after"):
        await form_for(chat.desk, chat.question(""), 'tickets create subject="No light')


async def test_over_a_limit_it_is_said_who_may_go_beyond_it(chat: Talk) -> None:
    chat.gate.fails = LimitExceeded("600.00 EUR is over your limit of 500.00 EUR to credit.", amount=60_000)
    form = filled("billing_record_payment", customer="100234", amount="600", method="cash")
    reply = await send_form(chat.desk, chat.question(""), form)
    assert reply.error == "LimitExceeded"
    assert reply.text.endswith("to credit. Nobody here has a higher limit; an admin can raise yours.")
