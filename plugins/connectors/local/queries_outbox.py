"""The outbox: messages written down before they leave, taken one by one, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, LeaseLost, NotFound
from plugins.connectors.local.queries_numbers import Series, next_number
from plugins.connectors.local.queries_scope import records
from plugins.email.port import Batch, Delivery, NewEmail, Outgoing, Sender

MESSAGES = Series(table="isp_emails", prefix="EM-", first=1_000)
GIVE_UP = timedelta(days=1)
"""A message that nobody takes within a day has failed."""
RETRIES = ("failed", "bounced", "unknown")
CUT = "The bot stopped between handing it over and hearing the answer: it may have arrived."
OPEN = ("draft", "queued")
INSERT = """
insert into isp_emails (tenant_id, customer_id, number, message_id, to_address, subject, body, html,
    template, sender, reply_to, status, at, by, due_at, give_up_at, mailing_id)
select current_setting('app.tenant_id')::uuid, c.id, :number, :message_id, :to, :subject, :body, :html,
    :template, :sender, :reply_to, :status, :at, :by, :due_at, :give_up_at, :mailing
from isp_customers c where c.number = :customer
"""
ABANDONED = """
update isp_emails set leased_until = null,
    status = case when handed_at is null then 'queued' else 'unknown' end,
    due_at = case when handed_at is null then cast(:now as timestamptz) end,
    error = case when handed_at is null then error else :cut end
where status = 'sending' and leased_until < :now
"""
TAKE = """
with due as materialized (
    select id from isp_emails where status = 'queued' and due_at <= :now
    order by due_at, number limit :most for update skip locked
)
update isp_emails e set status = 'sending', leased_until = :until, tried_at = :now, handed_at = null,
    attempts = attempts + 1
from due where e.id = due.id
returning e.number, e.message_id, coalesce(e.sender, '') as sender, coalesce(e.reply_to, '') as reply_to,
    e.to_address as to, e.subject, e.body, e.html,
    e.attempts, e.at, e.give_up_at,
    (select m.kind from isp_mailings m where m.id = e.mailing_id) as mailing
"""
HAND_OVER = """
update isp_emails set handed_at = :now, leased_until = :until
where number = :number and attempts = :attempts and status = 'sending' and handed_at is null
    and leased_until > :now and (cast(:mailing as text) is null or not exists (
        select from isp_mail_stops s where s.address = :address
            and (s.reason = 'bounced' or cast(:mailing as text) = 'news')))
returning number
"""
LEAVE_OUT = """
update isp_emails e set status = 'left out', left_out = s.reason, leased_until = null, due_at = null,
    error = case s.reason when 'bounced' then 'Left out: the address bounced before.'
        else 'Left out: they unsubscribed before its turn came.' end
from (select reason from isp_mail_stops where address = :address
        and (reason = 'bounced' or cast(:mailing as text) = 'news') order by reason limit 1) s
where e.number = :number and e.attempts = :attempts and e.status = 'sending' and e.handed_at is null
    and e.leased_until > :now and cast(:mailing as text) is not null
returning e.error
"""
LATELY = "select count(*) as n, min(tried_at) as first from isp_emails where tried_at > :since"
NEXT = """
select min(due_at) from isp_emails where status = 'queued'
"""


def message_id_of(sender: str) -> str:
    """Return a Message-ID that no other message bears, at the sender's own domain."""
    return f"<{uuid4()}@{sender.rpartition('@')[2] or 'localhost'}>"


async def do_write(
    session: AsyncSession, new: NewEmail, *, by: str, at: datetime, status: str, due_at: datetime | None
) -> str:
    """Write a message down, as a draft or to be sent; return its number."""
    number = await next_number(session, MESSAGES)
    await do_write_many(session, [(number, new)], by=by, at=at, status=status, due_at=due_at)
    return number


async def do_write_many(
    session: AsyncSession,
    numbered: Sequence[tuple[str, NewEmail]],
    *,
    by: str,
    at: datetime,
    status: str,
    due_at: datetime | None,
    mailing: object = None,
) -> None:
    """Write messages down in one go."""
    rows: list[dict[str, Any]] = [
        {
            "number": number,
            "message_id": message_id_of(new.sender) if new.sender else None,
            "to": new.to,
            "subject": new.subject,
            "body": new.body,
            "html": new.html,
            "template": new.template,
            "sender": new.sender or None,
            "reply_to": new.reply_to or None,
            "status": status,
            "at": at,
            "by": by,
            "due_at": due_at,
            "give_up_at": None if due_at is None else due_at + GIVE_UP,
            "mailing": mailing,
            "customer": new.customer,
        }
        for number, new in numbered
    ]
    await session.execute(text(INSERT), rows)


async def do_change_draft(session: AsyncSession, number: str, subject: str, body: str) -> None:
    """Change a draft."""
    done = await session.execute(
        text(
            "update isp_emails set subject = :subject, body = :body "
            "where number = :number and status = 'draft' returning number"
        ),
        {"number": number, "subject": subject, "body": body},
    )
    if done.first() is None:
        raise Conflict(f"{number} is no draft any more, so it cannot be changed.")


