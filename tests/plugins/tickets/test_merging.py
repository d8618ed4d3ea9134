"""Merging duplicates, linking tickets to outages one by one and at once, categories, and the volume by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.api import Area, BadInput, Conflict, NotAllowed, NotFound, Reply
from bot.testing import Bench
from plugins.tickets.volume import days_of, edges_of
from tests.plugins.building import NOW, Isp, ago

PON = "olt-nth-03-1 PON 1/1"
AMINA, BOLA, SOUTH = "100234", "100300", "200100"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("tickets")
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.site("STH-01", region="south")
    await isp.device("olt-nth-03-1", "NTH-03")
    await isp.port("olt-nth-03-1")
    for number, name in ((AMINA, "Amina Bello"), (BOLA, "Bola Ade")):
        await isp.customer(number, name, site="NTH-03")
        await isp.service(number, port=PON)
    await isp.customer(SOUTH, "Grace Otieno", region="south")
    await isp.insert(
        "isp_outages", number="OUT-0042", title="PON dark", port_id=isp.ids[PON], started_at=ago(hours=2)
    )
    await isp.insert("isp_outages", number="OUT-0050", title="Mast", site="STH-01", started_at=ago(hours=1))
    dark = {"category": "no_service"}
    await isp.ticket("TCK-1", "No light", AMINA, opened_at=ago(hours=1), assignee=bench.bob.email, **dark)
    await isp.ticket(
        "TCK-2",
        "Red light",
        AMINA,
        body="It is red.",
        opened_at=ago(minutes=30),
        status="in_progress",
        **dark,
    )
    await isp.ticket("TCK-3", "Dead since days", BOLA, opened_at=ago(days=2), **dark)
    await isp.ticket("TCK-4", "Wrong invoice", BOLA, category="billing")
    await isp.ticket("TCK-5", "No light", SOUTH, region="south", **dark)
    return bench, isp


async def done(bench: Bench, asked: Reply) -> Reply:
    return await bench.approve(asked, user=bench.ann) if asked.waiting else asked


def numbers(reply: Reply) -> list[str]:
    return [ticket.number for ticket in reply.data.tickets]


async def test_a_duplicate_goes_into_the_other_and_comes_out_as_it_was(world) -> None:
    bench, isp = world
    await bench.act("comment", ticket="TCK-2", text="Called her.")
    await done(bench, await bench.act("answer", ticket="TCK-2", text="We are on it."))
    asked = await bench.act("merge", ticket="TCK-2", into="TCK-1")
    assert "TCK-2: in progress → closed, merged into TCK-1" in asked.waiting.preview
    merged = await done(bench, asked)
    assert (
        merged.text.startswith("Merged TCK-2 into TCK-1; TCK-2 is closed.") and merged.data.number == "TCK-1"
    )
    shown = await bench.act("show", ticket="TCK-1")
    assert [(row[2], row[3]) for row in shown.table.rows] == [
        ("comment, on TCK-2", "Called her."),
        ("comment, public, on TCK-2", "We are on it."),
        ("merge, on TCK-2", "merged into TCK-1"),
        ("merge", "TCK-2 was merged into this one: “Red light”, 2 lines. It is red."),
    ]
    gone = await bench.act("show", ticket="TCK-2")
    assert gone.facts["Merged into"] == "TCK-1" and gone.facts["Resolution"] == "merged into TCK-1"
    back = await done(bench, await bench.undo(merged))
    assert "Took TCK-2 out of TCK-1; it is in progress again." in back.text
    assert (back.data.status, back.data.merged_into, back.data.resolution) == ("in_progress", None, None)
    assert (await bench.act("show", ticket="TCK-1")).table.rows[-1][3] == "TCK-2 was taken out again"
    assert await isp.count("isp_tickets", "status_before is not null") == 0


async def test_tickets_of_two_customers_are_merged_only_on_purpose_and_with_a_warning(world) -> None:
    bench, _ = world
    with pytest.raises(Conflict, match=r"TCK-1 is of Amina Bello, TCK-3 of Bola Ade.*across customers"):
        await bench.act("merge", ticket="TCK-1", into="TCK-3")
    asked = await bench.act("merge", ticket="TCK-1", into="TCK-3", across=True)
    for part in ("They are not of one customer", "assigned to", "Customers affected: 2"):
        assert part in asked.waiting.preview
    assert (await done(bench, asked)).data.number == "TCK-3"


async def test_what_cannot_be_merged_says_why(world) -> None:
    bench, _ = world
    await done(bench, await bench.act("merge", ticket="TCK-2", into="TCK-1"))
    with pytest.raises(BadInput, match="into itself"):
        await bench.act("merge", ticket="TCK-1", into="TCK-1")
    with pytest.raises(Conflict, match="was merged into TCK-1"):
        await bench.act("merge", ticket="TCK-1", into="TCK-2")
    with pytest.raises(Conflict, match="not merged"):
        await bench.act("unmerge", ticket="TCK-1")
    reopened = await bench.act("reopen", ticket="TCK-2")
    assert reopened.data.merged_into is None, "who is open again is nobody's duplicate"
    south = await bench.person(
        "Rita South", ["tickets:read", "tickets:write"], area=Area(region=frozenset({"south"}))
    )
    with pytest.raises(NotFound):
        await bench.act("merge", ticket="TCK-5", into="TCK-1", user=south)


async def test_a_ticket_is_linked_moved_and_unlinked(world) -> None:
    bench, _ = world
    linked = await bench.act("link_outage", ticket="TCK-1", outage="OUT-0042")
    assert (
        linked.text.startswith("TCK-1 is linked to OUT-0042 PON dark.")
        and linked.facts["Outage"] == "OUT-0042"
    )
    assert numbers(await bench.act("of_outage", outage="OUT-0042")) == ["TCK-1"]
    with pytest.raises(Conflict, match="already linked"):
        await bench.act("link_outage", ticket="TCK-1", outage="OUT-0042")
    moved = await bench.act("link_outage", ticket="TCK-1", outage="OUT-0050")
    assert (await done(bench, await bench.undo(moved))).data.outage == "OUT-0042"
    off = await bench.act("unlink_outage", ticket="TCK-1")
    assert off.data.outage is None
    assert (await done(bench, await bench.undo(off))).data.outage == "OUT-0042"
    assert (await done(bench, await bench.undo(linked))).data.outage is None


async def test_an_outage_that_the_asker_may_not_see_is_not_there(world) -> None:
    bench, _ = world
    north = Area(region=frozenset({"north"}))
    rights = ["tickets:read", "tickets:write", "network:read"]
    rita = await bench.person("Rita North", rights, area=north)
    assert (await bench.act("link_outage", ticket="TCK-1", outage="OUT-0042", user=rita)).data.outage
    for outage in ("OUT-0050", "OUT-9999"):
        with pytest.raises(NotFound):
            await bench.act("link_outage", ticket="TCK-1", outage=outage, user=rita)
    blind = await bench.person("Bo Blind", rights[:2], area=north)
    with pytest.raises(NotAllowed):
        await bench.act("link_outage", ticket="TCK-1", outage="OUT-0042", user=blind)


async def test_all_no_service_tickets_below_an_outage_are_linked_at_once_and_taken_back(world) -> None:
    bench, isp = world
    await bench.act("link_outage", ticket="TCK-2", outage="OUT-0050")
    asked = await bench.act("link_all", outage="OUT-0042")
    for part in ("2 tickets of 2 customers are linked to OUT-0042", "Customers affected: 2",
                 "Opened before it began, 15:55: 1 ticket (TCK-3)"):  # fmt: skip
        assert part in asked.waiting.preview
    linked = await done(bench, asked)
    assert linked.text == "Linked 2 tickets to OUT-0042 PON dark." and linked.data == ("TCK-1", "TCK-3")
    assert (await bench.act("of_outage", outage="OUT-0042")).text == (
        "2 tickets linked to OUT-0042 PON dark, 2 still open."
    )
    with pytest.raises(Conflict, match="nothing to link"):
        await bench.act("link_all", outage="OUT-0042")
    await bench.act("link_outage", ticket="TCK-4", outage="OUT-0042")
    back = await done(bench, await bench.undo(linked))
    assert back.text == "Took 2 tickets off OUT-0042 PON dark."
    assert numbers(await bench.act("of_outage", outage="OUT-0042")) == ["TCK-4"]
    again = await done(bench, await bench.undo(back))
    assert again.data == ("TCK-1", "TCK-3")
    assert await isp.count("isp_ticket_events", "kind = 'outage'") == 8


async def test_a_bulk_link_needs_a_right_to_so_many(world) -> None:
    bench, _ = world
    few = await bench.person("Fay Few", ["tickets:read", "tickets:write", "network:read"], max_count=1)
    with pytest.raises(NotAllowed, match="2 customers"):
        await bench.act("link_all", outage="OUT-0042", user=few)


async def test_a_category_is_set_and_taken_back(world) -> None:
    bench, isp = world
    reply = await bench.act("set_category", ticket="TCK-4", category="slow")
    assert "TCK-4 is under slow now, it was under billing." in reply.text
    assert await isp.count("isp_ticket_events", "kind = 'category' and body = 'billing → slow'") == 1
    assert (await done(bench, await bench.undo(reply))).data.category == "billing"
    with pytest.raises(Conflict, match="already under billing"):
        await bench.act("set_category", ticket="TCK-4", category="billing")


async def test_volume_counts_by_the_days_of_the_tenant_and_inside_the_scope(world) -> None:
    bench, isp = world
    await isp.ticket(
        "TCK-6",
        "Old",
        AMINA,
        status="closed",
        opened_at=ago(days=3),
        closed_at=ago(days=1),
        resolved_at=ago(days=1),
    )
    reply = await bench.act("volume", within="P4D")
    assert list(reply.chart.axis) == [date(2026, 11, day) for day in (17, 18, 19, 20)]
    assert (
        reply.data.opened == (1, 1, 0, 4) and reply.data.finished == (0, 0, 1, 0) and reply.data.backlog == 5
    )
    assert reply.text == (
        "6 tickets opened and 1 closed in 4 days, 5 more opened. **5 open now.** Today so far 4 opened, "
        "0 closed. The busiest day was Fri 20 Nov: 4 tickets."
    )
    assert [curve.name for curve in reply.chart.curves] == ["opened", "closed"]
    one = await bench.act("volume", since="2026-11-20", category="billing")
    assert one.text == "1 billing tickets opened and 0 closed today, 1 more opened. **1 open now.**"
    south = await bench.person("Rita South", ["tickets:read"], area=Area(region=frozenset({"south"})))
    assert (await bench.act("volume", user=south)).data.backlog == 1
    for args in ({"since": "2026-11-21"}, {"within": "P400D"}):
        with pytest.raises(BadInput):
            await bench.act("volume", **args)


def test_days_are_as_long_as_the_clocks_make_them() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for first, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        start, end = edges_of([first], berlin)
        assert end - start == timedelta(hours=hours)
    havana = ZoneInfo("America/Havana")  # where the clocks jump at midnight, so that a day has none
    start, end = edges_of([date(2026, 3, 8)], havana)
    assert start == datetime(2026, 3, 8, 5, tzinfo=UTC) and end - start == timedelta(hours=23)
    assert days_of(NOW.date(), timedelta(hours=3), None) == [NOW.date()]
