"""Disconnecting a session and rebooting an ONT: through the port, after a yes, and never half."""

from __future__ import annotations

from bot.api import (
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    NotFound,
    Preview,
    Reply,
    Tone,
    action,
    moment,
    plural,
    span,
)
from plugins.customers.port import Customer, CustomerRef
from plugins.network.entities import Ctx
from plugins.network.port import Acted, Line, Network

SIMULATED = "Simulated: no {} was told, this changes our own records only."
DARK = {"los": "sees no light", "dying_gasp": "lost power", "offline": "does not answer"}


async def preview_disconnect(
    ctx: Ctx, customer: CustomerRef, *, reason: str = "", service: str = ""
) -> Preview:
    """Say whose session ends, since when it is up, and who must not be cut off lightly."""
    line = _up(customer, await lines_of(ctx, customer), service)
    now, zone, session = ctx.now, ctx.tenant.zone, line.session
    what = f"{line.service}, {line.username or 'session'}"
    up = f"up since {moment(session.started_at, now, zone)}" if session else ""  # its length grows: that
    details = f" It is {session.said(now, zone)}." if session else ""  # would ask for a new yes each minute
    return Preview(
        text=f"The session of {customer.name} ({customer.number}) on {line.service} is disconnected; "
        f"the router dials in again by itself.{details}{because(reason)}",
        changes=(Change(what=what, before=up, after="disconnected"),),
        warnings=(*_simulated(ctx, "BNG"), *_warnings(customer, line)),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_disconnect,
    examples=(
        "disconnect the session of {customer}",
        "kick {customer}",
        "kick the session of {customer}",
        "drop the PPPoE session of {customer}",
        "disconnect {customer} so that the router dials in again",
        "reset the session of {customer}",
        "send a CoA disconnect for {customer}",
        "clear the session of {customer}",
    ),
)
async def disconnect(ctx: Ctx, customer: CustomerRef, *, reason: str = "", service: str = "") -> Reply:
    """Disconnect a customer's session.

    The router dials in again by itself, usually within half a minute. It cannot be taken back. A reason is
    kept with it.
    """
    line = _up(customer, await lines_of(ctx, customer), service)
    done = await ctx.port(Network).disconnect(ctx.effect, line.service)
    who = f"{line.service} of {customer.name} ({customer.number})"
    text = f"Disconnected {who} at {_at(ctx, done)}{_back(done)}.{because(reason)}"
    return _done(ctx, customer, done, text, "BNG")


async def preview_reboot(ctx: Ctx, customer: CustomerRef, *, reason: str = "", service: str = "") -> Preview:
    """Say which ONT restarts, who is on it, and whether it answers at all."""
    line = with_ont(customer, await lines_of(ctx, customer), service)
    ont = line.ont
    assert ont is not None  # noqa: S101 - with_ont chose it
    warnings = [*_simulated(ctx, "ONT"), *_warnings(customer, line)]
    if ont.status != "online":
        since = moment(ont.status_since, ctx.now, ctx.tenant.zone)
        warnings.append(f"It {DARK[ont.status]} since {since}, so it will hardly obey")
    if line.session and line.session.up:
        warnings.append(f"Online now, will be cut: {line.session.said(ctx.now, ctx.tenant.zone)}")
    return Preview(
        text=f"{named(line)} of {customer.name} ({customer.number}) is rebooted; it is back in about 3 min."
        f"{because(reason)}",
        changes=(Change(what=named(line), before=ont.status.replace("_", " "), after="rebooting"),),
        warnings=tuple(warnings),
    )


@action(
    permission="network:reboot",
    approval=Approval.SELF,
    preview=preview_reboot,
    examples=(
        "reboot the ONT of {customer}",
        "restart the ONT of {customer}",
        "reboot {customer}",
        "reboot the router of {customer}",
        "power-cycle the ONU of {customer}",
        "reset the ONT of {customer}",
        "restart the box of {customer}",
    ),
)
async def reboot(ctx: Ctx, customer: CustomerRef, *, reason: str = "", service: str = "") -> Reply:
    """Reboot a customer's ONT or radio.

    The line is down for about 3 minutes. It cannot be taken back. A reason is kept with it.
    """
    line = with_ont(customer, await lines_of(ctx, customer), service)
    assert line.ont is not None  # noqa: S101 - with_ont chose it
    done = await ctx.port(Network).reboot(ctx.effect, line.ont.serial)
    who = f"{named(line)} of {customer.name} ({customer.number})"
    text = f"Rebooted {who} at {_at(ctx, done)}{_back(done)}.{because(reason)}"
    return _done(ctx, customer, done, text, "ONT")


