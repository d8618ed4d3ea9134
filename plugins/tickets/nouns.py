"""Tickets as nouns: the ticket, its history, what to look for, to open and to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from bot.api import Ref, ago, span


class Priority(StrEnum):
    """How urgent it is; the SLA follows from it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TicketStatus(StrEnum):
    """Where it stands. `pending` waits for the customer or a third party."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Category(StrEnum):
    """What kind of trouble it is."""

    NO_SERVICE = "no_service"
    SLOW = "slow"
    WIFI = "wifi"
    BILLING = "billing"
    INSTALLATION = "installation"
    EQUIPMENT = "equipment"
    OTHER = "other"


class Level(StrEnum):
    """The line of support that works on it."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class CountedBy(StrEnum):
    """What tickets are counted by."""

    ASSIGNEE = "assignee"
    TEAM = "team"
    CUSTOMER = "customer"
    CUSTOMER_TYPE = "customer_type"
    REGION = "region"
    SITE = "site"
    CATEGORY = "category"
    PRIORITY = "priority"
    STATUS = "status"
    LEVEL = "level"


DONE = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})
"""The statuses in which nobody works on it any more."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A trouble ticket. `number` is the key; `customer` is the account number, if it has one.

    `merged_into` is the ticket that goes on in its place, once it turned out to be a duplicate. `team` is
    whose queue it is in, with an assignee or still with nobody.
    """

    number: str
    subject: str
    status: TicketStatus
    priority: Priority
    opened_at: datetime
    opened_by: str = ""
    body: str = ""
    category: Category = Category.OTHER
    level: Level = Level.L1
    assignee: str | None = None
    customer: str | None = None
    customer_name: str | None = None
    first_response_due: datetime | None = None
    resolve_due: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str | None = None
    outage: str | None = None
    merged_into: str | None = None
    team: str | None = None
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status not in DONE

    @property
    def due(self) -> datetime | None:
        """When the next SLA clock runs out: the first response until there was one, then the solution."""
        if not self.open:
            return None
        waits = (None if self.first_response_at else self.first_response_due, self.resolve_due)
        return min((at for at in waits if at), default=None)

    def breached(self, now: datetime) -> bool:
        """Whether the clock has run out."""
        return self.due is not None and self.due < now

    def clock(self, now: datetime) -> str:
        """Return `2 h 10 min left` or `breached 35 min ago`; empty without a clock."""
        if self.due is None:
            return ""
        return f"breached {ago(self.due, now)}" if self.due < now else f"{span(self.due - now)} left"

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


TicketRef = Annotated[Ticket, Ref("ticket")]


@dataclass(frozen=True, kw_only=True)
class TicketEvent:
    """One line of a ticket's history; `internal` ones the customer does not see.

    `ticket` is the one it was written on: a duplicate, where that was merged into the ticket asked for.
    """

    at: datetime
    by: str
    kind: str
    body: str
    internal: bool = True
    ticket: str = ""


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A member of staff who can be given tickets; who left has some still, and is given none."""

    email: str
    name: str
    active: bool = True


AgentRef = Annotated[Agent, Ref("agent")]
StaffRef = Annotated[Agent, Ref("staff")]
"""Whose tickets are looked at: those who left too."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """Colleagues who share a queue; no name stands for none of them."""

    name: str

    @property
    def said(self) -> str:
        """The team in words."""
        return f"the {self.name} team" if self.name else "no team"


TeamRef = Annotated[Team, Ref("ticket_team")]


@dataclass(frozen=True, kw_only=True)
class TicketQuery:
    """What to look for; everything given must fit.

    `due_before` keeps tickets whose next SLA clock runs out before that instant, `due_from` not before it.
    `assignee` is an e-mail; an empty text means unassigned. `area` is a region, or a site by its code or
    part of its name, `team` whose queue it is in (an empty text: nobody's); `unanswered` keeps those whose
    customer waits for the first answer; `ended_since` keeps tickets resolved or closed since then,
    `opened_until` and `ended_until` those before that instant. Order: by the SLA clock with `by_clock`, else
    the newest first, or the oldest with `oldest_first`. `outage` keeps those linked to one, `unlinked` those
    linked to none; `customers` and `numbers` keep those of a list (an empty one keeps none).
    `customer_kind` keeps those of individual or of business customers, `opened_by` those that one of these
    names or addresses opened, in any case. With `missed_from` and `missed_until`
    only those remain whose first answer or solution was due in that stretch and did not come in time. Numbers
    of tickets and outages are compared without regard to case.
    """

    text: str = ""
    customer: str | None = None
    assignee: str | None = None
    open_only: bool = False
    status: TicketStatus | None = None
    priority: Priority | None = None
    category: Category | None = None
    level: Level | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    opened_since: datetime | None = None
    opened_until: datetime | None = None
    ended_since: datetime | None = None
    ended_until: datetime | None = None
    area: str | None = None
    team: str | None = None
    unanswered: bool = False
    outage: str | None = None
    unlinked: bool = False
    customers: tuple[str, ...] | None = None
    numbers: tuple[str, ...] | None = None
    customer_kind: str | None = None
    opened_by: tuple[str, ...] | None = None
    missed_from: datetime | None = None
    missed_until: datetime | None = None
    by_clock: bool = False
    oldest_first: bool = False


@dataclass(frozen=True, kw_only=True)
class TicketPage:
    """The first tickets that fit, and how many fit in all."""

    tickets: tuple[Ticket, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class NewTicket:
    """A ticket to open; the caller knows the SLA."""

    subject: str
    body: str = ""
    customer: str | None = None
    category: Category = Category.OTHER
    priority: Priority = Priority.NORMAL
    assignee: str | None = None
    team: str | None = None
    first_response_due: datetime | None = None
    resolve_due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketChange:
    """What to change on a ticket; None leaves it. `assignee=""` gives it back, `outage=""` unlinks it.

    `team=""` takes it out of its team's queue.

    `comment` is kept as an internal line of the history beside what changed.
    """

    status: TicketStatus | None = None
    priority: Priority | None = None
    level: Level | None = None
    category: Category | None = None
    assignee: str | None = None
    first_response_due: datetime | None = None
    resolve_due: datetime | None = None
    resolution: str | None = None
    outage: str | None = None
    team: str | None = None
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketCount:
    """How many tickets of a search fall to one assignee, site or whatever they are counted by.

    `key` is empty for those that have none; `name` says it in words where the key does not.
    """

    key: str
    count: int
    late: int
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketVolume:
    """How many tickets were opened and finished in each stretch of time, and how many are open now."""

    opened: tuple[int, ...]
    finished: tuple[int, ...]
    backlog: int
