"""At most once: the idempotency key of a write is kept in the write's own transaction."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Effect

LOCK = text("select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || :key, 0))")
TRY_LOCK = text(
    "select pg_try_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || :key, 0))"
)
CLAIM = text(
    "insert into isp_effects (tenant_id, key, at) values (current_setting('app.tenant_id')::uuid, :key, :at) "
    "on conflict (tenant_id, key) do nothing returning key"
)
KEEP = text("update isp_effects set result = cast(:result as jsonb) where key = :key")
RESULT = text("select result from isp_effects where key = :key")


async def do_once(
    session: AsyncSession, effect: Effect, write: Callable[[], Awaitable[Mapping[str, Any]]]
) -> Mapping[str, Any]:
    """Write under the effect's key, or return what the first write with this key returned.

    A second writer waits on the lock until the first has committed or rolled back.
    """
    await session.execute(LOCK, {"key": effect.key})
    claimed = (await session.execute(CLAIM, {"key": effect.key, "at": effect.at})).first()
    if claimed is None:
        first: Mapping[str, Any] = (await session.execute(RESULT, {"key": effect.key})).scalar_one()
        return first
    await effect.check()
    result = await write()
    await session.execute(KEEP, {"key": effect.key, "result": json.dumps(result)})
    return result


async def get_applied(session: AsyncSession, key: str) -> bool | None:
    """Say whether a write with this key committed; None while one is still under way."""
    if not (await session.execute(TRY_LOCK, {"key": key})).scalar_one():
        return None
    return (await session.execute(RESULT, {"key": key})).first() is not None