async def do_queue_draft(session: AsyncSession, number: str, sender: Sender, at: datetime, by: str) -> None:
    """Put a draft into the outbox."""
    done = await session.execute(
        text(
            "update isp_emails set status = 'queued', at = :at, due_at = :at, give_up_at = :give_up, "
            "by = :by, sender = :sender, reply_to = :reply_to, message_id = :message_id "
            "where number = :number and status = 'draft' returning number"
        ),
        {
            "number": number, "at": at, "give_up": at + GIVE_UP, "by": by, "sender": sender.address,
            "reply_to": sender.reply_to or None, "message_id": message_id_of(sender.address),
        },
    )  # fmt: skip
    if done.first() is None:
        raise Conflict(f"{number} is no draft any more: somebody was faster.")


async def do_cancel(session: AsyncSession, number: str) -> None:
    """Cancel a draft, or a message that has not left."""
    status = await _lock(session, number)
    if status not in OPEN:
        raise Conflict(f"{number} is {status}, so there is nothing left to cancel.")
    await session.execute(
        text("update isp_emails set status = 'cancelled', due_at = null where number = :number"),
        {"number": number},
    )


async def do_retry(session: AsyncSession, number: str, at: datetime) -> None:
    """Put a message back into the queue, under its old Message-ID."""
    status = await _lock(session, number)
    if status not in RETRIES:
        raise Conflict(f"{number} is {status}; only what failed or is in doubt is sent again.")
    await session.execute(
        text(
            "update isp_emails set status = 'queued', due_at = :at, give_up_at = :give_up, error = null "
            "where number = :number"
        ),
        {"number": number, "at": at, "give_up": at + GIVE_UP},
    )


async def do_bounce(session: AsyncSession, number: str, said: str) -> str:
    """Mark a message as come back; return its address."""
    await _lock(session, number)
    done = await session.execute(
        text(
            "update isp_emails set status = 'bounced', error = :said, due_at = null where number = :number "
            "returning to_address"
        ),
        {"number": number, "said": said},
    )
    return str(done.scalar_one())


async def _lock(session: AsyncSession, number: str) -> str:
    row = await session.execute(
        text("select status from isp_emails where number = :number for update"), {"number": number}
    )
    status = row.scalar_one_or_none()
    if status is None:
        raise NotFound(f"There is no message {number}.")
    return str(status)


async def do_take(
    session: AsyncSession, *, most: int, per_minute: int, lease: timedelta, now: datetime
) -> Batch:
    """Take what is due and may leave now; one process at a time decides, so the pace holds for all."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || 'mail', 0))")
    )
    await session.execute(text(ABANDONED), {"now": now, "cut": CUT})
    window = timedelta(seconds=max(1.0, 60 / per_minute))
    allowed = max(1, round(per_minute * window.total_seconds() / 60))
    lately = (await session.execute(text(LATELY), {"since": now - window})).one()
    if lately.n >= allowed:
        return Batch(again=max(lately.first + window - now, timedelta(milliseconds=10)), paced=True)
    rows = await session.execute(
        text(TAKE), {"now": now, "until": now + lease, "most": min(most, allowed - lately.n)}
    )
    taken = tuple(sorted(records(Outgoing, rows), key=lambda one: (one.at, one.number)))
    if taken:
        return Batch(messages=taken, again=timedelta())
    first: datetime | None = (await session.execute(text(NEXT))).scalar_one()
    return Batch(again=None if first is None else max(first - now, timedelta(milliseconds=10)))


async def do_hand_over(
    session: AsyncSession, message: Outgoing, lease: timedelta, now: datetime
) -> str | None:
    """Write down that a message leaves now; return why it is left out for good if it is.

    LeaseLost when it is another process's, or nobody's, by now.
    """
    values = {
        "number": message.number, "attempts": message.attempts, "now": now, "until": now + lease,
        "mailing": message.mailing, "address": message.to.lower(),
    }  # fmt: skip
    if (await session.execute(text(HAND_OVER), values)).first() is not None:
        return None
    del values["until"]
    why: str | None = (await session.execute(text(LEAVE_OUT), values)).scalar_one_or_none()
    if why is None:
        raise LeaseLost(f"message {message.number} is not this process's any more")
    return why


async def do_settle(
    session: AsyncSession, message: Outgoing, delivery: Delivery, again_at: datetime | None, now: datetime
) -> str | None:
    """Write down what became of this attempt, unless another one has begun; return the address."""
    status = "queued" if again_at else delivery.outcome.value
    done = await session.execute(
        text(
            "update isp_emails set status = :status, due_at = :again_at, leased_until = null, error = :said, "
            "handed_at = case when :status = 'queued' then null else handed_at end, "
            "sent_at = case when :status = 'sent' then cast(:now as timestamptz) end "
            "where number = :number and attempts = :attempts and status in ('sending', 'unknown') "
            "returning to_address"
        ),
        {
            "number": message.number,
            "attempts": message.attempts,
            "status": status,
            "again_at": again_at,
            "said": delivery.said or None,
            "now": now,
        },
    )
    return done.scalar_one_or_none()
