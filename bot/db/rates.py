"""How often something may be done, agreed between all processes: a token bucket per key.

A token once taken stays taken whatever becomes of the caller's own transaction: a wrong code that raises and
rolls back has still used up an attempt. That is why `check_rate` opens a transaction of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.database import Database
from bot.errors import LimitExceeded


@dataclass(frozen=True, kw_only=True)
class Rate:
    """So many times within a while; unused ones are kept up to that many."""

    times: int
    within: timedelta

    @property
    def per_second(self) -> float:
        """How fast tokens come back."""
        return self.times / self.within.total_seconds()


async def check_rate(database: Database, tenant_id: str, key: str, rate: Rate, *, what: str) -> None:
    """Take one token or raise LimitExceeded; `what` are the words for it, such as "link codes"."""
    async with database.tenant(tenant_id) as session:
        wait = await do_take(session, key, rate)
    if wait:
        raise LimitExceeded(f"Too many {what}: try again in {spoken(wait)}.")


async def do_take(session: AsyncSession, key: str, rate: Rate) -> timedelta:
    """Take one token and return zero; or take none and return how long until there is one."""
    bind = {"key": key, "most": float(rate.times), "speed": rate.per_second}
    taken = await session.execute(text(TAKE), bind)
    if taken.first() is not None:
        return timedelta()
    left = (await session.execute(text(PEEK), bind)).scalar_one()
    return timedelta(seconds=max((1.0 - left) / rate.per_second, 0.001))


async def do_forget_rates(session: AsyncSession) -> None:
    """Throw away full buckets: a missing one is full."""
    await session.execute(text("delete from rates where full_at < clock_timestamp()"))


def spoken(wait: timedelta) -> str:
    """Say a wait the way a person would: "40 seconds", "3 minutes"."""
    seconds = ceil(wait.total_seconds())
    count, unit = (seconds, "second") if seconds < 100 else (ceil(seconds / 60), "minute")  # noqa: PLR2004 - "99 seconds"
    return f"{count} {unit}{'' if count == 1 else 's'}"


LEFT = (
    "least(cast(:most as float8), r.tokens"
    " + greatest(extract(epoch from clock_timestamp() - r.at), 0) * cast(:speed as float8))"
)
FULL = "clock_timestamp() + make_interval(secs => (cast(:most as float8) - {left}) / cast(:speed as float8))"
TAKE = f"""
    insert into rates as r (key, tokens, full_at)
    values (:key, cast(:most as float8) - 1, {FULL.format(left="(cast(:most as float8) - 1)")})
    on conflict (tenant_id, key) do update
    set tokens = {LEFT} - 1, at = clock_timestamp(), full_at = {FULL.format(left="(" + LEFT + " - 1)")}
    where {LEFT} >= 1
    returning tokens
"""  # noqa: S608 - constants
PEEK = f"select {LEFT} from rates as r where key = :key"  # noqa: S608 - a constant
