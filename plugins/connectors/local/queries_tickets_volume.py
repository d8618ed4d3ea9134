"""Tickets: how many were opened and finished in each stretch of time, and how many are open now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.tickets.port import Category, TicketVolume

VOLUME = """
with mine as (
    select t.opened_at, t.status, coalesce(t.resolved_at, t.closed_at) as ended_at from isp_tickets t
    where (t.opened_at >= :since or coalesce(t.resolved_at, t.closed_at) >= :since
        or t.status not in ('resolved', 'closed'))
        and (:category = '' or t.category = :category) and @within(t.region, t.site, t.partner)
),
counted as (
    select width_bucket(opened_at, cast(:edges as timestamptz[])) as bucket, 1 as opened, 0 as finished
    from mine
    union all
    select width_bucket(ended_at, cast(:edges as timestamptz[])), 0, 1 from mine
    where status in ('resolved', 'closed') and ended_at is not null
)
select bucket, sum(opened)::int as opened, sum(finished)::int as finished from counted group by bucket
union all
select -1, count(*)::int, 0 from mine where status not in ('resolved', 'closed')
"""
BACKLOG = -1
"""The bucket in which the tickets that are open now are counted."""


async def get_volume(
    session: AsyncSession, scope: Scope, edges: Sequence[datetime], category: Category | None
) -> TicketVolume:
    """Count in one pass over the tickets that matter."""
    wanted = category.value if category else ""
    rows = await find_rows(session, VOLUME, scope, since=edges[0], edges=[*edges], category=wanted)
    found = {row.bucket: row for row in rows}
    places = range(1, len(edges))
    return TicketVolume(
        opened=tuple(found[place].opened if place in found else 0 for place in places),
        finished=tuple(found[place].finished if place in found else 0 for place in places),
        backlog=found[BACKLOG].opened,
    )
