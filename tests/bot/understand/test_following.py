"""Short messages that only change the last question, or go back to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Verdict
from tests.evals import score, world


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


Last = tuple[str, Mapping[str, Any]]
BALANCE: Last = ("billing_balance", {"customer": "100118"})
TICKETS: Last = ("tickets_search", {"open_only": True, "area": "westlands"})
PAID: Last = ("billing_payments", {"since": "2026-10-01", "until": "2026-10-31"})
ROLE: Last = ("admin_roles", {"name": "noc"})
OWED: Last = ("billing_overdue", {})
WEAK: Last = ("network_weak_signals", {})
NEXT: Last = ("billing_suspensions", {})
DUTY: Last = ("oncall_who", {"team": "noc"})
DID: Last = ("admin_audit_search", {"by": "Kevin Otieno", "since": "2026-11-20"})


@pytest.mark.parametrize(
    ("role", "last", "words", "args"),
    [
        ("support", BALANCE, "no, of Grace Adeyemi", {"customer": "Grace Adeyemi"}),
        ("support", BALANCE, "no, I meant Grace Adeyemi", {"customer": "Grace Adeyemi"}),
        ("support", BALANCE, "sorry, i meant 100203", {"customer": "100203"}),
        ("support", BALANCE, "oh sorry, i meant 100203", {"customer": "100203"}),
        ("support", TICKETS, "same for the coast", {"open_only": True, "area": "coast"}),
        ("support", TICKETS, "just mine", {"open_only": True, "area": "westlands", "assignee": "ada@acme.example"}),
        ("billing", PAID, "and this week", {"since": "2026-11-16", "until": "2026-11-22"}),
        ("billing", PAID, "only the cash ones", {**PAID[1], "method": "cash"}),
        ("admin", ROLE, "and support?", {"name": "support"}),
        ("support", TICKETS, "only the coast", {"open_only": True, "area": "coast"}),
        ("support", TICKETS, "sorry i meant nyali", {"open_only": True, "area": "nyali"}),
        ("billing", OWED, "only in nyali", {"area": "nyali"}),
        ("billing", OWED, "in nyali?", {"area": "nyali"}),
        ("billing", OWED, "just the top 5", {"limit": 5}),
        ("noc", WEAK, "worse than -27", {"below": -27}),
        ("noc", WEAK, "only the worst 5", {"limit": 5}),
        ("billing", NEXT, "within 3 days only", {"days": 3}),
        ("noc", DUTY, "and support", {"team": "support"}),
        ("admin", DID, "and halima", {**DID[1], "by": "halima"}),
        ("admin", ("admin_roles", {}), "and noc?", {"name": "noc"}),
    ],
)  # fmt: skip
async def test_a_few_words_change_the_last_question(
    understander: Understander, role: str, last: Last, words: str, args: Mapping[str, Any]
) -> None:
    ask = Ask(
        words=words, user=world.person(role), clock=score.CLOCK, resolve=world.find, currency="NGN", last=last
    )
    got = await understander.understand(ask)
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, last[0], args)


async def test_a_place_the_last_question_cannot_take_is_said_to_be_left_out(
    understander: Understander,
) -> None:
    ask = Ask(
        words="same for the coast",
        user=world.person("billing"),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        last=("billing_promises", {}),
    )
    got = await understander.understand(ask)
    assert (got.action_id, got.best.unused) == ("billing_promises", ("coast",))


async def test_back_to_somebody_is_the_wish_to_see_them(understander: Understander) -> None:
    ask = Ask(
        words="back to Zainab Mwakio",
        user=world.person("support"),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        last=BALANCE,
    )
    assert (await understander.understand(ask)).action_id == "customers_show"


@pytest.mark.parametrize(("words", "customer"), [("any tickets", "100203"), ("all open tickets", None)])
async def test_any_tickets_are_those_of_whom_the_thread_is_about(
    understander: Understander, words: str, customer: str | None
) -> None:
    ask = Ask(
        words=words,
        user=world.person("support"),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        focus={"customer": "100203"},
    )
    guess = next(g for g in (await understander.understand(ask)).guesses if g.action_id == "tickets_search")
    assert guess.args.get("customer") == customer


@pytest.mark.parametrize(
    ("role", "last", "words"),
    [
        ("billing", OWED, "under 30 days"),
        ("support", BALANCE, "back to Grace Adeyemi"),
        ("support", TICKETS, "which tickets are at the coast"),
        ("noc", WEAK, "why"),
    ],
)
async def test_what_says_more_changes_nothing_in_silence(
    understander: Understander, role: str, last: Last, words: str
) -> None:
    ask = Ask(
        words=words, user=world.person(role), clock=score.CLOCK, resolve=world.find, currency="NGN", last=last
    )
    got = await understander.understand(ask)
    assert (got.action_id, got.args, got.confidence) != (last[0], {**last[1], "days": 30}, 0.9)
    assert got.confidence != 0.9 or got.action_id != last[0]


async def test_a_part_of_a_day_is_said_to_be_left_out(understander: Understander) -> None:
    ask = Ask(
        words="tomorrow night?",
        user=world.person("noc"),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        last=DUTY,
    )
    got = await understander.understand(ask)
    assert (got.action_id, got.args["team"], got.best.unused) == ("oncall_who", "noc", ("night",))
