"""Runs of calls: who owns one until when (by the database's clock), its effects, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.calls import COLUMNS, Call


async def find_lost(session: AsyncSession, limit: int = 100) -> list[Call]:
    """Return the calls whose owner is gone: taken, not ended, and the lease is over."""
    rows = await session.execute(
        text(f"""
            select {COLUMNS} from calls
            where state in ('running', 'approved') and lease_until < clock_timestamp()
            order by lease_until limit :n
        """),  # noqa: S608 - constants
        {"n": limit},
    )
    return [Call.of(row) for row in rows]


async def do_take(
    session: AsyncSession, call_id: str, *, was: str, version: str, lease: timedelta, fence: int | None = None
) -> int | None:
    """Make a call one's own to run it, if it still is as it was; return the fence, None if too late."""
    done = await session.execute(
        text("""
            update calls set state = 'running', fence = fence + 1, runs = runs + 1,
                lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and state = :was and version = :version
              and (cast(:fence as int) is null or fence = :fence) returning fence
        """),
        {"id": call_id, "was": was, "version": version, "lease": lease, "fence": fence},
    )
    row = done.first()
    return int(row.fence) if row else None


async def do_claim_lost(session: AsyncSession, call: Call, lease: timedelta) -> int | None:
    """Take a lost call over, back to approved; return the new fence, None if others were faster."""
    done = await session.execute(
        text("""
            update calls set state = 'approved', fence = fence + 1,
                lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved')
              and lease_until < clock_timestamp() returning fence
        """),
        {"id": call.id, "fence": call.fence, "lease": lease},
    )
    row = done.first()
    return int(row.fence) if row else None


async def do_renew(session: AsyncSession, call_id: str, fence: int, lease: timedelta) -> bool:
    """Prolong the lease of a call that is still one's own."""
    done = await session.execute(
        text("""
            update calls set lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved')
              and lease_until > clock_timestamp() returning id
        """),
        {"id": call_id, "fence": fence, "lease": lease},
    )
    return done.first() is not None


async def do_begin_effect(
    session: AsyncSession, call_id: str, fence: int, *, key: str, ports: Sequence[str], lease: timedelta
) -> bool:
    """Note that an effect is about to happen, if the call is still one's own."""
    done = await session.execute(
        text("""
            update calls set ports = :ports, lease_until = clock_timestamp() + cast(:lease as interval),
                effects = case when :key = any (effects) then effects else effects || cast(:key as text) end
            where id = cast(:id as uuid) and fence = :fence and state = 'running'
              and lease_until > clock_timestamp() returning id
        """),
        {"id": call_id, "fence": fence, "key": key, "ports": list(ports), "lease": lease},
    )
    return done.first() is not None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended: done, failed or unknown, and what was said."""

    state: str
    at: datetime
    reply: Mapping[str, Any]
    undo: Mapping[str, Any] | None = None
    undo_until: datetime | None = None


async def do_finish(session: AsyncSession, call_id: str, fence: int, ending: Ending) -> bool:
    """Write down how a run ended, if the call is still one's own."""
    done = await session.execute(
        text("""
            update calls set state = :state, reply = cast(:reply as jsonb), ended_at = :at,
                lease_until = null, sealed = null, undo = cast(:undo as jsonb), undo_until = :until
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved') returning id
        """),
        {
            "id": call_id,
            "fence": fence,
            "state": ending.state,
            "at": ending.at,
            "reply": json.dumps(dict(ending.reply)),
            "undo": json.dumps(dict(ending.undo)) if ending.undo is not None else None,
            "until": ending.undo_until,
        },
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None
