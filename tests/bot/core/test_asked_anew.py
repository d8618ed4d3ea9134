"""A question of its own behind a list that cannot tell it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.contract.reply import Reply
from bot.core import asked_anew as module
from bot.core.asked_anew import asked_anew
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.understand.understanding import Guess, Understanding, Verdict
from tests.evals import world

OWES = Guess(action_id="billing_overdue", args={}, score=1.0, reads_only=True, said="")


def _replaced(thing: Any, **more: Any) -> Any:
    """Return the guess or reply with this; the question is of no weight here."""
    return thing if isinstance(thing, SimpleNamespace) else replace(thing, **more)


async def _asked(
    monkeypatch: pytest.MonkeyPatch, last: tuple[str, dict[str, Any]], verdict: Verdict = Verdict.CLEAR
) -> tuple[Reply | None, list[Guess]]:
    acted: list[Guess] = []

    async def act(_: object, guess: Guess) -> Reply:
        acted.append(guess)
        return Reply("7 customers.")

    async def understand(_: object) -> Understanding:
        return Understanding(verdict=verdict, guesses=(OWES,))

    monkeypatch.setattr(module, "act_on", act)
    monkeypatch.setattr(module, "ask_of", lambda _: SimpleNamespace())
    monkeypatch.setattr(module, "replace", _replaced)
    view = SimpleNamespace(action=lambda i: next(a for a in world.ACTIONS if a.id == i))
    desk = SimpleNamespace(view=view, understander=SimpleNamespace(understand=understand))
    turn = SimpleNamespace(thread=Thread(last=last), desk=desk)
    return await asked_anew(cast("Turn", turn)), acted


async def test_it_is_asked_of_those_of_whom_the_list_was(monkeypatch: pytest.MonkeyPatch) -> None:
    reply, acted = await _asked(monkeypatch, ("customers_browse", {"area": "nyali", "limit": 15}))
    assert reply is not None and reply.text == "7 customers."
    assert dict(acted[0].args) == {"area": "nyali"} and "area=nyali" in acted[0].said


async def test_what_the_list_was_narrowed_by_and_this_cannot_be_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reply, acted = await _asked(monkeypatch, ("customers_find", {"query": "amina"}))
    assert reply is not None and reply.text.startswith("The list before does not say that, so this is of all")
    assert dict(acted[0].args) == {}


async def test_the_same_list_and_what_is_not_plain_are_not_asked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (await _asked(monkeypatch, ("billing_overdue", {"area": "nyali"}))) == (None, [])
    assert (await _asked(monkeypatch, ("customers_browse", {}), Verdict.UNSURE)) == (None, [])
