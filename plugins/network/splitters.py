"""Which splitters there are, and who is behind one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from bot.api import (
    EVERYWHERE,
    Align,
    BadInput,
    Button,
    Column,
    Match,
    NotFound,
    Reply,
    Table,
    Tone,
    action,
    plural,
)
from plugins.customers.port import Customer, CustomerRef
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import PARTLY, Ctx
from plugins.network.hits import file_of, head_of, hits_table
from plugins.network.port import DeviceRef, Network, Place, PortRef, Splitter, SplitterRef

RIGHT = Align.RIGHT
MAX_ROWS, MOST, ALL = 100, 2_000, 5_000
FEW = 5
LEAST, SAME = 2, 0.6
"""Dark lines at least, and the share of them that has to say the same, before a splitter is named."""


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "splitters of {port}",
        "splitters on {device}",
        "which splitters are dark",
        "splitters in {area}",
        "which splitter has the most ONTs offline",
        "which splitters hang on {port}",
    ),
)
async def splitters(
    ctx: Ctx,
    port: PortRef | None = None,
    device: DeviceRef | None = None,
    area: str = "",
    limit: int = 30,
) -> Reply:
    """List splitters with the lines behind each, those with the most offline first.

    Of a PON, a device, a region or a site, or all.
    """
    area = area_of(area)
    found = await ctx.port(Network).splitters(
        ctx.scope, port=port.key if port else "", device=device.name if device else "", area=area, limit=ALL
    )
    place = port.key if port else device.name if device else ""
    where = (f" on {place}" if place else "") + in_area(area)
    focus = {"port": port.key} if port else {"device": device.name} if device else {}
    evidence = (ctx.evidence(Network),)
    if not found:
        await check_area(ctx, area)
        return Reply(f"No splitter{where} is on record.", data=(), focus=focus, evidence=evidence)
    dark = [one for one in found if one.offline and one.offline == one.lines]
    text = f"{plural(len(found), 'splitter')}{where}, "
    if dark:
        names = ", ".join(f"**{one.name}** ({plural(one.lines, 'line')})" for one in dark[:3])
        seen = "" if ctx.scope.everywhere else " of those you may see"
        text += f"{plural(len(dark), 'of them has', 'of them have')} nobody online{seen}: {names}."
    else:
        text += "none of them with all lines offline."
    most = max(1, min(limit, MAX_ROWS))
    return Reply(
        text,
        data=tuple(found),
        table=_table(found, most),
        tone=Tone.WARN if dark else Tone.PLAIN,
        buttons=tuple(
            Button(f"Who is behind {one.name}", "network_behind_splitter", {"splitter": one.name})
            for one in (dark or found)[:3]
        ),
        focus=focus or ({"splitter": found[0].name} if len(found) == 1 else {}),
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "who is hit by {splitter}",
        "who is behind {splitter}",
        "who is behind the splitter {splitter}",
        "customers behind splitter {splitter}",
        "how many customers hang on {splitter}",
        "is the splitter {splitter} ok",
        "which splitter does {customer} hang on",
    ),
)
async def behind_splitter(
    ctx: Ctx, splitter: SplitterRef | None = None, customer: CustomerRef | None = None, limit: int = 15
) -> Reply:
    """Say who is behind a splitter, how many of them are offline, and whether the cut is at the splitter.

    The splitter may be that of a customer's line. The cut is there when nobody behind it is up, most of them
    lost light, and others on the same PON are up; dying gasps are a power cut.
    """
    if splitter is None:
        splitter = await _splitter_of(ctx, customer)
    net, place = ctx.port(Network), Place(kind="splitter", key=splitter.name)
    found = await net.impact(ctx.scope, place, MOST)
    focus, evidence = {"splitter": splitter.name}, (ctx.evidence(Network),)
    where = f"{splitter.name} ({_kind(splitter)} on {splitter.port})"
    if not found.customers:
        return Reply(f"No active service hangs on {where}.", data=found, focus=focus, evidence=evidence)
    behind = {hit.service for hit in found.hits}
    text = [head_of(found, where), await _cause(ctx, splitter, behind)]
    return Reply(
        "\n\n".join(filter(None, text)),
        data=found,
        facts={
            "Online now": f"{found.online:,} of {found.services:,}",
            "ONTs not up": f"{splitter.offline:,} of {splitter.lines:,}",
            "Monthly revenue": found.monthly,
        },
        table=hits_table(found, max(1, min(limit, MAX_ROWS))),
        file=file_of(found),
        buttons=(Button("ONTs of the PON", "network_onts", {"port": splitter.port}),),
        tone=Tone.WARN if splitter.offline else Tone.PLAIN,
        focus=focus,
        evidence=evidence,
    )


async def _splitter_of(ctx: Ctx, customer: Customer | None) -> Splitter:
    """Return the splitter a customer's line hangs on; of several lines the first that hangs on one."""
    if customer is None:
        raise BadInput("Which splitter? Name it, as SPL-NTH-03-1A, or a customer behind it.")
    net = ctx.port(Network)
    for line in await net.lines(ctx.scope, customer.number):
        for one in await net.splitters(ctx.scope, service=line.service, limit=1):
            return one
    raise NotFound(f"Nobody wrote down which splitter {customer.name} ({customer.number}) hangs on.")


