"""Watchers: told of what ran, in their order; whatever they do, the call and its reply stay as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.contract.guard import GuardedCall, Reach, Watcher
from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core import watchers
from bot.core.watchers import TOLD, settled
from bot.db.database import Database
from bot.errors import NotAllowed, Unavailable, UserError
from tests.bot.core.gate_world import Desk

NOTE = {"customer": "1001", "text": "hi"}
Open = Callable[..., Desk]


class Ear:
    """A watcher's function that keeps what it heard."""

    def __init__(self, fails: BaseException | None = None) -> None:
        self.heard: list[tuple[GuardedCall, Reply | UserError]] = []
        self.fails = fails

    async def __call__(self, _ctx: Any, call: GuardedCall, said: Reply | UserError) -> None:
        self.heard.append((call, said))
        if self.fails:
            raise self.fails


def watcher(saw: Any, name: str = "siem", **more: Any) -> Watcher:
    return Watcher(name=name, about="Copies.", saw=saw, **more)


@pytest.fixture
def open_desk(database: Database, tenant: Tenant) -> Open:
    return lambda *found: Desk(database, tenant, extra=found)


def told(name: str, outcome: str) -> float:
    return TOLD.labels(f"desk_{name}", outcome)._value.get()


async def test_it_hears_of_what_ran_well_or_not(open_desk: Open) -> None:
    ear = Ear()
    desk = open_desk(watcher(ear, reach=Reach(reads=True)))
    await desk.ask("desk_note", NOTE)
    await desk.ask("desk_card", {"customer": "1001"})
    with pytest.raises(Unavailable):
        await desk.ask("desk_boom")
    await settled()
    heard = [
        (call.action_id, said.text if isinstance(said, Reply) else type(said)) for call, said in ear.heard
    ]
    assert sorted(heard, key=str) == [
        ("desk_boom", Unavailable),
        ("desk_card", "Ann Lee 1001"),
        ("desk_note", "Noted for Ann Lee: hi"),
    ]


async def test_it_hears_of_a_call_when_it_runs_not_when_it_waits(open_desk: Open) -> None:
    ear = Ear()
    desk = open_desk(watcher(ear))
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    with pytest.raises(NotAllowed):
        await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    await settled()
    assert ear.heard == []
    await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    await settled()
    assert [call.action_id for call, _ in ear.heard] == ["desk_suspend"]


async def test_one_that_fails_hurts_nobody_and_is_counted(open_desk: Open) -> None:
    after = Ear()
    desk = open_desk(watcher(Ear(RuntimeError("down"))), watcher(after, "later", after=("desk_siem",)))
    failed = told("siem", "failed")
    assert (await desk.ask("desk_note", NOTE)).text == "Noted for Ann Lee: hi"
    await settled()
    assert told("siem", "failed") == failed + 1
    assert len(after.heard) == 1
    assert await desk.events() == ["asked", "ran"]


async def test_one_that_hangs_keeps_nobody_waiting(open_desk: Open) -> None:
    async def hang(*_: Any) -> None:
        await asyncio.Event().wait()

    desk = open_desk(watcher(hang, timeout=timedelta(seconds=0.05)))
    await asyncio.wait_for(desk.ask("desk_note", NOTE), 5)
    await settled()
    assert told("siem", "failed") >= 1


async def test_one_may_not_write(open_desk: Open) -> None:
    tried: list[BaseException] = []

    async def write(ctx: Any, *_: Any) -> None:
        try:
            await ctx.effect.check()
        except Exception as error:
            tried.append(error)
            raise

    desk = open_desk(watcher(write))
    await desk.ask("desk_note", NOTE)
    await settled()
    assert tried


async def test_too_many_at_once_are_dropped_and_counted(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "MOST", 0)
    ear, dropped = Ear(), told("siem", "dropped")
    await open_desk(watcher(ear)).ask("desk_note", NOTE)
    await settled()
    assert ear.heard == []
    assert told("siem", "dropped") == dropped + 1
