"""Who is hit by a device, a port, a site or an outage, and what is likely behind it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.api import (
    Align,
    Button,
    Column,
    File,
    Reply,
    Table,
    Tone,
    action,
    plural,
    to_csv,
)
from plugins.customers.port import CustomerKind, CustomerTier
from plugins.network.cause import Cause, Kind, cause_of
from plugins.network.entities import Ctx
from plugins.network.places import place_of
from plugins.network.port import (
    DeviceRef,
    Hit,
    Impact,
    Network,
    Outage,
    OutageRef,
    Place,
    PortRef,
    SiteRef,
)
from plugins.network.sorts import customers_of, sort_of, with_sort

MAX_ROWS = 100
NO_SORT: Mapping[str, str] = {}
WITH_FILE = 2_000
"""Services up to which the list of all of them comes with the answer; longer ones are made when asked for."""
MOST = 250_000
HEADS = ("account", "name", "kind", "tier", "service", "session", "phone", "street", "monthly", "currency")
STATES = {True: "online", False: "offline", None: "unknown"}


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "who is hit by {device}",
        "who is affected by {outage}",
        "how many subscribers does {outage} affect",
        "which customers hang on {port}",
        "who is on PON {port}",
        "which customers are at site {site}",
        "how many customers would lose service if {device} goes down",
        "impact of {device}",
        "which customers lose service when {device} fails",
        "who suffers from {outage}",
        "how many customers hang on {device}",
        "who goes dark when {device} dies",
        "customers fed from {site}",
        "how many {kind} customers does {outage} hit",
        "customers of {outage} that are {tier}",
        "who loses service if {site} goes down",
        "who would lose internet if {device} died",
        "list everybody hit by {outage}",
        "list the customers on {port}",
        "customers behind {port}",
        "how many does {device} hit",
    ),
)
async def affected(  # noqa: PLR0913 - where, and which sort
    ctx: Ctx,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    outage: OutageRef | None = None,
    *,
    kind: CustomerKind | None = None,
    tier: CustomerTier | None = None,
    limit: int = 15,
) -> Reply:
    """Say who is hit by a device, port, site or outage.

    How many customers and services, how many of them are offline now, monthly revenue, streets, the
    important ones first; and whether it looks like a power cut, a fibre cut or trouble upstream. Of all, or
    of business or private customers, or critical ones.
    """
    place, sort = place_of(device, port, site, outage), sort_of(kind, tier)
    net = ctx.port(Network)
    found, signs = await asyncio.gather(
        net.impact(ctx.scope, place, max(1, min(limit, MAX_ROWS)), **sort), net.signs(ctx.scope, place)
    )
    where, focus = _named(place, outage)
    if not found.customers:
        text = f"No active service{with_sort(sort, '')} hangs on {where}."
        return Reply(text, data=found, focus=focus, evidence=(ctx.evidence(Network),))
    file = None
    if found.services <= WITH_FILE:
        file = file_of(await net.impact(ctx.scope, place, WITH_FILE, **sort))
    cause = cause_of(signs)
    known = () if outage else tuple(one.number for one in await active_at(ctx, place))
    already = f"Declared already: {', '.join(known)}." if known else ""
    said = (head_of(found, where, sort), _sessions(found, cause), cause.said, already)
    return Reply(
        "\n\n".join(filter(None, said)),
        data=found,
        facts={
            "Online now": f"{found.online:,} of {found.services:,}",
            "Monthly revenue": found.monthly,
            "Streets": ", ".join(f"{street} ({n:,})" for street, n in found.streets) or None,
        },
        table=hits_table(found),
        file=file,
        buttons=(*_declared(known), *_buttons(ctx, focus, cause, sort, listed=file is not None, known=known)),
        focus=focus,
        tone=Tone.WARN if cause.kind is not Kind.NONE else Tone.PLAIN,
        evidence=(ctx.evidence(Network),),
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "CSV of who is hit by {device}",
        "export everybody hit by {outage}",
        "download the list of customers on {port}",
        "spreadsheet of all customers at {site}",
        "all customers below {device} as CSV",
        "CSV file of everyone affected by {outage}",
    ),
)
async def affected_list(
    ctx: Ctx,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    outage: OutageRef | None = None,
    *,
    kind: CustomerKind | None = None,
    tier: CustomerTier | None = None,
) -> Reply:
    """Make a CSV file of everyone hit by a device, port, site or outage.

    The critical and business ones first, with phone, street and whether the session is up. Of all, or of
    business or private customers, or critical ones.
    """
    place, sort = place_of(device, port, site, outage), sort_of(kind, tier)
    found = await ctx.port(Network).impact(ctx.scope, place, MOST, **sort)
    where, focus = _named(place, outage)
    evidence = (ctx.evidence(Network),)
    if not found.hits:
        text = f"No active service{with_sort(sort, '')} hangs on {where}."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    return Reply(
        f"{_many(found, sort)} hang on {where}.",
        data=found.hits,
        file=file_of(found),
        focus=focus,
        evidence=evidence,
    )


def file_of(found: Impact) -> File:
    """Return all who are hit as a CSV file."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", found.place.key).strip("-").lower()
    return File(
        name=f"hit-{name}.csv",
        media_type="text/csv",
        text=to_csv(HEADS, (_row(hit) for hit in found.hits)),
        about=f"All {plural(len(found.hits), 'service')}",
    )


