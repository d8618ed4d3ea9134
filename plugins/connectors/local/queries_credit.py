"""Credit notes: writing them within a month's limit, voiding them, and finding them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import BadInput, Conflict, Money, NotAllowed, NotFound, Scope
from plugins.billing.port import (
    CreditDay,
    CreditNote,
    CreditPage,
    CreditQuery,
    NewCredit,
    check_comparable,
    over_day,
    over_month,
)
from plugins.connectors.local.queries_effects import LOCK
from plugins.connectors.local.queries_numbers import CREDIT_NOTES, next_number
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.queries_settle import (
    Account,
    Source,
    change_paid,
    check_currency,
    lock_account,
    one_or_missing,
    settle,
    take_off,
)

# Under row-level security PostgreSQL takes no index for a condition with `coalesce`, but for one with `case`.
NOTE = """n.number, c.number as customer, c.name as customer_name, n.at, n.amount_minor, n.currency, n.reason,
    n.by, n.agent, n.voided_at, n.voided_by,
    (select i.number from isp_invoices i
        where i.id = case when n.concerns is null then n.invoice_id else n.concerns end) as invoice"""
CHOSEN = """(cast(:over as bigint) is null or n.amount_minor > :over and n.currency = :currency)
    and (cast(:under as bigint) is null or n.amount_minor < :under and n.currency = :currency)
    and (cast(:agent as text) is null or n.agent = :agent
        or strpos(' ' || translate(lower(split_part(n.by, '@', 1)), '.', ' '),
            ' ' || translate(lower(split_part(:agent, '@', 1)), '.', ' ')) > 0)
    and (cardinality(cast(:by_one_of as text[])) = 0
        or lower(coalesce(nullif(n.agent, ''), n.by)) = any(cast(:by_one_of as text[])))"""
FIND = f"""
with found as materialized (
    select n.* from isp_credit_notes n join isp_customers c on c.id = n.customer_id
    where n.at >= :since and n.at < :until and (cast(:customer as text) is null or c.number = :customer)
        and {CHOSEN} and @within(c.region, c.site, c.partner)
), sums as (
    select coalesce(sum(s.n), 0)::bigint as found, jsonb_object_agg(s.currency, s.minor) as minors
    from (
        select currency, count(*) as n,
            coalesce(sum(amount_minor) filter (where voided_at is null), 0)::bigint as minor
        from found group by currency
    ) s
)
select sums.found, sums.minors, {NOTE}
from sums join lateral (select * from found f order by f.at desc, f.number desc limit :limit) n on true
join isp_customers c on c.id = n.customer_id
order by n.at desc, n.number desc
"""  # noqa: S608 - constants
DAYS = f"""
select coalesce(nullif(n.agent, ''), n.by) as agent, max(n.by) as name,
    cast(n.at at time zone :zone as date) as on_day, n.currency,
    count(*) filter (where n.voided_at is null)::int as n, count(n.voided_at)::int as voided,
    coalesce(sum(n.amount_minor) filter (where n.voided_at is null), 0)::bigint as minor
from isp_credit_notes n
where n.at >= :since and n.at < :until and {CHOSEN}
    and (cast(:customer as text) is null
        or n.customer_id = (select c.id from isp_customers c where c.number = :customer))
    and @owned(n.customer_id)
