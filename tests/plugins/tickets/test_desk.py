"""The desk over days: who closed how many, what missed its SLA, whose queue is how full, who waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.api import BadInput
from bot.testing import Bench
from plugins.tickets.port import CountedBy
from tests.plugins.building import NOW, Isp, ago

LAST_WEEK = {"since": date(2026, 11, 9), "until": date(2026, 11, 15)}


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("tickets")
    await isp.customer("100234", "Amina Bello")
    await isp.customer("100555", "Coral Dialysis Centre", kind="business")
    ann, bob = ({"assignee": one.email} for one in (bench.ann, bench.bob))
    over = {"status": "closed", "opened_at": ago(days=9), "closed_at": ago(days=7)}
    await isp.ticket("TCK-1", "No light", "100234", **over, **ann, resolve_due=ago(days=8), team="noc")
    await isp.ticket("TCK-2", "Slow", "100555", **over, **bob, resolve_due=ago(days=6))
    solved = {"status": "resolved", "opened_at": ago(days=2), "resolved_at": ago(days=1)}
    await isp.ticket("TCK-3", "Wifi", "100555", **solved, **ann)
    await isp.ticket(
        "TCK-4", "Bill", "100555", opened_at=ago(days=8), first_response_due=ago(days=8, hours=-2)
    )
    await isp.ticket(
        "TCK-5", "ONT", "100234", opened_at=ago(days=3), first_response_at=ago(days=2), team="noc"
    )
    return bench, isp


async def test_who_closed_how_many_is_counted_by_when_they_closed_not_opened(world) -> None:
    bench, _ = world
    then = await bench.act("breakdown", closed=True, **LAST_WEEK)
    assert sorted(then.table.rows) == [("Ann Apple", 1), ("Bob Berry", 1)]
    assert "2 tickets solved or closed from 9 Nov until 15 Nov, by assignee" in then.text
    lately = await bench.act("breakdown", closed=True)
    assert lately.table.rows == [("Ann Apple", 1)], "the last seven days, when none are named"
    opened = await bench.act("breakdown", **LAST_WEEK)
    assert "3 tickets opened from 9 Nov" in opened.text, "until ends it"
    found = await bench.act("search", status="closed", since=date(2026, 11, 19))
    assert [one.number for one in found.data.tickets] == ["TCK-3"], "solved ones are over as well"
    assert found.text.startswith("1 solved or closed ticket")
    older = await bench.act("search", status="resolved", older_than="P2D")
    assert "opened over 2 d ago" in older.text and "open for" not in older.text


async def test_what_missed_its_sla_is_of_the_days_in_which_it_was_due(world) -> None:
    bench, _ = world
    reply = await bench.act("missed", **LAST_WEEK)
    by = (await bench.act("missed", **LAST_WEEK, team="noc")).buttons[0]
    assert by.args["breached"] is True and by.args.get("team") == "noc", "just these are counted"
    assert {one.number for one in reply.data.tickets} == {"TCK-1", "TCK-4"}
    assert "**2 tickets** missed the SLA from 9 Nov until 15 Nov" in reply.text
    late = {row[0]: row[5:] for row in reply.table.rows}
    assert late == {"TCK-1": ("solution", "1 d"), "TCK-4": ("answer", "7 d 22 h")}
    assert (
        "No tickets missed the SLA on"
        in (await bench.act("missed", since=date(2026, 11, 9), until=date(2026, 11, 9))).text
    )
    by_team = await bench.act("breakdown", by=CountedBy.TEAM, breached=True, **LAST_WEEK)
    assert sorted(by_team.table.rows) == [("no team", 1), ("noc", 1)]
    now = await bench.act("breakdown", breached=True)
    assert now.text.startswith("1 ticket open and past the SLA")
    with pytest.raises(BadInput):
        await bench.act("missed", since=NOW.date() + timedelta(days=3))


async def test_tickets_of_business_customers(world) -> None:
    bench, _ = world
    found = await bench.act("search", kind="corporate")
    assert found.text.startswith("1 open ticket of business customers")
    every = await bench.act("breakdown", by=CountedBy.CUSTOMER_TYPE)
    assert sorted(every.table.rows) == [("business", 1, 1), ("individual", 1, 0)]
    assert every.table.columns[0].title == "Customer type"


async def test_queues_have_a_row_for_each_team_even_an_empty_one(world) -> None:
    bench, _ = world
    reply = await bench.act("queues")
    rows = {row[0]: row[1:] for row in reply.table.rows}
    assert rows == {
        "support": (0, 0, 0),
        "billing": (0, 0, 0),
        "noc": (1, 1, 0),
        "field": (0, 0, 0),
        "no team": (1, 1, 1),
    }
    assert reply.text == "2 open tickets in 5 queues, **1 past the SLA**."


async def test_categories_say_what_they_are_for_and_how_many_are_open(world) -> None:
    bench, isp = world
    await isp.ticket("TCK-6", "Down", category="no_service")
    rows = {row[0]: row[2] for row in (await bench.act("categories")).table.rows}
    assert (rows["no service"], rows["wifi"], len(rows)) == (1, 0, 7)


async def test_who_waits_longest_comes_first(world) -> None:
    bench, isp = world
    await isp.ticket("TCK-7", "Mast", "100234", opened_at=ago(days=9))
    reply = await bench.act("waiting")
    assert [one.number for one in reply.data.tickets] == ["TCK-7", "TCK-4"]
    assert "Longest: **Amina Bello** (TCK-7), 9 d." in reply.text
    assert "nobody waits" in (await bench.act("waiting", priority="urgent")).text


async def test_volume_of_last_week_ends_with_it(world) -> None:
    bench, _ = world
    reply = await bench.act("volume", **LAST_WEEK)
    assert reply.text.startswith("3 tickets opened and 2 closed from 9 Nov until 15 Nov")
    assert "Today so far" not in reply.text


async def test_who_opened_it_is_not_who_has_it(world) -> None:
    bench, isp = world
    await isp.ticket("TCK-8", "By Bob", opened_by=bench.bob.name, assignee=bench.ann.email)
    await isp.ticket("TCK-9", "By Bob too", opened_by=bench.bob.email.upper(), status="closed")
    found = await bench.act("search", opened_by=bench.bob.email)
    assert {one.number for one in found.data.tickets} == {"TCK-8", "TCK-9"}
    assert "opened by Bob Berry" in found.text


async def test_what_breaches_of_a_colleague_and_of_a_team(world) -> None:
    bench, isp = world
    late = {"resolve_due": ago(hours=1)}
    await isp.ticket("TCK-8", "Late", assignee=bench.bob.email, team="noc", **late)
    await isp.ticket("TCK-9", "Late too", assignee=bench.ann.email, **late)
    for args in ({"assignee": bench.bob.email}, {"team": "noc"}):
        reply = await bench.act("breaching", **args)
        assert [one.number for one in reply.data.tickets] == ["TCK-8"], args
    assert reply.text.startswith("1 ticket of the noc team already past the SLA")


async def test_due_is_when_the_clock_runs_out_and_not_when_it_was_opened(open_bench) -> None:
    bench, isp = await open_bench("tickets")
    await isp.customer("100555", "Coral Dialysis Centre", kind="business")
    for number, due, opened in (
        ("TCK-1", ago(hours=-2), ago(days=3)),
        ("TCK-2", ago(days=-1), ago(hours=1)),
        ("TCK-3", ago(days=2), ago(days=4)),
    ):
        seen = {"opened_at": opened, "first_response_at": opened, "resolve_due": due}
        await isp.ticket(number, "Slow", "100555", **seen)
    today, tomorrow = NOW.date(), NOW.date() + timedelta(days=1)
    said = await bench.act("search", since=today, until=today, due=True, kind="business")
    assert [row[0] for row in said.table.rows] == ["TCK-1"]
    assert said.text.startswith("1 open ticket of business customers due on ")
    assert said.text.endswith(" 1 more is late from before.")
    assert " due from " in (await bench.act("search", since=today, until=tomorrow, due=True)).text
    then = await bench.act("search", since=tomorrow, until=tomorrow, due=True)
    assert [row[0] for row in then.table.rows] == ["TCK-2"] and "from before" not in then.text
    with pytest.raises(BadInput, match="ends before it begins"):
        await bench.act("search", since=tomorrow, until=today, due=True)
    soon = await bench.act("breaching", within=timedelta(hours=3), kind="individual")
    assert soon.text == "No ticket of individual customers breaches its SLA in the next 3 h."


async def test_a_ticket_counts_as_closed_when_it_was_solved(open_bench) -> None:
    bench, isp = await open_bench("tickets")
    past = {"status": "closed", "opened_at": ago(days=9), "resolved_at": ago(days=7)}
    await isp.ticket("TCK-1", "Solved last week, put away now", closed_at=ago(minutes=5), **past)
    await isp.ticket("TCK-2", "Solved now", status="resolved", resolved_at=ago(minutes=5))
    await isp.ticket("TCK-3", "Opened again", status="open", resolved_at=ago(minutes=5))
    counted = await bench.act("breakdown", closed=True, since=bench.now.date().isoformat())
    drawn = await bench.act("volume", within="P1D")
    assert (sum(one.count for one in counted.data), sum(drawn.data.finished)) == (1, 1)
