"""What a letter to Slack answers, and which letter answers an arrival."""

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


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The ids of an arrival and of the letter that answers it; empty when no letter is kept."""

    inbox: str
    letter: str


async def get_answer(session: AsyncSession, inbox_id: str, *, team_id: str, ts: str) -> Answer | None:
    """Return an arrival's answer: the letter that became the message `ts`, else its first one.

    None when a workspace has no such arrival, or not any more.
    """
    found = await session.execute(
        text(
            "select i.id::text as inbox, coalesce((select o.id::text from slack_outbox o"
            " where o.tenant_id = i.tenant_id and o.inbox_id = i.id"
            " order by o.ts is not distinct from :ts desc, o.seq limit 1), '') as letter"
            " from slack_inbox i where i.id = cast(nullif(:inbox, '') as uuid) and i.team_id = :team"
        ),
        {"inbox": inbox_id, "team": team_id, "ts": ts},
    )
    row = found.mappings().one_or_none()
    return Answer(**dict(row)) if row else None
