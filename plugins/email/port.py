"""The e-mail port: templates, what subscribers were told, and the outbox; `Mailer` carries it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from bot.api import Effect, Scope
from plugins.email.nouns import (
    THEMSELVES,
    WAITING,
    Email,
    Mailing,
    MailingKind,
    MailingRef,
    MailPage,
    MailQuery,
    MailStatus,
    MessageRef,
    Recipient,
    Stop,
    Template,
    TemplateRef,
)
from plugins.email.outgoing import (
    Batch,
    Delivery,
    HandOver,
    Mailer,
    NewEmail,
    NewMailing,
    Outcome,
    Outgoing,
    Sender,
    Sending,
)
from plugins.email.returned import Back, Letter, OpenBox, Return, Returns
from plugins.email.servers import Tls, is_here, trust

__all__ = [
    "THEMSELVES",
    "WAITING",
    "Back",
    "Batch",
    "Delivery",
    "Email",
    "HandOver",
    "Letter",
    "Mail",
    "MailPage",
    "MailQuery",
    "MailStatus",
    "Mailer",
    "Mailing",
    "MailingKind",
    "MailingRef",
    "MessageRef",
    "NewEmail",
    "NewMailing",
    "OpenBox",
    "Outcome",
    "Outgoing",
    "Recipient",
    "Return",
    "Returns",
    "Sender",
    "Sending",
    "Stop",
    "Template",
    "TemplateRef",
    "Tls",
    "is_here",
    "trust",
]


class Mail(Protocol):
    """What is said to subscribers. Searches see only rows inside `scope`; writes happen once per effect.

    A message to send is a row of the outbox before anything leaves: queued → sending → sent, failed, bounced
    or unknown. What was handed over without an answer is `unknown`, and never sent again by itself. Numbers
    are compared without regard to case, addresses too.
    """

    port_name: ClassVar[str] = "email"

    async def templates(self) -> Sequence[Template]:
        """Return the templates, by name."""
        ...

    async def save_template(self, effect: Effect, template: Template) -> Template:
        """Keep a template under its name, new or changed."""
        ...

    async def remove_template(self, effect: Effect, name: str) -> None:
        """Remove a template; NotFound when there is none."""
        ...

    async def sent(self, scope: Scope, customer: str, limit: int = 5) -> Sequence[Email]:
        """Return what a customer was told, newest first; drafts are left out."""
        ...

    async def find(self, scope: Scope, query: MailQuery, limit: int = 20) -> MailPage:
        """Find messages of all customers, newest first."""
        ...

    async def get(self, scope: Scope, number: str) -> Email | None:
        """Return one message."""
        ...

    async def recipients(
        self,
        scope: Scope,
        *,
        customers: Sequence[str] | None = None,
        plan: str | None = None,
        limit: int = 20_000,
    ) -> Sequence[Recipient]:
        """Return who may be written to: of these accounts, or all who have an active service on a plan."""
        ...

    async def stops(self, addresses: Sequence[str]) -> Mapping[str, Stop]:
        """Return which of these addresses are not to be written to, by the address in lower case.

        Of one that bounced and was unsubscribed, that it bounced.
        """
        ...

    async def stop(self, effect: Effect, stop: Stop) -> None:
        """Keep an address from being written to."""
        ...

    async def lift_stop(self, effect: Effect, address: str, reason: str) -> None:
        """Let an address be written to again; NotFound when it was not stopped for that reason."""
        ...

    async def find_stops(self, scope: Scope, limit: int = 50) -> Sequence[tuple[Stop, str]]:
        """Return the stopped addresses of customers, newest first, each with the account it is of."""
        ...

    async def draft(self, effect: Effect, new: NewEmail) -> Email:
        """Write a draft."""
        ...

    async def change_draft(self, effect: Effect, number: str, subject: str, body: str) -> Email:
        """Change a draft; Conflict when it is none any more."""
        ...

    async def queue(self, effect: Effect, new: NewEmail) -> Email:
        """Put a message into the outbox."""
        ...

    async def queue_draft(self, effect: Effect, number: str, sender: Sender) -> Email:
        """Put a draft into the outbox; Conflict when it is none any more."""
        ...

    async def cancel(self, effect: Effect, number: str) -> Email:
        """Cancel a draft, or a message that has not left; Conflict when it has."""
        ...

    async def retry(self, effect: Effect, number: str) -> Email:
        """Put a failed, bounced or unknown message back, under its old Message-ID; Conflict otherwise."""
        ...

    async def bounce(self, effect: Effect, number: str, said: str, *, stop: bool = True) -> Email:
        """Write down that a message came back, and stop its address unless that lives."""
        ...

    async def last_returned(self, mailbox: str, validity: int) -> int:
        """Return the highest uid that was taken note of in a mailbox; 0 when none was."""
        ...

    async def take_return(self, returned: Return) -> bool:
        """Write down what came back and what follows, together and once; False when that was done before.

        A bounce or refusal marks its message if that had left, and only then; a bounce stops its address too.
        """
        ...

    async def forget_returns(self, before: datetime) -> int:
        """Forget what came back before then and was about no message of ours; return how much that was.

        The highest uid of a mailbox stays known, and whatever marked a message stays with it.
        """
        ...

    async def find_by_message_id(self, scope: Scope, message_id: str) -> Email | None:
        """Return the message that left under this Message-ID."""
        ...

    async def queue_mailing(self, effect: Effect, new: NewMailing) -> Mailing:
        """Put all messages of a mailing into the outbox."""
        ...

    async def mailings(self, scope: Scope, limit: int = 20) -> Sequence[Mailing]:
        """Return the mailings all of whose recipients lie inside `scope`, newest first."""
        ...

    async def get_mailing(self, scope: Scope, number: str) -> Mailing | None:
        """Return one mailing, if all its recipients lie inside `scope`."""
        ...

    async def cancel_mailing(self, effect: Effect, number: str) -> Mailing:
        """Cancel what has not left; Conflict when nothing waits."""
        ...

    async def take_due(self, *, most: int, per_minute: int, lease: timedelta) -> Batch:
        """Take messages that are due, no more than may leave now.

        Those whose lease ran out come first: back into the queue, or `unknown` once they were handed over.
        """
        ...

    async def hand_over(self, message: Outgoing, lease: timedelta) -> None:
        """Write down that a message leaves now; LeaseLost when it is no longer this process's.

        One of a mailing whose address was stopped meanwhile is left out for good, and Conflict says why.
        """
        ...

    async def settle(self, message: Outgoing, delivery: Delivery, again_at: datetime | None = None) -> None:
        """Write down what became of an attempt; with `again_at` it waits for that."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
