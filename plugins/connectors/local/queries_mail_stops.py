"""Addresses that are not written to: they bounced, or their owners want no more news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import NotFound, Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.email.port import Stop

STOPPED = """
select s.address, s.reason, s.at, s.detail, s.by, c.number from isp_mail_stops s
join isp_customers c on c.email_key = s.address
where @within(c.region, c.site, c.partner) order by s.at desc, s.address, c.number limit :limit
"""


async def find_stops(session: AsyncSession, addresses: Sequence[str]) -> Mapping[str, Stop]:
    """Return which of these addresses are not to be written to; that one bounced says more."""
    rows = await session.execute(
        text(
            "select address, reason, at, detail, by from isp_mail_stops "
            "where address = any(cast(:addresses as text[])) order by reason desc"
        ),
        {"addresses": [address.lower() for address in addresses]},
    )
    return {stop.address: stop for stop in records(Stop, rows)}


async def find_stopped(session: AsyncSession, scope: Scope, limit: int) -> Sequence[tuple[Stop, str]]:
    """Return the stopped addresses of customers, newest first, each with the account."""
    found = []
    for row in await find_rows(session, STOPPED, scope, limit=limit):
        values = row._asdict()
        number = values.pop("number")
        found.append((Stop(**values), number))
    return found


async def do_stop(session: AsyncSession, stop: Stop) -> None:
    """Keep an address from being written to; the last word for that reason counts."""
    await session.execute(
        text(
            "insert into isp_mail_stops (tenant_id, address, reason, detail, at, by) values "
            "(current_setting('app.tenant_id')::uuid, :address, :reason, :detail, :at, :by) "
            "on conflict (tenant_id, address, reason) do update "
            "set detail = excluded.detail, at = excluded.at, by = excluded.by"
        ),
        {
            "address": stop.address.lower(),
            "reason": stop.reason,
            "detail": stop.detail,
            "at": stop.at,
            "by": stop.by,
        },
    )


async def do_lift_stop(session: AsyncSession, address: str, reason: str) -> None:
    """Let an address be written to again."""
    gone = await session.execute(
        text("delete from isp_mail_stops where address = :address and reason = :reason returning address"),
        {"address": address.lower(), "reason": reason},
    )
    if gone.first() is None:
        raise NotFound(f"{address} is not kept from being written to.")
