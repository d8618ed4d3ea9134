"""The time behind the one that was asked about: "and next", after what is planned this week."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

SINCE, UNTIL = "since", "until"
DAY = timedelta(days=1)


def next_span(args: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the arguments of a question about the days after those it was about; None without both ends.

    A whole month goes on to the whole next one, anything else by as many days as it has.
    """
    try:
        since, until = (date.fromisoformat(str(args[end])) for end in (SINCE, UNTIL))
    except (KeyError, ValueError):  # no days, or instants
        return None
    if since > until:
        return None
    first = until + DAY
    last = until + (until - since) + DAY
    if since.day == 1 and first.day == 1 and since.month == until.month:
        last = first.replace(day=monthrange(first.year, first.month)[1])
    return {**args, SINCE: first.isoformat(), UNTIL: last.isoformat()}
