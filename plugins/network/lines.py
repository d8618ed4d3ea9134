"""A customer's line as the network sees it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.api import Button, Reply, Tone, action, ago, moment
from plugins.customers.port import Customer, CustomerRef
from plugins.network.entities import Ctx
from plugins.network.port import Line, Network

ONT_SAYS = {
    "dying_gasp": ": the ONT lost power (dying gasp), so ask about electricity first",
    "los": ": the ONT sees no light (LOS), so suspect the fibre",
    "offline": ": the ONT does not answer",
    "online": ", though the ONT is online: suspect the router or the PPPoE login",
}


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "is {customer} online",
        "is {customer} online now",
        "line status of {customer}",
        "optical level of {customer}",
        "ONU signal for serial {customer}",
        "signal of the ONT of {customer}",
        "since when is {customer} offline",
        "on which NAS and IP is {customer}",
        "is there an outage that affects {customer}",
        "PPPoE session of {customer}",
        "rx level of {customer}",
        "did the connection of {customer} drop",
        "is {customer} up",
        "is {customer} down",
        "is {customer} connected",
        "is the line of {customer} working",
        "which port is {customer} on",
        "which OLT is {customer} on",
        "what IP does {customer} use now and since when",
        "is {customer} part of the outage",
        "does {customer} have light",
        "line of {customer}",
        "check the line of {customer}",
        "connection of {customer}",
        "is the link of {customer} alive",
        "signal level of {customer}",
        "rx power of {customer}",
        "how is the signal of {customer}",
        "light level of {customer}",
        "check the signal of {customer}",
        "signal {customer}",
        "test the line of {customer}",
        "attenuation of {customer}",
        "does {customer} have an IP",
    ),
)
async def line(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Show how a customer's line is.

    Session, IP and NAS, ONT and optical level, port, device, site, outages and maintenance.
    """
    lines = await ctx.port(Network).lines(ctx.scope, customer.number)
    focus = {"customer": customer.number}
    if not lines:
        text = f"{customer.name} has no line in use, so there is nothing to measure."
        return Reply(text, data=(), focus=focus, evidence=(ctx.evidence(Network),))
    facts: dict[str, str] = {}
    for one in lines:
        tail = f" ({one.service})" if len(lines) > 1 else ""
        facts |= {f"{name}{tail}": value for name, value in _facts(ctx, one)}
    worst = next((o for one in lines for o in one.outages), None)
    seen = [one.ont.seen_at for one in lines if one.ont]
    return Reply(
        "\n\n".join(_summary(ctx, customer, one) for one in lines),
        data=tuple(lines),
        facts=facts,
        tone=_tone(lines[0]),
        buttons=(
            *((Button(worst.number, "network_outage", {"outage": worst.number}),) if worst else ()),
            Button("Customer", "customers_show", focus),
            Button("Open a ticket", "tickets_create", focus),
        ),
        focus=focus | ({"outage": worst.number} if worst else {}),
        evidence=(ctx.evidence(Network, min(seen, default=None)),),
    )


def _summary(ctx: Ctx, customer: Customer, one: Line) -> str:
    """Say in one sentence how the line is and what explains it."""
    zone = ctx.tenant.zone
    if one.outages:
        outage = one.outages[0]
        eta = f"; expected back {moment(outage.eta, ctx.now, zone)}" if outage.eta else ""
        began = ago(outage.started_at, ctx.now)
        return f"{customer.name} is hit by outage {outage.number} ({outage.title}), begun {began}{eta}."
    up = one.session is not None and one.session.up
    if one.status == "suspended":
        so = "yet still **online**: the router has not cut it" if up else "so the line carries no traffic"
        return f"{customer.name} is suspended, {so}."
    if up:
        told = {"weak": ", but the signal is weak", "critical": ", but the signal is critical"}
        return f"{customer.name} is **online**{told.get(one.signal, '')}."
    return f"{customer.name} is **offline**{_why(one)}."


def _why(one: Line) -> str:
    """Say what the nearest thing that is wrong suggests."""
    if one.device and one.device.status == "down":
        return f": {one.device.name} is down"
    if one.port and one.port.status == "down":
        return f": {one.port.key} is down"
    return ONT_SAYS.get(one.ont.status, "") if one.ont else ""


def _facts(ctx: Ctx, one: Line) -> Iterator[tuple[str, str]]:
    zone = ctx.tenant.zone
    yield (
        "Service",
        f"{one.service}, {one.kind}, {one.status}" + (f", {one.username}" if one.username else ""),
    )
    yield "Session", one.session.said(ctx.now, zone) if one.session else "none on record"
    if ont := one.ont:
        name = "ONT" if one.kind == "fiber" else "Radio"
        parts = [ont.serial, ont.model, ont.status.replace("_", " ")]
        yield name, ", ".join(filter(None, parts)) + f" since {moment(ont.status_since, ctx.now, zone)}"
        far = f", {ont.distance_m:,} m of fibre" if ont.distance_m and one.kind == "fiber" else ""
        yield "Optical" if one.kind == "fiber" else "Signal", f"{one.level or 'not measured'}{far}"
        if ont.last_down_cause:
            yield "Last drop", ont.last_down_cause.replace("_", " ")
    if one.port:
        yield "Port", f"{one.port.key}, {one.port.status}"
    if one.device and one.site:
        yield "Device", f"{one.device.name} ({one.device.status}) at {one.site.name} ({one.site.code})"
    for work in one.maintenance:
        start, end = moment(work.starts_at, ctx.now, zone), moment(work.ends_at, ctx.now, zone)
        yield "Maintenance", f"{work.number} {work.title}, {start} to {end}"


def _tone(one: Line) -> Tone:
    if one.outages or not (one.session and one.session.up):
        return Tone.BAD
    return Tone.WARN if one.signal in {"weak", "critical"} else Tone.GOOD
