"""The changes asked for of late, those alike counted together: what a policy is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class CallGroup:
    """Calls that a policy cannot tell apart, of one person; `newest` is the id of the last one.

    `args` are those of the arguments that were wanted. `times` are when they were asked for, where that was.
    """

    action_id: str
    via: str
    hits: int
    amount: str
    needs: int
    asked_by: str
    count: int
    newest: str
    newest_at: datetime
    args: Mapping[str, Any] = field(default_factory=dict)
    times: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AskedCall:
    """One of them, for people."""

    id: str
    asked_at: datetime
    asked_name: str
    summary: str


async def find_groups(
    session: AsyncSession, since: datetime, limit: int, *, names: Sequence[str] = (), times: bool = False
) -> list[CallGroup]:
    """Return the groups of the newest `limit` calls asked for since then; taking back is none of them."""
    rows = await session.execute(
        text("""
            select action_id, via, hits, amount, needs, asked_by, args, count(*) as count,
                (array_agg(id order by asked_at desc))[1]::text as newest, max(asked_at) as newest_at,
                case when :times then array_agg(asked_at) end as times
            from (
                select id, action_id, via, needs, asked_by, asked_at,
                    coalesce(cast(preview->>'hits' as bigint), 1) as hits,
                    coalesce(preview->>'amount', '') as amount,
                    (select jsonb_object_agg(key, value) from jsonb_each(args)
                        where key = any(:names)) as args
                from calls where asked_at >= :since and undo_of is null
                order by asked_at desc limit :n
            ) as newest
            group by action_id, via, hits, amount, needs, asked_by, args
        """),
        {"since": since, "n": limit, "times": times, "names": list(names)},
    )
    return [
        CallGroup(**{**row._asdict(), "times": tuple(row.times or ()), "args": row.args or {}})
        for row in rows
    ]


async def find_asked(session: AsyncSession, ids: Sequence[str]) -> list[AskedCall]:
    """Return these calls, newest first."""
    rows = await session.execute(
        text("""
            select id::text as id, asked_at, asked_name, coalesce(preview->>'summary', action_id) as summary
            from calls where id = any(cast(:ids as uuid[])) order by asked_at desc
        """),
        {"ids": list(ids)},
    )
    return [AskedCall(**row._asdict()) for row in rows]
