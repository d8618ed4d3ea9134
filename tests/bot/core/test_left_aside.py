"""A list without some of its rows, asked at once: shown without them, or all with a word on it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.contract.reply import Column, Reply, Table
from bot.core import left_aside as module
from bot.core.left_aside import left_aside
from bot.understand.understanding import Guess

TABLE = Table(columns=(Column("Ticket"), Column("With")), rows=(("TCK-1", "Kevin Oloo"), ("TCK-2", "Bea")))
GUESS = Guess(
    action_id="tickets_search", args={"assignee": "kevin", "limit": 5}, score=1.0, reads_only=True, said=""
)


async def _shown(monkeypatch: pytest.MonkeyPatch, words: str, table: Table | None) -> tuple[Reply, Guess]:
    asked: list[Guess] = []
    reply = Reply("2 tickets.", table=table)

    async def act(_: Any, guess: Guess) -> Reply:
        asked.append(guess)
        return reply

    async def whole(_: Any) -> tuple[Reply, Table | None]:
        return reply, table

    monkeypatch.setattr(module, "whole_list", whole)
    monkeypatch.setattr(module, "command", lambda *_, **__: "tickets search")
    monkeypatch.setattr(
        module, "part_of", lambda _, reply, table, rows, text, **__: replace(reply, text=text, data=rows)
    )
    turn = SimpleNamespace(
        thread=None, desk=SimpleNamespace(view=SimpleNamespace(action=lambda _: None)),
        user=SimpleNamespace(email="bea@x.example"),
        question=SimpleNamespace(tenant=SimpleNamespace(zone=None)),
    )  # fmt: skip
    return await left_aside(cast("Any", turn), GUESS, (words, "assignee"), act), asked[0]


async def test_the_rows_that_say_it_are_left_out_of_the_whole_list(monkeypatch: pytest.MonkeyPatch) -> None:
    reply, asked = await _shown(monkeypatch, "not of kevin", TABLE)
    assert dict(asked.args) == {"limit": 5}, "what was to be left out narrows nothing"
    assert list(reply.data) == [("TCK-2", "Bea")] and reply.text.startswith("1 “not of kevin”, of ")
    mine, _ = await _shown(monkeypatch, "not by me", TABLE)
    assert list(mine.data) == [("TCK-1", "Kevin Oloo")]


async def test_where_no_row_says_it_all_are_shown_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for words, table in (("not in westlands", TABLE), ("not of kevin", None), ("under 20%", TABLE)):
        reply, _ = await _shown(monkeypatch, words, table)
        assert reply.text == f"⚠ I cannot narrow this by “{words}”: it is all of it.\n\n2 tickets."
