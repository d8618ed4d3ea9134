"""The tickets port: searching, reading, opening and moving them; merging is in `merging.py`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.api import EVERYWHERE, NOWHERE, LeaseLost, NotFound, Scope
from bot.conformance.desk import ADA, CHIPO
from bot.conformance.queues import QueuesConformance
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH, PARTNER, SOUTH
from bot.conformance.world import World
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

ALL = ("mill", "light", "slow", "card", "bill")
"""Newest first."""


async def found(port: Tickets, world: World, scope: Scope = EVERYWHERE, **query: Any) -> list[str]:
    """Return what a search finds, by what the checks call it; the count has to agree."""
    page = await port.find(scope, TicketQuery(**query))
    assert page.total == len(page.tickets), query
    called = {number: name.removeprefix("tkt ") for name, number in world.names.items()}
    return [called.get(ticket.number, ticket.number) for ticket in page.tickets]


class TicketsConformance(QueuesConformance):
    """Whoever stands behind the tickets port passes these."""

    async def test_a_search_keeps_what_fits_everything_given_newest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        now = world.now
        for query, names in (
            ({}, ALL),
            ({"text": "light"}, ("mill", "light")),
            ({"text": "NO ligh"}, ("mill", "light")),
            ({"text": "light", "customer": world["amina"]}, ("light",)),
            ({"text": "nothing of the kind"}, ()),
            ({"customer": world["amina"], "open_only": True}, ("light", "slow")),
            ({"customer": "no-such-account"}, ()),
            ({"status": TicketStatus.CLOSED}, ("bill",)),
            ({"priority": Priority.HIGH, "category": Category.NO_SERVICE}, ("light",)),
            ({"level": Level.L2}, ("card",)),
            ({"assignee": ADA}, ("mill", "slow")),
            ({"assignee": ""}, ("light", "bill")),
            ({"opened_since": now - timedelta(hours=3, minutes=30)}, ("mill", "light")),
            ({"ended_since": now - timedelta(days=5), "ended_until": now - timedelta(days=1)}, ("bill",)),
            ({"ended_since": now - timedelta(days=1)}, ()),
            ({"opened_until": now - timedelta(hours=3, minutes=30)}, ("slow", "card", "bill")),
            ({"area": "south"}, ("mill",)),
            ({"area": "nth-03"}, ("light", "slow", "card", "bill")),
            ({"area": "hill"}, ("mill",)),
            ({"customers": (world["grace"], world["kano"])}, ("mill", "card")),
            ({"customers": ()}, ()),
            ({"numbers": (world["tkt bill"], world["tkt light"].lower()), "open_only": True}, ("light",)),
            ({"unlinked": True, "oldest_first": True}, tuple(reversed(ALL))),
        ):
            assert await found(port, world, **query) == list(names), query

    async def test_the_clock_orders_and_limits(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, now = opened(rig, world, Tickets), world.now
        ordered = await found(port, world, open_only=True, by_clock=True)
        assert ordered[:2] == ["light", "slow"], "those without a clock come last"
        assert await found(port, world, due_before=now) == ["light"]
        assert await found(port, world, due_before=now + timedelta(hours=3)) == ["light", "slow"]
        assert await found(port, world, due_from=now, due_before=now + timedelta(hours=3)) == ["slow"]
        due = now - timedelta(minutes=20)
        assert await found(port, world, due_before=due) == [], "before an instant is not at it"
        assert await found(port, world, due_from=due, due_before=now) == ["light"]

    async def test_a_page_tells_how_many_fit_in_all(self, rig: Rig) -> None:
        world = await a_world(rig)
        page = await opened(rig, world, Tickets).find(EVERYWHERE, TicketQuery(), limit=2)
        assert ([t.number for t in page.tickets], page.total) == ([world["tkt mill"], world["tkt light"]], 5)

    async def test_a_ticket_comes_back_whole_by_its_number_in_any_case(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        names = {c.number: c.name for c in world.customers}
        for wanted in world.tickets:
            got = there(await port.get(EVERYWHERE, wanted.number.lower()))
            assert got.customer_name == names[wanted.customer or ""]
            for name in set(vars(wanted)) - {"customer_name"}:
                assert getattr(got, name) == getattr(wanted, name), name
        assert await port.get(EVERYWHERE, "no-such-ticket") is None
        assert not await port.history(EVERYWHERE, "no-such-ticket")

    async def test_agents_by_email_or_part_of_a_name(self, rig: Rig) -> None:
        port = opened(rig, await a_world(rig), Tickets)
        assert [agent.email for agent in await port.agents(ADA.upper())] == [ADA]
        assert [agent.name for agent in await port.agents("obi")] == ["Ada Obi"]
        assert {agent.email for agent in await port.agents("d")} == {ADA, CHIPO}
        assert len(await port.agents("d", limit=1)) == 1
        for nobody in ("", " ", "zed", "%"):
            assert not await port.agents(nobody), nobody

    async def test_a_new_ticket_lies_where_its_customer_lies(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        new = NewTicket(
            subject="No internet", body="Since noon", customer=world["grace"], category=Category.WIFI,
            priority=Priority.HIGH, assignee=ADA, resolve_due=world.now + timedelta(hours=4),
        )  # fmt: skip
        made = await port.create(effect(world, "c"), new)
        assert made.number not in {t.number for t in world.tickets}
        assert (made.subject, made.body, made.category, made.priority) == (
            "No internet",
            "Since noon",
            "wifi",
            "high",
        )
        assert (made.status, made.level, made.assignee, made.resolve_due) == (
            "open",
            "L1",
            ADA,
            new.resolve_due,
        )
        assert (made.customer, made.customer_name, made.opened_by) == (
            world["grace"],
            "Grace Otieno",
            "Chipo Dube",
        )
        assert (made.region, made.site, made.partner, made.opened_at) == (
            "south",
            "STH-01",
            "coastnet",
            world.now,
        )
        assert await port.get(EVERYWHERE, made.number) == made
        assert await port.get(NORTH, made.number) is None
        free = await port.create(effect(world, "d"), NewTicket(subject="Nobody's"))
        assert (free.customer, free.region, free.number != made.number) == (None, None, True)
        assert await port.get(NORTH, free.number) is None, (
            "where nobody knows the area, a part reaches nothing"
        )
        with pytest.raises(NotFound):
            await port.create(effect(world, "e"), NewTicket(subject="x", customer="no-such-account"))

    async def test_only_a_public_comment_stops_the_first_response_clock(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        said = await port.comment(effect(world, "i"), world["tkt light"], "ONT shows LOS. 🙁")
        assert (said.kind, said.body, said.by, said.internal) == (
            "comment",
            "ONT shows LOS. 🙁",
            "Chipo Dube",
            True,
        )
        assert there(await port.get(EVERYWHERE, world["tkt light"])).first_response_at is None
        world.clock.move(minutes=1)
        await port.comment(effect(world, "p"), world["tkt light"], "We are on it.", internal=False)
        first = there(await port.get(EVERYWHERE, world["tkt light"])).first_response_at
        assert first == world.now
        world.clock.move(minutes=1)
        await port.comment(effect(world, "q"), world["tkt light"], "Still.", internal=False)
        assert there(await port.get(EVERYWHERE, world["tkt light"])).first_response_at == first
        lines = await port.history(EVERYWHERE, world["tkt light"])
        assert [line.body for line in lines] == ["ONT shows LOS. 🙁", "We are on it.", "Still."], (
            "oldest first"
        )
        assert [line.internal for line in lines] == [True, False, False]
        assert {line.ticket for line in lines} == {world["tkt light"]}
        last = await port.history(EVERYWHERE, world["tkt light"], limit=1)
        assert [line.body for line in last] == ["Still."], "the last lines"

    async def test_each_change_leaves_its_line_and_what_is_none_stays(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        before = there(await port.get(EVERYWHERE, world["tkt light"]))
        change = TicketChange(
            status=TicketStatus.IN_PROGRESS, priority=Priority.URGENT, level=Level.L2, assignee=ADA,
            category=Category.EQUIPMENT, outage=world["outage"], comment="Fibre cut?",
        )  # fmt: skip
        after = await port.change(effect(world, "x"), world["tkt light"], change)
        assert (after.status, after.priority, after.level) == ("in_progress", "urgent", "L2")
        assert (after.assignee, after.category, after.outage) == (ADA, "equipment", world["outage"])
        assert (after.resolve_due, after.first_response_due) == (
            before.resolve_due,
            before.first_response_due,
        )
        lines = await port.history(EVERYWHERE, world["tkt light"])
        kinds = [line.kind for line in lines]
        assert sorted(kinds) == ["assign", "category", "comment", "escalate", "outage", "priority", "status"]
        assert all(line.internal and line.by == "Chipo Dube" for line in lines)
        same = await port.change(
            effect(world, "y"), world["tkt light"], TicketChange(priority=Priority.URGENT)
        )
        assert same == after
        assert len(await port.history(EVERYWHERE, world["tkt light"])) == 7, (
            "what did not change leaves no line"
        )
        free = await port.change(effect(world, "z"), world["tkt light"], TicketChange(assignee="", outage=""))
        assert (free.assignee, free.outage) == (None, None)

    async def test_closing_keeps_the_resolution_and_reopening_drops_it(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        done = TicketChange(status=TicketStatus.CLOSED, resolution="Replaced the drop cable")
        closed = await port.change(effect(world, "x"), world["tkt light"], done)
        assert (closed.closed_at, closed.resolved_at) == (world.now, world.now)
        assert (closed.resolution, closed.open, closed.due) == ("Replaced the drop cable", False, None)
        back = await port.change(
            effect(world, "y"), world["tkt light"], TicketChange(status=TicketStatus.OPEN)
        )
        assert (back.closed_at, back.resolved_at, back.resolution, back.open) == (None, None, None, True)
        lines = await port.history(EVERYWHERE, world["tkt light"])
        assert any("Replaced the drop cable" in line.body for line in lines), "the history still knows"

    async def test_the_same_key_takes_effect_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        made = await asyncio.gather(
            *(
                port.create(effect(world, "one"), NewTicket(subject=text))
                for text in ("Once", "Once", "Other")
            )
        )
        assert len({ticket.number for ticket in made}) == 1
        number = made[0].number
        for _ in range(2):
            await port.comment(effect(world, "say"), number, "Once.")
            await port.change(effect(world, "up"), number, TicketChange(level=Level.L2))
        assert [line.kind for line in await port.history(EVERYWHERE, number)] == ["comment", "escalate"]
        assert (await port.find(EVERYWHERE, TicketQuery())).total == 6
        assert await port.applied(effect(world, "one").key) is not False
        assert await port.applied(effect(world, "never").key) is not True

    async def test_a_lost_lease_changes_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        gone = effect(world, "l", check=lost)
        with pytest.raises(LeaseLost):
            await port.create(gone, NewTicket(subject="Lost"))
        with pytest.raises(LeaseLost):
            await port.change(gone, world["tkt light"], TicketChange(level=Level.L3))
        assert await found(port, world) == list(ALL)
        assert there(await port.get(EVERYWHERE, world["tkt light"])).level is Level.L1
        assert await port.applied(gone.key) is not True

    async def test_writes_name_what_is_there(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        with pytest.raises(NotFound):
            await port.comment(effect(world, "a"), "no-such-ticket", "x")
        with pytest.raises(NotFound):
            await port.change(effect(world, "b"), "no-such-ticket", TicketChange())

    async def test_what_lies_outside_the_scope_is_neither_shown_nor_counted(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        await port.comment(effect(world, "c"), world["tkt mill"], "Called.")
        for scope in (SOUTH, PARTNER):
            assert await found(port, world, scope) == ["mill"]
            assert await port.get(scope, world["tkt mill"])
            assert len(await port.history(scope, world["tkt mill"])) == 1
        assert await found(port, world, NORTH) == ["light", "slow", "card", "bill"]
        assert await found(port, world, NORTH, numbers=(world["tkt mill"],)) == []
        assert await port.get(NORTH, world["tkt mill"]) is None
        assert not await port.history(NORTH, world["tkt mill"])
        assert await found(port, world, NOWHERE) == []

    async def test_nothing_crosses_into_another_tenant(self, rig: Rig) -> None:
        world = await a_world(rig)
        stranger = await a_stranger(rig, Tickets)
        assert (await stranger.find(EVERYWHERE, TicketQuery())).total == 0
        assert await stranger.get(EVERYWHERE, world["tkt light"]) is None
        assert not await stranger.history(EVERYWHERE, world["tkt light"])
        assert not await stranger.agents("ada")
        with pytest.raises(NotFound):
            await stranger.comment(effect(world, "x"), world["tkt light"], "x")
        with pytest.raises(NotFound):
            await stranger.create(effect(world, "y"), NewTicket(subject="x", customer=world["amina"]))

    async def test_volume_counts_each_ticket_in_its_stretch(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, now = opened(rig, world, Tickets), world.now
        edges = [now - timedelta(days=4), now - timedelta(days=2), now - timedelta(hours=3), now]
        whole = await port.volume(EVERYWHERE, edges)
        assert (whole.opened, whole.finished, whole.backlog) == ((1, 2, 2), (0, 1, 0), 4), (
            "an edge begins a stretch"
        )
        slow = await port.volume(EVERYWHERE, edges, Category.SLOW)
        assert (slow.opened, slow.finished, slow.backlog) == ((0, 1, 0), (0, 0, 0), 1)
        south = await port.volume(SOUTH, edges)
        assert (south.opened, south.backlog) == ((0, 0, 1), 1)
