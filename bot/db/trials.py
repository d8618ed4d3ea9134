"""Plugins on trial in a tenant: for whom, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One plugin that is off, and on for some people; `roles` are whose holders take part too."""

    plugin: str
    users: frozenset[str]
    roles: frozenset[str]
    until: datetime
    begun_by: str


async def find_trials(session: AsyncSession) -> list[Trial]:
    """Return every trial, those whose time is over too, by plugin."""
    rows = await session.execute(
        text("select plugin, users, roles, until, begun_by from plugin_trials order by plugin")
    )
    return [
        Trial(
            plugin=row.plugin,
            users=frozenset(map(str, row.users)),
            roles=frozenset(row.roles),
            until=row.until,
            begun_by=row.begun_by,
        )
        for row in rows
    ]


async def do_begin_trial(session: AsyncSession, trial: Trial) -> None:
    """Begin a trial, or replace the one there is."""
    await session.execute(
        text(
            "insert into plugin_trials (plugin, users, roles, until, begun_by) "
            "values (:plugin, cast(:users as uuid[]), :roles, :until, :by) "
            "on conflict (tenant_id, plugin) do update set users = excluded.users, "
            "roles = excluded.roles, until = excluded.until, begun_at = now(), begun_by = excluded.begun_by"
        ),
        {
            "plugin": trial.plugin,
            "users": sorted(trial.users),
            "roles": sorted(trial.roles),
            "until": trial.until,
            "by": trial.begun_by,
        },
    )


async def do_end_trials(session: AsyncSession, plugins: Sequence[str]) -> list[str]:
    """End the trials of these plugins; return those that were on trial."""
    done = await session.execute(
        text("delete from plugin_trials where plugin = any(:plugins) returning plugin"),
        {"plugins": list(plugins)},
    )
    return sorted(row.plugin for row in done)
