"""What the bot wants to say to people by itself, until they were told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.ids import uuid_of


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One that nobody was told yet, for a person with this account on the surface that asks."""

    id: str
    user_id: str
    account: str
    reply: Mapping[str, Any]
    key: str = ""


async def do_put(session: AsyncSession, user_ids: Sequence[str], key: str, reply: Mapping[str, Any]) -> int:
    """Keep it for each of these people who is active and was never to be told it; return for how many."""
    done = await session.execute(
        text(
            """insert into nudges (user_id, key, reply)
               select u.id, :key, cast(:reply as jsonb) from users u
               where u.id = any(cast(:users as uuid[])) and u.active
               on conflict (tenant_id, user_id, key) do nothing returning 1"""
        ),
        {"users": list(user_ids), "key": key, "reply": json.dumps(reply)},
    )
    return len(done.all())


async def do_take(
    session: AsyncSession, user_id: str, surface: str, now: datetime, limit: int = 3
) -> list[Mapping[str, Any]]:
    """Return what this person was not told yet, the oldest first; from now on they were told it."""
    rows = await session.execute(
        text(
            """with mine as (
                   select tenant_id, id, made_at from nudges
                   where user_id = cast(:user as uuid) and told_at is null
                   order by made_at limit :limit for update skip locked
               )
               update nudges n set told_at = :now, told_on = :surface from mine
               where n.tenant_id = mine.tenant_id and n.id = mine.id returning n.reply, n.made_at"""
        ),
        {"user": uuid_of(user_id), "surface": surface, "now": now, "limit": limit},
    )
    return [row.reply for row in sorted(rows, key=lambda row: row.made_at)]


async def find_waiting(session: AsyncSession, surface: str, limit: int = 100) -> list[Waiting]:
    """Return what waits for people who have an account on this surface that is not cut off."""
    rows = await session.execute(
        text(
            """select distinct on (n.made_at, n.id)
                   n.id::text, n.user_id::text, l.external_id as account, n.reply, n.key
               from nudges n join users u on u.id = n.user_id and u.active
               join links l on l.surface = :surface and l.user_id = n.user_id
               where n.told_at is null and not exists (
                   select from account_cuts c where c.surface = l.surface
                   and c.external_id = l.external_id and c.cut)
               order by n.made_at, n.id, l.linked_at desc limit :limit"""
        ),
        {"surface": surface, "limit": limit},
    )
    return [Waiting(**row._asdict()) for row in rows]


async def do_mark_told(session: AsyncSession, nudge_id: str, surface: str) -> bool:
    """Note that it is on its way there; False when somebody was faster."""
    done = await session.execute(
        text(
            """update nudges set told_at = now(), told_on = :surface
               where id = cast(:id as uuid) and told_at is null returning 1"""
        ),
        {"id": nudge_id, "surface": surface},
    )
    return done.one_or_none() is not None


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Delete what was made so long ago, told or not; return how many went."""
    gone = await session.execute(
        text("delete from nudges where made_at < now() - cast(:older as interval) returning 1"),
        {"older": older},
    )
    return len(gone.all())


async def do_drop(
    session: AsyncSession,
    begins: str,
    user_ids: Sequence[str] | None = None,
    *,
    but: str = "",
    spare: Sequence[str] = (),
) -> int:
    """Drop what nobody was told yet under keys that begin so, of these people or of all; return how much.

    Not what has the key `but`, and of nobody in `spare`.
    """
    gone = await session.execute(
        text(
            """delete from nudges where told_at is null and starts_with(key, :begins) and key <> :but
               and (cast(:users as uuid[]) is null or user_id = any(cast(:users as uuid[])))
               and user_id <> all(cast(:spare as uuid[])) returning 1"""
        ),
        {
            "begins": begins,
            "but": but,
            "users": None if user_ids is None else list(user_ids),
            "spare": list(spare),
        },
    )
    return len(gone.all())
