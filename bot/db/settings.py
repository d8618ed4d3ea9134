"""The settings of plugins as a tenant saved them, secrets sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One section (a plugin, or plugin.connector): plain values, and sealed ones by field."""

    section: str
    body: Mapping[str, Any]
    sealed: Mapping[str, str]
    changed_at: datetime


async def find_settings(session: AsyncSession) -> list[Saved]:
    """Return every section the tenant saved."""
    rows = await session.execute(
        text("select section, body, sealed, changed_at from plugin_settings order by section")
    )
    return [
        Saved(section=row.section, body=row.body, sealed=row.sealed, changed_at=row.changed_at)
        for row in rows
    ]


async def lock_settings(session: AsyncSession, section: str) -> Saved | None:
    """Return one section and keep others from changing it until this transaction ends."""
    await session.execute(
        text(
            "select pg_advisory_xact_lock("
            "hashtextextended('settings:' || current_setting('app.tenant_id') || :section, 0))"
        ),
        {"section": section},
    )
    return next((s for s in await find_settings(session) if s.section == section), None)


async def lock_renewal(session: AsyncSession, section: str, field: str) -> None:
    """Keep others from renewing this secret until this transaction ends; settings may change meanwhile."""
    await session.execute(
        text(
            "select pg_advisory_xact_lock(hashtextextended("
            "'renewal:' || current_setting('app.tenant_id') || :section || ' ' || :field, 0))"
        ),
        {"section": section, "field": field},
    )


async def do_save_settings(
    session: AsyncSession,
    section: str,
    *,
    body: Mapping[str, Any],
    sealed: Mapping[str, str],
    by: str,
) -> None:
    """Save a section whole."""
    await session.execute(
        text(
            "insert into plugin_settings (section, body, sealed, changed_by) "
            "values (:section, cast(:body as jsonb), cast(:sealed as jsonb), :by) "
            "on conflict (tenant_id, section) do update set body = excluded.body, "
            "sealed = excluded.sealed, changed_by = excluded.changed_by, changed_at = now()"
        ),
        {"section": section, "body": json.dumps(dict(body)), "sealed": json.dumps(dict(sealed)), "by": by},
    )
