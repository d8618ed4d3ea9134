"""Reminders: what our own people said they would do, until they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, NotFound, Scope
from plugins.connectors.local.queries_numbers import Series, next_number
from plugins.connectors.local.queries_scope import find_rows
from plugins.reminders.port import (
    NewReminder,
    Reminder,
    ReminderChange,
    ReminderPage,
    ReminderQuery,
    ReminderStatus,
)

NUMBERS = Series(table="isp_staff_reminders", prefix="REM-", first=1_000)
COLUMNS = """r.number, r.text, r.at, r.owner, r.owner_name, r.made_at, r.made_by, r.status, r.customer,
    r.customer_name, r.ticket, r.turn, r.nags, r.escalated_at, r.ended_at, r.ended_by, r.region, r.site,
    r.partner from isp_staff_reminders r"""
WITHIN = "((r.customer is null and r.ticket is null) or @within(r.region, r.site, r.partner))"
ASKED = f"""(cast(:owner as text) is null or r.owner = :owner)
    and (cast(:customer as text) is null or r.customer = :customer)
    and (cast(:ticket as text) is null or r.ticket = :ticket)
    and (not :open_only or r.status = 'open')
    and (cast(:due_before as timestamptz) is null or r.at < :due_before) and {WITHIN}"""
FIND = f"select {COLUMNS} where {ASKED} order by r.status = 'open' desc, r.at, r.number limit :limit"
COUNT = f"select count(*) as n from isp_staff_reminders r where {ASKED}"  # noqa: S608 - constants
GET = f"select {COLUMNS} where r.number = :number and {WITHIN}"
LOCK = text("select id from isp_staff_reminders where number = :number for update")
ADD = text(
    """insert into isp_staff_reminders (number, text, at, owner, owner_name, made_at, made_by, customer,
           customer_name, ticket, region, site, partner, next_at)
       values (:number, :text, :at, :owner, :owner_name, :made_at, :made_by, :customer, :customer_name,
           :ticket, :region, :site, :partner, :at)"""
)
CHANGE = text(
    """update isp_staff_reminders set at = :at, owner = :owner, owner_name = :owner_name, status = :status,
           turn = turn + :turned, nags = case when :turned = 1 then 0 else nags end,
           escalated_at = case when :turned = 1 then null else escalated_at end,
           next_at = case when :status <> 'open' then null when :turned = 1 then :next_at else next_at end,
           ended_at = :ended_at, ended_by = :ended_by
       where number = :number"""
)


async def find_reminders(
    session: AsyncSession, scope: Scope, query: ReminderQuery, limit: int
) -> ReminderPage:
    """Return the first that fit, and how many there are."""
    binds: dict[str, Any] = {
        "owner": query.owner,
        "customer": query.customer,
        "ticket": query.ticket,
        "open_only": query.open_only,
        "due_before": query.due_before,
    }
    rows = await find_rows(session, FIND, scope, limit=limit, **binds)
    total = len(rows)
    if total == limit:
        total = (await find_rows(session, COUNT, scope, **binds))[0].n
    return ReminderPage(reminders=tuple(_reminder(row) for row in rows), total=total)


async def get_reminder(session: AsyncSession, scope: Scope, number: str) -> Reminder | None:
    """Return one reminder."""
    rows = await find_rows(session, GET, scope, number=number)
    return _reminder(rows[0]) if rows else None


async def do_add_reminder(session: AsyncSession, new: NewReminder, by: str, at: datetime) -> str:
    """Keep a new one and return its number."""
    number = await next_number(session, NUMBERS)
    values = {
        "number": number,
        "text": new.text,
        "at": new.at,
        "owner": new.owner,
        "owner_name": new.owner_name,
        "made_at": at,
        "made_by": by,
        "customer": new.customer,
        "customer_name": new.customer_name,
        "ticket": new.ticket,
    }
    area = {name: new.area.get(name) for name in ("region", "site", "partner")}
    await session.execute(ADD, {**values, **area})
    return number


async def do_change_reminder(
    session: AsyncSession, number: str, change: ReminderChange, by: str, now: datetime
) -> None:
    """Change one; with a new time, owner or a reopening, its reminding begins anew."""
    if (await session.execute(LOCK, {"number": number})).first() is None:
        raise NotFound(f"There is no reminder {number}.")
    was = await get_reminder(session, EVERYWHERE, number)
    if was is None:
        raise NotFound(f"There is no reminder {number}.")
    status, at = change.status or was.status, change.at or was.at
    ended = status is not ReminderStatus.OPEN
    turned = at != was.at or (change.owner or was.owner) != was.owner or (was.status != status and not ended)
    await session.execute(
        CHANGE,
        {
            "number": number,
            "at": at,
            "owner": change.owner or was.owner,
            "owner_name": change.owner_name or was.owner_name,
            "status": status.value,
            "turned": int(turned),
            "next_at": max(at, now),
            "ended_at": now if ended else None,
            "ended_by": by if ended else "",
        },
    )


async def find_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Reminder]:
    """Return the open ones of which their owner is to be reminded by now."""
    where = "where r.status = 'open' and r.next_at <= :now order by r.next_at limit :limit"
    return await _all(session, where, now=now, limit=limit)


async def find_late(session: AsyncSession, since: datetime, limit: int) -> Sequence[Reminder]:
    """Return the open ones whose time came before then and of which no lead was told."""
    where = "where r.status = 'open' and r.escalated_at is null and r.at <= :since order by r.at limit :limit"
    return await _all(session, where, since=since, limit=limit)


async def do_note_told(session: AsyncSession, reminder: Reminder, next_at: datetime | None) -> bool:
    """Count one reminding; False when it changed meanwhile, or somebody else counted it."""
    done = await session.execute(
        text(
            """update isp_staff_reminders set nags = nags + 1, next_at = :next_at
               where number = :number and status = 'open' and turn = :turn and nags = :nags returning 1"""
        ),
        {"number": reminder.number, "turn": reminder.turn, "nags": reminder.nags, "next_at": next_at},
    )
    return done.one_or_none() is not None


async def do_note_escalated(session: AsyncSession, reminder: Reminder, now: datetime) -> bool:
    """Note that leads are told; False when it changed meanwhile, or somebody else noted it."""
    done = await session.execute(
        text(
            """update isp_staff_reminders set escalated_at = :now
               where number = :number and status = 'open' and turn = :turn
               and escalated_at is null returning 1"""
        ),
        {"number": reminder.number, "turn": reminder.turn, "now": now},
    )
    return done.one_or_none() is not None


async def _all(session: AsyncSession, where: str, **binds: Any) -> Sequence[Reminder]:
    rows = await find_rows(session, f"select {COLUMNS} {where}", EVERYWHERE, **binds)
    return [_reminder(row) for row in rows]


def _reminder(row: Row[Any]) -> Reminder:
    values = row._asdict()
    return Reminder(status=ReminderStatus(values.pop("status")), **values)
