"""Filling `{names}` in a text from the customer's records; what is not known is said, never left blank."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from bot.api import BadInput, Context, NotAllowed, Scope, Unavailable, day, moment
from plugins.billing.port import Billing
from plugins.customers.port import Customer, Customers
from plugins.network.port import Network
from plugins.tickets.port import TicketQuery, Tickets

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,39})\}")
MEANINGS = {
    "name": "their contact, else their name",
    "number": "account number",
    "isp": "our name",
    "today": "today's date",
    "plan": "plan of the service in use",
    "balance": "what they owe",
    "overdue": "what of it is overdue",
    "due": "when the oldest open invoice is or was due",
    "invoice": "number of the newest invoice",
    "invoice_date": "its date",
    "invoice_total": "its total",
    "paid": "last payment",
    "paid_on": "its date",
    "ticket": "newest open ticket",
    "outage": "outage on their line",
    "eta": "when it is expected to end",
    "work_day": "when the next planned work is",
}
"""Every name that may stand in a template, and what it becomes."""
Values = Mapping[str, str | None]


def places_in(*texts: str) -> set[str]:
    """Return the names that have to be filled in; BadInput names those nobody knows."""
    found = {name for text in texts for name in PLACE.findall(text)}
    if unknown := sorted(found - set(MEANINGS)):
        said = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{name}}}" for name in MEANINGS)
        raise BadInput(f"I don't know what to put for {said}. There is {known}.")
    return found


def filled(text: str, values: Values) -> str:
    """Return the text with the values in it; what a value contains is never filled in again."""
    return PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


async def values_for(ctx: Context[Any], customer: Customer, wanted: set[str]) -> Values:
    """Return what stands for the wanted names; BadInput says what this customer does not have."""
    values: dict[str, str | None] = {
        "name": customer.contact or customer.name,
        "number": customer.number,
        "isp": ctx.tenant.name,
        "today": on(ctx.local(ctx.now).date()),
    }
    for names, permission, read in SOURCES:
        if wanted & names:
            missing = ", ".join(f"{{{name}}}" for name in sorted(wanted & names))
            if permission not in ctx.user.rights:
                raise BadInput(f"You may not see what stands for {missing} ({permission}). Write it out.")
            try:
                values |= await read(ctx, ctx.user.scope(permission), customer)
            except (Unavailable, NotAllowed) as trouble:
                raise BadInput(f"I cannot fill {missing} now: {trouble}") from None
    if missing_names := sorted(name for name in wanted if not values.get(name)):
        said = ", ".join(f"{{{name}}} ({MEANINGS[name]})" for name in missing_names)
        raise BadInput(f"{customer.name} has nothing for {said}. Write it out, or take another template.")
    return values


def on(date_: date | None) -> str | None:
    """Return a date as it stands in a letter."""
    return None if date_ is None else f"{date_.day} {date_:%b %Y}"


async def _balance(ctx: Context[Any], scope: Scope, customer: Customer) -> Values:
    today = ctx.local(ctx.now).date()
    found = await ctx.port(Billing).balance(scope, customer.number, today)
    if found is None:
        return {}
    return {
        "balance": str(found.owed),
        "overdue": str(found.overdue) if found.overdue.minor else None,
        "due": on(found.overdue_since or found.next_due),
        "paid": str(found.last_payment.amount) if found.last_payment else None,
        "paid_on": on(ctx.local(found.last_payment.at).date()) if found.last_payment else None,
    }


async def _invoice(ctx: Context[Any], scope: Scope, customer: Customer) -> Values:
    found = await ctx.port(Billing).invoices(scope, customer.number, 1)
    if not found:
        return {}
    newest = found[0]
    return {
        "invoice": newest.number,
        "invoice_date": on(newest.issued_on),
        "invoice_total": str(newest.total),
    }


async def _plan(ctx: Context[Any], scope: Scope, customer: Customer) -> Values:
    found = await ctx.port(Customers).services(scope, customer.number)
    return {"plan": found[0].plan.name} if found else {}


async def _ticket(ctx: Context[Any], scope: Scope, customer: Customer) -> Values:
    query = TicketQuery(customer=customer.number, open_only=True)
    page = await ctx.port(Tickets).find(scope, query, 1)
    return {"ticket": page.tickets[0].number} if page.tickets else {}


async def _outage(ctx: Context[Any], scope: Scope, customer: Customer) -> Values:
    lines = await ctx.port(Network).lines(scope, customer.number)
    outages = [outage for line in lines for outage in line.outages]
    works = [work for line in lines for work in line.maintenance]
    values: dict[str, str | None] = {}
    if outages:
        eta = outages[0].eta
        values |= {"outage": outages[0].number}
        values |= {"eta": moment(eta, ctx.now, ctx.tenant.zone) if eta else None}
    if works:
        starts = ctx.local(works[0].starts_at)
        values |= {"work_day": day(starts.date(), ctx.local(ctx.now).date())}
    return values


Read = Callable[[Context[Any], Scope, Customer], Awaitable[Values]]
SOURCES: tuple[tuple[frozenset[str], str, Read], ...] = (
    (frozenset({"balance", "overdue", "due", "paid", "paid_on"}), "billing:read", _balance),
    (frozenset({"invoice", "invoice_date", "invoice_total"}), "billing:read", _invoice),
    (frozenset({"plan"}), "customers:read", _plan),
    (frozenset({"ticket"}), "tickets:read", _ticket),
    (frozenset({"outage", "eta", "work_day"}), "network:read", _outage),
)
