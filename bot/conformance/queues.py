"""The tickets port: whose queue a ticket is in, who waits for an answer, and how tickets are spread."""

from __future__ import annotations

from datetime import timedelta

from bot.api import EVERYWHERE, NOWHERE
from bot.conformance.desk import ADA, CHIPO
from bot.conformance.filing import FilingConformance
from bot.conformance.rig import Rig, a_world, effect, opened, there
from bot.conformance.scopes import NORTH
from plugins.tickets.port import CountedBy, NewTicket, TicketChange, TicketQuery, Tickets


class QueuesConformance(FilingConformance):
    """Tickets of a team, unanswered ones, and counts."""

    protocol = Tickets

    async def test_a_ticket_goes_to_a_team_and_out_of_it_with_a_line_for_each(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, number = opened(rig, world, Tickets), world["tkt slow"]
        done = await port.change(effect(world, "t"), number, TicketChange(team="field", assignee=""))
        assert (done.team, done.assignee) == ("field", None)
        assert there(await port.get(EVERYWHERE, number)).team == "field"
        again = await port.change(effect(world, "t2"), number, TicketChange(team="field"))
        assert (again, len(await port.history(EVERYWHERE, number))) == (done, 2)
        for wanted, count in (("field", 1), ("noc", 0), ("", 4)):
            page = await port.find(EVERYWHERE, TicketQuery(team=wanted))
            assert page.total == count, wanted
        made = await port.create(effect(world, "n"), NewTicket(subject="Replace the splitter", team="noc"))
        assert (made.team, made.assignee) == ("noc", None)
        free = await port.change(effect(world, "t3"), number, TicketChange(team=""))
        assert free.team is None
        assert len(await port.history(EVERYWHERE, number)) == 3

    async def test_unanswered_are_open_ones_whose_customer_heard_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        page = await port.find(EVERYWHERE, TicketQuery(unanswered=True))
        assert [t.number for t in page.tickets] == [world["tkt mill"], world["tkt light"], world["tkt card"]]
        await port.comment(effect(world, "a"), world["tkt light"], "We look into it.", internal=False)
        assert (await port.find(EVERYWHERE, TicketQuery(unanswered=True))).total == 2

    async def test_tickets_are_counted_within_the_scope_the_most_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, now = opened(rig, world, Tickets), world.now
        still = TicketQuery(open_only=True)
        counted = await port.counts(EVERYWHERE, CountedBy.ASSIGNEE, still)
        assert [(one.key, one.name, one.count, one.late) for one in counted] == [
            (ADA, "Ada Obi", 2, 0),
            ("", "", 1, 1),
            (CHIPO, "Chipo Dube", 1, 0),
        ]
        customers = await port.counts(EVERYWHERE, CountedBy.CUSTOMER, TicketQuery())
        assert (customers[0].key, customers[0].count) == (world["amina"], 3)
        assert customers[0].name == "Amina Bello"
        sites = await port.counts(EVERYWHERE, CountedBy.SITE, still)
        assert [(one.key, one.count) for one in sites] == [("NTH-03", 3), ("STH-01", 1)]
        kinds = await port.counts(EVERYWHERE, CountedBy.CATEGORY, TicketQuery(opened_since=now), limit=1)
        assert not kinds
        assert [one.key for one in await port.counts(NORTH, CountedBy.REGION, still)] == ["north"]
        assert not await port.counts(NOWHERE, CountedBy.REGION, still)
        assert len(await port.counts(EVERYWHERE, CountedBy.STATUS, TicketQuery(), limit=1)) == 1

    async def test_tickets_of_business_customers_are_told_from_those_of_individuals(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        kinds = await port.counts(EVERYWHERE, CountedBy.CUSTOMER_TYPE, TicketQuery())
        assert {one.key: one.count for one in kinds} == {"individual": 4, "business": 1}
        for kind, names in (("business", {"card"}), ("individual", {"mill", "light", "slow", "bill"})):
            page = await port.find(EVERYWHERE, TicketQuery(customer_kind=kind))
            assert {one.number for one in page.tickets} == {world[f"tkt {name}"] for name in names}

    async def test_what_somebody_opened_is_found_by_their_name(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        new = await port.create(effect(world, "by"), NewTicket(subject="By hand"))
        page = await port.find(EVERYWHERE, TicketQuery(opened_by=("x@isp.example", new.opened_by.upper())))
        assert new.number in {one.number for one in page.tickets}
        assert all(one.opened_by == new.opened_by for one in page.tickets)
        assert (await port.find(EVERYWHERE, TicketQuery(opened_by=("nobody",)))).total == 0

    async def test_what_missed_its_clock_is_found_in_the_time_it_was_due(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, now = opened(rig, world, Tickets), world.now
        for begin, end, names in ((20, 0, {"light"}), (19, 0, set()), (60, 20, set())):
            stretch = (now - timedelta(minutes=begin), now - timedelta(minutes=end))
            query = TicketQuery(missed_from=stretch[0], missed_until=stretch[1])
            page = await port.find(EVERYWHERE, query)
            assert {one.number for one in page.tickets} == {world[f"tkt {name}"] for name in names}
