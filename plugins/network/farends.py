"""The ONTs at the far ends: of a PON, of a customer's neighbours, of a device or region, in a status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot.api import Align, BadInput, Button, Column, NotFound, Reply, Table, Tone, action, moment, plural
from plugins.customers.port import Customer, CustomerRef
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.cause import Kind, cause_of
from plugins.network.entities import Ctx
from plugins.network.howlong import begun_of, said_of_begun
from plugins.network.places import place_of
from plugins.network.port import DeviceRef, Network, OntLine, OntPage, Place, Port, PortRef
from plugins.network.serials import ModelRef, with_model

RIGHT = Align.RIGHT
MAX_ROWS = 200
FEW = 20
"""ONTs shown of a list that is not one PON's."""
State = Literal[
    "not up", "down", "dark", "los", "no light", "without light", "dying_gasp", "no power", "lost power",
    "without power",
    "power cut", "offline", "online", "back", "came back", "not answering",
]  # fmt: skip
MEANT = {
    "dark": "not up",
    "down": "not up",
    "offline": "not up",
    "not answering": "offline",
    "no light": "los",
    "without light": "los",
    "no power": "dying_gasp",
    "power cut": "dying_gasp",
    "back": "online",
    "came back": "online",
    "lost power": "dying_gasp",
    "without power": "dying_gasp",
}
"""What people say for what an OLT calls it."""
SAID = {
    "not up": ("is not up", "are not up"),
    "los": ("sees no light", "see no light"),
    "dying_gasp": ("lost power", "lost power"),
    "offline": ("does not answer", "do not answer"),
    "online": ("is online", "are online"),
}


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "ONTs of {port}",
        "ONTs on {port} with their levels",
        "list the ONTs on PON {port}",
        "levels of all ONTs on {port}",
        "which ONTs are on {port}",
        "rx levels on {port}",
        "signals on PON {port}",
        "who else is on the same port as {customer}",
        "neighbours of {customer} on the PON",
        "ONTs without light in {area}",
        "offline ONTs on {device}",
        "ONTs dark for more than {older_than}",
        "ONTs that went dark since {since}",
    ),
)
async def onts(  # noqa: PLR0913 - the ways to narrow the list
    ctx: Ctx,
    port: PortRef | None = None,
    customer: CustomerRef | None = None,
    device: DeviceRef | None = None,
    *,
    area: str = "",
    status: State | None = None,
    model: ModelRef | None = None,
    older_than: timedelta | None = None,
    since: datetime | None = None,
    limit: int | None = None,
) -> Reply:
    """List the ONTs of a PON with their levels.

    Those that are not up first, then the weakest; and what they have in common. The PON may be that of a
    customer; of a device, a region or all, too, and only those that are dark or in a status, of a model, for
    longer than a time or since one, if you say so.
    """
    net, area = ctx.port(Network), area_of(area)
    if not any((port, customer, device, area, status, model, older_than, since)):
        raise BadInput("Which ONTs? Name a PON, a device, a region or whose neighbours, or say “dark ONTs”.")
    begun = begun_of(ctx, older_than, since)
    if customer:
        port = await _port_of(ctx, customer)
    place = place_of(device, port, None) if port or device else None
    state = MEANT.get(status or "", status or "") or ("" if place else "not up")
    narrowed = bool(model or older_than or since)
    whole = place is not None and place.kind == "port" and not state and not narrowed
    most = max(1, min(limit or (MAX_ROWS if whole else FEW), MAX_ROWS))
    called = model.name if model else ""
    found = await net.onts(ctx.scope, place, most, status=state, area=area, model=called, begun=begun)
    if place is None or not whole:
        if not found.lines:
            await check_area(ctx, area)
        where = (f" on {place.key}" if place else in_area(area)) + with_model(model)
        return _many(ctx, found, place, (where, said_of_begun(ctx, begun)), state)
    return await _whole(ctx, found, place)


async def _whole(ctx: Ctx, found: OntPage, place: Place) -> Reply:
    """Show all ONTs of one PON, and what those that are dark have in common."""
    focus: dict[str, str] = {place.kind: place.key}
    if not found.lines:
        text = f"No ONT is known on {place.key}."
        return Reply(text, data=(), focus=focus, evidence=(ctx.evidence(Network),))
    cause = cause_of(await ctx.port(Network).signs(ctx.scope, place))
    dark = sum(one.ont.status != "online" for one in found.lines)
    known = sorted(
        one.ont.rx_dbm for one in found.lines if one.ont.rx_dbm is not None and one.ont.status == "online"
    )
    levels = f", {known[0]:.1f} to {known[-1]:.1f} dBm" if known else ""
    head = f"**{place.key}**: {plural(found.total, 'ONT')}, {dark:,} not up{levels}."
    return Reply(
        head + (f" {cause.said}" if cause.kind is not Kind.NONE else ""),
        data=found.lines,
        table=ont_table(ctx, found.lines, found.total, port=False),
        tone=Tone.WARN if cause.kind is not Kind.NONE else Tone.PLAIN,
        buttons=(Button("Who is hit", "network_affected", focus),),
        focus=focus,
        evidence=(ctx.evidence(Network, min(one.ont.seen_at for one in found.lines)),),
    )


async def _port_of(ctx: Ctx, customer: Customer) -> Port:
    """Return the port a customer's line hangs on, the first of those that hang on one."""
    ports = [line.port for line in await ctx.port(Network).lines(ctx.scope, customer.number) if line.port]
    if not ports:
        raise NotFound(f"Nobody knows which port {customer.name} hangs on.")
    return ports[0]


def _many(ctx: Ctx, found: OntPage, place: Place | None, said: tuple[str, str], status: str) -> Reply:
    """List ONTs of a place or all, in a status; `said` is where and of what, and for how long."""
    where, long = said
    focus: dict[str, str] = {place.kind: place.key} if place else {}
    evidence = (ctx.evidence(Network, min((one.ont.seen_at for one in found.lines), default=None)),)
    one, many = SAID.get(status, ("is known", "are known"))
    if not found.lines:
        tone = Tone.GOOD if status not in {"", "online"} else Tone.PLAIN
        return Reply(f"No ONT{where} {one}{long}.", data=(), tone=tone, focus=focus, evidence=evidence)
    order = ", the weakest first" if status == "online" else ""
    return Reply(
        f"{plural(found.total, 'ONT')}{where} {one if found.total == 1 else many}{long}{order}:",
        data=found.lines,
        table=ont_table(ctx, found.lines, found.total),
        tone=Tone.PLAIN if status in {"", "online"} else Tone.WARN,
        focus=focus,
        evidence=evidence,
    )


def ont_table(ctx: Ctx, lines: Sequence[OntLine], total: int, *, port: bool = True) -> Table:
    """Return ONTs as a table, with their ports unless all are on one."""
    columns = [
        Column("ONT"),
        Column("dBm", RIGHT),
        *(Column(t) for t in ("State", "Since", "Account", "Name")),
    ]
    rows = [
        (
            one.ont.serial,
            None if one.ont.rx_dbm is None else f"{one.ont.rx_dbm:.1f}",
            one.ont.status.replace("_", " "),
            moment(one.ont.status_since, ctx.now, ctx.tenant.zone),
            one.customer,
            one.name,
            *((one.port,) if port else ()),
        )
        for one in lines
    ]
    return Table(columns=[*columns, *((Column("Port"),) if port else ())], rows=rows, total=total)