async def find_splitters(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find splitters by name, or by words of name and port."""
    low = " ".join(text.lower().split())
    return [
        Match(
            key=one.name,
            label=one.name,
            record=one,
            detail=one.port,
            exact=one.name.lower() == low,
            score=PARTLY,
            scope=one.area,
        )
        for one in await ctx.port(Network).find_splitters(ctx.scope, text, limit)
    ]


async def _cause(ctx: Ctx, one: Splitter, behind: Collection[str]) -> str:
    """Say where to look, from who is up behind it and beside it, and from what the dark ones said last."""
    if not one.offline:
        return "Every ONT behind it is up."
    if one.offline < one.lines:
        return f"{one.offline:,} of {one.lines:,} ONTs behind it are not up: look at those lines, not at it."
    net, place = ctx.port(Network), Place(kind="port", key=one.port)
    if await _more_behind(ctx, one):
        return (
            "None of the ONTs you may see behind it is up. Others hang there too: ask somebody who sees them."
        )
    signs = await net.signs(ctx.scope, place)
    beside = sum(pon.onts - pon.dark for pon in signs.pons)
    if not beside:
        return f"Nobody on {one.port} is up: the cut, of power or of light, is before the splitter."
    others = f"{plural(beside, 'other ONT is', 'other ONTs are')} up on {one.port}"
    dark = await net.onts(ctx.scope, place, MOST, status="not up")
    return f"Nobody behind it is up, {others}. " + _look(
        one, Counter(each.ont.status for each in dark.lines if each.service in behind)
    )


async def _more_behind(ctx: Ctx, one: Splitter) -> bool:
    """Say whether lines hang behind it that this person may not see: without them it is no verdict."""
    if ctx.scope.everywhere:
        return False
    all_ = await ctx.port(Network).find_splitters(EVERYWHERE, one.name, FEW)
    return any(whole.name == one.name and whole.lines != one.lines for whole in all_)


def _look(one: Splitter, last: Mapping[str, int]) -> str:
    """Say what those behind it, all dark, said last, and what follows from that."""
    light, power = last.get("los", 0), last.get("dying_gasp", 0)
    if power >= SAME * one.offline:
        return f"{power:,} of {one.offline:,} said dying gasp: a **power cut** there, ask about electricity."
    if one.offline < LEAST:
        return "It is one line only: look at that line first."
    if light >= SAME * one.offline:
        return f"{light:,} of {one.offline:,} lost light: **the cut is at the splitter or its feeder.**"
    return (
        f"{light:,} of {one.offline:,} lost light, {power:,} said dying gasp, the others did not say why: it "
        "is not clear whether it is the splitter."
    )


def _kind(one: Splitter) -> str:
    return f"1:{one.ratio} splitter" if one.ratio else "splitter"


def _table(found: Sequence[Splitter], most: int) -> Table:
    columns = [
        Column("Splitter"),
        Column("Port"),
        *(Column(t, RIGHT) for t in ("Ratio", "Lines", "Offline")),
        Column("Behind"),
    ]
    rows = [
        (one.name, one.port, f"1:{one.ratio}" if one.ratio else None, one.lines, one.offline, one.parent)
        for one in found[:most]
    ]
    return Table(columns=columns, rows=rows, total=len(found))
