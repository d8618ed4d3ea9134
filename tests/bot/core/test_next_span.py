"""The days behind those that were asked about."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.contract.reply import Reply
from bot.core.next_span import next_span
from bot.core.rows import about_list
from bot.core.threads import Thread
from bot.core.turn import Turn
from tests.evals import world


@pytest.mark.parametrize(
    ("span", "then"),
    [
        (("2026-11-23", "2026-11-29"), ("2026-11-30", "2026-12-06")),
        (("2026-11-23", "2026-11-23"), ("2026-11-24", "2026-11-24")),
        (("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")),
        (("2027-01-01", "2027-01-31"), ("2027-02-01", "2027-02-28")),
        (("2026-10-01", "2026-11-30"), ("2026-12-01", "2027-01-30")),
        (("2026-11-30", "2026-11-30"), ("2026-12-01", "2026-12-01")),
    ],
)
def test_the_time_behind_is_as_long_and_a_whole_month_where_it_was_one(
    span: tuple[str, str], then: tuple[str, str]
) -> None:
    args = {"since": span[0], "until": span[1], "area": "nyali"}
    assert next_span(args) == {"since": then[0], "until": then[1], "area": "nyali"}


@pytest.mark.parametrize(
    "args",
    [
        {"since": "2026-11-23"},
        {"until": "2026-11-23"},
        {"since": "2026-11-23T10:00:00+00:00", "until": "2026-11-24"},
        {"since": "2026-11-23", "until": "2026-11-22"},
        {},
    ],
)
def test_without_both_days_there_is_no_time_behind(args: dict[str, str]) -> None:
    assert next_span(args) is None


WEEK = ("network_maintenance", {"since": "2026-11-23", "until": "2026-11-29"})


async def asked(words: str, thread: Thread) -> list[Mapping[str, Any]]:
    """Return what is asked of the maintenance windows when these words are said."""
    calls: list[Mapping[str, Any]] = []
    owned = next(one for one in world.ACTIONS if one.id == WEEK[0])

    async def call(_action: str, args: Mapping[str, Any], _via: object) -> Reply:
        calls.append(args)
        return Reply("windows")

    view = SimpleNamespace(action=lambda _id: owned)
    turn = SimpleNamespace(
        question=SimpleNamespace(words=words),
        thread=thread,
        desk=SimpleNamespace(view=view),
        call=call,
        listed=lambda reply: reply,
    )
    await about_list(cast("Turn", turn))
    return calls


@pytest.mark.parametrize("words", ["and next", "next", "show the next please"])
async def test_behind_a_whole_list_of_a_week_next_is_the_next_week(words: str) -> None:
    assert await asked(words, Thread(last=WEEK, rows=("MNT-1",))) == [
        {"since": "2026-11-30", "until": "2026-12-06"}
    ]


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("next", {"shown": 20}),  # there are more rows of this week
        ("next page", {}),
        ("next ones", {}),
        ("next 5", {}),
        ("more", {}),
        ("next", {"part": ("MNT-1 Fan",), "listing": WEEK}),
    ],
)
async def test_where_rows_are_meant_the_days_stay(words: str, more: dict[str, Any]) -> None:
    calls = await asked(words, Thread(last=WEEK, rows=("MNT-1",), **more))
    assert all(args["since"] == "2026-11-23" for args in calls)
