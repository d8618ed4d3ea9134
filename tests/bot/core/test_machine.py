"""Many people asking, agreeing, refusing, undoing, in any order: the gate does what a small model says, never more."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contract.reply import Reply
from bot.core.audit import search, verify
from bot.errors import UserError
from tests.bot.core.conftest import new_tenant
from tests.bot.core.gate_world import READ, Desk, FakeDevice, person

NAMES = ("Ann", "Ben", "Cat", "Dan")
NEEDS = {"note": (0, 0), "resume": (1, 0), "suspend": (1, 0), "credit": (2, 1), "wipe": (3, 2)}
ENDED = {"denied", "cancelled", "expired", "undone", "done"}


@dataclass
class Said:
    """What the model knows of one call."""

    id: str
    verb: str
    asker: str
    customer: str
    shown: str
    until: Any
    state: str = "asked"
    yes: set[str] = field(default_factory=set)
    undo_until: Any = None


@dataclass
class Model:
    """What must be true: who may, what waits, what ran."""

    desk: Desk
    may: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(NAMES, True))
    calls: list[Said] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)

    @property
    def now(self) -> Any:
        return self.desk.world.at

    def would(self, verb: str, customer: str) -> str | None:
        """What the preview shows now; None when it refuses."""
        state = self.desk.device.state.get(customer, "active")
        if verb == "suspend":
            return None if state == "suspended" else state
        if verb == "credit":
            return self.desk.device.state.get(customer, "0")
        return "north" if verb == "wipe" else ""

    async def ask(self, name: str, verb: str, customer: str) -> None:
        args: dict[str, Any] = {"customer": customer}
        args |= {"text": "hello"} if verb == "note" else {"amount": "5"} if verb == "credit" else {}
        args = {"region": "north"} if verb == "wipe" else args
        shown = self.would(verb, customer)
        reply = await self.try_(
            self.desk.ask(f"desk_{verb}", args, self.desk.world.people[f"u-{name.lower()}"])
        )
        assert (reply is not None) == (self.may[name] and shown is not None)
        if reply is None:
            return
        said = Said(reply.call_id or "", verb, name, customer, shown or "", self.now + timedelta(hours=24))
        self.calls.append(said)
        if NEEDS[verb][0] == 0:
            self.ran(said)
        assert bool(reply.waiting) == (said.state == "asked")

    async def decide(self, name: str, said: Said, *, yes: bool) -> None:
        others = NEEDS[said.verb][0] >= 2
        waits = said.state == "asked" and self.now < said.until
        lapses = said.state == "asked" and not waits and (self.may[name] or name == said.asker)
        knows = self.may[name] or name == said.asker
        before, shown = said.state, self.would(said.verb, said.customer)
        if lapses:
            said.state = "expired"
        reply = await self.try_(
            self.desk.gate.decide(self.desk.world.people[f"u-{name.lower()}"], said.id, yes=yes)
        )
        if not (waits and knows) or before != "asked":
            assert reply is None
        elif not yes:
            refused = not others and name != said.asker
            assert (reply is None) == refused
            if not refused:
                said.state = "cancelled" if name == said.asker else "denied"
        else:
            self.agreed(name, said, reply, shown)

    def agreed(self, name: str, said: Said, reply: Reply | None, shown: str | None) -> None:
        """What a yes to a waiting call must have led to; `shown` is what it would have done."""
        fits = (name != said.asker) == (NEEDS[said.verb][0] >= 2) and self.may[name] and self.may[said.asker]
        if not fits or shown is None:
            assert reply is None
        elif shown != said.shown:
            assert reply is not None and reply.waiting and "world has changed" in reply.text
            said.shown, said.yes = shown, set()
        elif name in said.yes:
            assert reply is None
        else:
            said.yes = {one for one in said.yes if self.may[one]} | {name}
            assert reply is not None
            if len(said.yes) >= max(1, NEEDS[said.verb][1]):
                self.ran(said)
            else:
                assert reply.waiting

    def ran(self, said: Said) -> None:
        said.state = "done"
        self.effects[said.id] += 1
        said.undo_until = self.now + timedelta(minutes=10) if said.verb in {"suspend", "credit"} else None

    async def undo(self, name: str, said: Said) -> None:
        opened = said.state == "done" and said.undo_until is not None and self.now < said.undo_until
        reply = await self.try_(self.desk.gate.undo(self.desk.world.people[f"u-{name.lower()}"], said.id))
        assert (reply is not None) == (opened and self.may[name])
        if reply is not None:
            said.state = "undone"
            self.effects[reply.call_id or ""] += 1

    async def click_twice(self, name: str, said: Said) -> None:
        """Two yeses of one person at once count as one; the model hears of the one that was heard."""
        user, shown = self.desk.world.people[f"u-{name.lower()}"], self.would(said.verb, said.customer)
        ends = await asyncio.gather(
            *(self.try_(self.desk.gate.decide(user, said.id, yes=True)) for _ in range(2))
        )
        heard = [end for end in ends if end is not None]
        ran = [end for end in heard if not end.waiting]
        assert len(ran) <= 1
        if said.state == "asked" and self.now >= said.until and (self.may[name] or name == said.asker):
            said.state = "expired"
            assert not heard
        elif ran and (shown == said.shown or NEEDS[said.verb][1] <= 1):
            assert self.may[name] and self.may[said.asker] and said.state == "asked" and self.now < said.until
            said.yes = {one for one in said.yes if self.may[one]} | {name}
            assert len(said.yes) >= max(1, NEEDS[said.verb][1])
            assert (name != said.asker) == (NEEDS[said.verb][0] >= 2)
            self.ran(said)
        elif heard and shown is not None and shown != said.shown:
            row = await self.desk.row(said.id)
            said.shown, said.yes = shown, await self.yes_of(row.id)
            if row.state == "done":
                self.ran(said)
        elif heard:
            said.yes = {one for one in said.yes if self.may[one]} | {name}

    async def yes_of(self, call_id: str) -> set[str]:
        from bot.db.decisions import find_decisions

        async with self.desk.database.tenant(self.desk.tenant.id) as session:
            found = await find_decisions(session, [call_id])
        return {one.name for one in found[call_id]}

    async def try_(self, work: Any) -> Reply | None:
        try:
            return await work
        except UserError:
            return None

    async def later(self) -> None:
        self.desk.world.at += timedelta(hours=13)
        expired = (await self.desk.gate.recover()).expired
        due = [one for one in self.calls if one.state == "asked" and self.now >= one.until]
        assert expired == len(due)
        for one in due:
            one.state = "expired"

    async def check(self) -> None:
        log = Counter(key.split("/")[0] for key, _, value in self.desk.device.log if value != "checked")
        assert log == self.effects, "what ran is what the model says, each once"
        assert max(log.values(), default=1) == 1
        rows = {row.id: row.state for row in await self.desk.rows()}
        assert {one.id: one.state for one in self.calls} == {
            k: v for k, v in rows.items() if k in {c.id for c in self.calls}
        }
        verdict = await verify(self.desk.database, self.desk.tenant.id)
        assert verdict.whole
        told = await search(self.desk.database, self.desk.tenant.id, limit=1000)
        for one in self.calls:
            events = [row for row in reversed(told) if row.call_id == one.id]
            assert events[0].event == "asked" and events[0].user_id == f"u-{one.asker.lower()}"
            if one.state in {"done", "undone"}:
                assert [row.event for row in events].count("ran") == 1
                since = max((i for i, row in enumerate(events) if row.event == "changed"), default=0)
                ran = next(i for i, row in enumerate(events) if row.event == "ran")
                who = {row.user_id for row in events[since:ran] if row.event == "approved"}
                assert len(who - {f"u-{one.asker.lower()}"}) >= NEEDS[one.verb][1]


WHO = st.sampled_from(NAMES)
WHICH = st.integers(min_value=0, max_value=3)
STEPS = st.one_of(
    st.tuples(st.just("ask"), WHO, st.sampled_from(sorted(NEEDS)), st.sampled_from(["1001", "1002"])),
    st.tuples(st.just("ask"), WHO, st.sampled_from(["credit", "wipe"]), st.just("1001")),
    st.tuples(st.just("yes"), WHO, WHICH),
    st.tuples(st.just("yes"), WHO, WHICH),
    st.tuples(st.just("no"), WHO, WHICH),
    st.tuples(st.just("undo"), WHO, WHICH),
    st.tuples(st.just("twice"), WHO, WHICH),
    st.tuples(st.just("revoke"), WHO),
    st.tuples(st.just("restore"), WHO),
    st.tuples(st.just("later")),
)


async def take(model: Model, step: tuple[Any, ...]) -> None:
    match step:
        case ("ask", name, verb, customer):
            await model.ask(name, verb, customer)
        case ("revoke" | "restore" as what, name):
            model.may[name] = what == "restore"
            model.desk.world.add(person(name) if model.may[name] else person(name, READ))
        case ("later",):
            await model.later()
        case (what, name, back) if len(model.calls) > back:
            said = model.calls[-1 - back]
            if what == "undo":
                await model.undo(name, said)
            elif what == "twice":
                await model.click_twice(name, said)
            else:
                await model.decide(name, said, yes=what == "yes")


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


async def play(database: Any, steps: list[tuple[Any, ...]]) -> None:
    desk = Desk(database, await new_tenant(database), device=FakeDevice(knows=False))
    model = Model(desk)
    desk.world.add(*(person(name) for name in NAMES))
    for step in steps:
        await take(model, step)
    await model.check()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
async def test_people_in_any_order(gate_database, steps) -> None:
    await play(gate_database, steps)


@pytest.mark.deep
@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(steps=st.lists(STEPS, min_size=10, max_size=60))
async def test_people_in_any_order_for_long(gate_database, steps) -> None:
    await play(gate_database, steps)
