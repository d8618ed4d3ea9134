"""What has to be known to sum a ticket up or to answer its customer, asked of all systems at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.api import Round
from plugins.customers.port import Customer, Customers
from plugins.network.port import Line, Network, Outage
from plugins.reminders.port import Reminder, Reminders, find_about
from plugins.tickets.port import Ticket, TicketEvent, Tickets
from plugins.tickets.reply import Ctx

LINES = 100


@dataclass(frozen=True, kw_only=True)
class Case:
    """A ticket and what stands around it. A part is empty where the asker may not see it."""

    ticket: Ticket
    history: tuple[TicketEvent, ...]
    customer: Customer | None
    lines: tuple[Line, ...]
    outage: Outage | None
    promised: tuple[Reminder, ...]
    silent: tuple[str, ...]

    @property
    def words(self) -> tuple[TicketEvent, ...]:
        """What was said, without what was only changed."""
        return tuple(one for one in self.history if one.kind == "comment")

    @property
    def theirs(self) -> TicketEvent | None:
        """The customer's last word in the history."""
        return next((one for one in reversed(self.words) if from_customer(self.ticket, one)), None)

    @property
    def ours(self) -> TicketEvent | None:
        """The last word of one of us, internal ones too."""
        return next((one for one in reversed(self.words) if not from_customer(self.ticket, one)), None)

    @property
    def answered(self) -> TicketEvent | None:
        """The last word of one of us that the customer saw."""
        seen = (one for one in reversed(self.words) if not one.internal)
        return next((one for one in seen if not from_customer(self.ticket, one)), None)


def from_customer(ticket: Ticket, event: TicketEvent) -> bool:
    """Whether the customer wrote it, as far as its author tells."""
    names = {"customer", (ticket.customer_name or "").casefold(), ticket.customer or ""}
    return event.by.casefold() in names - {""}


async def collect(ctx: Ctx, ticket: Ticket) -> Case:
    """Ask all at once; what does not answer leaves a gap and is named."""
    number, asked = ticket.customer or "", Round(ctx)
    ask = asked.ask

    async def nothing() -> None:
        return None

    history, customer, lines, outage, promised = await asyncio.gather(
        ctx.port(Tickets).history(ctx.scope, ticket.number, LINES),
        ask(Customers, lambda port, scope: port.get(scope, number)) if number else nothing(),
        ask(Network, lambda port, scope: port.lines(scope, number)) if number else nothing(),
        ask(Network, lambda port, scope: port.get_outage(scope, ticket.outage))
        if ticket.outage
        else nothing(),
        find_about(ctx, Reminders, ticket=ticket.number),
    )
    found = tuple(lines or ())
    active = {one.number: one for line in found for one in line.outages}
    return Case(
        ticket=ticket,
        history=tuple(history),
        customer=customer,
        lines=found,
        outage=outage or next(iter(active.values()), None),
        promised=promised,
        silent=asked.silent,
    )
