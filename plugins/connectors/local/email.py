"""The e-mail port on our own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.api import EVERYWHERE, Effect, NotFound, Scope
from plugins.connectors.local import queries_email as queries
from plugins.connectors.local import queries_mail_stops as stops
from plugins.connectors.local import queries_mailings as mailings
from plugins.connectors.local import queries_outbox as outbox
from plugins.connectors.local.mailbox import Outbox
from plugins.connectors.local.queries_effects import do_once, get_applied
from plugins.connectors.local.queries_scope import Session
from plugins.email.port import (
    Email,
    Mailing,
    MailPage,
    MailQuery,
    MailStatus,
    NewEmail,
    NewMailing,
    Recipient,
    Sender,
    Stop,
    Template,
)


class LocalMail(Outbox):
    """Templates, the log of what was sent, and the outbox, in the `isp_*` tables."""

    async def templates(self) -> Sequence[Template]:
        """Return the templates, by name."""
        async with self._sql() as session:
            return await queries.find_templates(session)

    async def save_template(self, effect: Effect, template: Template) -> Template:
        """Keep a template under its name."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(queries.do_save_template(session, template)))
        return template

    async def remove_template(self, effect: Effect, name: str) -> None:
        """Remove a template."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(queries.do_remove_template(session, name)))

    async def sent(self, scope: Scope, customer: str, limit: int = 5) -> Sequence[Email]:
        """Return what a customer was told, newest first."""
        async with self._sql() as session:
            return await queries.find_sent(session, scope, customer, limit)

    async def find(self, scope: Scope, query: MailQuery, limit: int = 20) -> MailPage:
        """Find messages, newest first."""
        async with self._sql() as session:
            return await queries.find_emails(session, scope, query, limit)

    async def get(self, scope: Scope, number: str) -> Email | None:
        """Return one message."""
        async with self._sql() as session:
            return await queries.get_email(session, scope, number.strip().upper())

    async def find_by_message_id(self, scope: Scope, message_id: str) -> Email | None:
        """Return the message that left under this Message-ID."""
        async with self._sql() as session:
            return await queries.get_by_message_id(session, scope, message_id)

    async def recipients(
        self,
        scope: Scope,
        *,
        customers: Sequence[str] | None = None,
        plan: str | None = None,
        limit: int = 20_000,
    ) -> Sequence[Recipient]:
        """Return who may be written to."""
        async with self._sql() as session:
            return await queries.find_recipients(session, scope, customers, plan, limit)

    async def stops(self, addresses: Sequence[str]) -> Mapping[str, Stop]:
        """Return which of these addresses are not to be written to."""
        async with self._sql() as session:
            return await stops.find_stops(session, addresses)

    async def find_stops(self, scope: Scope, limit: int = 50) -> Sequence[tuple[Stop, str]]:
        """Return the stopped addresses of customers, newest first."""
        async with self._sql() as session:
            return await stops.find_stopped(session, scope, limit)

    async def stop(self, effect: Effect, stop: Stop) -> None:
        """Keep an address from being written to."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(stops.do_stop(session, stop)))

    async def lift_stop(self, effect: Effect, address: str, reason: str) -> None:
        """Let an address be written to again."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(stops.do_lift_stop(session, address, reason)))

    async def draft(self, effect: Effect, new: NewEmail) -> Email:
        """Write a draft."""
        return await self._write(effect, new, MailStatus.DRAFT, None)

    async def queue(self, effect: Effect, new: NewEmail) -> Email:
        """Put a message into the outbox."""
        return await self._write(effect, new, MailStatus.QUEUED, self._now())

    async def _write(self, effect: Effect, new: NewEmail, status: str, due_at: datetime | None) -> Email:
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                at, by = self._now(), effect.by
                number = await outbox.do_write(session, new, by=by, at=at, status=status, due_at=due_at)
                return {"number": number}

            kept = await do_once(session, effect, write)
            return await self._got(session, kept["number"])

    async def change_draft(self, effect: Effect, number: str, subject: str, body: str) -> Email:
        """Change a draft."""
        async with self._sql() as session:
            await do_once(
                session, effect, lambda: _done(outbox.do_change_draft(session, number, subject, body))
            )
            return await self._got(session, number)

    async def queue_draft(self, effect: Effect, number: str, sender: Sender) -> Email:
        """Put a draft into the outbox."""
        async with self._sql() as session:
            write = outbox.do_queue_draft
            await do_once(
                session, effect, lambda: _done(write(session, number, sender, self._now(), effect.by))
            )
            return await self._got(session, number)

    async def cancel(self, effect: Effect, number: str) -> Email:
        """Cancel a draft, or a message that has not left."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(outbox.do_cancel(session, number)))
            return await self._got(session, number)

    async def retry(self, effect: Effect, number: str) -> Email:
        """Put a failed, bounced or unknown message back."""
        async with self._sql() as session:
            await do_once(session, effect, lambda: _done(outbox.do_retry(session, number, self._now())))
            return await self._got(session, number)

    async def bounce(self, effect: Effect, number: str, said: str, *, stop: bool = True) -> Email:
        """Write down that a message came back, and stop its address unless that lives."""
        async with self._sql() as session:

            async def write() -> Mapping[str, Any]:
                address = await outbox.do_bounce(session, number, said)
                if stop:
                    why = Stop(address=address, reason="bounced", detail=said, at=self._now(), by=effect.by)
                    await stops.do_stop(session, why)
                return {}

            await do_once(session, effect, write)
            return await self._got(session, number)

    async def queue_mailing(self, effect: Effect, new: NewMailing) -> Mailing:
        """Put all messages of a mailing into the outbox."""
        async with self._sql() as session:

            async def write() -> Mapping[str, str]:
                number = await mailings.do_queue_mailing(session, new, effect.by, self._now())
                return {"number": number}

            kept = await do_once(session, effect, write)
            return await self._got_mailing(session, kept["number"])

    async def mailings(self, scope: Scope, limit: int = 20) -> Sequence[Mailing]:
        """Return mailings, newest first."""
        async with self._sql() as session:
            return await mailings.find_mailings(session, scope, limit)

    async def get_mailing(self, scope: Scope, number: str) -> Mailing | None:
        """Return one mailing."""
        async with self._sql() as session:
            return await mailings.get_mailing(session, scope, number.strip().upper())

    async def cancel_mailing(self, effect: Effect, number: str) -> Mailing:
        """Cancel what has not left."""
        async with self._sql() as session:
            write = mailings.do_cancel_mailing
            await do_once(session, effect, lambda: _done(write(session, number, effect.by, self._now())))
            return await self._got_mailing(session, number)

    async def _got(self, session: Session, number: str) -> Email:
        found = await queries.get_email(session, EVERYWHERE, number)
        if found is None:
            raise NotFound(f"There is no message {number}.")
        return found

    async def _got_mailing(self, session: Session, number: str) -> Mailing:
        found = await mailings.get_mailing(session, EVERYWHERE, number)
        if found is None:
            raise NotFound(f"There is no mailing {number}.")
        return found

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)


async def _done(writing: Any) -> Mapping[str, Any]:
    """Await a write that has nothing to tell."""
    await writing
    return {}
