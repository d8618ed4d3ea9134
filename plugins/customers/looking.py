"""Finding a customer from whatever the caller says, and showing what is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.api import Align, Choice, Column, Context, Match, Reply, Table, action, plural
from plugins.customers.card import card_reply, collect, speed
from plugins.customers.port import Customer, CustomerRef, Customers, Found, PlanRef, Service, ServiceStatus

COLUMNS = (
    Column("Account"),
    Column("Name"),
    Column("Street"),
    Column("Status"),
    Column("Phone"),
    Column("Found by"),
)
MAX_ROWS = 50
LEAD = re.compile(
    r"^(?:the\s+)?(?:mac|ip|ipv6|ont|onu|serial|phone|mobile|e-?mail|pppoe|user\s?name|account)"
    r"(?:\s+(?:address|number|serial|user(?:name)?|no\.?|is))*[\s:]+(?=\S*[\d@])",
    re.IGNORECASE,
)
"""What sort of identifier it is, said before it: the “MAC” of “MAC 00:1a:…”."""


def detail(customer: Customer) -> str:
    """Return what tells two customers of one name apart."""
    return ", ".join(filter(None, (customer.address, customer.status.value, customer.phone)))


async def find_customers(ctx: Context[Any], text: str, limit: int) -> Sequence[Match]:
    """Find customers for arguments of other actions."""
    return [
        Match(
            key=found.customer.number,
            label=found.customer.name,
            record=found.customer,
            detail=detail(found.customer),
            exact=found.exact,
            score=found.score,
            scope=found.customer.area,
        )
        for found in await ctx.port(Customers).find(ctx.scope, text, limit)
    ]


async def find_services(ctx: Context[Any], text: str, limit: int) -> Sequence[Match]:
    """Find services by number, PPPoE username, IP, MAC or ONT serial."""
    matches = []
    port = ctx.port(Customers)
    for service in await port.find_services(ctx.scope, text, limit):
        if owner := await port.get(ctx.scope, service.customer):
            label = f"{service.number} of {owner.name}"
            matches.append(
                Match(
                    key=service.number,
                    label=label,
                    record=service,
                    detail=f"{service.plan.name}, {service.status}",
                    exact=True,
                    scope=owner.area,
                )
            )
    return matches


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "find customer {query}",
        "search for {query}",
        "look up the customer with phone {query}",
        "which customer has the IP {query}",
        "whose MAC is {query}",
        "who has ONT serial {query}",
        "customers on street {query}",
        "find everyone called {query}",
        "who has IP {query}",
        "who uses {query}",
        "which customer uses {query}",
        "whose phone number is {query}",
        "lookup {query}",
        "anyone named {query}",
        "customers living in {query}",
        "which customer lives at {query}",
        "who does {query} belong to",
        "do we have a customer called {query}",
        "whose PPPoE username is {query}",
        "which customer has the mail address {query}",
    ),
)
async def find(ctx: Context[Any], query: str, limit: int = 10) -> Reply:
    """Find customers by anything they can be known by.

    Name, phone, e-mail, account number, address, IP, MAC, ONT serial or PPPoE user; misspelled too.
    """
    asked, most = query.strip(), max(1, min(limit, MAX_ROWS))
    query = LEAD.sub("", asked)
    found = await ctx.port(Customers).find(ctx.scope, query, most)
    if query != asked and not any(one.exact for one in found):
        whole = await ctx.port(Customers).find(ctx.scope, asked, most)
        if any(one.exact for one in whole):  # “Mobile 4 You” is somebody's name
            query, found = asked, whole
    if not found:
        return Reply(
            f"I found no customer for “{query[:60]}”. Try the phone number, the account number, "
            "or fewer letters of the name.",
            data=(),
            evidence=(ctx.evidence(Customers),),
        )
    if len(found) == 1 and found[0].exact:
        return card_reply(ctx, await collect(ctx, found[0].customer))
    return list_of(ctx, query, found)


def list_of(ctx: Context[Any], query: str, found: Sequence[Found]) -> Reply:
    """Return who was found for these words, the best match first."""
    rows = [
        (f.customer.number, f.customer.name, f.customer.street, f.customer.status, f.customer.phone, f.by)
        for f in found
    ]
    focus = {"customer": found[0].customer.number} if len(found) == 1 else {}
    return Reply(
        f"{plural(len(found), 'customer')} for “{query[:60]}”, the best match first:",
        data=tuple(found),
        table=Table(columns=COLUMNS, rows=rows),
        choices=tuple(_choice(f.customer) for f in found[:8]),
        evidence=(ctx.evidence(Customers),),
        focus=focus,
    )


def _choice(customer: Customer) -> Choice:
    return Choice(
        f"{customer.name} ({customer.number})", f"customers show {customer.number}", detail(customer)
    )


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "show customer {customer}",
        "show me everything about {customer}",
        "who is {customer}",
        "who is on account number {customer}",
        "pull up the account of {customer}",
        "what is going on with {customer}",
        "{customer} is on the phone",
        "customer card for {customer}",
        "overview of {customer}",
        "open the file of {customer}",
        "tell me about {customer}",
        "contact details of {customer}",
        "phone and address of {customer}",
        "where does {customer} live",
        "account {customer}",
        "I have {customer} on the line",
        "bring up the account of {customer}",
        "how long has {customer} been with us",
    ),
)
async def show(ctx: Context[Any], customer: CustomerRef) -> Reply:
    """Show a customer at a glance.

    Plan, balance, last payment, session, optical signal, outages, open tickets and notes.
    """
    return card_reply(ctx, await collect(ctx, customer))


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "which plan does {customer} have",
        "what speed does {customer} pay for",
        "services of {customer}",
        "what package is {customer} on",
        "list the lines {customer} rents",
        "what is the PPPoE username of {customer}",
        "what IP does {customer} have",
        "what plan and speed does {customer} have",
        "which plan is {customer} on",
        "what did {customer} subscribe to",
        "plan of {customer}",
        "how fast should the line of {customer} be",
        "what does {customer} pay a month",
        "contract of {customer}",
        "how many lines does {customer} have",
    ),
)
async def services(ctx: Context[Any], customer: CustomerRef) -> Reply:
    """List a customer's services.

    Plan, speed, price, PPPoE user, IP, equipment and status.
    """
    found = await ctx.port(Customers).services(ctx.scope, customer.number)
    if not found:
        return Reply(f"{customer.name} has no services.", data=(), focus={"customer": customer.number})
    using = [s for s in found if s.status is not ServiceStatus.TERMINATED]
    said = "; ".join(f"{s.plan.name} ({speed(s)}) at {s.plan.price} a month, {s.status}" for s in using)
    return Reply(
        f"{customer.name}: {said or 'no service in use any more'}.",
        data=tuple(found),
        facts=_equipment(found[0]) if len(found) == 1 else {},
        table=_services(found) if len(found) > 1 else None,
        evidence=(ctx.evidence(Customers),),
        focus={"customer": customer.number},
    )


def _equipment(service: Service) -> dict[str, object]:
    facts = {
        "Service": service.number,
        "PPPoE user": service.username,
        "IP": ", ".join(filter(None, (service.ipv4, service.ipv6_prefix))),
        "VLAN": str(service.vlan) if service.vlan else "",
        "MAC": service.cpe_mac,
        "ONT" if service.kind == "fiber" else "Radio": service.ont_serial,
        "Active since": service.activated_on,
    }
    return {name: value for name, value in facts.items() if value}


def _services(found: Sequence[Service]) -> Table:
    right = Align.RIGHT
    titles = ("Service", "Plan", "Speed", "Price", "Status", "PPPoE user", "IP", "MAC", "ONT")
    columns = [Column(title, right if title in {"Speed", "Price"} else Align.LEFT) for title in titles]
    rows = [
        (s.number, s.plan.name, speed(s), s.plan.price, s.status, s.username, s.ipv4, s.cpe_mac, s.ont_serial)
        for s in found
    ]
    return Table(columns=columns, rows=rows)


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "which plans do we sell",
        "show the price list",
        "what does Fibre 100 cost",
        "list all packages and prices",
        "what plans are there",
        "plans",
        "tariffs and prices",
        "what do our plans cost",
        "cheapest plan",
        "which packages can customers choose from",
        "how much is the 100 Mbit plan",
        "what does {plan} cost",
    ),
)
async def plans(ctx: Context[Any], plan: PlanRef | None = None) -> Reply:
    """List the plans on sale with speed and price, or say what one of them costs and gives."""
    if plan is not None:
        fast = f"{plan.down_kbps / 1000:g} Mbit/s down, {plan.up_kbps / 1000:g} up"
        return Reply(
            f"**{plan.name}** ({plan.code}): {plan.price} a month, {fast}, {plan.kind}.",
            data=(plan,),
            evidence=(ctx.evidence(Customers),),
        )
    found = await ctx.port(Customers).plans()
    if not found:
        return Reply("No plans are on sale.", data=(), evidence=(ctx.evidence(Customers),))
    right = Align.RIGHT
    columns = (Column("Code"), Column("Plan"), Column("Kind"), Column("Down Mbit/s", right),
               Column("Up Mbit/s", right), Column("Price a month", right))  # fmt: skip
    rows = [(p.code, p.name, p.kind, p.down_kbps / 1000, p.up_kbps / 1000, p.price) for p in found]
    return Reply(
        f"{plural(len(found), 'plan')} on sale:",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        evidence=(ctx.evidence(Customers),),
    )
