"""Address pools around the addresses that the lines have: whole prefixes, one after the other."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from bot.demo.world.batch import Batch
from bot.demo.world.customer_rows import addresses
from bot.demo.world.seeded import Ints
from bot.demo.world.world import World

COLUMNS = ("name", "prefix", "purpose", "site")
POOLS = 6
"""How many pools the homes share, about."""
SMALLEST = 256


def pool_rows(world: World) -> Batch:
    """Return a pool for each stretch of the homes' addresses, a free one, and one for businesses."""
    homes, shops = world.subs.business[world.subs.owner] == 0, world.subs.business[world.subs.owner] == 1
    nets = _nets(world, homes.nonzero()[0], POOLS)
    nets.append(IPv4Network((int(nets[-1].broadcast_address) + 1, nets[-1].prefixlen)))
    rows = [(f"cgnat-home-{nr}", str(net), "CGNAT, homes", None) for nr, net in enumerate(nets, start=1)]
    if shops.any():
        public = _nets(world, shops.nonzero()[0], 1)
        rows += [
            (f"public-{nr}", str(net), "fixed, businesses", None) for nr, net in enumerate(public, start=1)
        ]
    return Batch("isp_pools", COLUMNS, rows)


def _nets(world: World, services: Ints, parts: int) -> list[IPv4Network]:
    """Return equal prefixes that cover the addresses of these services, in about so many parts."""
    low, high = (int(IPv4Address(ip)) for ip in addresses(world, services[[0, -1]]))
    size = max(SMALLEST, 1 << ((high - low) // parts).bit_length())
    first = low - low % size
    return [IPv4Network((start, 33 - size.bit_length())) for start in range(first, high + 1, size)]
