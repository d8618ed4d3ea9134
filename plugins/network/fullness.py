"""How full the PONs and sectors are: lines against what they were built for."""

from __future__ import annotations

import re
from typing import Annotated

from bot.api import Align, BadInput, Button, Column, Field, Reply, Table, Tone, action, plural
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import DeviceRef, Network, Port

RIGHT = Align.RIGHT
MAX_ROWS, ALL, NAMED = 200, 5_000, 3
FULL = 0.8
"""Share from which on a PON is nearly full: time to plan the next one before sales sells on it."""
SHARE = re.compile(r"(\d{1,3})\s*(?:%|per ?cent)?(?: full)?", re.IGNORECASE)
Share = Annotated[str, Field(max_length=20)]


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "how full are the PONs",
        "which PONs are nearly full",
        "load of the PONs of {device}",
        "how full are the PONs in {area}",
        "PONs that are more than {over} full",
        "where is room for new lines",
    ),
)
async def full_pons(
    ctx: Ctx, device: DeviceRef | None = None, area: str = "", over: Share = "", limit: int = 20
) -> Reply:
    """List the PONs and radio sectors by how full they are, the fullest first.

    Active lines against the lines a port was built for. Of all, or of a device, a region or a site; only
    those above a share, such as 80 %, if you say so.
    """
    area, least = area_of(area), share_of(over)
    every = await ctx.port(Network).full_ports(ctx.scope, area, device.name if device else "", ALL)
    where = (f" on {device.name}" if device else "") + in_area(area)
    focus = {"device": device.name} if device else {}
    evidence = (ctx.evidence(Network),)
    if not every:
        await check_area(ctx, area)
        text = f"Of no PON or sector{where} it is on record how many lines it takes."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    found = [one for one in every if _taken(one) > least] if over else list(every)
    full = [one for one in found if _taken(one) >= FULL]
    top = ", ".join(f"**{one.key}** ({_taken(one):.0%})" for one in (full or every)[:NAMED])
    if over:
        many = plural(len(found), "PON or sector is", "PONs and sectors are")
        text = f"{many} more than {least:.0%} full{where}, of {len(every):,}."
    elif full:
        text = f"{len(full):,} of {plural(len(every), 'PON or sector', 'PONs and sectors')}{where} are "
        text += f"{FULL:.0%} full or more: {top}."
    else:
        text = f"No PON or sector{where} is {FULL:.0%} full; the fullest: {top}."
    return Reply(
        text,
        data=tuple(found),
        table=_table(found[: max(1, min(limit, MAX_ROWS))], len(found)) if found else None,
        tone=Tone.WARN if full else Tone.GOOD,
        buttons=tuple(Button(f"Who is on {one.key}", "network_onts", {"port": one.key}) for one in found[:3]),
        focus=focus or ({"port": found[0].key} if len(found) == 1 else {}),
        evidence=evidence,
    )


def share_of(said: str) -> float:
    """Return `80%` as 0.8; BadInput for what is none."""
    if not said.strip():
        return 0.0
    found = SHARE.fullmatch(said.strip())
    if found is None or not 0 < int(found[1]) <= 100:  # noqa: PLR2004 - the whole
        raise BadInput(f"“{said[:20]}” is no share. Say for example “more than 80 % full”.")
    return int(found[1]) / 100


def _taken(port: Port) -> float:
    return port.lines / port.capacity if port.capacity else 0.0


def _table(found: list[Port], total: int) -> Table:
    columns = [
        Column("Port"),
        *(Column(t, RIGHT) for t in ("Lines", "Takes", "Free", "Full")),
        Column("Site"),
    ]
    rows = [
        (
            one.key,
            one.lines,
            one.capacity,
            max(0, (one.capacity or 0) - one.lines),
            f"{_taken(one):.0%}",
            one.site,
        )
        for one in found
    ]
    return Table(columns=columns, rows=rows, total=total)
