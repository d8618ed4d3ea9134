"""What passes between the outbox and the system that sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from plugins.email.nouns import MailingKind


@dataclass(frozen=True, kw_only=True)
class NewEmail:
    """A message to be written down: a draft, or one to send."""

    customer: str
    to: str
    subject: str
    body: str
    html: str | None = None
    template: str | None = None
    sender: str = ""
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True)
class NewMailing:
    """One text to many, already filled in for each."""

    audience: str
    subject: str
    body: str
    starts_at: datetime
    messages: tuple[NewEmail, ...]
    kind: str = MailingKind.NEWS
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message taken from the outbox: this process alone sends it, for as long as its lease lasts.

    `mailing` is the kind of the mailing it belongs to. `envelope` is where the receiving side reports to, if
    that is not the sender; `headers` stand beside the usual ones.
    """

    number: str
    message_id: str
    sender: str
    reply_to: str
    to: str
    subject: str
    body: str
    html: str | None
    attempts: int
    at: datetime
    give_up_at: datetime
    mailing: str | None = None
    envelope: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was taken. `again`: when to look again, None when nothing waits; `paced`: for the pace."""

    messages: tuple[Outgoing, ...] = ()
    again: timedelta | None = None
    paced: bool = False


class Outcome(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The outcome of one attempt, and a sentence about it.

    `trouble`: it was not about this message, the system itself cannot be spoken to now.
    """

    outcome: Outcome
    said: str = ""
    trouble: bool = False


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who messages come from, and how many may leave in a minute.

    `bounces` is the address that takes what comes back; with `tagged` it takes `name+anything@` too.
    `pretends`: nothing leaves; what would have is kept.
    """

    address: str
    name: str = ""
    reply_to: str = ""
    per_minute: int = 60
    bounces: str = ""
    tagged: bool = True
    pretends: bool = False

    @property
    def said(self) -> str:
        """Return `Savanna Fibre <care@savanna.example>`."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.address


HandOver = Callable[[], Awaitable[None]]
"""Awaited right before a message leaves; raises when it must not: LeaseLost, or Conflict once left out."""


class Sending(Protocol):
    """An open line to the system that sends."""

    async def send(self, message: Outgoing, hand_over: HandOver) -> Delivery:
        """Send one message, and say what became of it; never raises for what the other side says."""
        ...


class Mailer(Protocol):
    """The system that carries messages away: an SMTP server, or a provider's interface."""

    port_name: ClassVar[str] = "mailer"

    def sender(self) -> Sender:
        """Return who messages come from; Unavailable says what an admin has to set first."""
        ...

    def open(self) -> AbstractAsyncContextManager[Sending]:
        """Return a line that connects with its first message, and is kept for the next ones."""
        ...
