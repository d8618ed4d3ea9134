"""Faults that people who ring report, of a customer."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.evals import score, world

HER = {"customer": "100203"}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def read(understander: Understander, words: str) -> Understanding:
    return await understander.understand(
        Ask(words=words, user=world.person("support"), clock=score.CLOCK, resolve=world.find, focus=HER)
    )


@pytest.mark.parametrize(
    ("words", "customer"),
    [
        ("100234 rang again, no light since this morning", "100234"),
        ("100234 calling, no internet", "100234"),
        ("caller 100234: router red light", "100234"),
        ("100234 is complaining about slow speed", "100234"),
        ("got a call from 100234, down since last night", "100234"),
        ("100234 called again, still nothing", "100234"),
        ("the customer 100234 cannot browse", "100234"),
        ("lady from nyali 100234 called, LOS blinking", "100234"),
        ("100234 has been offline since 6am she says", "100234"),
        ("no internet 100234", "100234"),
        ("she says it is dead again", "100203"),
        ("naomi mwangi called, wifi very slow at night", "Naomi Mwangi"),
        ("grace called, no internet", "Grace"),
        ("100234 called, no internet" + " again and again" * 6, "100234"),
        ("100234 from nyali called, no internet", "100234"),
    ],
)
async def test_a_reported_fault_asks_what_is_wrong(
    understander: Understander, words: str, customer: str
) -> None:
    meant = await read(understander, words)
    assert (meant.verdict, meant.action_id) == (Verdict.CLEAR, "network_diagnose")
    assert dict(meant.args) == {"customer": customer}
    assert meant.best.unused == ()


@pytest.mark.parametrize(
    "words",
    [
        "add a note to 100234: called, no internet",
        "open a ticket for 100234: no light",
        "100234 called, her internet is back",
        "100234 rang, line was down, it is back",
        "100234 called, no internet, came back",
        "100234 called, it was off, back on",
        "100234 and 100118 called, no internet",
        "drops of 100234 this week",
        "disconnections for 100234",
        "100234's drops",
        "100234 called, no internet" + " and no light" * 7,
        "100234 is no longer down",
        "100234 called yesterday, no internet, and 100118 too",
        "no light since this morning",
        "is 100234 down",
        "100234 no internet, book a visit",
        "chiamaka obi 100234 rang, no light",
        "tkt for 100234 no light",
        "Grace Adeyemi reports that the phone is dead",
        "customer called, no internet",
        "somebody called, no internet",
    ],
)
async def test_what_says_more_or_less_than_a_fault_of_one_customer_is_no_report(
    understander: Understander, words: str
) -> None:
    meant = await read(understander, words)
    assert meant.verdict is not Verdict.CLEAR or meant.action_id != "network_diagnose"


async def test_without_anybody_spoken_of_a_report_is_of_nobody(understander: Understander) -> None:
    for words in ("she says it is dead again", "somebody called, no internet"):
        ask = Ask(words=words, user=world.person("support"), clock=score.CLOCK, resolve=world.find, focus={})
        meant = await understander.understand(ask)
        assert "customer" not in meant.args or meant.verdict is not Verdict.CLEAR
