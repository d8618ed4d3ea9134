"""E-mail behind the local connector: an outbox of every state, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.api import EVERYWHERE
from plugins.connectors.local import (
    queries_email,
    queries_mail_returns,
    queries_mail_stops,
    queries_mailings,
    queries_outbox,
)
from plugins.email.port import (
    Back,
    Delivery,
    MailQuery,
    NewEmail,
    NewMailing,
    Outcome,
    Outgoing,
    Return,
    Sender,
    Stop,
    Template,
)
from tests.plugins.building import NOW, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA

LEASE = timedelta(minutes=5)
TO = "amina@b.example"
NEW = NewEmail(customer=AMINA, to=TO, subject="Hello", body="Hi", sender="care@acme.example")
SENDER = Sender(address="care@acme.example")
SENT = Delivery(outcome=Outcome.SENT)
BACK = Return(
    mailbox="care@mx/INBOX", validity=3, uid=7, digest="d", back=Back.UNSUBSCRIBED, number=None, said="x"
)
STOP = Stop(address=TO, reason="bounced", at=NOW, by="Ada")


@dataclass(frozen=True)
class Outbox:
    """What the first tenant has written."""

    draft: str
    queued: str
    failed: str
    taken: Outgoing
    mailing: str


async def fill(isp: Isp) -> Outbox:
    """Write a draft, messages in three states and a mailing, over what `tests.probes.isp` put there."""
    async with isp.sql() as session:
        numbers = [
            await queries_outbox.do_write(
                session,
                replace(NEW, subject=s),
                by="Ada",
                at=NOW,
                status=s,
                due_at=None if s == "draft" else NOW,
            )
            for s in ("queued", "draft", "failed")
        ]
        batch = await queries_outbox.do_take(session, most=1, per_minute=100, lease=LEASE, now=NOW)
        queued = await queries_outbox.do_write(session, NEW, by="Ada", at=NOW, status="queued", due_at=NOW)
        mailing = await queries_mailings.do_queue_mailing(
            session,
            NewMailing(audience="all", subject="News", body="News", starts_at=NOW, messages=(NEW,)),
            "Ada",
            NOW,
        )
        await queries_mail_stops.do_stop(session, STOP)
        for older in (replace(BACK, uid=6, digest="before"), BACK):
            await queries_mail_returns.do_take_return(session, older, NOW)
        await isp_message_id(session)
    return Outbox(
        draft=numbers[1], queued=queued, failed=numbers[2], taken=batch.messages[0], mailing=mailing
    )


async def isp_message_id(session) -> None:
    """Give the failed message a Message-ID that the probe can ask for, and the customer the stopped address."""
    from sqlalchemy import text

    await session.execute(
        text("update isp_customers set email = :to where number = :number"), {"to": TO, "number": AMINA}
    )

    await session.execute(
        text("update isp_emails set message_id = '<1@acme.example>' where status = 'failed'")
    )


ASKS: Asks = {
    queries_email.find_templates: lambda s, a: queries_email.find_templates(s),
    queries_email.do_save_template: lambda s, a: queries_email.do_save_template(
        s, Template(name="reminder", subject="mine", body="mine")
    ),
    queries_email.do_remove_template: lambda s, a: queries_email.do_remove_template(s, "reminder"),
    queries_email.find_sent: lambda s, a: queries_email.find_sent(s, EVERYWHERE, AMINA, 9),
    queries_email.find_emails: lambda s, a: queries_email.find_emails(s, EVERYWHERE, MailQuery(), 9),
    queries_email.get_email: lambda s, a: queries_email.get_email(s, EVERYWHERE, a.queued),
    queries_email.get_by_message_id: lambda s, a: queries_email.get_by_message_id(
        s, EVERYWHERE, "<1@acme.example>"
    ),
    queries_email.find_recipients: lambda s, a: queries_email.find_recipients(
        s, EVERYWHERE, [AMINA], None, 9
    ),
    queries_mail_stops.find_stops: lambda s, a: queries_mail_stops.find_stops(s, [TO]),
    queries_mail_stops.find_stopped: lambda s, a: queries_mail_stops.find_stopped(s, EVERYWHERE, 9),
    queries_mail_stops.do_stop: lambda s, a: queries_mail_stops.do_stop(s, replace(STOP, detail="mine")),
    queries_mail_stops.do_lift_stop: lambda s, a: queries_mail_stops.do_lift_stop(s, TO, "bounced"),
    queries_mail_returns.get_last_returned: lambda s, a: queries_mail_returns.get_last_returned(
        s, BACK.mailbox, BACK.validity
    ),
    queries_mail_returns.do_take_return: lambda s, a: queries_mail_returns.do_take_return(
        s, replace(BACK, uid=8, digest="e", number=a.failed), NOW
    ),
    queries_mail_returns.do_forget_returns: lambda s, a: queries_mail_returns.do_forget_returns(
        s, NOW + timedelta(days=9)
    ),
    queries_outbox.do_write: lambda s, a: queries_outbox.do_write(
        s, NEW, by="Eve", at=NOW, status="queued", due_at=NOW
    ),
    queries_outbox.do_write_many: lambda s, a: queries_outbox.do_write_many(
        s, [("EM-77", NEW)], by="Eve", at=NOW, status="queued", due_at=NOW
    ),
    queries_outbox.do_change_draft: lambda s, a: queries_outbox.do_change_draft(s, a.draft, "mine", "mine"),
    queries_outbox.do_queue_draft: lambda s, a: queries_outbox.do_queue_draft(s, a.draft, SENDER, NOW, "Eve"),
    queries_outbox.do_cancel: lambda s, a: queries_outbox.do_cancel(s, a.queued),
    queries_outbox.do_retry: lambda s, a: queries_outbox.do_retry(s, a.failed, NOW),
    queries_outbox.do_bounce: lambda s, a: queries_outbox.do_bounce(s, a.queued, "mine"),
    queries_outbox.do_take: lambda s, a: queries_outbox.do_take(
        s, most=9, per_minute=1_000, lease=LEASE, now=NOW + timedelta(hours=1)
    ),
    queries_outbox.do_hand_over: lambda s, a: queries_outbox.do_hand_over(s, a.taken, LEASE, NOW),
    queries_outbox.do_settle: lambda s, a: queries_outbox.do_settle(s, a.taken, SENT, None, NOW),
    queries_mailings.do_queue_mailing: lambda s, a: queries_mailings.do_queue_mailing(
        s, NewMailing(audience="mine", subject="x", body="x", starts_at=NOW, messages=(NEW,)), "Eve", NOW
    ),
    queries_mailings.find_mailings: lambda s, a: queries_mailings.find_mailings(s, EVERYWHERE, 9),
    queries_mailings.get_mailing: lambda s, a: queries_mailings.get_mailing(s, EVERYWHERE, a.mailing),
    queries_mailings.do_cancel_mailing: lambda s, a: queries_mailings.do_cancel_mailing(
        s, a.mailing, "Eve", NOW
    ),
}
