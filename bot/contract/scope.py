"""Which rows a permission reaches: regions, sites, partners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DIMENSIONS = ("region", "site", "partner")


@dataclass(frozen=True, kw_only=True)
class Area:
    """One grant's reach; None means any. All named dimensions must fit."""

    region: frozenset[str] | None = None
    site: frozenset[str] | None = None
    partner: frozenset[str] | None = None

    def covers(self, row: Mapping[str, str | None]) -> bool:
        """Say whether a row with these dimensions lies inside; an unknown dimension lies outside."""
        return all((wanted := getattr(self, name)) is None or row.get(name) in wanted for name in DIMENSIONS)


@dataclass(frozen=True)
class Scope:
    """The union of the areas of all grants that give one permission. Empty: reaches nothing."""

    areas: frozenset[Area] = frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether no row is out of reach."""
        return Area() in self.areas

    def covers(self, row: Mapping[str, str | None]) -> bool:
        """Say whether any area covers this row."""
        return any(area.covers(row) for area in self.areas)

    @classmethod
    def union(cls, scopes: Iterable[Scope]) -> Scope:
        """Return the scope that reaches what any of these reaches."""
        return cls(frozenset(area for scope in scopes for area in scope.areas))


EVERYWHERE = Scope(frozenset({Area()}))
NOWHERE = Scope()
