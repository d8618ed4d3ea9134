"""What a message corrects in what was just proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.mending import Correction, corrections
from bot.understand.understander import Understander
from bot.understand.understanding import Ask
from tests.evals import score, world

CREDIT = ("billing_credit", {"customer": "100203", "amount": "300.00 NGN", "reason": "outage"})
REMIND = ("reminders_add", {"customer": "100203", "at": "2026-11-22T17:00:00+01:00"})
GRANT = ("admin_grant", {"person": "halima", "role": "noc", "lasts": "P2D"})
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
