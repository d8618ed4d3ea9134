"""Keeping address pools on record, and forgetting them."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    NotFound,
    Preview,
    Reply,
    action,
    plural,
)
from plugins.network.entities import Ctx
from plugins.network.port import Network, NewPool, Pool, SiteRef
from plugins.network.prefixes import PrefixRef

UNDO = timedelta(minutes=30)
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,39}")
WORDS = re.compile(r"[\w.-]*\w")
AROUND = frozenset(
    ("a", "add", "address", "called", "ip", "name", "named", "new", "please", "pool", "the", "as", "prefix")
)
"""Words that are no name of a pool."""
WIDEST = 8
"""Bits of the widest prefix that is kept: the width of the private 10.0.0.0/8."""
TITLE = 60
MOST = 1_000


async def preview_add(
    ctx: Ctx, *, name: str, prefix: PrefixRef, site: SiteRef | None = None, purpose: str = ""
) -> Preview:
    """Say which addresses are counted from now on."""
    name = name_of(name)
    net = check_pool(name, prefix.text, purpose)
    for known in await ctx.port(Network).pools(ctx.scope, limit=MOST):
        if net.overlaps(ipaddress.IPv4Network(known.prefix)):
            raise Conflict(f"{net} overlaps the pool {known.name}, {known.prefix}. Give another prefix.")
    where = f" at {site.name} ({site.code})" if site else ""
    size = plural(net.num_addresses, "address", "addresses")
    return Preview(
        text=f"The pool {name.strip()}, {net}{where}, is kept on record.",
        changes=(Change(what=name.strip(), after=f"{net[0]} to {net[-1]}, {size}"),),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_add,
    examples=(
        "add the address pool {name} with {prefix}",
        "add the pool {name} {prefix} at {site}",
        "add the pool {name} {prefix}",
        "add pool {name} {prefix} for {purpose}",
        "add pool {name} {prefix} at {site} for {purpose}",
        "keep the pool {name} with the prefix {prefix} for {purpose}",
        "new IP pool {name} {prefix}",
    ),
)
async def add_pool(
    ctx: Ctx, *, name: str, prefix: PrefixRef, site: SiteRef | None = None, purpose: str = ""
) -> Reply:
    """Keep an IPv4 address pool on record, so that its used and free addresses are counted.

    On record only: no device is told. Without a site only those see it who may see the whole network.
    """
    name = name_of(name)
    net = check_pool(name, prefix.text, purpose)
    new = NewPool(
        name=name.strip(), prefix=str(net), purpose=purpose.strip(), site=site.code if site else None
    )
    done = await ctx.port(Network).add_pool(ctx.effect, new)
    return Reply(
        f"The pool {done.name}, {done.prefix}, is on record: {done.used:,} of "
        f"{plural(done.size, 'address', 'addresses')} used.",
        data=done,
        undo=ActionCall(action_id="network_remove_pool", args={"pool": done.name}),
        undo_within=UNDO,
        buttons=(Button("Pools", "network_pools"),),
        evidence=(ctx.evidence(Network),),
    )


async def preview_remove(ctx: Ctx, pool: str) -> Preview:
    """Say which pool is forgotten, and that nobody loses an address."""
    one = await _one(ctx, pool)
    used = plural(one.used, "address", "addresses")
    return Preview(
        text=f"The pool {one.name}, {one.prefix}, is taken off the record. Whoever has an address keeps it.",
        changes=(Change(what=one.name, before=f"{one.prefix}, {used} used", after="not on record"),),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_remove,
    examples=(
        "remove the address pool {pool}",
        "delete the IP pool {pool}",
        "forget the address pool {pool}",
    ),
)
async def remove_pool(ctx: Ctx, pool: str) -> Reply:
    """Take an address pool off the record. Whoever has an address of it keeps it; no device is told."""
    one = await _one(ctx, pool)
    await ctx.port(Network).remove_pool(ctx.effect, one.name)
    args = {"name": one.name, "prefix": one.prefix, "purpose": one.purpose}
    return Reply(
        f"The pool {one.name}, {one.prefix}, is off the record.",
        data=one,
        undo=ActionCall(
            action_id="network_add_pool", args={**args, **({"site": one.site} if one.site else {})}
        ),
        undo_within=UNDO,
        buttons=(Button("Pools", "network_pools"),),
        evidence=(ctx.evidence(Network),),
    )


def name_of(text: str) -> str:
    """Return a name without the words around it: `called homes-7` is homes-7."""
    name = " ".join(word for word in text.split() if word.lower() not in AROUND)
    if not name:
        raise BadInput(
            "Say how the pool is called, in one word, for example: add pool homes-7 100.64.4.0/22."
        )
    return name


def check_pool(name: str, prefix: str, purpose: str) -> ipaddress.IPv4Network:
    """Refuse what is no name, or no IPv4 prefix; return the prefix."""
    if not NAME.fullmatch(name.strip()):
        raise BadInput("Name the pool in one word of up to 40 letters, digits, dots and dashes.")
    if len(purpose.strip()) > TITLE:
        raise BadInput(f"Say what the pool is for in up to {TITLE} letters.")
    try:
        net = ipaddress.IPv4Network(prefix.strip())
    except ValueError:
        raise BadInput(
            f"“{prefix.strip()[:40]}” is no IPv4 prefix. Give its first address and length, as 100.64.4.0/22."
        ) from None
    if net.prefixlen < WIDEST:
        raise BadInput(f"{net} is too wide for a pool. Give a prefix of /{WIDEST} or longer.")
    return net


async def _one(ctx: Ctx, pool: str) -> Pool:
    """Return the pool of exactly this name."""
    named = pool.strip().lower()
    known = await ctx.port(Network).pools(ctx.scope, named) if named else ()
    for one in known:
        if one.name.lower() == named:
            return one
    words = set(WORDS.findall(named))  # “homes-7, we gave it back” names one
    fitting = [
        one for one in await ctx.port(Network).pools(ctx.scope, limit=MOST) if one.name.lower() in words
    ]
    if len(fitting) == 1:
        return fitting[0]
    raise NotFound(f"There is no address pool “{pool.strip()[:60]}”. `network pools` lists those there are.")
