"""Tickets counted by whom they are with, where they lie or what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.queries_tickets import CLOCK, conditions_of
from plugins.tickets.port import CountedBy, TicketCount, TicketQuery

KEYS: Mapping[CountedBy, str] = {
    **{by: f"coalesce(t.{by.value}, '')" for by in CountedBy},
    CountedBy.CUSTOMER: "coalesce(cast(t.customer_id as text), '')",
    CountedBy.CUSTOMER_TYPE: "coalesce((select k.kind from isp_customers k where k.id = t.customer_id), '')",
}
NAMED: Mapping[CountedBy, tuple[str, str, str]] = {
    CountedBy.ASSIGNEE: ("n.key", "coalesce(max(u.name), '')", "users u on lower(u.email) = lower(n.key)"),
    CountedBy.SITE: ("n.key", "coalesce(max(s.name), '')", "isp_sites s on s.code = n.key"),
    CountedBy.CUSTOMER: (
        "coalesce(max(c.number), '')",
        "coalesce(max(c.name), '')",
        "isp_customers c on c.id = cast(nullif(n.key, '') as uuid)",
    ),
}
"""By what they are counted: the key as people know it, its name, and where that is written."""


async def find_counts(
    session: AsyncSession, scope: Scope, by: CountedBy, query: TicketQuery, limit: int, now: datetime
) -> Sequence[TicketCount]:
    """Count the tickets that fit by one of their columns, the most first."""
    conditions, binds = conditions_of(query)
    shown, name, where = NAMED.get(by, ("n.key", "''", ""))
    sql = (
        f"with n as (select {KEYS[by]} as key, count(*) as tickets, "  # noqa: S608 - constants
        f"count(*) filter (where {CLOCK} < :counted_at) as late "
        f"from isp_tickets t where {conditions} group by 1 order by 2 desc, 1 limit :limit) "
        f"select {shown} as key, {name} as name, n.tickets, n.late from n "
        f"{f'left join {where} ' if where else ''}"
        "group by n.key, n.tickets, n.late order by n.tickets desc, n.key"
    )
    rows = await find_rows(session, sql, scope, limit=limit, counted_at=now, **binds)
    return [TicketCount(key=row.key, name=row.name, count=row.tickets, late=row.late) for row in rows]
