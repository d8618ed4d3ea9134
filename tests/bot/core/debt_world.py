"""A list of three debtors, and cards for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contract.money import Money
from bot.contract.reply import Align, Column, Reply, Table
from tests.bot.core.answer_world import NotingGate

ROWS = (
    ("100234", "Amina Bello", "residential", 40, Money(30_000, "NGN"), "-28.4"),
    ("100999", "Grace Adeyemi", "business", 90, Money(90_000, "NGN"), "-19.0"),
    ("100777", "Brian Otieno", "business", 35, Money(50_000, "NGN"), "-26.1"),
)
COLUMNS = ("Account", "Name", "Kind", "Days", "Owed", "dBm")


@dataclass
class DebtGate(NotingGate):
    """Answers the list of debtors, and cards for everything else."""

    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def call(self, user: Any, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
        reply = await super().call(user, action_id, args, **more)
        self.asked.append((action_id, args))
        if action_id != "billing_overdue":
            return reply
        columns = (*(Column(c) for c in COLUMNS[:3]), *(Column(c, Align.RIGHT) for c in COLUMNS[3:]))
        rows = [row for row in ROWS if row[3] >= args.get("days", 0)]
        return Reply("debts", table=Table(columns=columns, rows=rows, total=len(rows)))


def accounts(reply: Reply) -> list[str]:
    return [str(row[0]) for row in reply.table.rows] if reply.table else []