def because(reason: str) -> str:
    """Return ` Reason: stuck session.`, or nothing."""
    said = " ".join(reason.split()).rstrip(".")
    return f" Reason: {said}." if said else ""


async def lines_of(ctx: Ctx, customer: Customer) -> list[Line]:
    """Return the lines of a customer that are in use."""
    return list(await ctx.port(Network).lines(ctx.scope, customer.number))


def _of(customer: Customer, lines: list[Line], service: str) -> list[Line]:
    wanted = service.strip()
    if not lines:
        raise NotFound(f"{customer.name} has no line in use.")
    fitting = [line for line in lines if not wanted or line.service.casefold() == wanted.casefold()]
    if not fitting:
        known = ", ".join(line.service for line in lines)
        raise BadInput(f"{customer.name} has no service {wanted}. They have {known}.")
    return fitting


def _up(customer: Customer, lines: list[Line], service: str) -> Line:
    up = [line for line in _of(customer, lines, service) if line.session and line.session.up]
    if not up:
        raise Conflict(f"{customer.name} has no session that is up, so there is nothing to disconnect.")
    return _one(customer, up)


def with_ont(customer: Customer, lines: list[Line], service: str) -> Line:
    """Return the one line that has an ONT or radio, of those of a service when it is named."""
    every = _of(customer, lines, service)
    having = [line for line in every if line.ont]
    if not having and any(line.box for line in every):
        text = f"No OLT was read for {customer.name}'s line yet, so how its ONT is nobody knows."
        raise Conflict(f"{text} It can be swapped or taken off the line.")
    if not having:
        raise Conflict(f"No ONT or radio is known for {customer.name}, so there is nothing to do.")
    return _one(customer, having)


def one_line(customer: Customer, lines: list[Line], service: str) -> Line:
    """Return the one line, of those of a service when it is named."""
    return _one(customer, _of(customer, lines, service))


def _one(customer: Customer, lines: list[Line]) -> Line:
    if len(lines) > 1:
        known = ", ".join(line.service for line in lines)
        raise BadInput(f"{customer.name} has {plural(len(lines), 'line')}: {known}. Say which one: service=…")
    return lines[0]


def named(line: Line) -> str:
    """Return `ONT HWTC1A2B3C4D`, or the radio."""
    kind = "ONT" if line.kind == "fiber" else "Radio"
    return f"{kind} {line.box}" if line.box else kind


def with_box(customer: Customer, lines: list[Line], service: str) -> Line:
    """Return the one line with a box on record, of those of a service when it is named."""
    having = [line for line in _of(customer, lines, service) if line.box]
    if not having:
        raise Conflict(f"No ONT or radio is known for {customer.name}, so there is nothing to do.")
    return _one(customer, having)


def _warnings(customer: Customer, line: Line) -> list[str]:
    found = []
    if customer.tier == "critical":
        found.append(f"{customer.name} is a critical customer: call them first")
    elif customer.tier != "standard" or customer.kind == "business":
        found.append(f"This is a {customer.tier} {customer.kind} customer")
    found += [f"Outage {outage.number} is active on this line: it will not help" for outage in line.outages]
    return found


def _simulated(ctx: Ctx, what: str) -> tuple[str, ...]:
    return () if ctx.port(Network).reaches_devices else (SIMULATED.format(what),)


def _at(ctx: Ctx, done: Acted) -> str:
    return moment(done.at, ctx.now, ctx.tenant.zone)


def _back(done: Acted) -> str:
    return f", back within about {span(done.back_within)}" if done.back_within else ""


def _done(ctx: Ctx, customer: Customer, done: Acted, text: str, what: str) -> Reply:
    focus = {"customer": customer.number}
    return Reply(
        "\n\n".join([text, *((SIMULATED.format(what),) if done.simulated else ())]),
        data=done,
        tone=Tone.WARN,
        buttons=(Button("Line", "network_line", focus), Button("Diagnose", "network_diagnose", focus)),
        focus=focus,
        evidence=(ctx.evidence(Network),),
    )
