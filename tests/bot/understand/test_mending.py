"""What a message corrects in what was just proposed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.understand.clock import Clock
from bot.understand.mending import Correction, corrections
from bot.understand.understander import Understander
from bot.understand.understanding import Ask
from tests.evals import score, world

CREDIT = ("billing_credit", {"customer": "100203", "amount": "300.00 NGN", "reason": "outage"})
REMIND = ("reminders_add", {"customer": "100203", "at": "2026-11-22T17:00:00+01:00"})
GRANT = ("admin_grant", {"person": "halima", "role": "noc", "lasts": "P2D"})
SOON = ("reminders_add", {"customer": "100203", "at": "2026-11-20T15:20:10.000300+01:00"})
PLAN = (
    "network_plan",
    {"port": "olt-cst-01-1 PON 1/3", "starts_at": "2026-11-27T02:00:00+01:00", "lasts": "PT3600S"},
)
PAID = ("billing_record_payment", {"customer": "100203", "amount": "2,000.00 NGN", "method": "cash"})


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize(
    ("words", "new", "old"),
    [
        ("for bea, not sam", "bea", "sam"),
        ("no, halima, not sam", "halima", "sam"),
        ("not today, friday", "friday", "today"),
        ("not sam but bea", "bea", "sam"),
        ("no i meant 100118", "100118", ""),
        ("make it 500 instead", "500", ""),
        ("it should be 700", "700", ""),
        ("no, to halima", "halima", ""),
    ],
)
def test_the_new_and_the_old_of_a_correction(words: str, new: str, old: str) -> None:
    assert corrections(words) == [Correction(new=new, old=old)]


@pytest.mark.parametrize(
    ("role", "last", "words", "new"),
    [
        ("billing", CREDIT, "make it 500 instead", {"amount": "500.00 NGN"}),
        ("support", REMIND, "not today, friday", {"at": "2026-11-27T17:00:00+01:00"}),
        ("support", REMIND, "make it 18:00", {"at": "2026-11-22T18:00:00+01:00"}),
        ("support", REMIND, "no, tomorrow at 9", {"at": "2026-11-23T09:00:00+01:00"}),
        ("admin", GRANT, "make that a week", {"lasts": "P7D"}),
        ("billing", PAID, "by mpesa, not cash", {"method": "mobile_money"}),
        ("billing", PAID, "mpesa", {"method": "mobile_money"}),
        ("admin", GRANT, "support, not noc", {"role": "support"}),
        ("billing", CREDIT, "the reason should be: late visit", {"reason": "late visit"}),
        ("billing", CREDIT, "the reason is: late visit", {"reason": "late visit"}),
        ("billing", CREDIT, "the amount should be 100", {"amount": "100.00 NGN"}),
        ("billing", CREDIT, "the amount is 250 please", {"amount": "250.00 NGN"}),
        ("billing", PAID, "he paid 800", {"amount": "800.00 NGN"}),
        ("noc", PLAN, "make it 2 hours", {"lasts": "PT7200S"}),
        ("noc", PLAN, "only half an hour", {"lasts": "PT1800S"}),
        ("noc", PLAN, "push it a week", {"starts_at": "2026-12-04T02:00:00+01:00"}),
        ("support", SOON, "make it 3 hours", {"at": "2026-11-22T19:00:00+01:00"}),
    ],
)
async def test_a_value_is_put_into_the_proposal_and_the_rest_stays(
    understander: Understander,
    role: str,
    last: tuple[str, dict[str, Any]],
    words: str,
    new: Mapping[str, Any],
) -> None:
    ask = Ask(
        words=words, user=world.person(role), clock=score.CLOCK, resolve=world.find, currency="NGN", last=last
    )
    assert understander.mended(ask) == {**last[1], **new}


@pytest.mark.parametrize("words", ["what does she owe", "no, she called again", "show 100118", "any outages"])
async def test_what_is_no_correction_mends_nothing(understander: Understander, words: str) -> None:
    ask = Ask(
        words=words,
        user=world.person("billing"),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        last=CREDIT,
    )
    assert understander.mended(ask) is None


def test_a_long_message_corrects_nothing() -> None:
    assert corrections("make it " + "x" * 300) == []
    assert corrections("the subject is: " + "no " * 1_000) == []


@pytest.mark.parametrize(
    ("role", "last", "words"),
    [
        ("billing", CREDIT, "he paid 800"),
        ("support", REMIND, "make it 2 hours"),
    ],
)
async def test_what_a_proposal_cannot_take_is_no_correction(
    understander: Understander, role: str, last: tuple[str, dict[str, Any]], words: str
) -> None:
    ask = Ask(
        words=words, user=world.person(role), clock=score.CLOCK, resolve=world.find, currency="NGN", last=last
    )
    assert understander.mended(ask) is None


async def test_days_take_the_place_of_an_amount(understander: Understander) -> None:
    ask = Ask(
        words="make it 2 days",
        user=world.person("billing"),
        clock=score.CLOCK,
        resolve=world.find,
        last=CREDIT,
    )
    assert understander.mended(ask) == {"customer": "100203", "days": 2, "reason": "outage"}


async def test_a_week_later_is_the_same_hour_of_the_day_though_the_clocks_change(
    understander: Understander,
) -> None:
    paris = Clock(datetime(2027, 3, 22, 9, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    plan = {**PLAN[1], "starts_at": "2027-03-27T10:00:00+01:00"}
    ask = Ask(
        words="push it a week",
        user=world.person("noc"),
        clock=paris,
        resolve=world.find,
        currency="EUR",
        last=(PLAN[0], plan),
    )
    assert understander.mended(ask) == {**plan, "starts_at": "2027-04-03T10:00:00+02:00"}
