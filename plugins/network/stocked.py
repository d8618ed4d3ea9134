"""What is in stock, and where one ONT is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal

from bot.api import Align, BadInput, Button, Column, NotFound, Reply, Table, Tone, action, ago, plural
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import Cpe, CpeCount, CpePage, CpeQuery, Line, Network
from plugins.network.serials import ModelRef, SerialRef
from plugins.network.stock import State
from plugins.tickets.port import Agent, AgentRef

RIGHT = Align.RIGHT
MAX_ROWS, NAMED = 200, 4
Wanted = Literal[
    "in stock", "with technicians", "with technician", "issued", "installed", "to collect", "not returned",
    "returned", "faulty", "broken", "defective", "any",
]  # fmt: skip
MEANT: dict[str, State | Literal[""]] = {
    "in stock": "in stock",
    "with technician": "with technician",
    "installed": "installed",
    "to collect": "to collect",
    "returned": "returned",
    "faulty": "faulty",
    "with technicians": "with technician",
    "issued": "with technician",
    "not returned": "to collect",
    "broken": "faulty",
    "defective": "faulty",
    "any": "",
}
SAID = {"with technician": "with technicians", "to collect": "to collect from lines that have ended"}


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "ONTs in stock",
        "how many ONTs are in stock",
        "stock of {model}",
        "ONTs in stock in {area}",
        "how many {model} are in stock in {area}",
        "which ONTs does {technician} have",
        "ONTs that are {state}",
        "ONTs that are {state} in {area}",
        "inventory of ONTs by model and place",
        "what is in my van",
    ),
)
async def stock(
    ctx: Ctx,
    *,
    state: Wanted | None = None,
    model: ModelRef | None = None,
    technician: AgentRef | None = None,
    area: str = "",
    since: date | None = None,
    limit: int = 20,
) -> Reply:
    """Count ONTs and radios by model and place, and list them.

    Those in stock, or with technicians, installed, to collect, returned or faulty; of a model, a technician,
    a region or a site; or that came there since a day.
    """
    area, called = area_of(area), model.name if model else ""
    wanted = MEANT[state or ("with technician" if technician else "in stock")]
    if since and wanted in {"installed", "to collect"}:
        raise BadInput("Nobody wrote down since when an ONT hangs on a line. Ask without the day.")
    begun = datetime.combine(since, time(), ctx.tenant.zone) if since else None
    holder = technician.email if technician else ""
    query = CpeQuery(state=wanted, since=begun, model=called, holder=holder, area=area)
    net, evidence = ctx.port(Network), (ctx.evidence(Network),)
    counts = await net.cpe_counts(ctx.scope, query)
    total = sum(one.count for one in counts)
    head = _head(total, wanted, called, technician, area) + (f" since {since:%-d %b}" if since else "")
    if not total:
        await check_area(ctx, area)
        return Reply(f"{head}.", data=(), evidence=evidence)
    page = await net.cpes(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    models = Counter[str]()
    for one in counts:
        models[one.model or "of no known model"] += one.count
    named = ", ".join(f"{count:,} {name}" for name, count in models.most_common(NAMED))
    more = f" and {len(models) - NAMED} models more" if len(models) > NAMED else ""
    return Reply(
        f"{head}: {named}{more}.",
        data=page.boxes,
        tables=(_counted(counts), _listed(ctx, page)),
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "where is ONT {serial}",
        "who has ONT {serial}",
        "is ONT {serial} in stock",
        "look up the serial {serial}",
        "which line is ONT {serial} on",
    ),
)
async def ont(ctx: Ctx, serial: SerialRef) -> Reply:
    """Say where an ONT or radio is: on whose line, in stock, with a technician, returned or faulty."""
    found = await ctx.port(Network).get_cpe(ctx.scope, serial.number)
    if found is None:
        raise NotFound(f"ONT {serial.number} hangs on no line and is not in the stock.")
    called = f"**{found.serial}**" + (f" ({found.model})" if found.model else "")
    line = await _line(ctx, found)
    facts = {"Site": found.site, "Note": found.note or None}
    if line and line.ont:
        facts |= {"State": line.ont.status.replace("_", " "), "Level": line.level or None}
    mine = {"customer": found.customer} if found.customer else {}
    return Reply(
        f"{called} is {said_of(found)}{f', since {ago(found.since, ctx.now)}' if found.since else ''}.",
        data=found,
        facts={name: value for name, value in facts.items() if value},
        tone=Tone.WARN if found.state == "faulty" else Tone.PLAIN,
        buttons=(Button("Line", "network_line", mine),) if mine and found.state == "installed" else (),
        focus=mine,
        evidence=(ctx.evidence(Network),),
    )


def said_of(box: Cpe | None) -> str:
    """Return `with Fay Mwende` or `in stock at CST-01`; who reads it wants to find the box."""
    if box is None:
        return "not in the stock yet"
    if box.service:
        ended = ", which has ended: collect it" if box.state == "to collect" else ""
        return f"on {box.place}{ended}"
    if box.state == "with technician":
        return f"with {box.place}"
    return f"{box.state} at {box.site}" if box.site else box.state


async def _line(ctx: Ctx, box: Cpe) -> Line | None:
    if box.state != "installed" or not box.customer:
        return None
    lines = await ctx.port(Network).lines(ctx.scope, box.customer)
    return next((line for line in lines if line.service == box.service), None)


def _head(total: int, state: str, model: str, technician: Agent | None, area: str) -> str:
    """Return `12 ONTs of F670L in stock in coast`."""
    of = f" of model {model[:40]}" if model else ""
    what = plural(total, "ONT or radio", "ONTs and radios") if total else "No ONT or radio"
    if technician:
        return f"{technician.name} has {what if total else 'no ONT or radio'}{of}{in_area(area)}"
    how = SAID.get(state, state) or "on record"
    return f"{what}{of} {'is' if total < 2 else 'are'} {how}{in_area(area)}"  # noqa: PLR2004 - one or many


def _counted(counts: Sequence[CpeCount]) -> Table:
    columns = [*(Column(t) for t in ("Model", "Place", "State")), Column("Count", RIGHT)]
    rows = [(one.model or "?", one.place or None, one.state, one.count) for one in counts[:MAX_ROWS]]
    return Table(title="By model and place", columns=columns, rows=rows, total=len(counts))


def _listed(ctx: Ctx, page: CpePage) -> Table:
    columns = [Column(t) for t in ("Serial", "Model", "State", "Where", "Since")]
    rows = [
        (
            one.serial,
            one.model,
            one.state,
            one.place or None,
            ago(one.since, ctx.now) if one.since else None,
            one.note or None,
        )
        for one in page.boxes
    ]
    return Table(title="Each", columns=[*columns, Column("Note")], rows=rows, total=page.total)
