"""The blocks that plugins put on the Home tab: short, for this reader, and nothing where nothing is to tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.api import Panel, Reply

TEN = "2026-11-23T10:00:00+01:00"


async def shown(bench: Any, name: str, user: Any = None) -> Reply | None:
    found: Panel = await bench.find(Panel, name)
    reply: Reply | None = await found.run(await bench.context(user=user))
    return reply


async def test_visits_of_today_for_whoever_drives(open_bench: Any) -> None:
    bench, isp = await open_bench("visits", others=("customers", "tickets", "network", "email", "billing"))
    await isp.site("NTH-03", region="north")
    await isp.customer("100234", "Amina Bello", site="NTH-03", region="north", phone="+254712")
    assert await shown(bench, "today") is None
    await bench.act("schedule", customer="100234", at=TEN)
    reply = await shown(bench, "today")
    assert reply is not None and "no visits today" in reply.text
    bench.now += timedelta(days=2, hours=14)
    reply = await shown(bench, "today")
    assert reply is not None and reply.table is not None
    assert reply.table.rows[0][1] == "Amina Bello"
    assert [one.label for one in reply.buttons] == ["VIS-1001"]
    assert await shown(bench, "today", bench.bob) is None


async def test_own_tickets_with_the_first_five(open_bench: Any) -> None:
    bench, isp = await open_bench("tickets")
    reply = await shown(bench, "mine")
    assert reply is not None and (reply.text, reply.table) == ("No ticket is assigned to you.", None)
    await isp.customer("100234", "Amina Bello")
    for at in range(7):
        await isp.ticket(f"TCK-1000{at}", "No light", "100234", assignee=bench.ann.email)
    reply = await shown(bench, "mine")
    assert reply is not None and reply.table is not None
    assert (len(reply.table.rows), reply.table.total) == (5, 7)
    assert reply.text.startswith("7 open tickets")
    assert "Amina Bello" in reply.table.rows[0]


async def test_what_is_down_and_quiet_for_those_who_only_read(open_bench: Any) -> None:
    bench, isp = await open_bench("network")
    reader = await bench.person("Rhea", ["network:read"])
    assert await shown(bench, "down", reader) is None
    reply = await shown(bench, "down")
    assert reply is not None and "No outage is active" in reply.text
    await isp.site("NTH-03", region="north")
    asked = await bench.act("declare", site="NTH-03", title="Fibre cut")
    if asked.waiting is not None:
        await bench.approve(asked, user=bench.ann)
    reply = await shown(bench, "down", reader)
    assert reply is not None and reply.table is not None
    assert reply.table.rows[0][1] == "Fibre cut"


async def test_on_call_says_nothing_without_rotations(open_bench: Any) -> None:
    bench, _ = await open_bench("oncall", others=())
    assert await shown(bench, "now") is None
    await bench.approve(await bench.act("set_rotation", team="noc", people=["ann", "bob"]), user=bench.ann)
    reply = await shown(bench, "now", bench.eve)
    assert reply is not None
    assert (reply.text.startswith("**"), "You are" in reply.text) == (True, False)
