"""Mailings: one text to many, and how far each has got."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, NotFound, Scope
from plugins.connectors.local.queries_numbers import Series, next_number
from plugins.connectors.local.queries_outbox import do_write_many
from plugins.connectors.local.queries_scope import find_rows
from plugins.email.port import Mailing, NewMailing

MAILINGS = Series(table="isp_mailings", prefix="ML-", first=1_000)
AT_ONCE = 1_000
MAILING = """
select m.number, m.audience, m.subject, m.body, m.total, m.by, m.at, m.starts_at, m.cancelled_at,
    m.cancelled_by, (select jsonb_object_agg(g.status, g.n) from
        (select e.status, count(*) as n from isp_emails e where e.mailing_id = m.id group by e.status) g
    ) as counts, m.kind, m.left_out, (select jsonb_object_agg(g.left_out, g.n) from
        (select e.left_out, count(*) as n from isp_emails e
            where e.mailing_id = m.id and e.status = 'left out' group by e.left_out) g
    ) as since
from isp_mailings m
"""
ALL_WITHIN = """not exists (select from isp_emails e join isp_customers c on c.id = e.customer_id
    where e.mailing_id = m.id and not @within(c.region, c.site, c.partner))"""


async def do_queue_mailing(session: AsyncSession, new: NewMailing, by: str, at: datetime) -> str:
    """Write all messages of a mailing into the outbox; return its number."""
    number = await next_number(session, MAILINGS)
    row = await session.execute(
        text(
            "insert into isp_mailings (tenant_id, number, audience, subject, body, total, by, at, starts_at, "
            "kind, left_out) values (current_setting('app.tenant_id')::uuid, :number, :audience, :subject, "
            ":body, :total, :by, :at, :starts_at, :kind, cast(:left_out as jsonb)) returning id"
        ),
        {
            "number": number, "audience": new.audience, "subject": new.subject, "body": new.body,
            "total": len(new.messages), "by": by, "at": at, "starts_at": new.starts_at,
            "kind": new.kind, "left_out": json.dumps(dict(new.left_out)),
        },
    )  # fmt: skip
    mailing = row.scalar_one()
    width = len(str(len(new.messages)))
    numbered = [(f"{number}-{nr:0{width}d}", one) for nr, one in enumerate(new.messages, start=1)]
    for start in range(0, len(numbered), AT_ONCE):
        part = numbered[start : start + AT_ONCE]
        await do_write_many(
            session, part, by=by, at=at, status="queued", due_at=new.starts_at, mailing=mailing
        )
    return number


async def find_mailings(session: AsyncSession, scope: Scope, limit: int) -> Sequence[Mailing]:
    """Return mailings, newest first."""
    sql = f"{MAILING} where {ALL_WITHIN} order by m.at desc, m.number desc limit :limit"
    return [mailing_of(row) for row in await find_rows(session, sql, scope, limit=limit)]


async def get_mailing(session: AsyncSession, scope: Scope, number: str) -> Mailing | None:
    """Return one mailing."""
    sql = f"{MAILING} where m.number = :number and {ALL_WITHIN}"
    rows = await find_rows(session, sql, scope, number=number)
    return mailing_of(rows[0]) if rows else None


async def do_cancel_mailing(session: AsyncSession, number: str, by: str, at: datetime) -> None:
    """Cancel what has not left; what is just leaving is not held up."""
    row = await session.execute(
        text("select id from isp_mailings where number = :number for update"), {"number": number}
    )
    mailing = row.scalar_one_or_none()
    if mailing is None:
        raise NotFound(f"There is no mailing {number}.")
    gone = await session.execute(
        text(
            "update isp_emails set status = 'cancelled', due_at = null "
            "where mailing_id = :mailing and status = 'queued' returning id"
        ),
        {"mailing": mailing},
    )
    if not gone.all():
        raise Conflict(f"Nothing of {number} waits any more, so there is nothing to cancel.")
    await session.execute(
        text("update isp_mailings set cancelled_at = :at, cancelled_by = :by where id = :mailing"),
        {"mailing": mailing, "at": at, "by": by},
    )


def mailing_of(row: Row[Any]) -> Mailing:
    """Read a mailing."""
    values = row._asdict()
    left_out = Counter(values["left_out"]) + Counter(values.pop("since") or {})
    return Mailing(**(values | {"counts": values["counts"] or {}, "left_out": dict(left_out)}))
