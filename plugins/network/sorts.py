"""Which sort of customers is asked for: of a kind, of a tier."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.customers.port import CustomerKind, CustomerTier, query_of


def sort_of(kind: CustomerKind | None, tier: CustomerTier | None) -> dict[str, str]:
    """Return the kind and tier that are named as the network port takes them; empty for all customers."""
    query = query_of(kind=kind, tier=tier)
    return {name: said for name, said in (("kind", query.kind), ("tier", query.tier)) if said}


def customers_of(sort: Mapping[str, str]) -> str:
    """Return `critical business customer`."""
    return " ".join((*(sort[name] for name in ("tier", "kind") if name in sort), "customer"))


def with_sort(sort: Mapping[str, str], where: str) -> str:
    """Return ` of critical business customers in Coast`; only where it is when all are asked for."""
    return f" of {customers_of(sort)}s{where}" if sort else where
