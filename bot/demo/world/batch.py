"""Rows on their way to a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Batch:
    """Rows of one table, without tenant_id: whoever loads them says whose they are."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    @classmethod
    def of(cls, table: str, values: Mapping[str, Iterable[Any]]) -> Batch:
        """Return rows from columns of equal length."""
        return cls(table, tuple(values), list(zip(*values.values(), strict=True)))

    def where(self, keep: Sequence[bool]) -> Batch:
        """Return only the rows kept."""
        return Batch(self.table, self.columns, [r for r, k in zip(self.rows, keep, strict=True) if k])
