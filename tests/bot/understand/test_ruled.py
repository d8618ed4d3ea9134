from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.understand.times import Clock
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.evals import world

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
UNDERSTANDER = Understander(world.ACTIONS, world.ENTITIES)


async def understand(words: str, role: str = "admin") -> Understanding:
    user = world.person(role)
    return await UNDERSTANDER.understand(
        Ask(words=words, user=user, clock=CLOCK, resolve=world.find, currency="NGN")
    )


@pytest.mark.parametrize(
    "words, args",
    [
        ("rule: credits over 3000 need two people", {"applies_to": "credits", "over_amount": "3,000.00 NGN", "needs": "two"}),
        ("credit notes need approval from 1000 on", {"applies_to": "credit notes", "over_amount": "999.99 NGN", "needs": "other"}),
        ("mails to more than 50 customers need two admins", {"applies_to": "mails", "over_customers": 50, "needs": "two", "approver_role": "admins"}),
        ("suspend more than 5 needs two admins", {"applies_to": "suspend", "over_customers": 5, "needs": "two", "approver_role": "admins"}),
        ("plan changes need a second person", {"applies_to": "plan changes", "needs": "other"}),
        ("mass mails need two yeses", {"applies_to": "mass mails", "needs": "two"}),
        ("every refund needs my approval", {"applies_to": "refund", "needs": "other", "approver_role": "me"}),
        ("from now on every credit over 2k needs an admin", {"applies_to": "credit", "over_amount": "2,000.00 NGN", "needs": "other", "approver_role": "admin"}),
        ("let somebody else confirm every mass mailing", {"applies_to": "mass mailing", "needs": "other"}),
        ("bills over 100 thousand need approval", {"applies_to": "bills", "over_amount": "100,000.00 NGN", "needs": "other"}),
    ],
)  # fmt: skip
async def test_a_rule_is_read_from_its_sentence(words: str, args: dict[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, "admin_add_policy", args)


@pytest.mark.parametrize(
    "words, args",
    [
        ("making a ticket urgent needs a lead", {"applies_to": "tickets_*", "when": "priority=urgent", "needs": "other", "approver_role": "lead"}),
        ("set priority to urgent needs ada", {"applies_to": "tickets_*", "when": "priority=urgent", "needs": "other", "approver_role": "ada"}),
        ("changing a ticket's priority to urgent or high needs two people", {"applies_to": "tickets_*", "when": "priority=urgent,high", "needs": "two"}),
        ("urgent tickets need a second person", {"applies_to": "tickets_*", "when": "priority=urgent", "needs": "other"}),
        ("rule: opening urgent tickets needs the yes of an admin", {"applies_to": "tickets_*", "when": "priority=urgent", "needs": "other", "approver_role": "admin"}),
    ],
)  # fmt: skip
async def test_a_rule_on_a_value_is_read_from_its_sentence(words: str, args: dict[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, "admin_add_policy", args)


@pytest.mark.parametrize(
    "words",
    [
        "urgent tickets need a visit",
        "urgent tickets of amina need a second look",
        "open a ticket: needs a new router",
        "the urgent ticket needs nils",
    ],
)
async def test_what_tickets_need_is_no_rule(words: str) -> None:
    assert (await understand(words)).action_id != "admin_add_policy"


@pytest.mark.parametrize(
    "words, args",
    [
        ("credits over 1.5k need two people", {"applies_to": "credits", "over_amount": "1,500.00 NGN", "needs": "two"}),
        ("anything that touches more than 100 customers needs two people", {"applies_to": "*", "over_customers": 100, "needs": "two"}),
        ("whoever suspends somebody has to ask an admin", {"applies_to": "suspends", "needs": "other", "approver_role": "admin"}),
        ("four eyes for suspensions of customers", {"applies_to": "suspensions", "needs": "other"}),
    ],
)  # fmt: skip
async def test_a_rule_in_other_forms(words: str, args: dict[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, "admin_add_policy", args)


@pytest.mark.parametrize(
    "words, why",
    [
        ("credits over 3000 need two people only at night", "“only at night”"),
        ("credits over 50 USD need two people", "“over 50 USD”"),
        ("credits over 10% need two people", "“over 10%”"),
        ("credits over 3000 in mombasa need two people", "“in mombasa”"),
        ("credits below 3000 need two people", "“below 3000”"),
        ("credits between 1000 and 3000 need two people", "“between 1000 and 3000”"),
        ("no credits without approval until friday", "“until friday”"),
        ("credits by support over 500 need an admin", "“by support”"),
        ("two people must approve credits over 3000 on weekends", "“on weekends”"),
        ("require approval for credits at night", "“at night”"),
        ("credits over 3000 must be approved by billing or admin", "“billing or admin”"),
        ("terminations need two yeses if the customer is a business", "“if the customer is a business”"),
        ("credits over 3000 don't need two people", "fewer yeses"),
        ("suspensions no longer need an admin", "fewer yeses"),
        ("reboots need nobody's approval", "fewer yeses"),
        ("nobody may give credits", "to everybody at once"),
        ("support may not see invoices until friday", "“until friday”, only as a whole"),
        ("field may not credit more than 500", "“more than 500”, only as a whole"),
    ],
)
async def test_what_no_rule_can_say_is_told_and_not_left_out(words: str, why: str) -> None:
    got = await understand(words)
    assert got.verdict is Verdict.UNKNOWN and why in got.lacks


@pytest.mark.parametrize(
    "words, what",
    [
        ("support cannot see invoices?", "see invoices"),
        ("can billing suspend customers", "suspend customers"),
        ("is support allowed to give credits", "give credits"),
    ],
)
async def test_whether_a_role_may_is_answered_by_who_may(words: str, what: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, "admin_who_may", {"what": what})


@pytest.mark.parametrize("words", ["the outage needs somebody else", "the team needs one more"])
async def test_what_one_thing_needs_is_no_rule(words: str) -> None:
    assert (await understand(words)).action_id != "admin_add_policy"


async def test_a_rule_in_a_question_is_tried_and_not_added() -> None:
    got = await understand('what would a rule "credits over 1000 need another" have held back')
    assert (got.action_id, got.args["applies_to"]) == ("admin_try_policy", "credits")


@pytest.mark.parametrize(
    "words, role, permission",
    [
        ("no support person may give credits", "support", "give credits"),
        ("support may not see invoices", "support", "see invoices"),
        ("never allow field to suspend", "field", "suspend"),
    ],
)
async def test_what_a_role_may_not_is_taken_from_it(words: str, role: str, permission: str) -> None:
    got = await understand(words)
    assert (got.action_id, got.args) == ("admin_forbid", {"role": role, "permission": permission})


async def test_that_only_one_role_may_is_told_how_to_say() -> None:
    got = await understand("only billing may give credits")
    assert (got.verdict, "only take the right from" in got.lacks) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize(
    "words",
    ["emergency, I need the billing role now", "Kevin should get the field role", "for which actions do we need a second person", "customer 100234 needs a technician", "what credits need approval", "he needs a second router", "she needs my help"],
)  # fmt: skip
async def test_what_is_no_rule_is_none(words: str) -> None:
    assert (await understand(words)).action_id != "admin_add_policy"


async def test_who_sets_no_rules_is_read_otherwise() -> None:
    assert (await understand("credits over 3000 need two people", "billing")).action_id != "admin_add_policy"


@pytest.mark.parametrize(
    "words", ["email 100234: your ticket is solved, please call us", "mail 100234: it is resolved"]
)
async def test_what_is_written_to_somebody_says_nothing_of_the_wish(words: str) -> None:
    got = await understand(words, "support")
    assert (got.verdict, got.action_id, got.args["customer"]) == (Verdict.CLEAR, "email_send", "100234")
