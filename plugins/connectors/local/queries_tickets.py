"""Tickets: searching and reading them, and the staff who can be given one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import SITES_SAID, find_rows, records
from plugins.connectors.local.shapes import words_of
from plugins.tickets.port import (
    Agent,
    Category,
    Level,
    Priority,
    Ticket,
    TicketEvent,
    TicketPage,
    TicketQuery,
    TicketStatus,
)

COLUMNS = """t.number, t.subject, t.body, t.category, t.priority, t.status, t.level, t.assignee, t.opened_by,
    t.opened_at, t.first_response_due, t.resolve_due, t.first_response_at, t.resolved_at, t.closed_at,
    t.resolution, t.outage_number, t.merged_into, t.team, t.region, t.site, t.partner,
    c.number as customer, c.name as customer_name"""
ONE = f"""
select {COLUMNS} from isp_tickets t left join isp_customers c on c.id = t.customer_id
where t.number = :number and @within(t.region, t.site, t.partner)
"""  # noqa: S608 - constants
CLOCK = """case when t.status in ('resolved', 'closed') then null
    when t.first_response_at is null then least(t.first_response_due, t.resolve_due) else t.resolve_due end"""
MISSED = " or ".join(
    f"(t.{due} >= :missed_from and t.{due} < :missed_until and coalesce({done}, 'infinity') > t.{due})"
    for due, done in (
        ("first_response_due", "t.first_response_at, t.resolved_at, t.closed_at"),
        ("resolve_due", "t.resolved_at, t.closed_at"),
    )
)
"""Those that had to be answered or solved in a stretch and were not by then."""
CONDITIONS = {
    "customer": "t.customer_id = (select id from isp_customers where number = :customer)",
    "assignee": "coalesce(t.assignee, '') = :assignee",
    "status": "t.status = :status",
    "priority": "t.priority = :priority",
    "category": "t.category = :category",
    "level": "t.level = :level",
    "team": "coalesce(t.team, '') = :team",
    "due_from": f"{CLOCK} >= :due_from",
    "due_before": f"{CLOCK} < :due_before",
    "opened_since": "t.opened_at >= :opened_since",
    "opened_until": "t.opened_at < :opened_until",
    "ended_since": "(t.ended_at >= :ended_since and t.status in ('resolved', 'closed'))",
    "ended_until": "(t.ended_at < :ended_until and t.status in ('resolved', 'closed'))",
    "outage": "t.outage_number = upper(:outage)",
    "customers": """t.customer_id in (
        select id from isp_customers where number = any(cast(:customers as text[])))""",
    "numbers": "t.number = any(cast(:numbers as text[]))",
    "customer_kind": """exists (
        select from isp_customers k where k.id = t.customer_id and k.kind = :customer_kind)""",
    "opened_by": "lower(t.opened_by) = any(cast(:opened_by as text[]))",
    "area": f"(t.region = lower(:area) or t.site in ({SITES_SAID}))",
}
OPEN = "t.status not in ('resolved', 'closed')"
UNANSWERED = f"{OPEN} and t.first_response_at is null"
WORDS = """t.id in (
    select row_id from (
        select r.row_id, w.nr from unnest(cast(:words as text[]), cast(:ends as text[])) with ordinality
            as w(word, upto, nr)
        join isp_word_rows r on r.word >= w.word and r.word < w.upto
        where r.kind = 'ticket' group by r.row_id, w.nr
    ) hits group by row_id having count(*) = cardinality(cast(:words as text[])))"""
HISTORY = """
with recursive parts(id, number) as (
    select t.id, t.number from isp_tickets t
    where t.number = :number and @within(t.region, t.site, t.partner)
    union select d.id, d.number from parts join isp_tickets d on d.merged_into = parts.number
        and @within(d.region, d.site, d.partner)
)
select * from (
    select e.at, e.by, e.kind, e.body, e.internal, e.seq, p.number as ticket
    from parts p join isp_ticket_events e on e.ticket_id = p.id
    order by e.at desc, e.seq desc limit :limit
) last order by at, seq
"""
AGENTS = text(
    "select name, email, active from users where (active or :left) and coalesce(email, '') <> '' "
    "and (lower(email) = :words or strpos(lower(name), :words) > 0 or strpos(lower(email), :words) = 1) "
    "order by lower(email) <> :words, lower(name) <> :words, not active, name limit :limit"
)


def ticket_of(row: Row[Any]) -> Ticket:
    """Read the columns of COLUMNS."""
    return Ticket(
        number=row.number,
        subject=row.subject,
        body=row.body,
        category=Category(row.category),
        priority=Priority(row.priority),
        status=TicketStatus(row.status),
        level=Level(row.level),
        assignee=row.assignee,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        first_response_due=row.first_response_due,
        resolve_due=row.resolve_due,
        first_response_at=row.first_response_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        resolution=row.resolution,
        outage=row.outage_number,
        merged_into=row.merged_into,
        team=row.team,
        region=row.region,
        site=row.site,
        partner=row.partner,
        customer=row.customer,
        customer_name=row.customer_name,
    )


async def get_ticket(session: AsyncSession, scope: Scope, number: str) -> Ticket | None:
    """Return one ticket inside the scope."""
    rows = await find_rows(session, ONE, scope, number=number.strip().lstrip("#").upper())
    return ticket_of(rows[0]) if rows else None


async def find_tickets(session: AsyncSession, scope: Scope, query: TicketQuery, limit: int) -> TicketPage:
    """Return the tickets that fit, and how many fit in all."""
    conditions, binds = conditions_of(query)
    newest = "t.opened_at, t.number" if query.oldest_first else "t.opened_at desc, t.number desc"
    order = f"{CLOCK} nulls last, t.opened_at" if query.by_clock else newest
    sql = (
        f"select {COLUMNS}, t.total from ("  # noqa: S608 - constants
        f"select t.*, count(*) over () as total from isp_tickets t "
        f"where {conditions} order by {order} limit :limit"
        f") t left join isp_customers c on c.id = t.customer_id order by {order}"
    )
    rows = await find_rows(session, sql, scope, limit=limit, **binds)
    return TicketPage(tickets=tuple(ticket_of(row) for row in rows), total=rows[0].total if rows else 0)


def conditions_of(query: TicketQuery) -> tuple[str, dict[str, Any]]:
    """Return what a search is narrowed by, to the scope as well, and the values for it."""
    binds: dict[str, Any] = {
        name: value for name in CONDITIONS if (value := getattr(query, name)) is not None
    }
    binds |= {name: [*value] for name, value in binds.items() if isinstance(value, tuple)}
    if query.opened_by is not None:
        binds["opened_by"] = [name.lower() for name in query.opened_by]
    binds |= {"numbers": [number.upper() for number in query.numbers]} if query.numbers is not None else {}
    conditions = [CONDITIONS[name] for name in binds] + ([OPEN] if query.open_only else [])
    conditions += ["t.outage_number is null"] if query.unlinked else []
    if query.missed_from and query.missed_until:
        conditions.append(f"({MISSED})")
        binds |= {"missed_from": query.missed_from, "missed_until": query.missed_until}
    conditions += [UNANSWERED] if query.unanswered else []
    if query.text and (words := words_of(query.text)):
        conditions.append(WORDS)
        binds |= {"words": words, "ends": [f"{word}~" for word in words]}
    return " and ".join([*conditions, "@within(t.region, t.site, t.partner)"]), binds


async def find_history(session: AsyncSession, scope: Scope, number: str, limit: int) -> Sequence[TicketEvent]:
    """Return the last lines of a ticket and of what was merged into it, oldest first."""
    rows = await find_rows(session, HISTORY, scope, number=number, limit=limit)
    return [
        TicketEvent(
            at=row.at, by=row.by, kind=row.kind, body=row.body, internal=row.internal, ticket=row.ticket
        )
        for row in rows
    ]


async def find_agents(
    session: AsyncSession, words: str, limit: int, *, left: bool = False
) -> Sequence[Agent]:
    """Return staff by e-mail or part of a name, whole matches first; active ones, unless `left`."""
    sought = words.replace("\0", " ").strip().lower()
    rows = await session.execute(AGENTS, {"words": sought, "limit": limit, "left": left})
    return records(Agent, rows)
