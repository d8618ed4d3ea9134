"""What e-mail is made of: templates, messages, mailings, and addresses that are not written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from bot.api import Ref


class MailStatus(StrEnum):
    """Where a message stands.

    `unknown`: handed over, but the answer never came. `left out`: a mailing's, whose address bounced or was
    unsubscribed before its turn came.
    """

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    LEFT_OUT = "left out"


class MailingKind(StrEnum):
    """What a mailing is about, and so whether it reaches those who want no more news.

    `news`: offers, news, surveys; who unsubscribed is left out, and each message says how to unsubscribe.
    `service`: their own line, bill or contract; it goes to everyone whose address works.
    """

    NEWS = "news"
    SERVICE = "service"


WAITING = frozenset((MailStatus.QUEUED, MailStatus.SENDING))
"""Those that the sender has still to do with."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A text to send; `{names}` in it are filled in when it is."""

    name: str
    subject: str
    body: str


TemplateRef = Annotated[Template, Ref("template")]


@dataclass(frozen=True, kw_only=True)
class Email:
    """One message to a subscriber. Those sent from here have a number and a Message-ID.

    `error` is what the receiving side said last, in a sentence, also of one that was sent and is delayed on
    its way; `due_at` when it is tried (again).
    """

    at: datetime
    to: str
    subject: str
    body: str
    status: str
    by: str
    template: str | None = None
    customer: str | None = None
    customer_name: str = ""
    number: str | None = None
    message_id: str | None = None
    html: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    due_at: datetime | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    error: str | None = None
    mailing: str | None = None
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def area(self) -> Mapping[str, str | None]:
        """Where the customer lies, for rights that end at a region, site or partner."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


MessageRef = Annotated[Email, Ref("message")]


@dataclass(frozen=True, kw_only=True)
class MailQuery:
    """Which messages are asked for; what is None does not matter."""

    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    mailing: str | None = None


@dataclass(frozen=True, kw_only=True)
class MailPage:
    """The first messages, newest first, how many there are in all, and how many in each state."""

    emails: tuple[Email, ...]
    total: int
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """An address that is not written to: it `bounced`, or they `unsubscribed` from news.

    `by` is who wrote it down; THEMSELVES when they pressed the link, or answered a mailing.
    """

    address: str
    reason: str
    at: datetime
    detail: str = ""
    by: str = ""


THEMSELVES = "themselves"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who may be written to."""

    customer: str
    name: str
    contact: str | None = None
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """One text to many. `counts` says how many messages are in which state.

    `left_out` says how many were left out and why, at the beginning or when their turn came: `bounced`,
    `unsubscribed`, `no address`, `unknown` (something in the text is not known of them).
    """

    number: str
    audience: str
    subject: str
    body: str
    total: int
    by: str
    at: datetime
    starts_at: datetime
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    kind: str = MailingKind.NEWS
    left_out: Mapping[str, int] = field(default_factory=dict)

    def count(self, *statuses: MailStatus) -> int:
        """How many messages are in one of these states."""
        return sum(self.counts.get(status, 0) for status in statuses)


MailingRef = Annotated[Mailing, Ref("mailing")]
