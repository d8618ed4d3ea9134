"""Which of several readings goes with what the thread was about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding
from tests.evals import score, world

CARD = ("customers_show", {"customer": "100203"})


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def read(
    understander: Understander,
    words: str,
    focus: Mapping[str, str] | None = None,
    last: tuple[str, Mapping[str, Any]] | None = None,
    role: str = "support",
) -> Understanding:
    ask = Ask(
        words=words,
        user=world.person(role),
        clock=score.CLOCK,
        resolve=world.find,
        currency="NGN",
        focus=focus or {},
        last=last,
    )
    return await understander.understand(ask)


@pytest.mark.parametrize("words", ["show notes", "notes", "any notes"])
async def test_notes_after_a_customer_are_hers(understander: Understander, words: str) -> None:
    got = await read(understander, words, {"customer": "100203"}, CARD)
    assert (got.action_id, got.args) == ("customers_notes", {"customer": "100203"})


@pytest.mark.parametrize("words", ["show notes", "notes for the next shift"])
async def test_else_they_are_those_of_the_shift(understander: Understander, words: str) -> None:
    assert (await read(understander, words)).action_id == "shifts_notes"


async def test_notes_of_somebody_are_those_on_a_customer(understander: Understander) -> None:
    got = await read(understander, "grace's notes")
    assert got.action_id == "customers_notes"
    assert str(got.args["customer"]).lower() == "grace"


async def test_a_note_is_for_whom_the_thread_is_about_rather_than_asked_for_whom(
    understander: Understander,
) -> None:
    got = await read(understander, "add a note: wants a call at 5", {"customer": "100203"}, CARD)
    assert got.action_id == "customers_add_note"
    assert (got.args["customer"], got.best.missing) == ("100203", ())


async def test_a_list_of_all_stays_one_of_all(understander: Understander) -> None:
    for words in ("open tickets", "unpaid invoices", "who is overdue", "all unpaid invoices"):
        assert "customer" not in (await read(understander, words, {"customer": "100203"}, CARD)).args


@pytest.mark.parametrize("words", ["only refused", "just the refusals"])
async def test_a_narrower_list_of_the_plugin_is_of_the_same_person_and_time(
    understander: Understander, words: str
) -> None:
    days = {"since": "2026-11-02T00:00:00+01:00", "until": "2026-11-03T00:00:00+01:00"}
    last = ("admin_audit_search", {"by": "sam", **days})
    got = await read(understander, words, {}, last, "admin")
    assert (got.action_id, got.args) == ("admin_refusals", {"by": "sam", **days})
    other = await read(understander, f"{words} today", {}, last, "admin")
    assert other.args["by"] == "sam" and str(other.args["since"]) > days["until"]
    assert not (await read(understander, words, {}, CARD, "admin")).args
