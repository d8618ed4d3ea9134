"""The tickets port: whose queue a ticket is in, who waits for an answer, and how tickets are spread."""

from __future__ import annotations

from bot.api import EVERYWHERE, NOWHERE
from bot.conformance.desk import ADA, CHIPO
from bot.conformance.merging import MergingConformance
from bot.conformance.rig import Rig, a_world, effect, opened, there
from bot.conformance.scopes import NORTH
from plugins.tickets.port import CountedBy, NewTicket, TicketChange, TicketQuery, Tickets


class QueuesConformance(MergingConformance):
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
