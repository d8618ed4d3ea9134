"""A reminder: something one of us said they would do by a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from bot.api import Ref


class ReminderStatus(StrEnum):
    """Where it stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """What somebody said they would do. `owner` is an e-mail address, or an id where there is none.

    `turn` counts on with each change of time or owner: what was said of an earlier turn is over.
    """

    number: str
    text: str
    at: datetime
    owner: str
    owner_name: str
    made_at: datetime
    made_by: str
    status: ReminderStatus = ReminderStatus.OPEN
    customer: str | None = None
    customer_name: str | None = None
    ticket: str | None = None
    turn: int = 0
    nags: int = 0
    escalated_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def open(self) -> bool:
        """Whether it still has to be done."""
        return self.status is ReminderStatus.OPEN

    def late(self, now: datetime) -> bool:
        """Whether its time has come and it is not done."""
        return self.open and self.at <= now

    @property
    def said(self) -> str:
        """Return what it is, with whom and what it is about: `call back, Amina Bello (100234), TCK-7`."""
        who = f"{self.customer_name} ({self.customer})" if self.customer_name else self.customer or ""
        named = (self.customer_name or "\0").casefold() in self.text.casefold()
        about = [self.customer or "" if named else who, self.ticket or ""]
        return ", ".join([self.text, *(one for one in about if one and one not in self.text)])

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner of the customer, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


ReminderRef = Annotated[Reminder, Ref("reminder")]


@dataclass(frozen=True, kw_only=True)
class NewReminder:
    """A reminder to keep; `area` is where its customer lives."""

    text: str
    at: datetime
    owner: str
    owner_name: str
    customer: str | None = None
    customer_name: str | None = None
    ticket: str | None = None
    area: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReminderQuery:
    """What to look for; everything given must fit. `due_before` keeps those whose time comes before it."""

    owner: str | None = None
    customer: str | None = None
    ticket: str | None = None
    open_only: bool = True
    due_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReminderPage:
    """The first that fit, those due first before others, and how many fit in all."""

    reminders: tuple[Reminder, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class ReminderChange:
    """What to change; None leaves it."""

    at: datetime | None = None
    owner: str | None = None
    owner_name: str | None = None
    status: ReminderStatus | None = None
