"""What stands beside the audit's chain: does it still fit the hash in it, and was it rightly erased?"""

from __future__ import annotations

import json

from bot.core.audit_body import told_hash
from bot.db.audit import AuditRow

ERASED = "audit.erased"
"""The event of rows that say what was erased: their body lists the numbers of the rows."""


class Beside:
    """Follows a chain along with the walk, and says at its end what is unaccounted for."""

    def __init__(self) -> None:
        self._gone: dict[int, int] = {}
        self._records: dict[int, int] = {}

    @property
    def count(self) -> int:
        """Return beside how many rows something was erased, and a row says so."""
        return len(self._gone) - len(self.unexplained())

    def step(self, row: AuditRow) -> tuple[str, str] | None:
        """Take a row that is itself whole; return what is wrong beside it, as kind and sentence."""
        facts = _facts(row)
        if row.event == ERASED:
            self.learn(row)
        wanted = facts.get("told")
        if row.told is not None and (wanted is None or row.salt is None):
            return "extra", f"something was put in beside row {row.seq}"
        if row.told is not None and row.salt is not None and told_hash(row.told, row.salt) != wanted:
            return "changed", f"what stands beside row {row.seq} was changed"
        if row.told is None and wanted is not None:
            self._gone[row.seq] = row.erased_seq or 0
        return None

    def learn(self, row: AuditRow) -> None:
        """Take note of a row that says what was erased."""
        rows = _facts(row).get("rows")
        if row.event == ERASED and isinstance(rows, list):
            self._records |= {seq: row.seq for seq in rows if isinstance(seq, int) and seq < row.seq}

    def later(self, seq: int) -> bool:
        """Say whether something was erased by rows behind this one."""
        return any(record > seq for record in self._gone.values())

    def unexplained(self) -> list[int]:
        """Return the rows beside which something is gone that no row accounts for."""
        return [seq for seq, record in self._gone.items() if self._records.get(seq) != record]


def _facts(row: AuditRow) -> dict[str, object]:
    try:
        facts = json.loads(row.body)
    except ValueError:  # it fits the chain's hash, so it was written like this
        return {}
    return facts if isinstance(facts, dict) else {}
