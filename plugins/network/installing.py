"""Hanging an ONT on a line at its installation, and taking it off: through the port, after a yes."""

from __future__ import annotations

from bot.api import ActionCall, Approval, Button, Change, Conflict, Preview, Reply, Tone, action, moment
from plugins.customers.port import Customer, CustomerRef
from plugins.network.comingoff import Left, off_of, said_of_off, where_it_was
from plugins.network.entities import Ctx
from plugins.network.port import Acted, CpeQuery, Line, Network, SiteRef
from plugins.network.restarting import SIMULATED, lines_of, named, one_line, with_box
from plugins.network.serials import Serial, SerialRef
from plugins.network.stocked import said_of
from plugins.network.stocking import UNDO, known
from plugins.tickets.port import AgentRef

ENDED = 5_000


async def preview_install(
    ctx: Ctx, customer: CustomerRef, serial: SerialRef, model: str = "", service: str = ""
) -> Preview:
    """Say which ONT hangs on which line from now on, and whether anybody expects it there."""
    line = await _bare(ctx, customer, service)
    box = await known(ctx, serial)
    await _check(ctx, serial)
    warnings = [] if ctx.port(Network).reaches_devices else [SIMULATED.format("OLT")]
    kind = model.strip() or (box.model if box else "")
    if box is None:
        warnings.append(f"{serial.number} is not in the stock: look at the label once more")
    elif box.state == "with technician" and box.holder != ctx.user.email:
        warnings.append(f"{box.place} has it")
    elif box.state == "returned":
        warnings.append("It came back from a customer and was not tested")
    port = f" on {line.port.key}" if line.port else ""
    what = f"ONT {serial.number}, {kind}," if kind else f"ONT {serial.number}"
    return Preview(
        text=f"{customer.name} ({customer.number}) gets {what}{port}, for {line.service}.",
        changes=(Change(what=serial.number, before=said_of(box), after=f"on {line.service}"),),
        warnings=tuple(warnings),
    )


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_install,
    examples=(
        "install ONT {serial} at {customer}",
        "link ONT {serial} to the line of {customer}",
        "{customer} got ONT {serial} at the installation",
        "provision ONT {serial} for {customer}",
    ),
)
async def install_ont(
    ctx: Ctx, customer: CustomerRef, serial: SerialRef, model: str = "", service: str = ""
) -> Reply:
    """Put an ONT or radio on a customer's line that has none yet, at its installation.

    It leaves the stock. It can be taken back for 30 minutes.
    """
    line = await _bare(ctx, customer, service)
    box = await known(ctx, serial)
    await _check(ctx, serial)
    done = await ctx.port(Network).install_ont(ctx.effect, line.service, serial.number, model.strip())
    text = f"{customer.name} ({customer.number}) has ONT {done.target} on {line.service}"
    args = {"customer": customer.number, "service": line.service, **where_it_was(box)}
    undo = ActionCall(action_id="network_remove_ont", args=args)
    return _said(ctx, customer, done, text, undo)


async def preview_remove(
    ctx: Ctx,
    customer: CustomerRef,
    service: str = "",
    *,
    state: Left | None = None,
    technician: AgentRef | None = None,
    site: SiteRef | None = None,
    note: str = "",
) -> Preview:
    """Say which ONT comes off which line, and who would be cut off."""
    off = off_of(state, technician, site, note)
    await _check_left(ctx, customer)
    line = with_box(customer, await lines_of(ctx, customer), service)
    warnings = [] if ctx.port(Network).reaches_devices else [SIMULATED.format("OLT")]
    if line.session and line.session.up:
        warnings.append(f"Online now, will be cut: {line.session.said(ctx.now, ctx.tenant.zone)}")
    if line.status == "active":
        warnings.append("The line is active and has no ONT then; to replace it, swap it")
    return Preview(
        text=f"{named(line)} of {customer.name} ({customer.number}) is taken off {line.service}; "
        f"it is {said_of_off(off)}.",
        changes=(Change(what=named(line), before=f"on {line.service}", after=said_of_off(off)),),
        warnings=tuple(warnings),
    )


@action(
    permission="network:stock",
    approval=Approval.SELF,
    preview=preview_remove,
    examples=(
        "take the ONT of {customer} off the line",
        "remove the ONT of {customer}",
        "uninstall the ONT of {customer}",
        "collect the ONT of {customer}",
    ),
)
async def remove_ont(
    ctx: Ctx,
    customer: CustomerRef,
    service: str = "",
    *,
    state: Left | None = None,
    technician: AgentRef | None = None,
    site: SiteRef | None = None,
    note: str = "",
) -> Reply:
    """Take the ONT or radio off a customer's line.

    It is returned, to be tested, if you do not say how it is or who has it. Unless it is faulty it can be
    taken back for 30 minutes.
    """
    off = off_of(state, technician, site, note)
    await _check_left(ctx, customer)
    line = with_box(customer, await lines_of(ctx, customer), service)
    done = await ctx.port(Network).remove_ont(ctx.effect, line.service, off)
    how = said_of_off(off).removesuffix(", to be tested")
    text = f"{customer.name} ({customer.number}): {done.target} is off {line.service} and {how}"
    args = {"customer": customer.number, "serial": done.target, "service": line.service}
    args |= {"model": line.ont.model} if line.ont and line.ont.model else {}
    undo = ActionCall(action_id="network_install_ont", args=args)
    return _said(ctx, customer, done, text, None if state == "faulty" else undo)


async def _check_left(ctx: Ctx, customer: Customer) -> None:
    """Send who collects the ONT of a line that has ended to the action that takes it back."""
    if await lines_of(ctx, customer):
        return
    ended = await ctx.port(Network).cpes(ctx.scope, CpeQuery(state="to collect"), ENDED)
    boxes = [box.serial for box in ended.boxes if box.customer == customer.number]
    if boxes:
        raise Conflict(
            f"{customer.name} has no line in use any more. To note that {' and '.join(boxes)} was collected, "
            f"say “take back ONT {boxes[0]}”."
        )


async def _bare(ctx: Ctx, customer: Customer, service: str) -> Line:
    """Return the one line that has no ONT, of those of a service when it is named."""
    lines = await lines_of(ctx, customer)
    fitting = [
        line for line in lines if not service.strip() or line.service.casefold() == service.strip().casefold()
    ]
    bare = [line for line in fitting if not line.box]
    if fitting and not bare:
        raise Conflict(f"{customer.name} has {named(fitting[0])} already. Swap it instead.")
    return one_line(customer, bare or lines, service)


async def _check(ctx: Ctx, serial: Serial) -> None:
    if await ctx.port(Network).has_ont(serial.number):
        raise Conflict(f"ONT {serial.number} is known already. Look at the label once more.")


def _said(ctx: Ctx, customer: Customer, done: Acted, text: str, undo: ActionCall | None) -> Reply:
    at = moment(done.at, ctx.now, ctx.tenant.zone)
    focus = {"customer": customer.number}
    return Reply(
        "\n\n".join([f"{text}, since {at}.", *((SIMULATED.format("OLT"),) if done.simulated else ())]),
        data=done,
        tone=Tone.WARN,
        undo=undo,
        undo_within=UNDO if undo else None,
        buttons=(Button("Line", "network_line", focus),),
        focus=focus,
        evidence=(ctx.evidence(Network),),
    )
