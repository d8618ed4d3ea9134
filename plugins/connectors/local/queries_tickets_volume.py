"""Tickets: how many were opened and finished in each stretch of time, and how many are open now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.tickets.port import Category, TicketVolume

# Each part by its own index: one condition over all three would read every ticket there ever was.
VOLUME = """
with counted as (
    select width_bucket(t.opened_at, cast(:edges as timestamptz[])) as bucket, 1 as opened, 0 as finished
    from isp_tickets t where t.opened_at >= :since and t.opened_at < :until and @mine
    union all
    select width_bucket(t.ended_at, cast(:edges as timestamptz[])), 0, 1
    from isp_tickets t where t.ended_at >= :since
        and t.ended_at < :until and t.status in ('resolved', 'closed') and @mine
)
select bucket, sum(opened)::int as opened, sum(finished)::int as finished from counted group by bucket
union all
select -1, count(*)::int, 0 from isp_tickets t where t.status not in ('resolved', 'closed') and @mine
""".replace("@mine", "(:category = '' or t.category = :category) and @within(t.region, t.site, t.partner)")
BACKLOG = -1
"""The bucket in which the tickets that are open now are counted."""


async def get_volume(
    session: AsyncSession, scope: Scope, edges: Sequence[datetime], category: Category | None
) -> TicketVolume:
    """Count the tickets of each stretch, and all that are open."""
    wanted = category.value if category else ""
    binds = {"since": edges[0], "until": edges[-1], "edges": [*edges], "category": wanted}
    rows = await find_rows(session, VOLUME, scope, **binds)
    found = {row.bucket: row for row in rows}
    places = range(1, len(edges))
    return TicketVolume(
        opened=tuple(found[place].opened if place in found else 0 for place in places),
        finished=tuple(found[place].finished if place in found else 0 for place in places),
        backlog=found[BACKLOG].opened,
    )
