"""PONs that get worse: those whose mean level sinks, and those that are degraded now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.api import Align, BadInput, Button, Column, Reply, Table, Tone, action, plural, span
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import Device, DeviceRef, Network, Port

RIGHT = Align.RIGHT
MAX_ROWS, ALL, FEW = 200, 5_000, 3
FORTNIGHT, YEAR = timedelta(days=14), timedelta(days=366)
FELL = 1.0
"""dB that the mean of a whole PON may sink unnoticed: its lines move apart, its mean hardly does."""


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "degrading PONs",
        "which PONs get worse",
        "PONs whose level sinks",
        "which PONs lost light over the last {within}",
        "PON levels going down",
        "is any PON degrading",
        "degraded PONs of {device}",
        "degraded PONs in {area}",
    ),
)
async def degrading(
    ctx: Ctx,
    within: timedelta = FORTNIGHT,
    device: DeviceRef | None = None,
    area: str = "",
    limit: int = 20,
) -> Reply:
    """List the PONs whose mean level sinks, and those that are degraded now.

    Of all, or of a device, a region or a site; over the last 14 days if you do not say. A slow fall is water
    in a splice or a bend, long before it cuts.
    """
    if not timedelta(hours=6) <= within <= YEAR:
        raise BadInput("Ask for a stretch between six hours and a year, for example 14 days.")
    area, net = area_of(area), ctx.port(Network)
    sinking = await net.sinking(ctx.scope, ctx.now - within, FELL, ALL)
    ports = await net.dark_ports(ctx.scope, area, device.name if device else "", ALL)
    limps = [one for one in ports if one.kind == "pon" and one.status == "degraded"]
    names = await _devices_of(ctx, device, area)
    every = [one for one in sinking if names is None or one.port.partition(" ")[0] in names]
    found = every[: max(1, min(limit, MAX_ROWS))]
    where = (f" on {device.name}" if device else "") + in_area(area)
    evidence = (ctx.evidence(Network, max((one.at for one in found), default=None)),)
    keys = {one.port for one in every} | {one.key for one in limps}
    focus = {"port": min(keys)} if len(keys) == 1 else {"device": device.name} if device else {}
    if not found:
        text = f"No PON{where} lost {FELL:g} dB or more in the last {_stretch(within)}."
        return Reply(
            "\n\n".join([text, *_limping(limps, where)]),
            data=tuple(limps),
            tone=Tone.WARN if limps else Tone.GOOD,
            buttons=_onts_of([one.key for one in limps]),
            focus=focus,
            evidence=evidence,
        )
    columns = [Column("PON"), *(Column(t, RIGHT) for t in ("Before", "Now", "Lost dB", "Services"))]
    rows = [
        (one.port, round(one.before, 1), round(one.now, 1), round(one.fell, 1), one.lines) for one in found
    ]
    text = f"{plural(len(every), 'PON')}{where} lost {FELL:g} dB or more in the last {_stretch(within)}"
    return Reply(
        "\n\n".join([*_limping(limps, where), f"{text}, the worst first:"]),
        data=tuple(found),
        table=Table(columns=columns, rows=rows, total=len(every)),
        tone=Tone.WARN,
        buttons=_onts_of([*(one.key for one in limps), *(one.port for one in found)]),
        focus=focus,
        evidence=evidence,
    )


async def _devices_of(ctx: Ctx, device: Device | None, area: str) -> set[str] | None:
    """Return the devices that are asked about; None for all."""
    if device:
        return {device.name}
    if not area:
        return None
    await check_area(ctx, area)
    return {one.name for one in await ctx.port(Network).devices(ctx.scope, "", ALL, area=area)}


def _limping(limps: Sequence[Port], where: str) -> list[str]:
    """Say which PONs are degraded now: a state, not a slow fall, and asked for in the same word."""
    if not limps:
        return []
    named = ", ".join(
        f"**{one.key}** ({one.offline:,} of {plural(one.lines, 'line')} offline)" for one in limps[:FEW]
    )
    more = f" and {len(limps) - FEW:,} more" if len(limps) > FEW else ""
    return [f"Degraded now{where}: {named}{more}."]


def _onts_of(ports: Sequence[str]) -> tuple[Button, ...]:
    return tuple(Button(f"ONTs of {key}", "network_onts", {"port": key}) for key in dict.fromkeys(ports[:3]))


def _stretch(within: timedelta) -> str:
    return "24 h" if within == timedelta(days=1) else span(within)
