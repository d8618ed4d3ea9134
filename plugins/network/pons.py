"""Which PONs and OLTs have the most lines offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from bot.api import Align, Button, Column, Reply, Table, Tone, action, ago, plural
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import DeviceRef, Network, Port

RIGHT = Align.RIGHT
MAX_ROWS, ALL, NAMED = 100, 5_000, 3
NAMES = {"pon": "PON", "sector": "radio sector"}


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "which PONs are dark",
        "which PONs are down",
        "PONs with the most ONTs offline",
        "dark PONs in {area}",
        "which PONs of {device} have lines offline",
        "which OLT has the most lines offline",
        "PONs with offline lines by {per}",
    ),
)
async def pons(
    ctx: Ctx,
    device: DeviceRef | None = None,
    area: str = "",
    per: Literal["port", "PON", "device", "OLT"] = "port",
    limit: int = 20,
) -> Reply:
    """List the PONs that are down or have lines offline, those with the most first.

    Of all, or of a device, a region or a site; added up by OLT, if you ask for that.
    """
    area = area_of(area)
    found = await ctx.port(Network).dark_ports(ctx.scope, area, device.name if device else "", ALL)
    where = (f" on {device.name}" if device else "") + in_area(area)
    focus = {"device": device.name} if device else {}
    evidence = (ctx.evidence(Network),)
    if not found:
        await check_area(ctx, area)
        text = f"No PON{where} is down, and none has a line offline."
        return Reply(text, data=(), tone=Tone.GOOD, focus=focus, evidence=evidence)
    off = sum(one.offline for one in found)
    down, limps = ([one for one in found if one.status == state] for state in ("down", "degraded"))
    dark = [one for one in found if one.offline]
    by = Counter[str]()
    for one in found:
        by[one.device] += one.offline
    worst = ", ".join(f"**{name}** ({count:,} offline)" for name, count in by.most_common(NAMED) if count)
    state = f"**{_counted(down)} {'is' if len(down) == 1 else 'are'} down**" if down else "No PON is down"
    limping = f", {_counted(limps)} degraded" if limps else ""
    lines = (
        f"{plural(off, 'line')} offline on {_counted(dark)}, most on {worst}."
        if dark
        else "No line is offline."
    )
    text = f"{state}{limping}{where}. {lines}"
    most = max(1, min(limit, MAX_ROWS))
    return Reply(
        text,
        data=tuple(found),
        table=_by_device(found, by, most) if per in {"device", "OLT"} else _each(ctx, found, most),
        tone=Tone.BAD if down else Tone.WARN,
        buttons=tuple(Button(f"Who is on {one.key}", "network_onts", {"port": one.key}) for one in found[:3]),
        focus=focus or ({"port": found[0].key} if len(found) == 1 else {}),
        evidence=evidence,
    )


def _counted(found: Sequence[Port]) -> str:
    """Return how many there are, as what they are: an uplink is no PON, and a sector is none either."""
    kinds = Counter(NAMES.get(one.kind, "other port") for one in found)
    return " and ".join(plural(count, name) for name, count in sorted(kinds.items()))


def _each(ctx: Ctx, found: Sequence[Port], most: int) -> Table:
    columns = [Column("Port"), Column("Status"), *(Column(t, RIGHT) for t in ("Offline", "Lines", "Since"))]
    rows = [
        (
            one.key,
            one.status,
            one.offline,
            one.lines,
            ago(one.status_since, ctx.now) if one.status != "up" else None,
        )
        for one in found[:most]
    ]
    return Table(columns=columns, rows=rows, total=len(found))


def _by_device(found: Sequence[Port], by: Counter[str], most: int) -> Table:
    ports = Counter(one.device for one in found)
    columns = [Column("Device"), *(Column(t, RIGHT) for t in ("Offline", "Ports"))]
    rows = [(name, count, ports[name]) for name, count in by.most_common(most)]
    return Table(columns=columns, rows=rows, total=len(by))
