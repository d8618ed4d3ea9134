"""What a letter to Slack answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An arrival by its id, with what is kept of it; nothing when that was forgotten."""

    id: str
    payload: Mapping[str, Any]


async def get_origin(session: AsyncSession, letter_id: str) -> Origin | None:
    """Return what a letter answers; None when it answers nothing, or that is gone."""
    found = await session.execute(
        text(
            "select i.id::text as id, i.payload from slack_outbox o"
            " join slack_inbox i on i.tenant_id = o.tenant_id and i.id = o.inbox_id"
            " where o.id = cast(:letter as uuid)"
        ),
        {"letter": letter_id},
    )
    row = found.mappings().one_or_none()
    return Origin(**dict(row)) if row else None
