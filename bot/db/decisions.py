"""Decisions: who said yes or no to a waiting call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One person's word on one call; `on_call` are the teams asked for that they were on call for."""

    user_id: str
    name: str
    yes: bool
    at: datetime
    reason: str = ""
    on_call: tuple[str, ...] = ()


async def do_decide(session: AsyncSession, call_id: str, decision: Decision) -> bool:
    """Write down a decision; False if this person had decided already."""
    done = await session.execute(
        text("""
            insert into decisions (call_id, user_id, name, yes, reason, at, on_call)
            values (cast(:call as uuid), :user, :name, :yes, :reason, :at, :on_call)
            on conflict (tenant_id, call_id, user_id) do nothing returning call_id
        """),
        {
            "call": call_id,
            "user": decision.user_id,
            "name": decision.name,
            "yes": decision.yes,
            "reason": decision.reason,
            "at": decision.at,
            "on_call": list(decision.on_call),
        },
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def find_decisions(session: AsyncSession, call_ids: Sequence[str]) -> dict[str, list[Decision]]:
    """Return the decisions on these calls, oldest first."""
    rows = await session.execute(
        text("""
            select call_id, user_id, name, yes, reason, at, on_call from decisions
            where call_id = any (cast(:calls as uuid[])) order by at, user_id
        """),
        {"calls": list(call_ids)},
    )
    found: dict[str, list[Decision]] = {call_id: [] for call_id in call_ids}
    for row in rows:
        found[str(row.call_id)].append(
            Decision(
                user_id=row.user_id,
                name=row.name,
                yes=row.yes,
                at=row.at,
                reason=row.reason,
                on_call=tuple(row.on_call),
            )
        )
    return found


async def do_forget(session: AsyncSession, call_id: str, user_ids: Sequence[str] | None = None) -> None:
    """Drop the decisions on a call (the audit keeps them): all, or those of some people."""
    await session.execute(
        text("""
            delete from decisions where call_id = cast(:call as uuid)
            and (cast(:users as text[]) is null or user_id = any (cast(:users as text[])))
        """),
        {"call": call_id, "users": None if user_ids is None else list(user_ids)},
    )
