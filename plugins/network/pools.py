"""Address pools: how full they are, and which addresses are free."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import Align, Button, Column, NotFound, Reply, Table, Tone, action, plural
from plugins.network.entities import Ctx
from plugins.network.fullness import Share, share_of
from plugins.network.port import Network, Pool, SiteRef

FULL = 0.9
"""Share from which on a pool is nearly full: a power cut's return dials in more at once than usual."""
MAX_ROWS = 200
WORD = re.compile(r"[\w.-]*\w")
AROUND = frozenset(
    ("a", "all", "the", "our", "any", "in", "of", "for", "from", "pool", "pools", "ip", "address", "range")
)
"""Words around what a pool is called."""
RIGHT = Align.RIGHT


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "which pool is nearly full",
        "which address pools are full",
        "address pools",
        "list the IP pools",
        "how full are the address pools",
        "how many free IP addresses do we have",
        "IP pools of {site}",
        "prefixes with used and free addresses",
        "pools that are more than {over} full",
    ),
)
async def pools(ctx: Ctx, site: SiteRef | None = None, over: Share = "", limit: int = 30) -> Reply:
    """List the IPv4 address pools with used and free addresses, the fullest first.

    Of all, or of a site; only those above a share, such as 80 %, if you say so. Used is what a service keeps
    or a session has; 90 % and more is nearly full.
    """
    most = max(1, min(limit, MAX_ROWS))
    least = share_of(over)
    found = await ctx.port(Network).pools(ctx.scope, site.code if site else "", MAX_ROWS if over else most)
    where = f" at {site.name} ({site.code})" if site else ""
    focus = {"site": site.code} if site else {}
    evidence = (ctx.evidence(Network),)
    if not found:
        return Reply(f"No address pool is on record{where}.", data=(), focus=focus, evidence=evidence)
    if over:
        return _above(ctx, [one for one in found if one.share > least], least, where, len(found))
    full = [one for one in found if one.share >= FULL]
    free = sum(one.free for one in found)
    text = f"{plural(len(found), 'pool')}{where}, {plural(free, 'address', 'addresses')} free. "
    if full:
        names = ", ".join(f"**{one.name}** ({one.share:.0%})" for one in full[:3])
        more = f" and {len(full) - 3:,} more" if len(full) > 3 else ""  # noqa: PLR2004 - as many as named
        text += f"Nearly full: {names}{more}."
    else:
        text += f"None is {FULL:.0%} full; the fullest is **{found[0].name}** ({found[0].share:.0%})."
    return Reply(
        text,
        data=tuple(found),
        table=_table(found),
        tone=Tone.WARN if full else Tone.GOOD,
        buttons=tuple(
            Button(f"Free in {one.name}", "network_free_addresses", {"pool": one.name}) for one in found[:3]
        ),
        focus=focus,
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "free addresses in {pool}",
        "free addresses in the pool {pool}",
        "free IPs in {pool}",
        "free IP addresses of pool {pool}",
        "next free IP in {pool}",
        "give me a free address of {pool}",
    ),
)
async def free_addresses(ctx: Ctx, pool: str = "", limit: int = 10) -> Reply:
    """Name the lowest free IPv4 addresses of a pool, by its name, its prefix or an address in it.

    Without one it shows the pools to choose from. Free is what no service keeps and no session has; nothing
    is reserved by asking.
    """
    wanted = pool.strip()
    net = ctx.port(Network)
    known = await _meant(ctx, wanted) if wanted else await net.pools(ctx.scope, "", MAX_ROWS)
    if not known and not wanted:
        raise NotFound("No address pool is on record.")
    if not known:
        raise NotFound(f"There is no address pool “{wanted[:60]}”. `network pools` lists those there are.")
    if len(known) > 1:
        text = "Which pool do you mean?"
        asked = tuple(Button(one.name, "network_free_addresses", {"pool": one.name}) for one in known[:8])
        return Reply(text, data=(), table=_table(known), buttons=asked, evidence=(ctx.evidence(Network),))
    (one,) = known
    found = await net.free_addresses(ctx.scope, one.name, max(1, min(limit, MAX_ROWS)))
    head = f"**{one.name}** ({one.prefix}): {one.free:,} of {plural(one.size, 'address', 'addresses')} free"
    text = f"{head}, the lowest: {', '.join(found)}." if found else f"{head}."
    return Reply(
        text,
        data=tuple(found),
        tone=Tone.WARN if one.share >= FULL else Tone.PLAIN,
        buttons=(Button("Pools", "network_pools"),),
        evidence=(ctx.evidence(Network),),
    )


def _above(ctx: Ctx, found: Sequence[Pool], least: float, where: str, all_: int) -> Reply:
    """List the pools above a share."""
    many = plural(len(found), "pool is", "pools are")
    return Reply(
        f"{many} more than {least:.0%} full{where}, of {all_:,}.",
        data=tuple(found),
        table=_table(found) if found else None,
        tone=Tone.WARN if found else Tone.GOOD,
        evidence=(ctx.evidence(Network),),
    )


async def _meant(ctx: Ctx, wanted: str) -> Sequence[Pool]:
    """Return the pool of this name, prefix or address, else those with these words: `the cgnat pool`."""
    net = ctx.port(Network)
    if found := await net.pools(ctx.scope, wanted):
        return found
    words = [word for word in WORD.findall(wanted.lower()) if word not in AROUND]
    all_ = await net.pools(ctx.scope, limit=MAX_ROWS) if words else ()
    named = [one for one in all_ if one.name.lower() in words]
    return named or [
        one
        for one in all_
        if all(w in f"{one.name} {one.purpose} {one.site or ''} {one.region or ''}".lower() for w in words)
    ]


def _table(found: Sequence[Pool]) -> Table:
    columns = [Column("Pool"), Column("Prefix"), *(Column(t, RIGHT) for t in ("Used", "Free", "Full"))]
    rows = [
        (one.name, one.prefix, one.used, one.free, f"{one.share:.0%}", one.purpose or None, one.site)
        for one in found
    ]
    return Table(columns=[*columns, Column("For"), Column("Site")], rows=rows)
