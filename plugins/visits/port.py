"""The visits port: when which technician is at which customer, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from bot.api import Effect, Ref, Scope


class VisitStatus(StrEnum):
    """Where it stands."""

    PLANNED = "planned"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


AHEAD = frozenset({VisitStatus.PLANNED, VisitStatus.ON_THE_WAY, VisitStatus.ON_SITE})
"""The statuses in which it still takes a technician's time."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A technician's appointment. `technician` is an e-mail address; `turn` counts changes."""

    number: str
    customer: str
    customer_name: str
    technician: str
    technician_name: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    made_by: str
    status: VisitStatus = VisitStatus.PLANNED
    address: str = ""
    phone: str = ""
    ticket: str | None = None
    note: str = ""
    turn: int = 0
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def ahead(self) -> bool:
        """Whether it still has to happen."""
        return self.status in AHEAD

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner of the customer, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


VisitRef = Annotated[Visit, Ref("visit")]


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """An appointment to make."""

    customer: str
    customer_name: str
    technician: str
    technician_name: str
    starts_at: datetime
    ends_at: datetime
    address: str = ""
    phone: str = ""
    ticket: str | None = None
    note: str = ""
    area: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class VisitChange:
    """What to change; None leaves it. `note` is put behind what is noted already."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    technician: str | None = None
    technician_name: str | None = None
    status: VisitStatus | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitQuery:
    """What to look for: visits that touch the time from `since` to `until`; everything given must fit.

    `area` is a region, or a site by its code or part of its name.
    """

    since: datetime | None = None
    until: datetime | None = None
    technician: str | None = None
    customer: str | None = None
    ticket: str | None = None
    area: str | None = None
    ahead_only: bool = False


class Visits(Protocol):
    """Keeps appointments. Searches see rows inside `scope`; writes happen once per effect.

    Nobody is at two places at once: a change that would make visits of one technician overlap is a Conflict,
    also when two are made at the same moment.
    """

    port_name: ClassVar[str] = "visits"

    async def find(self, scope: Scope, query: VisitQuery, limit: int = 50) -> Sequence[Visit]:
        """Find visits, by their beginning."""
        ...

    async def get(self, scope: Scope, number: str) -> Visit | None:
        """Return one visit."""
        ...

    async def busy(self, since: datetime, until: datetime) -> Sequence[Visit]:
        """Return what takes technicians' time then, wherever it is: plans need to know."""
        ...

    async def technicians(self, since: datetime, region: str | None = None) -> Mapping[str, str]:
        """Return who had visits since then, in a region or anywhere: names by e-mail address."""
        ...

    async def add(self, effect: Effect, new: NewVisit) -> Visit:
        """Make an appointment."""
        ...

    async def change(self, effect: Effect, number: str, change: VisitChange) -> Visit:
        """Change one."""
        ...

    async def find_untold(self, now: datetime, until: datetime, limit: int = 100) -> Sequence[Visit]:
        """Return planned visits that begin by then and were not told as they are now."""
        ...

    async def note_told(self, visit: Visit) -> bool:
        """Note that the technician is told; False when it changed meanwhile."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
