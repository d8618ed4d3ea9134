"""Cells that hold addresses: of a line, of a customer's IPv6 network, of a pool."""

from __future__ import annotations

import ipaddress
import re

from plugins.connectors.local.importing.nouns import BadCellError

V4 = 4
WIDEST = 8
"""Bits of the widest pool that is kept: the width of the private 10.0.0.0/8."""
RANGE = re.compile(r"([0-9.]+) ?[-–] ?([0-9.]+)")


def ip_of(cell: str) -> str:
    """Return an address."""
    try:
        return str(ipaddress.ip_interface(cell).ip)
    except ValueError:
        raise BadCellError(f"“{cell[:40]}” is no IP address.") from None


def prefix_of(cell: str) -> str:
    """Return an IPv6 prefix."""
    try:
        found = ipaddress.ip_network(cell, strict=False)
    except ValueError:
        raise BadCellError(f"“{cell[:40]}” is no IPv6 prefix such as 2001:db8:12::/56.") from None
    if found.version == V4:
        raise BadCellError(f"“{cell[:40]}” is IPv4; the address goes into the column ipv4.")
    return str(found)


def pool_of(cell: str) -> str:
    """Return an IPv4 prefix; one that begins in its middle is asked about, as perhaps it is too wide."""
    if ends := RANGE.fullmatch(cell):
        return _range(cell, *ends.groups())
    try:
        found = ipaddress.ip_interface(cell).network
    except ValueError:
        raise BadCellError(f"“{cell[:40]}” is no IPv4 prefix such as 10.20.0.0/22.") from None
    if found.version != V4 or not re.search(r"/", cell):
        raise BadCellError(f"“{cell[:40]}” is no IPv4 prefix such as 10.20.0.0/22.")
    if str(found.network_address) != cell.partition("/")[0].strip():
        raise BadCellError(f"“{cell[:40]}” begins in the middle of {found}. Write that, or a narrower one.")
    return _kept(found, cell)


def _range(cell: str, low: str, high: str) -> str:
    try:
        first, last = ipaddress.IPv4Address(low), ipaddress.IPv4Address(high)
        nets = list(ipaddress.summarize_address_range(first, last))
    except (ValueError, TypeError):
        raise BadCellError(f"“{cell[:40]}” is no range of IPv4 addresses.") from None
    if len(nets) > 1:
        known = ", ".join(map(str, nets[:4])) + (", …" if len(nets) > 4 else "")  # noqa: PLR2004 - as many as named
        raise BadCellError(f"“{cell[:40]}” is not one prefix but {len(nets)}: {known}. Give each a row.")
    return _kept(nets[0], cell)


def _kept(net: ipaddress.IPv4Network | ipaddress.IPv6Network, cell: str) -> str:
    if net.prefixlen < WIDEST:
        raise BadCellError(f"“{cell[:40]}” is wider than any pool: /{WIDEST} is the widest.")
    return str(net)
