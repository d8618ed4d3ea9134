"""The Home tab in the core: by the rights of the moment, each part failing alone and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.contract.channel import DIRECT, ChannelRule
from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Button, Reply
from bot.core import panels
from bot.core.desk import Desk
from bot.core.gate import Gate
from bot.core.home import Home, look
from bot.core.question import Question
from bot.db import channels
from bot.db.database import Database
from bot.errors import NotAllowed, Unavailable
from bot.host.registry import Owned, View
from bot.testing import Bench

DM = Place(surface="slack", kind=PlaceKind.DIRECT)


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    made = await Bench.open(database, "tickets", "oncall", "network", "admin", "local")
    yield made
    await made.close()


async def told(ctx: Any) -> Reply | None:
    buttons = (Button("Mine", "tickets_my_queue"), Button("All", "oncall_set_rotation"))
    return Reply(f"{ctx.user.name} sees {len(ctx.scope.areas)}", buttons=buttons)


async def hung(_ctx: Any) -> Reply | None:
    await asyncio.sleep(60)
    return None


async def broken(_ctx: Any) -> Reply | None:
    raise RuntimeError("boom")


async def off(_ctx: Any) -> Reply | None:
    raise Unavailable("The billing system does not answer.")


async def nothing(_ctx: Any) -> Reply | None:
    return None


def panel(name: str, run: Any, order: int = 1, permission: str = "tickets:read") -> Owned[Panel]:
    made = Panel(
        name=name, title=name.title(), permission=permission, run=run, order=order, whole="tickets_my_queue"
    )
    return Owned("tickets", made)


async def desk(bench: Bench, *more: Owned[Panel]) -> Desk:
    """The tenant's desk, with these blocks alone."""
    real = await bench.view()
    kept = tuple(o for o in real._owned if not isinstance(o.item, Panel))
    view = View(real.enabled, (*kept, *more) if more else real._owned)
    gate = Gate(database=bench.database, view=view, around=bench.around, plugins=bench.registry.plugins)
    return Desk(
        view=view, gate=gate, around=bench.around, database=bench.database, understander=cast("Any", None)
    )


async def home(bench: Bench, user: User, *more: Owned[Panel]) -> Home:
    asked = Question(tenant=bench.tenant, user=user, words="", surface="slack", place=DM)
    return await look(await desk(bench, *more), asked)


async def test_blocks_come_in_order_and_only_by_right(bench: Bench) -> None:
    found = [panel("later", told, 9), panel("first", told, 1), panel("money", told, 2, "oncall:write")]
    clerk = await bench.person("Clea", ["tickets:read"])
    assert [one.title for one in (await home(bench, bench.ann, *found)).parts] == ["First", "Money", "Later"]
    shown = await home(bench, clerk, *found)
    assert [(one.title, one.reply.text, one.whole and one.whole.action_id) for one in shown.parts] == [
        ("First", "Clea sees 1", "tickets_my_queue"),
        ("Later", "Clea sees 1", "tickets_my_queue"),
    ]
    assert [one.label for one in shown.parts[0].reply.buttons] == ["Mine"]
    assert "my" in shown.parts[0].words, "what one says to see them all"
    said = " ".join(shown.questions)
    assert ("my tickets" in said, "my queue" in said, bool(said)) == (False, False, True)
    with pytest.raises(NotAllowed, match="oncall:write"):
        await (await bench.gate()).look(clerk, found[2], place=DM)


async def test_each_part_fails_alone_and_in_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "LIMIT", timedelta(seconds=0.1))
    runs = {"hung": hung, "broken": broken, "off": off, "nothing": nothing, "fine": told}
    shown = await home(
        bench, bench.ann, *(panel(name, run, at) for at, (name, run) in enumerate(runs.items()))
    )
    said = {one.title: one.reply.text for one in shown.parts}
    assert list(said) == ["Hung", "Broken", "Off", "Fine"]
    assert (said["Hung"], said["Off"]) == (panels.SLOW, "The billing system does not answer.")
    assert ("incident" in said["Broken"], "boom" in said["Broken"]) == (True, False)
    assert said["Fine"].startswith("Ann Apple")


async def test_who_may_nothing_sees_one_sentence(bench: Bench) -> None:
    shown = await home(bench, bench.eve, panel("first", told))
    assert (shown.closed != "", shown.parts, shown.questions) == (True, (), ())
    async with bench.database.tenant(bench.tenant.id) as session:
        await channels.do_set_rule(session, ChannelRule(channel=DIRECT, surface="", closed=True), by="test")
    bench.around.forget()
    shown = await home(bench, bench.ann, panel("first", told))
    assert ("answer nothing in direct messages" in shown.closed, shown.parts) == (True, ())


async def test_rule_of_direct_messages_leaves_out_other_plugins_blocks(bench: Bench) -> None:
    async with bench.database.tenant(bench.tenant.id) as session:
        rule = ChannelRule(channel=DIRECT, surface="", only=("oncall",))
        await channels.do_set_rule(session, rule, by="test")
    bench.around.forget()
    found = panel("first", told)
    assert (await home(bench, bench.ann, found)).parts == []
    with pytest.raises(NotAllowed):
        await (await desk(bench, found)).gate.look(bench.ann, found, place=DM)


async def test_waiting_is_parted_into_ones_own_and_others(bench: Bench) -> None:
    asked = await bench.call("oncall_set_rotation", {"team": "noc", "people": ["ann", "bob"]})
    assert asked.waiting is not None
    mine = await home(bench, bench.ann)
    assert [one.call_id for one in mine.to_decide] == [asked.waiting.call_id]
    assert mine.asked == []
    assert (await home(bench, bench.bob)).to_decide == []
    gate = await bench.gate()
    people = {bench.ann.id, bench.bob.id, bench.eve.id}
    assert await gate.find_deciders(asked.waiting.call_id, people) == {bench.ann.id}
    await bench.approve(asked, user=bench.ann)
    assert await gate.find_deciders(asked.waiting.call_id, people) == set()
    assert await gate.find_deciders("c4118e0d-0000-4000-8000-000000000001", people) == set()


async def test_plugins_tell_of_the_day(bench: Bench) -> None:
    shown = await home(bench, bench.ann)
    assert [one.title for one in shown.parts] == ["Down now", "My open tickets"]
    await bench.approve(
        await bench.call("oncall_set_rotation", {"team": "noc", "people": ["ann", "bob"]}), user=bench.ann
    )
    shown = await home(bench, bench.ann)
    told = {one.title: one.reply.text for one in shown.parts}
    assert "You are on call for noc now" in told["On call"]
    assert "**Ann Apple** is on call for noc" in told["On call"]
    await bench.disable("oncall")
    bench.around.forget()
    assert "On call" not in {one.title for one in (await home(bench, bench.ann)).parts}