async def active_at(ctx: Ctx, place: Place) -> list[Outage]:
    """Return the active outages that are declared at this very place."""
    known = await ctx.port(Network).outages(ctx.scope)
    return [one for one in known if place.key in {one.port, one.device, one.site}]


def special_of(found: Impact) -> str:
    """Return `3 critical, 12 business`; empty when there are only ordinary ones."""
    counts = ((found.critical, "critical"), (found.business, "business"), (found.premium, "premium"))
    return ", ".join(f"{count:,} {name}" for count, name in counts if count)


def _row(hit: Hit) -> Sequence[object]:
    return (
        hit.customer,
        hit.name,
        hit.kind,
        hit.tier,
        hit.service,
        STATES[hit.online],
        hit.phone,
        hit.street,
        Decimal(hit.price.minor).scaleb(-hit.price.exponent) if hit.price else None,
        hit.price.currency if hit.price else None,
    )


def _named(place: Place, outage: Outage | None) -> tuple[str, dict[str, str]]:
    """Return how the place is said, and what the reply is about."""
    if outage is None:
        return place.key, {place.kind: place.key}
    return f"{outage.number} ({outage.where})", {"outage": outage.number}


def _many(found: Impact, sort: Mapping[str, str], bold: str = "") -> str:
    customers = plural(found.customers, customers_of(sort))
    return f"{bold}{customers}{bold} ({plural(found.services, 'service')})"


def head_of(found: Impact, where: str, sort: Mapping[str, str] = NO_SORT) -> str:
    """Return `12 customers (14 services) hang on olt-cst-02-1, 2 critical`."""
    special = special_of(found)
    head = f"{_many(found, sort, '**')} hang on {where}"
    return f"{head}, {special}." if special else f"{head}."


def _sessions(found: Impact, cause: Cause) -> str:
    """Hold what the topology says against the sessions: who is below and who is really off."""
    off = found.services - found.online
    if not off:
        return "All of them have a session now: nobody is cut off." if cause.kind is not Kind.NONE else ""
    if not found.online:
        return "None of them has a session now: all are offline."
    return f"{off:,} of {plural(found.services, 'service')} really offline now ({off / found.services:.0%})."


def hits_table(found: Impact, most: int = MAX_ROWS) -> Table:
    """Return who is hit as a table."""
    rows = [
        (
            hit.customer,
            hit.name,
            hit.tier if hit.kind != "business" else f"{hit.tier} business",
            STATES[hit.online],
            hit.phone,
            hit.street,
        )
        for hit in found.hits[:most]
    ]
    columns = [Column(t, Align.LEFT) for t in ("Account", "Name", "Kind", "Session", "Phone", "Street")]
    return Table(title="Critical and business first", columns=columns, rows=rows, total=found.services)


def _declared(known: Sequence[str]) -> Iterator[Button]:
    """Yield the way to what is declared there already."""
    for number in known[:2]:
        yield Button(number, "network_outage", {"outage": number})


def _buttons(
    ctx: Ctx,
    focus: dict[str, str],
    cause: Cause,
    sort: Mapping[str, str],
    *,
    listed: bool,
    known: Sequence[str],
) -> Iterator[Button]:
    if not listed:
        yield Button("All as CSV", "network_affected_list", {**focus, **sort})
    if not known and cause.kind is not Kind.NONE and "outage" not in focus and ctx.user.may("network:write"):
        yield Button(
            "Declare an outage", "network_declare", {**focus, "title": cause.kind.value.capitalize()}
        )
