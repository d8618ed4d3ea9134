"""The eleven kinds of files, in the order in which a new ISP loads them."""

from __future__ import annotations

from plugins.connectors.local.importing.kinds_billing import INVOICES, PAYMENTS
from plugins.connectors.local.importing.kinds_network import (
    DEVICES,
    ONTS,
    POOLS,
    SPEED_TESTS,
    SPLITTERS,
    TOPOLOGY,
)
from plugins.connectors.local.importing.kinds_people import CUSTOMERS, SERVICES, TICKETS
from plugins.connectors.local.importing.nouns import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        DEVICES, POOLS, CUSTOMERS, SERVICES, TOPOLOGY, SPLITTERS, INVOICES, PAYMENTS, TICKETS, SPEED_TESTS,
        ONTS,
    )
}  # fmt: skip


def template(kind: Kind) -> tuple[list[str], list[str]]:
    """Return a header and one row that can be loaded as it is, in the order in which files are loaded."""
    shown = [field for field in kind.fields if field.example]
    return [field.name for field in shown], [field.example for field in shown]
