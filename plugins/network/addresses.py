"""Who had an IP or MAC address, now or at a moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.api import BadInput, Button, Column, Reply, Table, action, ago, moment
from plugins.network.entities import Ctx
from plugins.network.port import Network

YEAR = timedelta(days=366)
ADDRESS = re.compile(
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}\b",
    re.IGNORECASE,
)


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "who had {address} at {at}",
        "who has the IP {address} now",
        "who used {address} at {at}",
        "who had {address} {at}",
        "who used the IP {address} {at}",
        "which customer had the IP {address} at {at}",
        "history of the IP {address}",
        "who had the address {address} before",
        "session history of the IP {address}",
    ),
)
async def holders(ctx: Ctx, address: str, at: datetime | None = None) -> Reply:
    """Say who had an IP or MAC address, now or at a moment.

    The last ten sessions with it if you name no moment.
    """
    asked = _in(address)
    if at is not None and at > ctx.now:
        raise BadInput("Nobody knows who will have it. Name a moment that is past.")
    since, until = (at, at) if at else (ctx.now - YEAR, ctx.now)
    found = await ctx.port(Network).holders(ctx.scope, asked, since, until)
    zone = ctx.tenant.zone
    when = f" at {moment(at, ctx.now, zone)}" if at else ""
    evidence = (ctx.evidence(Network),)
    if not found:
        text = f"I know of no session with {asked}{when}. Give an IP address or a MAC, as 100.64.1.9."
        return Reply(text, data=(), evidence=evidence)
    first = found[0]
    until_said = f"until {moment(first.ended_at, ctx.now, zone)}" if first.ended_at else "and still has it"
    rows = [
        (
            h.customer,
            h.name,
            h.username,
            moment(h.started_at, ctx.now, zone),
            h.ended_at and ago(h.ended_at, ctx.now),
            h.nas,
        )
        for h in found
    ]
    columns = [Column(t) for t in ("Account", "Name", "Login", "From", "Ended", "NAS")]
    return Reply(
        f"**{first.name}** ({first.customer}) had {asked}{when}, since "
        f"{moment(first.started_at, ctx.now, zone)} {until_said}.",
        data=tuple(found),
        table=Table(columns=columns, rows=rows) if len(found) > 1 else None,
        buttons=(Button("Customer", "customers_show", {"customer": first.customer}),),
        focus={"customer": first.customer},
        evidence=evidence,
    )


def _in(text: str) -> str:
    """Return the address in what was typed: `100.64.1.9, the police asks` has one."""
    found = ADDRESS.search(text)
    if found is None:
        raise BadInput(f"“{text.strip()[:40]}” is no IP or MAC address. Give one, as 100.64.1.9.")
    return found[0]
