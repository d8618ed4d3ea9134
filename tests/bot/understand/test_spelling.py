"""Slips of the fingers are read as what was meant; names, numbers and somebody's own words are left alone."""

from __future__ import annotations

import pytest

from bot.contract.entity import Match
from bot.llm.wordpiece import VOCABULARY, read_vocabulary
from bot.understand.index import Index
from bot.understand.spelling import Spelling, respelled
from bot.understand.understanding import Ask
from tests.evals import world
from tests.evals.score import CLOCK

INDEX = Index(world.ACTIONS)
SPELLING = Spelling(INDEX.phrases, read_vocabulary(VOCABULARY), INDEX.tells)


async def read(words: str, *, named: str = "") -> str:
    async def find(_kind: str, text: str) -> list[Match]:
        return [Match(key="100234", label=named, record=None)] if named and text in named.lower() else []

    ask = Ask(words=words, user=world.person("support"), clock=CLOCK, resolve=find)
    return await respelled(ask, SPELLING, ["customer"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("show me the custmer 100234", "show me the customer 100234"),
        ("blance of 100234", "balance of 100234"),
        ("suspnd 100234", "suspend 100234"),
        ("my opne tikets", "my open tickets"),
        ("teh intrenet is down", "the internet is down"),
        ("pymnts of teh last wk", "payments of the last week"),
        ("Pls chek if he is onlin", "Pls check if he is online"),
        ("mytickets", "my tickets"),
        ("wich maintanance is tomorow", "which maintenance is tomorrow"),
    ],
)
async def test_a_slip_is_read_as_what_was_meant(typed: str, meant: str) -> None:
    assert await read(typed) == meant


@pytest.mark.parametrize(
    "words",
    [
        "balance of amina bello",
        "tickets of otieno",
        "show TCK-10234 and hwtc12ab34cd",
        "add a note to 100234: the custmer was rude",
        'comment "no intrenet" on TCK-10234',
        "add a note to 100234 custmer was rude",
        "close TCK-10234 because the custmer moved",
        "open invoices of Custmer Ltd",
        "shelves, mains and interns",
    ],
)
async def test_names_and_own_words_are_left_alone(words: str) -> None:
    assert await read(words) == words


async def test_who_is_called_so_is_no_slip() -> None:
    assert await read("bill of linet") == "bill of line"
    assert await read("bill of linet", named="Linet Achieng") == "bill of linet"
