"""E-mail templates, and what was sent to subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.email.port import Email, Template

SENT = """
select e.at, e.to_address, e.subject, e.body, e.status, e.by, e.template, c.number as customer
from isp_emails e join isp_customers c on c.id = e.customer_id
where c.number = :customer and @within(c.region, c.site, c.partner) order by e.at desc limit :limit
"""


async def find_templates(session: AsyncSession) -> Sequence[Template]:
    """Return the templates, by name."""
    rows = await session.execute(text("select name, subject, body from isp_email_templates order by name"))
    return records(Template, rows)


async def find_sent(session: AsyncSession, scope: Scope, customer: str, limit: int) -> Sequence[Email]:
    """Return what a customer was told, newest first."""
    return [
        Email(
            at=row.at,
            to=row.to_address,
            subject=row.subject,
            body=row.body,
            status=row.status,
            by=row.by,
            template=row.template,
            customer=row.customer,
        )
        for row in await find_rows(session, SENT, scope, customer=customer, limit=limit)
    ]
