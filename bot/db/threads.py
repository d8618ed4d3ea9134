"""Threads: what a conversation is about, for all in it and for each person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KEPT = timedelta(days=7)
"""After that long a thread starts anew."""
SHARED = ""
"""The `user_id` of what all people in a thread share."""


async def get_thread(
    session: AsyncSession, surface: str, thread: str, user_id: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what all in the thread share, and what is this person's own; empty when old or new."""
    rows = await session.execute(
        text(
            """select user_id, state from threads
               where surface = :surface and thread = :thread and user_id in (:shared, :user_id)
               and updated_at > now() - cast(:kept as interval)"""
        ),
        {"surface": surface, "thread": thread, "shared": SHARED, "user_id": user_id, "kept": KEPT},
    )
    found = {row.user_id: row.state for row in rows}
    return found.get(SHARED, {}), found.get(user_id, {})


async def do_save_thread(
    session: AsyncSession, surface: str, thread: str, user_id: str, state: Mapping[str, Any]
) -> None:
    """Keep one person's part of a thread, or with `SHARED` everybody's."""
    await session.execute(
        text(
            """insert into threads (surface, thread, user_id, state)
               values (:surface, :thread, :user_id, cast(:state as jsonb))
               on conflict (tenant_id, surface, thread, user_id)
               do update set state = excluded.state, updated_at = now()"""
        ),
        {"surface": surface, "thread": thread, "user_id": user_id, "state": json.dumps(state)},
    )


async def do_forget_threads(session: AsyncSession) -> int:
    """Remove what is too old to be used; return how many rows went."""
    gone = await session.execute(
        text("delete from threads where updated_at <= now() - cast(:kept as interval) returning 1"),
        {"kept": KEPT},
    )
    return len(gone.all())
