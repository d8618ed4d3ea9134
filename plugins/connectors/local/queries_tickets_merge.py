"""Tickets: duplicates merged into the one that goes on, and many linked to an outage at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, BadInput, Conflict, plural
from plugins.connectors.local.queries_tickets import find_history
from plugins.connectors.local.queries_tickets_write import do_keep, get_changed
from plugins.tickets.port import Ticket, TicketEvent

SHOWN = 500
"""Letters of the duplicate's own text that stand in the survivor's history."""
MANY = 10_000
LOCK = text(
    "select id, number from isp_tickets where number = any(cast(:numbers as text[])) "
    "order by number for update"
)
MERGE = text(
    "update isp_tickets set status = 'closed', status_before = status, merged_into = :into, "
    "resolution = :resolution, resolved_at = coalesce(resolved_at, :at), closed_at = :at where id = :ticket"
)
UNMERGE = text(
    "update isp_tickets set status = coalesce(status_before, 'open'), status_before = null, "
    "merged_into = null, resolution = null, resolved_at = null, closed_at = null where id = :ticket"
)
LINK = text(
    "update isp_tickets set outage_number = :outage where number = any(cast(:numbers as text[])) "
    "and outage_number is null returning id, number"
)
UNLINK = text(
    "update isp_tickets set outage_number = null where number = any(cast(:numbers as text[])) "
    "and outage_number = :outage returning id, number"
)
LINES = text(
    "insert into isp_ticket_events (tenant_id, ticket_id, at, by, kind, body) "
    "select current_setting('app.tenant_id')::uuid, id, :at, :by, 'outage', :body "
    "from unnest(cast(:ids as uuid[])) as id"
)


async def do_merge(session: AsyncSession, number: str, into: str, by: str, at: datetime) -> None:
    """Close the duplicate in favour of the survivor; each gets a line that leads to the other."""
    if number == into:
        raise BadInput(f"{number} cannot be merged into itself. Name the ticket that goes on.")
    rows = await _lock(session, number, into)
    duplicate, survivor = await get_changed(session, number), await get_changed(session, into)
    for ticket in (duplicate, survivor):
        check_mergeable(ticket)
    lines = len(await find_history(session, EVERYWHERE, number, MANY))
    resolution = f"merged into {into}"
    await session.execute(MERGE, {"ticket": rows[number], "into": into, "resolution": resolution, "at": at})
    said = f"“{duplicate.subject}”, {plural(lines, 'line')}"
    body = " ".join(duplicate.body.split())[:SHOWN]
    kept = f"{number} was merged into this one: {said}{f'. {body}' if body else ''}"
    await do_keep(session, rows[number], TicketEvent(at=at, by=by, kind="merge", body=resolution))
    await do_keep(session, rows[into], TicketEvent(at=at, by=by, kind="merge", body=kept))


async def do_unmerge(session: AsyncSession, number: str, by: str, at: datetime) -> None:
    """Bring the duplicate back as it was; both tickets say so."""
    into = (await get_changed(session, number)).merged_into
    if into is None:
        raise Conflict(f"{number} is not merged into another ticket.")
    rows = await _lock(session, number, into)
    if (await get_changed(session, number)).merged_into != into:
        raise Conflict(f"Somebody has just taken {number} out of {into}.")
    await session.execute(UNMERGE, {"ticket": rows[number]})
    for ticket, body in ((number, f"taken out of {into}"), (into, f"{number} was taken out again")):
        await do_keep(session, rows[ticket], TicketEvent(at=at, by=by, kind="merge", body=body))


async def do_link(
    session: AsyncSession, numbers: Sequence[str], outage: str, by: str, at: datetime
) -> list[str]:
    """Link those that have no outage; one that somebody linked meanwhile stays as it is."""
    await _lock(session, *numbers)
    rows = (await session.execute(LINK, {"numbers": [*numbers], "outage": outage})).all()
    return await _noted(session, rows, {"at": at, "by": by, "body": f"none → {outage}"})


async def do_unlink(
    session: AsyncSession, numbers: Sequence[str], outage: str, by: str, at: datetime
) -> list[str]:
    """Unlink those that are linked to this outage and no other."""
    await _lock(session, *numbers)
    rows = (await session.execute(UNLINK, {"numbers": [*numbers], "outage": outage})).all()
    return await _noted(session, rows, {"at": at, "by": by, "body": f"{outage} → none"})


async def _noted(session: AsyncSession, rows: Sequence[Row[Any]], line: Mapping[str, Any]) -> list[str]:
    """Write the line into the history of each ticket that was changed, and return their numbers."""
    await session.execute(LINES, {"ids": [row.id for row in rows], **line})
    return sorted(row.number for row in rows)


def check_mergeable(ticket: Ticket) -> None:
    """Raise Conflict unless somebody still works on the ticket."""
    if ticket.merged_into:
        raise Conflict(f"{ticket.number} was merged into {ticket.merged_into}. Name that one.")
    if not ticket.open:
        raise Conflict(f"{ticket.number} is {ticket.status}. Reopen it first.")


async def _lock(session: AsyncSession, *numbers: str) -> dict[str, object]:
    """Lock rows in the order of their numbers, so that two that merge crosswise do not wait for ever."""
    rows = (await session.execute(LOCK, {"numbers": [*numbers]})).all()
    return {row.number: row.id for row in rows}
