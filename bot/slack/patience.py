"""How long a letter is tried while Slack is away, and how much of its own may break before it is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.db.letters import Kind, Taken

LONGEST_WAIT = timedelta(minutes=5)
MOST_REFUSED = 12
"""Tries that Slack may refuse with a word that means "later"."""
MOST_FAULTS, BROKE = 12, 2
"""An exception of ours counts twice, a sender that died over it once (the database counts that)."""
MOST_DOUBLINGS = 16
DAYS = timedelta(days=2)
KEEP_TRYING: Mapping[Kind, timedelta] = {
    **dict.fromkeys(Kind, DAYS),
    Kind.REACTION: timedelta(hours=1),
    Kind.STATUS: timedelta(hours=1),
    Kind.UNFURL: timedelta(hours=1),
}
"""How long an outage may last before a letter of this kind is given up, and an admin told."""
QUIETLY = frozenset({Kind.REACTION, Kind.STATUS, Kind.UNFURL, Kind.UPDATE})
"""Kinds whose end is no loss anybody has to be told of."""


def keep_trying(longest: timedelta) -> Mapping[Kind, timedelta]:
    """Return the table for an installation that waits this long at most."""
    return {kind: longest if life == DAYS else min(life, longest) for kind, life in KEEP_TRYING.items()}


def backoff(first: timedelta, attempts: int) -> timedelta:
    """Return how long to wait after so many tries."""
    times: int = 2 ** min(max(attempts - 1, 0), MOST_DOUBLINGS)
    return min(first * times, LONGEST_WAIT)


def is_over(taken: Taken, table: Mapping[Kind, timedelta], now: datetime | None = None) -> bool:
    """Say whether it has been tried for as long as its kind is."""
    return (now or datetime.now(UTC)) - taken.tried_since > table[taken.kind]
