"""What every connector behind the tickets port has to do; `local` for now."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, BadInput, Conflict, LeaseLost, NotFound
from bot.db.users import do_add_person, do_set_active
from plugins.connectors.local.tickets import LocalTickets
from plugins.tickets.port import (
    Category,
    Level,
    NewTicket,
    Priority,
    TicketChange,
    TicketQuery,
    Tickets,
    TicketStatus,
)
from tests.plugins.building import NORTH, NOW, SOUTH, Isp, ago, effect

CONNECTORS = {"local": LocalTickets}


@pytest.fixture(params=CONNECTORS)
def connect(request: pytest.FixtureRequest):
    return lambda isp: CONNECTORS[request.param](isp.context())


@pytest.fixture
async def port(isp: Isp, connect) -> Tickets:
    await isp.customer("100234", "Amina Bello", site="NTH-03")
    await isp.customer("200100", "Grace Otieno", region="south")
    due = {"first_response_due": ago(minutes=20), "resolve_due": NOW + timedelta(hours=5)}
    await isp.ticket("TCK-10100", "No light on ONT", "100234", priority="high", category="no_service", **due)
    await isp.ticket(
        "TCK-10101", "Slow in the evening", "100234", assignee="ada@acme.test", first_response_at=ago(hours=1),
        resolve_due=NOW + timedelta(hours=2), opened_at=ago(hours=4),
    )  # fmt: skip
    await isp.ticket("TCK-10102", "Wrong invoice", "100234", status="closed", opened_at=ago(days=3))
    await isp.ticket("TCK-10103", "No light at the mill", "200100", region="south", assignee="ada@acme.test")
    return connect(isp)


async def numbers(port: Tickets, scope=EVERYWHERE, **query) -> list[str]:
    page = await port.find(scope, TicketQuery(**query))
    assert page.total == len(page.tickets)
    return [ticket.number for ticket in page.tickets]


async def test_searches_combine(port: Tickets) -> None:
    assert await numbers(port, text="light") == ["TCK-10103", "TCK-10100"]
    assert await numbers(port, text="no ligh") == ["TCK-10103", "TCK-10100"]
    assert await numbers(port, text="light", customer="100234") == ["TCK-10100"]
    assert await numbers(port, customer="100234", open_only=True) == ["TCK-10100", "TCK-10101"]
    assert await numbers(port, customer="999999") == []
    assert await numbers(port, status=TicketStatus.CLOSED) == ["TCK-10102"]
    assert await numbers(port, priority=Priority.HIGH, category=Category.NO_SERVICE) == ["TCK-10100"]
    assert await numbers(port, assignee="") == ["TCK-10100", "TCK-10102"]
    assert await numbers(port, opened_since=ago(hours=3, minutes=30)) == ["TCK-10103", "TCK-10100"]
    assert await numbers(port, level=Level.L2) == []


async def test_the_clock_orders_and_limits(port: Tickets) -> None:
    assert await numbers(port, open_only=True, by_clock=True) == ["TCK-10100", "TCK-10101", "TCK-10103"]
    assert await numbers(port, due_before=NOW) == ["TCK-10100"]
    assert await numbers(port, due_before=NOW + timedelta(hours=3)) == ["TCK-10100", "TCK-10101"]


async def test_a_page_tells_how_many_there_are_in_all(port: Tickets) -> None:
    page = await port.find(EVERYWHERE, TicketQuery(), limit=2)
    assert (len(page.tickets), page.total) == (2, 4)


async def test_reads_end_at_the_scope(port: Tickets) -> None:
    await port.comment(effect(), "TCK-10103", "Called.")
    assert await numbers(port, SOUTH) == ["TCK-10103"]
    assert "TCK-10103" not in await numbers(port, NORTH)
    assert await port.get(NORTH, "TCK-10103") is None and await port.get(SOUTH, "tck-10103")
    assert not await port.history(NORTH, "TCK-10103") and await port.history(SOUTH, "TCK-10103")


async def test_reads_and_writes_end_at_the_tenant(isp: Isp, port: Tickets, other_isp: Isp, connect) -> None:
    async with isp.sql() as session:
        await do_add_person(session, name="Ada Obi", email="ada@acme.test")
    stranger: Tickets = connect(other_isp)
    assert await numbers(stranger) == [] == await numbers(stranger, text="light")
    assert await stranger.get(EVERYWHERE, "TCK-10100") is None
    assert not await stranger.history(EVERYWHERE, "TCK-10100") and not await stranger.agents("ada")
    for write in (stranger.comment(effect("a"), "TCK-10100", "x"), stranger.change(effect("b"), "TCK-10100", TicketChange()),
                  stranger.create(effect("c"), NewTicket(subject="x", customer="100234"))):  # fmt: skip
        with pytest.raises(NotFound):
            await write
    assert (await stranger.create(effect("d"), NewTicket(subject="Mine"))).number == "TCK-10001"


async def test_a_new_ticket_takes_the_next_number_and_its_customers_area(port: Tickets) -> None:
    new = NewTicket(
        subject="No internet at 1 Fibre Rd", customer="100234", priority=Priority.HIGH, resolve_due=NOW
    )
    ticket = await port.create(effect("c"), new)
    assert (ticket.number, ticket.customer, ticket.customer_name) == ("TCK-10104", "100234", "Amina Bello")
    assert (ticket.status, ticket.region, ticket.site, ticket.opened_by) == (
        "open",
        "north",
        "NTH-03",
        "Chipo Dube",
    )
    assert (await port.create(effect("d"), NewTicket(subject="Next"))).number == "TCK-10105"


async def test_a_number_that_an_import_took_is_passed_over(isp: Isp, port: Tickets) -> None:
    await port.create(effect("c"), NewTicket(subject="First"))
    await isp.ticket("TCK-10105", "Imported")
    assert (await port.create(effect("d"), NewTicket(subject="Second"))).number == "TCK-10106"


async def test_the_same_key_opens_one_ticket(isp: Isp, port: Tickets) -> None:
    first = await port.create(effect("same"), NewTicket(subject="Once"))
    assert (await port.create(effect("same"), NewTicket(subject="Once"))).number == first.number
    await port.comment(effect("say"), first.number, "Once.")
    await port.comment(effect("say"), first.number, "Once.")
    await port.change(effect("up"), first.number, TicketChange(level=Level.L2))
    await port.change(effect("up"), first.number, TicketChange(level=Level.L2))
    assert [event.kind for event in await port.history(EVERYWHERE, first.number)] == ["comment", "escalate"]
    assert await port.applied("same") is True and await port.applied("never") is False


async def test_a_lost_lease_changes_nothing(port: Tickets) -> None:
    async def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        await port.create(effect("l", lost), NewTicket(subject="Lost"))
    assert await numbers(port, text="lost") == [] and await port.applied("l") is False


async def test_only_a_public_comment_stops_the_first_response_clock(port: Tickets) -> None:
    await port.comment(effect("i"), "TCK-10100", "ONT shows LOS.")
    assert (await port.get(EVERYWHERE, "TCK-10100")).first_response_at is None
    await port.comment(effect("p"), "TCK-10100", "We are on it.", internal=False)
    assert (await port.get(EVERYWHERE, "TCK-10100")).first_response_at is not None


async def test_each_change_leaves_its_line(port: Tickets) -> None:
    change = TicketChange(
        status=TicketStatus.IN_PROGRESS, priority=Priority.URGENT, level=Level.L2, assignee="ada@acme.test",
        comment="Fibre cut?",
    )  # fmt: skip
    ticket = await port.change(effect("x"), "TCK-10100", change)
    assert (ticket.status, ticket.priority, ticket.level, ticket.assignee) == (
        "in_progress",
        "urgent",
        "L2",
        "ada@acme.test",
    )
    assert {event.kind for event in await port.history(EVERYWHERE, "TCK-10100")} == {
        "status", "priority", "escalate", "assign", "comment",
    }  # fmt: skip


async def test_closing_keeps_the_resolution_and_reopening_drops_it(port: Tickets) -> None:
    done = TicketChange(status=TicketStatus.CLOSED, resolution="Replaced the drop cable")
    closed = await port.change(effect("x"), "TCK-10100", done)
    assert closed.closed_at and closed.resolved_at and closed.resolution == "Replaced the drop cable"
    back = await port.change(effect("y"), "TCK-10100", TicketChange(status=TicketStatus.OPEN))
    assert (back.closed_at, back.resolved_at, back.resolution, back.open) == (None, None, None, True)
    assert "Replaced the drop cable" in (await port.history(EVERYWHERE, "TCK-10100"))[0].body


async def test_an_empty_assignee_gives_it_back(port: Tickets) -> None:
    assert (await port.change(effect("x"), "TCK-10101", TicketChange(assignee=""))).assignee is None


async def test_agents_are_active_staff(isp: Isp, port: Tickets) -> None:
    async with isp.sql() as session:
        await do_add_person(session, name="Ada Obi", email="ada@acme.test")
        gone = await do_add_person(session, name="Adam Gone", email="adam@acme.test")
        await do_set_active(session, gone.id, active=False)
    assert [agent.email for agent in await port.agents("ada")] == ["ada@acme.test"]
    assert [agent.name for agent in await port.agents("OBI")] == ["Ada Obi"]
    assert not await port.agents(" ") and not await port.agents("zed")


async def test_a_merge_is_whole_and_happens_once(isp: Isp, port: Tickets) -> None:
    await port.comment(effect("a"), "TCK-10101", "Called.", internal=False)
    for _ in range(2):
        merged = await port.merge(effect("m"), "TCK-10101", "TCK-10100")
        assert (merged.status, merged.merged_into, merged.resolution) == (
            "closed", "TCK-10100", "merged into TCK-10100",
        )  # fmt: skip
    history = await port.history(EVERYWHERE, "TCK-10100")
    assert [(line.ticket, line.kind, line.internal) for line in history] == [
        ("TCK-10101", "comment", False), ("TCK-10101", "merge", True), ("TCK-10100", "merge", True),
    ]  # fmt: skip
    for _ in range(2):
        back = await port.unmerge(effect("u"), "TCK-10101")
        assert (back.status, back.merged_into, back.closed_at) == ("open", None, None)
    assert [line.kind for line in await port.history(EVERYWHERE, "TCK-10100")] == ["merge", "merge"]
    with pytest.raises(Conflict):
        await port.unmerge(effect("u2"), "TCK-10101")


async def test_what_is_merged_twice_is_still_told_by_the_last(port: Tickets) -> None:
    await port.comment(effect("a"), "TCK-10103", "First.")
    await port.merge(effect("b"), "TCK-10103", "TCK-10101")
    await port.merge(effect("c"), "TCK-10101", "TCK-10100")
    assert "First." in [line.body for line in await port.history(EVERYWHERE, "TCK-10100")]
    told = [line.body for line in await port.history(NORTH, "TCK-10100")]
    assert told and "First." not in told, "what lies outside the scope stays outside, merged or not"


async def test_two_that_merge_crosswise_end_with_one_open(port: Tickets) -> None:
    ends = await asyncio.gather(
        port.merge(effect("x"), "TCK-10100", "TCK-10101"),
        port.merge(effect("y"), "TCK-10101", "TCK-10100"),
        return_exceptions=True,
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    assert len(await numbers(port, NORTH, open_only=True)) == 1


async def test_a_merge_that_cannot_be_leaves_nothing(port: Tickets) -> None:
    async def lost() -> None:
        raise LeaseLost

    for error, write in (
        (BadInput, port.merge(effect("a"), "TCK-10100", "TCK-10100")),
        (Conflict, port.merge(effect("b"), "TCK-10102", "TCK-10100")),
        (Conflict, port.merge(effect("c"), "TCK-10100", "TCK-10102")),
        (NotFound, port.merge(effect("d"), "TCK-10100", "TCK-99999")),
        (NotFound, port.merge(effect("e"), "TCK-99999", "TCK-10100")),
        (LeaseLost, port.merge(effect("f", lost), "TCK-10101", "TCK-10100")),
    ):
        with pytest.raises(error):
            await write
    assert await numbers(port, NORTH, open_only=True) == ["TCK-10101", "TCK-10100"][::-1]
    assert not await port.history(EVERYWHERE, "TCK-10100") and await port.applied("f") is False


async def test_links_hold_only_what_was_free_and_once(port: Tickets) -> None:
    await port.change(effect("one"), "TCK-10103", TicketChange(outage="OUT-2"))
    for _ in range(2):
        linked = await port.link(effect("l"), ["TCK-10103", "TCK-10101", "TCK-10100", "TCK-9"], "OUT-1")
        assert list(linked) == ["TCK-10100", "TCK-10101"]
    assert await numbers(port, outage="out-1") == ["TCK-10100", "TCK-10101"]
    assert await numbers(port, unlinked=True) == ["TCK-10102"]
    assert list(await port.unlink(effect("u"), ["TCK-10100", "TCK-10103"], "OUT-1")) == ["TCK-10100"]
    assert [line.body for line in await port.history(EVERYWHERE, "TCK-10100")] == [
        "none → OUT-1",
        "OUT-1 → none",
    ]
    assert list(await port.link(effect("none"), [], "OUT-1")) == []


async def test_lists_of_numbers_and_customers_narrow_a_search(port: Tickets) -> None:
    assert await numbers(port, customers=("200100", "100999")) == ["TCK-10103"]
    assert await numbers(port, numbers=("TCK-10100", "TCK-10103"), open_only=True) == [
        "TCK-10103",
        "TCK-10100",
    ]
    assert await numbers(port, customers=()) == [] == await numbers(port, NORTH, numbers=("TCK-10103",))
    assert await numbers(port, due_from=NOW, due_before=NOW + timedelta(hours=3)) == ["TCK-10101"]


async def test_volume_counts_each_ticket_in_its_stretch(isp: Isp, port: Tickets) -> None:
    await isp.ticket(
        "TCK-1", "Old", "100234", status="closed", opened_at=ago(days=9), closed_at=ago(hours=30)
    )
    edges = [ago(days=4), ago(days=2), ago(hours=3, minutes=30), NOW]
    found = await port.volume(EVERYWHERE, edges)
    assert (found.opened, found.finished, found.backlog) == ((1, 1, 2), (0, 1, 0), 3)
    north = await port.volume(NORTH, edges, Category.NO_SERVICE)
    assert (north.opened, north.finished, north.backlog) == ((0, 0, 1), (0, 0, 0), 1)
    assert (await port.volume(SOUTH, edges[:2])).opened == (0,)
