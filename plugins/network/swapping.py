"""Putting another ONT in the place of one: through the port, after a yes, with a way back."""

from __future__ import annotations

from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    Button,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    moment,
)
from plugins.customers.port import CustomerRef, Customers
from plugins.network.comingoff import Left, off_of, said_of_off, where_it_was
from plugins.network.entities import Ctx
from plugins.network.port import Cpe, Line, Network, SiteRef
from plugins.network.restarting import SIMULATED, lines_of, named, with_box
from plugins.network.serials import Serial, SerialRef
from plugins.network.stocking import known
from plugins.tickets.port import AgentRef

MODEL = 40
UNDO = timedelta(minutes=30)


async def preview_swap(  # noqa: PLR0913 - the ways to say where the old one goes
    ctx: Ctx,
    customer: CustomerRef,
    serial: SerialRef,
    model: str = "",
    service: str = "",
    *,
    state: Left | None = None,
    technician: AgentRef | None = None,
    site: SiteRef | None = None,
    note: str = "",
) -> Preview:
    """Say which ONT goes, which comes, and on which port; refuse one that hangs somewhere already."""
    off = off_of(state, technician, site, note)
    line = with_box(customer, await lines_of(ctx, customer), service)
    new, box = await _checked(ctx, line, serial)
    kind = model.strip() or (box.model if box else "") or ""
    port = f" on {line.port.key}" if line.port else ""
    warnings = [] if ctx.port(Network).reaches_devices else [SIMULATED.format("OLT")]
    if line.session and line.session.up:
        warnings.append(f"Online now, will be cut: {line.session.said(ctx.now, ctx.tenant.zone)}")
    if box and box.holder and box.holder != ctx.user.email:
        warnings.append(f"{box.place} has the new one")
    if line.ont and line.ont.status == "los":
        warnings.append("The old one sees no light: another ONT will not either while the fibre is cut")
    return Preview(
        text=f"{customer.name} ({customer.number}) gets another {_kind(line)}{port}, for {line.service}. "
        f"The old one is {said_of_off(off)}.",
        changes=(
            Change(
                what=_kind(line),
                before=_said(line.box, line.ont.model if line.ont else None),
                after=_said(new, kind),
            ),
        ),
        warnings=tuple(warnings),
    )


@action(
    permission="network:swap",
    approval=Approval.SELF,
    preview=preview_swap,
    examples=(
        "swap the ONT of {customer} to {serial}",
        "replace the ONT of {customer} with {serial}",
        "{customer} gets a new ONT, serial {serial}",
        "swap the radio of {customer} to {serial}",
        "put ONT {serial} on the line of {customer}",
    ),
)
async def swap_ont(  # noqa: PLR0913 - the ways to say where the old one goes
    ctx: Ctx,
    customer: CustomerRef,
    serial: SerialRef,
    model: str = "",
    service: str = "",
    *,
    state: Left | None = None,
    technician: AgentRef | None = None,
    site: SiteRef | None = None,
    note: str = "",
) -> Reply:
    """Put another ONT on a customer's line.

    The new serial takes the old one's port and service, and leaves the stock; the old one is returned, if you
    do not say how it is or who has it. Unless that is faulty it can be taken back for 30 minutes.
    """
    off = off_of(state, technician, site, note)
    line = with_box(customer, await lines_of(ctx, customer), service)
    new, box = await _checked(ctx, line, serial)
    done = await ctx.port(Network).swap_ont(ctx.effect, line.box, new, model.strip(), off)
    back = {"customer": customer.number, "serial": line.box, "service": line.service}
    back |= {"model": line.ont.model} if line.ont and line.ont.model else {}
    back |= where_it_was(box)
    focus = {"customer": customer.number}
    at = moment(done.at, ctx.now, ctx.tenant.zone)
    text = f"{customer.name} ({customer.number}) has ONT {done.target} instead of {named(line)} since {at}."
    return Reply(
        "\n\n".join([text, *((SIMULATED.format("OLT"),) if done.simulated else ())]),
        data=done,
        tone=Tone.WARN,
        undo=None if state == "faulty" else ActionCall(action_id="network_swap_ont", args=back),
        undo_within=None if state == "faulty" else UNDO,
        buttons=(Button("Line", "network_line", focus),),
        focus=focus,
        evidence=(ctx.evidence(Network),),
    )


async def _checked(ctx: Ctx, line: Line, serial: Serial) -> tuple[str, Cpe | None]:
    """Return the new serial as it is printed on the box, and that box; refuse one that is in use."""
    new = serial.number
    if line.box.upper() == new:
        raise Conflict(f"{line.service} has ONT {new} already.")
    for other in await ctx.port(Customers).find_services(ctx.scope, new, 3):
        if other.number != line.service:
            raise Conflict(f"ONT {new} is on {other.number} already. Look at the label once more.")
    if await ctx.port(Network).has_ont(new):
        raise Conflict(f"ONT {new} is known already. Look at the label once more.")
    box = await known(ctx, serial)
    if box is not None and box.state == "faulty":
        raise Conflict(f"ONT {new} is faulty. Take another one, or put it in stock if it was mended.")
    return new, box


def _kind(line: Line) -> str:
    return "ONT" if line.kind == "fiber" else "radio"


def _said(serial: str, model: str | None) -> str:
    return f"{serial}, {model}" if model else serial
