"""Tickets of a team, those nobody answered, and how tickets are spread."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.api import Conflict, NotFound
from bot.contract.action import Via
from bot.testing import Bench
from plugins.tickets.port import CountedBy
from plugins.tickets.sla import SlaSettings
from plugins.tickets.teams import find_teams
from tests.plugins.building import NOW, Isp, ago


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("tickets")
    await isp.customer("100234", "Amina Bello")
    mine = {"assignee": bench.ann.email}
    await isp.ticket("TCK-10100", "No light", "100234", opened_at=ago(days=3), priority="high", **mine)
    await isp.ticket(
        "TCK-10101", "Slow", "100234", opened_at=ago(hours=1), resolve_due=ago(minutes=5), **mine
    )
    await isp.ticket("TCK-10103", "Mast down", opened_at=ago(days=5), category="no_service")
    return bench, isp


async def test_a_ticket_goes_to_a_team_with_nobody_and_back_to_whoever_had_it(world) -> None:
    bench, _ = world
    asked = await bench.act("set_team", ticket="TCK-10100", team="Field team")
    done = await bench.approve(asked, user=bench.ann) if asked.waiting else asked
    assert "waits in the queue of the field team" in done.text
    assert (done.facts["Team"], done.facts["Assignee"]) == ("field", "nobody yet")
    queue = await bench.act("search", team="field")
    assert [one.number for one in queue.data.tickets] == ["TCK-10100"]
    assert "of the field team" in queue.text
    with pytest.raises(Conflict):
        await bench.act("set_team", ticket="TCK-10100", team="field")
    await bench.undo(done)
    shown = await bench.act("show", ticket="TCK-10100")
    assert "Team" not in shown.facts
    assert shown.facts["Assignee"] == "ann.apple"


async def test_assigned_in_another_queue_is_said_before_and_taken_back_to_the_old_one(world) -> None:
    bench, _ = world
    await bench.act("set_team", ticket="TCK-10100", team="field")
    to = {"ticket": "TCK-10100", "to": bench.bob.email, "team": "noc"}
    asked = await bench.act("assign", via=Via.MODEL, **to)
    assert "Team: field → noc" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.facts["Team"] == "noc"
    await bench.undo(done)
    facts = (await bench.act("show", ticket="TCK-10100")).facts
    assert (facts["Team"], facts["Assignee"]) == ("field", "nobody yet")


async def test_tickets_of_a_region_are_not_those_at_a_site_whose_name_begins_so(open_bench) -> None:
    bench, isp = await open_bench("tickets", others=("customers", "visits", "network", "email", "billing"))
    await isp.site("CTR-09", name="Coastal Towers", region="nairobi")
    await isp.site("CTR-10", name="Coast Road", region="nairobi")
    await isp.site("CST-01", name="Nyali", region="coast")
    for nr, site in enumerate(("CTR-09", "CTR-10", "CST-01")):
        region = "coast" if site == "CST-01" else "nairobi"
        await isp.customer(f"10030{nr}", f"Customer {nr}", site=site, region=region)
        await isp.ticket(f"TCK-1020{nr}", "No light", f"10030{nr}", site=site, region=region)
        at = (NOW + timedelta(days=1, hours=2 * nr)).isoformat()
        await bench.call("visits_schedule", {"customer": f"10030{nr}", "at": at})
    for area, numbers in (
        ("coast", {"TCK-10202"}),
        ("Coastal Towers", {"TCK-10200"}),
        ("CTR-10", {"TCK-10201"}),
    ):
        found = await bench.act("search", area=area)
        assert {one.number for one in found.data.tickets} == numbers
        visits = await bench.call("visits_board", {"at": (NOW + timedelta(days=1)).isoformat(), "area": area})
        assert sum(f"Customer {nr}" in str(visits.table) for nr in range(3)) == 1


async def test_a_team_nobody_set_up_is_not_known(world) -> None:
    bench, _ = world
    with pytest.raises(NotFound):
        await bench.act("set_team", ticket="TCK-10100", team="marketing")


async def test_unanswered_and_old_ones(world) -> None:
    bench, isp = world
    await isp.ticket("TCK-10104", "Answered", opened_at=ago(days=9), first_response_at=ago(days=8))
    found = await bench.act("search", unanswered=True, older_than=timedelta(days=2))
    assert {one.number for one in found.data.tickets} == {"TCK-10103", "TCK-10100"}
    assert "unanswered" in found.text
    assert "open for over 2 d" in found.text


async def test_tickets_are_counted_by_whom_they_are_with(world) -> None:
    bench, _ = world
    reply = await bench.act("breakdown")
    assert reply.table.rows == [("Ann Apple", 2, 1), ("nobody", 1, 0)]
    assert reply.text.startswith("3 tickets open, by assignee. Most: **Ann Apple**, 2.")
    assert "there are more" not in reply.text
    cut = await bench.act("breakdown", limit=1)
    assert cut.text.endswith("Only the first 1 are shown; there are more.") and len(cut.table.rows) == 1
    kinds = await bench.act("breakdown", by=CountedBy.CATEGORY, since=(NOW - timedelta(days=1)).date())
    assert [row[1] for row in kinds.table.rows] == [1]
    assert "opened since" in kinds.text


async def test_my_team_is_the_one_called_as_my_role(world) -> None:
    bench, _ = world
    await bench.act("set_team", ticket="TCK-10100", team="field")
    with pytest.raises(NotFound):
        await bench.act("search", team="my team")
    asker = SimpleNamespace(settings=SlaSettings(), user=SimpleNamespace(roles={"field", "trainee"}))
    assert [(one.key, one.exact) for one in await find_teams(asker, "Our team", 5)] == [("field", True)]
    counted = await bench.act("breakdown", team="field")
    assert counted.text.startswith("1 ticket of the field team open, by assignee")
