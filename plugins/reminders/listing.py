"""What is promised: mine, everybody's, of a customer or a ticket, what is late."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.api import Reply, action, day
from plugins.customers.port import CustomerRef
from plugins.reminders.port import ReminderQuery, Reminders
from plugins.reminders.said import OWN, TEAM, counted, list_reply, me
from plugins.reminders.settings import Ctx
from plugins.tickets.port import AgentRef, TicketRef

MOST = 50


@action(
    permission=OWN,
    reads_only=True,
    examples=(
        "my reminders",
        "my promises",
        "what did I promise",
        "what did I promise {customer}",
        "whom do I have to call back",
        "my callbacks",
        "what do I have to remember",
        "my late reminders",
        "what am I late with",
        "list my reminders",
        "reminders",
        "what is due today for me",
        "did I promise {customer} anything",
        "what do I still have to do today",
        "reminders about {customer}",
    ),
)
async def mine(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    ticket: TicketRef | None = None,
    *,
    late: bool = False,
    done: bool = False,
) -> Reply:
    """List what I promised and have not done yet, by its time.

    All of it, what is about a customer or a ticket, or only what is late; done ones too if you like.
    """
    query = ReminderQuery(
        owner=me(ctx),
        customer=customer.number if customer else None,
        ticket=ticket.number if ticket else None,
        open_only=not done,
        due_before=ctx.now if late else None,
    )
    page = await ctx.port(Reminders).find(ctx.scope, query, MOST)
    about = f" about {customer.name if customer else ticket.number if ticket else ''}".removesuffix(" about ")
    if not page.total:
        how = "Nothing of yours is late" if late else f"You have no reminder{about}"
        return list_reply(
            ctx, page, f"{how}. Say for example: remind me at 16:00 to call 100203.", whose=False
        )
    return list_reply(ctx, page, f"Yours{about}: {counted(ctx, page)}.", whose=False)


@action(
    permission=TEAM,
    reads_only=True,
    examples=(
        "all open reminders",
        "reminders of the team",
        "what did the team promise",
        "promises of {colleague}",
        "reminders of {colleague}",
        "what did {colleague} promise",
        "late reminders of the team",
        "which promises are late",
        "what did we promise {customer}",
        "who promised {customer} something",
        "what has to be called back today",
        "team reminders due today",
    ),
)
async def team(
    ctx: Ctx,
    colleague: AgentRef | None = None,
    customer: CustomerRef | None = None,
    until: datetime | None = None,
    *,
    late: bool = False,
) -> Reply:
    """List what all of us promised and have not done yet, by its time.

    Of everybody or one colleague, about a customer, due until a time, or only what is late.
    """
    query = ReminderQuery(
        owner=colleague.email if colleague else None,
        customer=customer.number if customer else None,
        due_before=ctx.now if late else _end(ctx, until),
    )
    page = await ctx.port(Reminders).find(ctx.scope, query, MOST)
    whose = f" of {colleague.name}" if colleague else ""
    about = f" about {customer.name}" if customer else ""
    by = f" due by {day(ctx.local(until).date(), ctx.local(ctx.now).date())}" if until and not late else ""
    if not page.total:
        return list_reply(ctx, page, f"No {'late ' if late else ''}reminder{whose}{about}{by}.", whose=True)
    return list_reply(ctx, page, f"{counted(ctx, page)}{whose}{about}{by}.", whose=True)


def _end(ctx: Ctx, until: datetime | None) -> datetime | None:
    """Return the end of a day named without an hour."""
    if until is None or ctx.local(until).time() != time():
        return until
    return until + timedelta(days=1)
