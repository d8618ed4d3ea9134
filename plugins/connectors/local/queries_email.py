"""E-mail templates, what was sent to subscribers, and whom not to write to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import NotFound, Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.email.port import Email, MailPage, MailQuery, MailStatus, Recipient, Template

EMAIL = """e.at, e.to_address, e.subject, e.body, e.status, e.by, e.template, e.number, e.message_id, e.html,
    e.sender, e.reply_to, e.due_at, e.attempts, e.sent_at, e.error, m.number as mailing,
    c.number as customer, c.name as customer_name, c.region, c.site, c.partner
from isp_emails e join isp_customers c on c.id = e.customer_id
    left join isp_mailings m on m.id = e.mailing_id"""
WITHIN = "@within(c.region, c.site, c.partner)"
SENT = f"""
select {EMAIL} where c.number = :customer and e.status <> 'draft' and {WITHIN} order by e.at desc limit :limit
"""
ASKED = f"""(cast(:statuses as text[]) is null or e.status = any(cast(:statuses as text[])))
    and (cast(:since as timestamptz) is null or e.at >= :since)
    and (cast(:mailing as text) is null or m.number = :mailing) and {WITHIN}"""
FIND = f"select {EMAIL} where {ASKED} order by e.at desc, e.number desc limit :limit"
COUNT = f"""
select e.status, count(*) as n from isp_emails e join isp_customers c on c.id = e.customer_id
    left join isp_mailings m on m.id = e.mailing_id where {ASKED} group by e.status
"""  # noqa: S608 - constants
GET = f"select {EMAIL} where e.number = :number and {WITHIN}"
BY_MESSAGE_ID = f"select {EMAIL} where e.message_id = :message_id and {WITHIN}"
NAMED = f"""
select c.number as customer, c.name, c.contact, c.email from isp_customers c
where c.number = any(cast(:customers as text[])) and {WITHIN} order by c.number limit :limit
"""  # noqa: S608 - constants
ON_PLAN = f"""
select c.number as customer, c.name, c.contact, c.email from isp_customers c
where c.id in (select s.customer_id from isp_services s where s.plan_code = :plan and s.status = 'active')
    and {WITHIN} order by c.number limit :limit
"""  # noqa: S608 - constants


async def find_templates(session: AsyncSession) -> Sequence[Template]:
    """Return the templates, by name."""
    rows = await session.execute(text("select name, subject, body from isp_email_templates order by name"))
    return records(Template, rows)


async def do_save_template(session: AsyncSession, template: Template) -> None:
    """Keep a template under its name."""
    await session.execute(
        text(
            "insert into isp_email_templates (tenant_id, name, subject, body) "
            "values (current_setting('app.tenant_id')::uuid, :name, :subject, :body) "
            "on conflict (tenant_id, name) do update set subject = excluded.subject, body = excluded.body"
        ),
        {"name": template.name, "subject": template.subject, "body": template.body},
    )


async def do_remove_template(session: AsyncSession, name: str) -> None:
    """Remove a template."""
    gone = await session.execute(
        text("delete from isp_email_templates where name = :name returning name"), {"name": name}
    )
    if gone.first() is None:
        raise NotFound(f"There is no template {name} any more.")


async def find_sent(session: AsyncSession, scope: Scope, customer: str, limit: int) -> Sequence[Email]:
    """Return what a customer was told, newest first."""
    rows = await find_rows(session, SENT, scope, customer=customer, limit=limit)
    return [email_of(row) for row in rows]


async def find_emails(session: AsyncSession, scope: Scope, query: MailQuery, limit: int) -> MailPage:
    """Return the newest messages that fit, and how many are in which state."""
    statuses = query.statuses or tuple(status for status in MailStatus if status is not MailStatus.DRAFT)
    binds: dict[str, Any] = {"since": query.since, "mailing": query.mailing, "statuses": list(statuses)}
    counts = {row.status: row.n for row in await find_rows(session, COUNT, scope, **binds)}
    rows = await find_rows(session, FIND, scope, limit=limit, **binds)
    return MailPage(emails=tuple(email_of(row) for row in rows), total=sum(counts.values()), counts=counts)


async def get_email(session: AsyncSession, scope: Scope, number: str) -> Email | None:
    """Return one message by its number."""
    rows = await find_rows(session, GET, scope, number=number)
    return email_of(rows[0]) if rows else None


async def get_by_message_id(session: AsyncSession, scope: Scope, message_id: str) -> Email | None:
    """Return the message that left under this Message-ID."""
    rows = await find_rows(session, BY_MESSAGE_ID, scope, message_id=message_id)
    return email_of(rows[0]) if rows else None


async def find_recipients(
    session: AsyncSession, scope: Scope, customers: Sequence[str] | None, plan: str | None, limit: int
) -> Sequence[Recipient]:
    """Return who may be written to, of these accounts or on this plan."""
    if customers is not None:
        return records(
            Recipient, await find_rows(session, NAMED, scope, customers=list(customers), limit=limit)
        )
    return records(Recipient, await find_rows(session, ON_PLAN, scope, plan=plan, limit=limit))


def email_of(row: Row[Any]) -> Email:
    """Read a message."""
    values = row._asdict()
    return Email(to=values.pop("to_address"), **values)
