"""Guided diagnosis: why somebody's internet is slow or down, from the account to the home, in one reply."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.api import Button, Reply, Round, Tone, action
from plugins.billing.port import Billing
from plugins.customers.port import Customer, CustomerRef, Customers
from plugins.network.entities import Ctx
from plugins.network.findings import WEEK, Known, Sign, Step, steps_of, told
from plugins.network.port import Line, Network, Place
from plugins.network.verdict import Verdict, verdict_of
from plugins.tickets.port import TicketQuery, Tickets

FORTNIGHT = timedelta(days=14)
PARTS = {"customers": "the account", "billing": "what is owed", "network": "the line", "tickets": "tickets"}
OPEN = 10
"""Open tickets of a customer that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What was looked at, in order, and what follows from it."""

    customer: Customer
    steps: tuple[Step, ...]
    cause: str
    next: str
    hidden: tuple[str, ...] = ()


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "diagnose {customer}",
        "why is the internet of {customer} slow",
        "why is {customer} down",
        "why is {customer} offline",
        "{customer} has no internet",
        "why can {customer} not get online",
        "{customer} says the internet is slow",
        "what is wrong with the line of {customer}",
        "troubleshoot {customer}",
        "why does the connection of {customer} keep dropping",
        "check what is wrong at {customer}",
        "{customer} complains that it is slow, why",
        "find out why {customer} has no service",
        "{customer} says the internet is crawling",
    ),
)
async def diagnose(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Find out why somebody's internet is slow or down.

    Looks at account, money, outages, session and drops, optical level and its trend, neighbours, equipment,
    speed tests and open tickets, one after the other; names the likely cause and proposes what to do.
    """
    known = await collect(ctx, customer)
    steps = steps_of(known)
    verdict = verdict_of(known)
    return Reply(
        _text(known, steps, verdict),
        data=Diagnosis(
            customer=customer,
            steps=tuple(steps),
            cause=verdict.cause,
            next=verdict.next,
            hidden=known.hidden,
        ),
        buttons=(*verdict.buttons, Button("Line", "network_line", {"customer": customer.number})),
        focus={"customer": customer.number},
        tone=_tone(steps, verdict),
        evidence=tuple(ctx.evidence(port) for port in _asked(known)),
    )


async def collect(ctx: Ctx, customer: Customer) -> Known:
    """Ask all systems at once; what the asker may not see, or does not answer, is left out and named."""
    number, today, asked = customer.number, ctx.today, Round(ctx)
    ask = asked.ask
    query = TicketQuery(customer=number, open_only=True)
    services, balance, lines, drops, levels, tests, tickets = await asyncio.gather(
        ask(Customers, lambda port, scope: port.services(scope, number)),
        ask(Billing, lambda port, scope: port.balance(scope, number, today)),
        ask(Network, lambda port, scope: port.lines(scope, number)),
        ask(Network, lambda port, scope: port.drops(scope, number, ctx.now - WEEK)),
        ask(Network, lambda port, scope: port.levels(scope, number, ctx.now - FORTNIGHT)),
        ask(Network, lambda port, scope: port.speed_tests(scope, number, ctx.now - FORTNIGHT)),
        ask(Tickets, lambda port, scope: port.find(scope, query, OPEN)),
    )
    line = worst(lines or ())
    signs = None
    if line is not None and line.port is not None:
        place = Place(kind="port", key=line.port.key)
        signs = await ask(Network, lambda port, scope: port.signs(scope, place))
    return Known(
        customer=customer,
        now=ctx.now,
        zone=ctx.tenant.zone,
        line=line,
        services=None if services is None else tuple(services),
        balance=balance,
        drops=None if drops is None else tuple(drops),
        levels=None if levels is None else tuple(levels),
        tests=None if tests is None else tuple(tests),
        signs=signs,
        tickets=None if tickets is None else tuple(tickets.tickets),
        hidden=asked.hidden,
        silent=asked.silent,
    )


def worst(lines: Sequence[Line]) -> Line | None:
    """Return the line to look at: one with an outage, one that is down, else the first."""
    wanted = [line for line in lines if line.status in {"active", "suspended"}] or list(lines)
    return min(wanted, key=lambda one: (not one.outages, bool(one.session and one.session.up)), default=None)


def _text(known: Known, steps: Sequence[Step], verdict: Verdict) -> str:
    head = f"**{known.customer.name}** ({known.customer.number}): {verdict.cause} {verdict.next}"
    parts = [head, told(steps)]
    if known.hidden:
        parts.append(f"Left out, because you may not see it: {_named(known.hidden)}.")
    if known.silent:
        parts.append(f"Left out, because the system does not answer: {_named(known.silent)}.")
    return "\n\n".join(filter(None, parts))


def _named(names: Sequence[str]) -> str:
    return ", ".join(PARTS[name] for name in names)


def _tone(steps: Sequence[Step], verdict: Verdict) -> Tone:
    if verdict.fine:
        return Tone.PLAIN if any(step.sign is Sign.BAD for step in steps) else Tone.GOOD
    return Tone.WARN


def _asked(known: Known) -> list[type[Any]]:
    answered = (
        (Network, known.drops),
        (Customers, known.services),
        (Billing, known.balance),
        (Tickets, known.tickets),
    )
    return [port for port, said in answered if said is not None]
