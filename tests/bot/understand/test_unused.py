"""What a reading leaves out of a message is known, so that it can be told before a yes."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize(
    ("words", "role", "action", "left"),
    [
        (
            "give Bea Muthoni the noc role at Westlands only until friday",
            "admin",
            "admin_grant",
            "Westlands",
        ),
        (
            "record a payment of 3,999 for 100118 by cash slip #12 of Bisi",
            "billing",
            "billing_record_payment",
            "Bisi",
        ),
        ("suspend 100118 for non-payment, but keep the telephone", "billing", "customers_suspend", ""),
        ("payments by visa yesterday", "billing", "billing_payments", "visa"),
        ("payments by Visa", "billing", "billing_payments", "Visa"),
        ("payments by card yesterday", "billing", "billing_payments", ""),
    ],
)
async def test_what_no_argument_came_from_is_named(
    understander: Understander, words: str, role: str, action: str, left: str
) -> None:
    got = await ask(understander, words, role)
    guess = next(g for g in got.guesses if g.action_id == action)
    assert left in " ".join(guess.unused), guess
    if not left:
        assert guess.unused == (), "a text takes all that is said in it"


@pytest.mark.parametrize(
    ("words", "role", "action"),
    [
        ("please reboot the ONT of 100118 right away, thanks", "noc", "network_reboot"),
        ("open a ticket for 100118: no light since this morning", "support", "tickets_create"),
        ("close TCK-10234: replaced the ONT", "support", "tickets_close"),
        ("credit 100118 500 NGN because of the fibre cut", "billing", "billing_credit"),
        ("give Bea Muthoni the role noc for 3 days", "admin", "admin_grant"),
        ("record 3,999 cash from 100118 yesterday", "billing", "billing_record_payment"),
        ("remind me to call 100118 at 16:00", "support", "reminders_add"),
        ("who is more than 60 days late", "billing", "billing_overdue"),
    ],
)
async def test_nothing_is_called_unused_that_is_in_the_call(
    understander: Understander, words: str, role: str, action: str
) -> None:
    got = await ask(understander, words, role)
    guess = next(g for g in got.guesses if g.action_id == action)
    assert guess.unused == (), guess


async def test_of_a_read_only_what_would_narrow_it_counts(understander: Understander) -> None:
    got = await ask(understander, "how many sessions are on bng-ctr-1 last week", "noc")
    reading = next(g for g in got.guesses if g.action_id == "network_sessions")
    assert reading.unused == ("last week",)
    chatty = await ask(understander, "any outages for my dear friends in the office", "noc")
    assert next(g for g in chatty.guesses if g.action_id == "network_outages").unused == ()


@pytest.mark.parametrize(
    "words, role, action, left",
    [
        ("show the promises over 10k", "billing", "billing_promises", ("10k",)),
        ("all promises in westlands", "billing", "billing_promises", ("westlands",)),
        ("revenue in q3", "billing", "billing_revenue", ("in q3",)),
        ("open tickets in westlands", "support", "tickets_search", ()),
        ("open tickets on the coast", "support", "tickets_search", ()),
        ("what breaches in the next 2 hours", "support", "tickets_breaching", ()),
        ("my work for today", "support", "tickets_my_queue", ()),
    ],
)
async def test_a_filter_that_a_list_cannot_take_is_told(
    understander: Understander, words: str, role: str, action: str, left: tuple[str, ...]
) -> None:
    got = await ask(understander, words, role)
    assert next(g for g in got.guesses if g.action_id == action).unused == left


@pytest.mark.parametrize(
    "words, role, action",
    [
        ("tickets of abdi hassan", "support", "tickets_search"),
        ("does abdi hassan have open tickets", "support", "tickets_search"),
        ("tickets of abdi hassan in the north", "support", "tickets_search"),
        ("how much did abdi hassan pay in october", "billing", "billing_payments"),
        ("payments from johnson kariukii this month", "billing", "billing_payments"),
        ("has abdi hassan any unpaid invoices", "billing", "billing_invoices"),
        ("credits of abdi hassan", "billing", "billing_credits"),
        ("promises of abdi hassan", "billing", "billing_promises"),
    ],
)
async def test_whose_data_was_asked_for_is_asked_for_though_nobody_is_called_so(
    understander: Understander, words: str, role: str, action: str
) -> None:
    got = await ask(understander, words, role)
    reading = next(g for g in got.guesses if g.action_id == action)
    assert reading.args.get("customer") in {"abdi hassan", "johnson kariukii"}, reading


@pytest.mark.parametrize(
    "words, action",
    [("overdue debt of abdi hassan", "billing_overdue"), ("bounced emails of abdi hassan", "email_bounced")],
)
async def test_a_name_that_a_reading_has_no_place_for_is_named(
    understander: Understander, words: str, action: str
) -> None:
    got = await ask(understander, words, "billing")
    assert next(g for g in got.guesses if g.action_id == action).unused == ("abdi hassan",)


async def test_jargon_is_nobodys_name(understander: Understander) -> None:
    got = await ask(understander, "tickets about latency", "support")
    assert "customer" not in next(g for g in got.guesses if g.action_id == "tickets_search").args


@pytest.mark.parametrize("words, left", [("outages on 0/3", ("0/3",)), ("outages on 1/11", ())])
async def test_where_a_line_hangs_is_told_where_it_narrows_nothing(
    understander: Understander, words: str, left: tuple[str, ...]
) -> None:
    got = await ask(understander, words, "noc")
    assert next(g for g in got.guesses if g.action_id == "network_outages").unused == left


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("give TCK-10235 to Halima, she knows that customer", "support"),
        ("TCK-11578 needs level 3, customer is a hospital", "support"),
        ("give TCK-10235 back, i can not make it", "support"),
        ("please give VIS-2041 to Kevin Oloo, he is nearer", "noc"),
    ],
)
async def test_what_is_told_beside_a_wish_is_not_said_to_be_unused(
    understander: Understander, words: str, role: str
) -> None:
    got = await ask(understander, words, role)
    assert not got.best.reads_only and got.best.unused == ()


@pytest.mark.parametrize(
    ("words", "role", "left"),
    [
        ("give TCK-10235 to Halima, she knows 100118", "support", "100118"),
        ("give Bea Muthoni the noc role, we want it at Westlands only", "admin", "Westlands"),
    ],
)
async def test_what_binds_or_names_something_beside_a_wish_is(
    understander: Understander, words: str, role: str, left: str
) -> None:
    got = await ask(understander, words, role)
    assert left in " ".join(got.best.unused) or left in str(got.best.args)
