"""What stands out: weak signals, and lines that flap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from bot.api import (
    Align,
    BadInput,
    Button,
    Column,
    Field,
    Reply,
    Table,
    Tone,
    action,
    moment,
    plural,
)
from plugins.customers.port import CustomerRef
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.drops import drops_of, stretch_of
from plugins.network.entities import Ctx
from plugins.network.farends import ont_table
from plugins.network.nouns import RADIO_LOST, WEAK
from plugins.network.places import place_of
from plugins.network.port import DeviceRef, DropsPage, Network, PortRef, SiteRef
from plugins.network.serials import ModelRef, with_model

RIGHT = Align.RIGHT
MAX_ROWS = 200
DAY, WEEK = timedelta(days=1), timedelta(days=7)
STATES = {True: "online", False: "offline", None: "unknown"}
Dbm = Annotated[float, Field(ge=-120, le=120)]


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "which ONTs are below {below} dBm",
        "which ONTs are weaker than {below} dBm",
        "show all ONTs below {below} dBm",
        "ONTs with a level under {below}",
        "worst optical signals",
        "weakest signals at {site}",
        "ONTs below {below} dBm in {area}",
        "list the bad optical levels on {device}",
        "who has a weak signal",
        "lines with critical levels",
        "worst rx levels on {port}",
        "bad signals",
        "weak ONTs of model {model}",
    ),
)
async def weak_signals(  # noqa: PLR0913 - the ways to narrow the list
    ctx: Ctx,
    below: Dbm = WEAK,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    area: str = "",
    *,
    model: ModelRef | None = None,
    limit: int = 30,
) -> Reply:
    """List the ONTs that receive too little light, the weakest first.

    Below -25 dBm if you do not say; of all, or of a device, PON, site or region, or of a model.
    """
    area = "" if site else area_of(area)
    below = -below if below > 0 else below  # people say “below 26 dBm”
    if below < RADIO_LOST:
        raise BadInput("No ONT hears anything down there. Ask for a level between -10 and -40 dBm.")
    place = place_of(device, port, site) if device or port or site else None
    most, called = max(1, min(limit, MAX_ROWS)), model.name if model else ""
    found = await ctx.port(Network).weak(ctx.scope, below, place, most, area=area, model=called)
    where = (f" on {place.key}" if place else "") + in_area(area) + with_model(model)
    focus: dict[str, str] = {place.kind: place.key} if place else {}
    evidence = (ctx.evidence(Network, min((one.ont.seen_at for one in found.lines), default=None)),)
    if not found.lines:
        await check_area(ctx, area)
        text = f"No ONT{where} that is up receives less than {below:g} dBm."
        return Reply(text, data=(), tone=Tone.GOOD, focus=focus, evidence=evidence)
    return Reply(
        f"{plural(found.total, 'ONT')}{where} below {below:g} dBm, the weakest first:",
        data=found.lines,
        table=ont_table(ctx, found.lines, found.total),
        tone=Tone.WARN,
        focus=focus,
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "flapping sessions",
        "which sessions flap",
        "lines that keep dropping",
        "who drops all the time",
        "unstable lines of the last {within}",
        "sessions that dropped more than {least} times",
        "who reconnects all the time",
        "flapping customers",
        "drops of {customer} in the last {within}",
        "how often did {customer} drop in the last {within}",
        "drops of {customer} since {since}",
    ),
)
async def flapping(  # noqa: PLR0913 - the ways to say when
    ctx: Ctx,
    within: timedelta | None = None,
    least: int = 3,
    customer: CustomerRef | None = None,
    since: date | None = None,
    until: date | None = None,
    *,
    more_than: bool = False,
    limit: int = 30,
) -> Reply:
    """List the lines whose session keeps dropping, the worst first; or each drop of one customer's line.

    At least three drops in the last 24 hours if you do not say; of one customer all, in the last 7 days; or
    those of some days, a month of them at most.
    """
    time = stretch_of(ctx, within or (WEEK if customer else DAY), since, until)
    most, least = max(1, min(limit, MAX_ROWS)), max(2, least + more_than)
    if customer:
        return await drops_of(ctx, customer, time, most)
    found = await ctx.port(Network).flapping(ctx.scope, time.since, least, most, time.until)
    evidence = (ctx.evidence(Network),)
    if not found.lines:
        text = f"No session dropped {least} times or more {time.said}."
        return Reply(text, data=(), tone=Tone.GOOD, evidence=evidence)
    return Reply(
        f"{plural(found.total, 'line')} dropped {least} times or more {time.said}, the worst first:",
        data=found.lines,
        table=_flaps(ctx, found),
        tone=Tone.WARN,
        buttons=tuple(
            Button(f"Diagnose {one.name}", "network_diagnose", {"customer": one.customer})
            for one in found.lines[:3]
        ),
        focus={"customer": found.lines[0].customer} if found.total == 1 else {},
        evidence=evidence,
    )


def _flaps(ctx: Ctx, found: DropsPage) -> Table:
    titles = ("Mostly", "Port", "Now")
    columns = [Column("Account"), Column("Name"), Column("Drops", RIGHT), Column("Last")]
    rows = [
        (
            one.customer,
            one.name,
            one.drops,
            moment(one.last, ctx.now, ctx.tenant.zone),
            one.cause,
            one.port,
            STATES[one.online],
        )
        for one in found.lines
    ]
    columns += map(Column, titles)
    return Table(columns=columns, rows=rows, total=found.total)
