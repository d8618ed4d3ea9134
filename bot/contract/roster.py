"""Who is on call: what a plugin that keeps rosters, or reads them elsewhere, tells the core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.contract.context import Context

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The `until` of a duty that has no end so far."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A stretch of time in which a person is on call: from `since` up to, not including, `until`.

    One without an end, of somebody who takes all turns, is `until` FOREVER.

    `person` is a platform user's id, or the e-mail address of one for rosters kept elsewhere.

    `by` is the platform id of who arranged it and `made_at` when, as far as the roster knows; `given` when
    that was their own turn, which they gave away. Of somebody who was put on call several times, by several
    people, there is a duty each: whoever arranges who is on call must not thereby choose whose yes counts.
    """

    person: str
    since: datetime
    until: datetime
    by: str = ""
    made_at: datetime | None = None
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Knows who is on call for some teams: what approval policies and pages go by.

    `teams` names those it knows. `duties(ctx, team, since, until)` returns every duty that overlaps the
    stretch, whole and not cut to it, or None for a team it does not know; times without one are times
    without anybody on call. When it raises or takes longer than `timeout`, nobody counts as on call.
    """

    name: str
    about: str
    teams: Callable[[Context[Any]], Awaitable[Sequence[str]]]
    duties: Callable[[Context[Any], str, datetime, datetime], Awaitable[Sequence[Duty] | None]]
    timeout: timedelta = timedelta(seconds=5)
