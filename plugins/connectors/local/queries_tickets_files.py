"""Files on tickets: kept with a line of history, listed, read back and removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, NotFound, Scope, plural
from plugins.connectors.local.queries_scope import find_rows
from plugins.tickets.port import MOST_FILES, Attachment, NewAttachment

FIRST = 1_000
COLUMNS = (
    "f.number, t.number as ticket, f.name, f.media_type, f.size, f.sha256, f.by, f.at, "
    "coalesce(e.body, '') as note, t.region, t.site, t.partner"
)
JOINED = (
    "from isp_ticket_files f join isp_tickets t on t.id = f.ticket_id "
    "left join isp_ticket_events e on e.id = f.event_id"
)
OF_TICKET = f"""
with recursive parts(id, number) as (
    select t.id, t.number from isp_tickets t
    where t.number = :number and @within(t.region, t.site, t.partner)
    union select d.id, d.number from parts join isp_tickets d on d.merged_into = parts.number
        and @within(d.region, d.site, d.partner)
)
select {COLUMNS} {JOINED} where t.id in (select id from parts) order by f.at, f.number limit :limit
"""  # noqa: S608 - constants
ONE = f"select {COLUMNS} {JOINED} where f.number = :number and @within(t.region, t.site, t.partner)"
CONTENT = """
select b.content from isp_ticket_files f join isp_tickets t on t.id = f.ticket_id
join isp_ticket_file_bytes b on b.file_id = f.id
where f.number = :number and @within(t.region, t.site, t.partner)
"""
LOCK = text("select id from isp_tickets where number = :number for update")
COUNT = text("select count(*) from isp_ticket_files where ticket_id = :ticket")
NEXT = text("update isp_counters set value = value + :many where name = 'file' returning value")
START = text(
    "insert into isp_counters (tenant_id, name, value) "
    "values (current_setting('app.tenant_id')::uuid, 'file', :first) on conflict do nothing"
)
EVENT = text(
    "insert into isp_ticket_events (tenant_id, ticket_id, at, by, kind, body, internal) "
    "values (current_setting('app.tenant_id')::uuid, :ticket, :at, :by, 'file', :body, true) returning id"
)
KEEP = text(
    "insert into isp_ticket_files (number, ticket_id, event_id, name, media_type, size, sha256, by, at) "
    "values (:number, :ticket, :event, :name, :media_type, :size, :sha256, :by, :at) returning id"
)
KEEP_BYTES = text("insert into isp_ticket_file_bytes (file_id, content) values (:file, :content)")
REMOVE = text(
    "delete from isp_ticket_files f using isp_tickets t where t.number = :ticket and f.ticket_id = t.id "
    "and f.number = any(cast(:numbers as text[])) returning f.name, f.ticket_id"
)


def file_of(row: Row[Any]) -> Attachment:
    """Read the columns of COLUMNS."""
    return Attachment(**row._asdict())


async def find_files(session: AsyncSession, scope: Scope, ticket: str, limit: int) -> Sequence[Attachment]:
    """Return the files of a ticket, the oldest first."""
    return [file_of(row) for row in await find_rows(session, OF_TICKET, scope, number=ticket, limit=limit)]


async def get_file(session: AsyncSession, scope: Scope, number: str) -> Attachment | None:
    """Return one file by its number."""
    rows = await find_rows(session, ONE, scope, number=number.strip().upper())
    return file_of(rows[0]) if rows else None


async def get_content(session: AsyncSession, scope: Scope, number: str) -> bytes | None:
    """Return what is in a file."""
    rows = await find_rows(session, CONTENT, scope, number=number.strip().upper())
    return bytes(rows[0].content) if rows else None


async def do_attach(
    session: AsyncSession, ticket: str, files: Sequence[NewAttachment], note: str, by: str, at: datetime
) -> list[str]:
    """Keep files with one line of history; return their numbers. Conflict when they are too many."""
    locked = await _lock(session, ticket)
    there = (await session.execute(COUNT, {"ticket": locked})).scalar_one()
    if there + len(files) > MOST_FILES:
        raise Conflict(
            f"{ticket} has {plural(there, 'file')}, and up to {MOST_FILES} fit on a ticket. Remove one first."
        )
    body = note or ", ".join(file.name for file in files)
    event = (await session.execute(EVENT, {"ticket": locked, "at": at, "by": by, "body": body})).scalar_one()
    numbers = await _numbers(session, len(files))
    for number, file in zip(numbers, files, strict=True):
        values = {"name": file.name, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}
        row = {"number": number, "ticket": locked, "event": event, "by": by, "at": at, **values}
        kept = (await session.execute(KEEP, row)).scalar_one()
        await session.execute(KEEP_BYTES, {"file": kept, "content": file.content})
    return numbers


async def do_remove(
    session: AsyncSession, ticket: str, numbers: Sequence[str], by: str, at: datetime
) -> list[str]:
    """Delete files of a ticket, with a line of history; return the names of those that were there."""
    await _lock(session, ticket)
    gone = (await session.execute(REMOVE, {"ticket": ticket, "numbers": list(numbers)})).all()
    names = sorted(row.name for row in gone)
    if names:
        body = f"removed {', '.join(names)}"
        await session.execute(EVENT, {"ticket": gone[0].ticket_id, "at": at, "by": by, "body": body})
    return names


async def _numbers(session: AsyncSession, many: int) -> list[str]:
    """Return the next numbers of files."""
    while True:
        last = (await session.execute(NEXT, {"many": many})).scalar_one_or_none()
        if last is not None:
            return [f"FILE-{number}" for number in range(last - many + 1, last + 1)]
        await session.execute(START, {"first": FIRST})


async def _lock(session: AsyncSession, number: str) -> Any:
    found = (await session.execute(LOCK, {"number": number})).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no ticket {number}.")
    return found
