"""Approval policies: where a tenant asks for more approval than the action's author did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = """
    id, action, min_amount, min_hits, given, needs, approver_role, on_call, expires_after, remind_after, note
"""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One rule. `action` is an id, `billing_*` or `*`; it applies from an amount or a number of customers.

    With neither threshold it always applies; `given` narrows it to calls whose arguments have some values.
    `approver_role` is what an approver must hold, `on_call` the team for which one of them must be on call.
    """

    action: str
    needs: int
    id: str = ""
    min_amount: int | None = None
    min_hits: int | None = None
    given: str = ""
    approver_role: str | None = None
    on_call: str | None = None
    expires_after: timedelta | None = None
    remind_after: timedelta | None = None
    note: str = ""

    @classmethod
    def of(cls, row: Row[Any]) -> Policy:
        """Read a row of `approval_policies`."""
        return cls(**{**row._asdict(), "id": str(row.id)})


async def find_policies(session: AsyncSession, action_id: str, plugin: str) -> list[Policy]:
    """Return the rules for one action of one plugin."""
    rows = await session.execute(
        text(f"""
            select {COLUMNS} from approval_policies
            where action in (:action, :plugin || '_*', '*') order by made_at, id
        """),  # noqa: S608 - a constant
        {"action": action_id, "plugin": plugin},
    )
    return [Policy.of(row) for row in rows]


async def find_all_policies(session: AsyncSession) -> list[Policy]:
    """Return every rule of the tenant."""
    rows = await session.execute(
        text(f"select {COLUMNS} from approval_policies order by action, made_at, id")  # noqa: S608 - a constant
    )
    return [Policy.of(row) for row in rows]


async def do_add_policy(session: AsyncSession, policy: Policy, *, by: str) -> str:
    """Add a rule and return its id."""
    rows = await session.execute(
        text("""
            insert into approval_policies (action, min_amount, min_hits, given, needs, approver_role,
                on_call, expires_after, remind_after, note, made_by)
            values (:action, :min_amount, :min_hits, :given, :needs, :role,
                :on_call, :expires, :remind, :note, :by) returning id
        """),
        {
            "action": policy.action,
            "min_amount": policy.min_amount,
            "min_hits": policy.min_hits,
            "given": policy.given,
            "needs": policy.needs,
            "role": policy.approver_role,
            "on_call": policy.on_call,
            "expires": policy.expires_after,
            "remind": policy.remind_after,
            "note": policy.note,
            "by": by,
        },
    )  # fmt: skip - as it reads in SQL
    return str(rows.one().id)


async def do_drop_policy(session: AsyncSession, policy_id: str) -> bool:
    """Remove a rule; False if there is none with this id."""
    done = await session.execute(
        text("delete from approval_policies where id::text = lower(:id) returning id"), {"id": policy_id}
    )
    return done.first() is not None
