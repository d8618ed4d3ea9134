"""Which plugins a tenant turned on, and which connector it chose for each port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.trials import do_end_trials


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One plugin of one tenant; `offered` are the role defaults it has given out."""

    plugin: str
    enabled: bool
    offered: frozenset[str]
    changed_at: datetime
    changed_by: str


async def lock_switches(session: AsyncSession) -> None:
    """Let one transaction at a time change what is on in this tenant."""
    await session.execute(
        text(
            "select pg_advisory_xact_lock("
            "hashtextextended('plugins:' || current_setting('app.tenant_id'), 0))"
        )
    )


async def find_switches(session: AsyncSession) -> list[Switch]:
    """Return every plugin the tenant ever turned on, by name."""
    rows = await session.execute(
        text("select plugin, enabled, offered, changed_at, changed_by from tenant_plugins order by plugin")
    )
    return [
        Switch(
            plugin=row.plugin,
            enabled=row.enabled,
            offered=frozenset(row.offered),
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )
        for row in rows
    ]


async def do_switch(
    session: AsyncSession, plugin: str, *, enabled: bool, offered: Iterable[str], by: str
) -> None:
    """Turn a plugin on or off, which ends its trial."""
    await do_switch_all(session, {plugin: offered}, enabled=enabled, by=by)


async def do_switch_all(
    session: AsyncSession, offered: Mapping[str, Iterable[str]], *, enabled: bool, by: str
) -> None:
    """Turn plugins on or off, which ends their trials; `offered` by plugin."""
    if not offered:
        return
    await do_end_trials(session, list(offered))
    await session.execute(
        text(
            "insert into tenant_plugins (plugin, enabled, offered, changed_by) "
            "values (:plugin, :enabled, :offered, :by) on conflict (tenant_id, plugin) do update "
            "set enabled = excluded.enabled, offered = excluded.offered, "
            "changed_by = excluded.changed_by, changed_at = now()"
        ),
        [
            {"plugin": plugin, "enabled": enabled, "offered": sorted(lines), "by": by}
            for plugin, lines in offered.items()
        ],
    )


async def find_choices(session: AsyncSession) -> dict[str, str]:
    """Return port -> connector, where the tenant chose one."""
    rows = await session.execute(text("select port, connector from port_choices order by port"))
    return {row.port: row.connector for row in rows}


async def do_choose(session: AsyncSession, port: str, connector: str | None, *, by: str) -> None:
    """Choose the connector behind a port; None takes the choice back."""
    if connector is None:
        await session.execute(text("delete from port_choices where port = :port"), {"port": port})
        return
    await session.execute(
        text(
            "insert into port_choices (port, connector, changed_by) values (:port, :connector, :by) "
            "on conflict (tenant_id, port) do update set connector = excluded.connector, "
            "changed_by = excluded.changed_by, changed_at = now()"
        ),
        {"port": port, "connector": connector, "by": by},
    )