group by 1, 3, 4 order by 3 desc, 7 desc, 1, 4
"""  # noqa: S608 - constants
TODAY = text(
    "select count(*)::int as n, coalesce(sum(amount_minor), 0)::bigint as minor from isp_credit_notes "
    "where at >= :since and at < :until and agent = :agent and currency = :currency and voided_at is null"
)
ONE = f"""
select {NOTE} from isp_credit_notes n join isp_customers c on c.id = n.customer_id
where n.number = :number and @within(c.region, c.site, c.partner)
"""  # noqa: S608 - constants
THIS_MONTH = text(
    "select coalesce(sum(amount_minor), 0)::bigint from isp_credit_notes where customer_id = :customer "
    "and currency = :currency and voided_at is null and at >= :since and at < :until"
)
INVOICE = text(
    "select i.id, i.total_minor, i.currency, coalesce(("
    "select sum(n.amount_minor) from isp_credit_notes n where n.customer_id = i.customer_id "
    "and coalesce(n.concerns, n.invoice_id) = i.id and n.voided_at is null), 0)::bigint as credited "
    "from isp_invoices i where i.number = :number and i.customer_id = :customer"
)
INSERT = text(
    "insert into isp_credit_notes (tenant_id, number, customer_id, concerns, at, amount_minor, currency, "
    "reason, by, agent) values (current_setting('app.tenant_id')::uuid, :number, :customer, :concerns, :at, "
    ":minor, :currency, :reason, :by, :agent) returning id"
)
OWNER = text(
    "select c.number from isp_credit_notes n join isp_customers c on c.id = n.customer_id "
    "where n.number = :number"
)
LOCKED = text(
    "select id, invoice_id, amount_minor, currency, voided_at from isp_credit_notes "
    "where number = :number for update"
)
VOID = text(
    "update isp_credit_notes set voided_at = :at, voided_by = :by, void_reason = :reason where id = :id"
)
Span = tuple[datetime, datetime]


def credit_of(row: Row[Any]) -> CreditNote:
    """Read the columns of NOTE."""
    return CreditNote(
        number=row.number,
        customer=row.customer,
        customer_name=row.customer_name,
        at=row.at,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        by=row.by,
        invoice=row.invoice,
        voided_at=row.voided_at,
        voided_by=row.voided_by,
        agent=row.agent,
    )


async def find_credits(
    session: AsyncSession, scope: Scope, query: CreditQuery, span: Span, currency: str, limit: int
) -> CreditPage:
    """Return the newest credit notes of a period."""
    rows = await find_rows(session, FIND, scope, limit=limit, **_binds(query, span, currency))
    minors: dict[str, int] = (rows[0].minors or {}) if rows else {}
    return CreditPage(
        notes=tuple(credit_of(row) for row in rows),
        count=rows[0].found if rows else 0,
        total=Money(minors.pop(currency, 0), currency),
        other=tuple(Money(minors[unit], unit) for unit in sorted(minors) if minors[unit]),
    )


def _binds(query: CreditQuery, span: Span, currency: str) -> dict[str, Any]:
    return {
        "customer": query.customer,
        "over": query.over.minor if query.over else None,
        "under": query.under.minor if query.under else None,
        "agent": query.agent,
        "by_one_of": [one.lower() for one in query.by_one_of],
        "since": span[0],
        "until": span[1],
        "currency": currency,
    }


async def find_days(
    session: AsyncSession, scope: Scope, query: CreditQuery, span: Span, currency: str, zone: str
) -> Sequence[CreditDay]:
    """Return what each colleague credited on each day."""
    binds = _binds(query, span, currency) | {"zone": zone}
    return [
        CreditDay(
            agent=row.agent,
            name=row.name,
            on=row.on_day,
            count=row.n,
            total=Money(row.minor, row.currency),
            voided=row.voided,
        )
        for row in await find_rows(session, DAYS, scope, **binds)
    ]


async def get_credit(session: AsyncSession, scope: Scope, number: str) -> CreditNote | None:
    """Return one credit note."""
    rows = await find_rows(session, ONE, scope, number=number.strip().upper())
    return credit_of(rows[0]) if rows else None


async def do_credit(
    session: AsyncSession, new: NewCredit, by: str, now: datetime, usual: str, spans: tuple[Span, Span]
) -> str:
    """Write a credit note and spread it; return its number. `spans` are the month and the day."""
    account = await lock_account(session, new.customer)
    await check_currency(session, account, new.amount, usual)
    await _check_month(session, account, new, spans[0])
    await _check_day(session, new, spans[1])
    concerns = await _concerned(session, account, new) if new.invoice else None
    number = await next_number(session, CREDIT_NOTES)
    binds = {
        "number": number,
        "customer": account.id,
        "concerns": concerns,
        "at": now,
        "minor": new.amount.minor,
        "currency": new.amount.currency,
        "reason": new.reason,
        "by": by,
        "agent": new.agent,
    }
    made = (await session.execute(INSERT, binds)).scalar_one()
    source = Source(column="credit_note_id", id=made, amount=new.amount)
    await settle(session, account, new.amount.currency, now, new=source, first=new.invoice)
    return number


async def _check_month(session: AsyncSession, account: Account, new: NewCredit, month: Span) -> None:
    """Hold the account's lock before looking: another note of the same moment is counted or waits."""
    limit = new.month_limit
    if limit is None:
        return
    check_comparable("month", limit, new.amount)
    binds = {"customer": account.id, "currency": limit.currency, "since": month[0], "until": month[1]}
    given = Money((await session.execute(THIS_MONTH, binds)).scalar_one(), limit.currency)
    if given.minor + new.amount.minor > limit.minor:
        raise NotAllowed(over_month(account.name, given, limit))


async def _check_day(session: AsyncSession, new: NewCredit, day: Span) -> None:
    """Hold a lock of the agent's own before looking: two accounts at once are two transactions."""
    limit = new.day_limit
    if limit is None or not new.agent:
        return
    check_comparable("day", limit, new.amount)
    await session.execute(LOCK, {"key": f"credits of {new.agent}"})
    binds = {"agent": new.agent, "currency": limit.currency, "since": day[0], "until": day[1]}
    row = (await session.execute(TODAY, binds)).one()
    given = Money(row.minor, limit.currency)
    if given.minor + new.amount.minor > limit.minor:
        raise NotAllowed(over_day(given, limit, row.n))


async def _concerned(session: AsyncSession, account: Account, new: NewCredit) -> Any:
    row = (await session.execute(INVOICE, {"number": new.invoice, "customer": account.id})).one_or_none()
    if row is None:
        raise NotFound(f"{account.name} has no invoice {new.invoice}.")
    if row.currency != new.amount.currency:
        raise BadInput(f"{new.invoice} is in {row.currency}. Give the amount in {row.currency}.")
    if row.credited + new.amount.minor > row.total_minor:
        total, before = Money(row.total_minor, row.currency), Money(row.credited, row.currency)
        raise Conflict(
            f"{new.invoice} came to {total} and {before} of it is credited already; {new.amount} more is "
            "over that. Credit less, or credit the account instead of the invoice."
        )
    return row.id


async def do_void(session: AsyncSession, number: str, reason: str, by: str, now: datetime) -> None:
    """Void a credit note: what it had settled is owed again."""
    owner = (await session.execute(OWNER, {"number": number})).one_or_none()
    account = await lock_account(session, one_or_missing(owner, f"credit note {number}").number)
    note = (await session.execute(LOCKED, {"number": number})).one()
    if note.voided_at is not None:
        raise Conflict(f"Credit note {number} is void already.")
    await session.execute(VOID, {"id": note.id, "at": now, "by": by, "reason": reason})
    if note.invoice_id is not None:
        await change_paid(session, note.invoice_id, -note.amount_minor)
    source = Source(column="credit_note_id", id=note.id, amount=Money(note.amount_minor, note.currency))
    await take_off(session, account, source, now)
    await settle(session, account, note.currency, now)
