"""The freezes in force: those somebody declared, kept in the plugin's store, and those of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from bot.api import BaseModel, Context, Field
from plugins.freeze.windows import check_windows, read_windows

PREFIX = "freeze:"
LETTERS = 8
KEPT = timedelta(days=30)
"""How long one that is over stays in the store."""


class Settings(BaseModel):
    """What a freeze holds back, how, and when by the calendar."""

    windows: Annotated[str, AfterValidator(check_windows)] = Field(
        "",
        max_length=2000,
        description="Regular freezes on your own clock: fri 16:00 - mon 07:00; 22:00 - 06:00",
    )
    covers: str = Field(
        "network_*, !network_watch_level, !network_stop_watching, provisioning_*, customers_suspend, "
        "customers_resume",
        max_length=2000,
        description="The changes held back, by name; * stands for anything, and ! for all but these.",
    )
    during: Literal["ask", "refuse"] = Field(
        "ask", description="ask: another person has to agree. refuse: nothing of it is done."
    )

    @property
    def patterns(self) -> tuple[str, ...]:
        """The names of what is held back."""
        return tuple(part for part in self._parts if not part.startswith("!"))

    @property
    def _parts(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.covers.split(",") if part.strip())

    def holds_back(self, action_id: str) -> bool:
        """Say whether a freeze is about this action."""
        spared = (part[1:] for part in self._parts if part.startswith("!"))
        held = any(fnmatchcase(action_id, pattern) for pattern in self.patterns)
        return held and not any(fnmatchcase(action_id, pattern) for pattern in spared)


Ctx = Context[Settings]


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """One freeze; without an id it is a window of the calendar."""

    id: str = ""
    since: datetime
    until: datetime
    reason: str
    by: str = ""

    def over(self, now: datetime) -> bool:
        """Say whether it has ended."""
        return self.until <= now

    def words(self, ctx: Ctx) -> str:
        """Return why changes are held back, in words that stay the same while it lasts."""
        local = ctx.local(self.until)
        end = f"{local.day} {local:%b %H:%M}"
        who = f" ({self.by})" if self.by else ""
        return f"Changes are frozen until {end}: {self.reason}{who}."


async def find_declared(ctx: Ctx) -> list[Freeze]:
    """Return the freezes somebody declared that are not over, the earliest first."""
    found = (
        freeze_of(key, value) for key, value in (await ctx.store.items()).items() if key.startswith(PREFIX)
    )
    return sorted((one for one in found if not one.over(ctx.now)), key=lambda one: (one.since, one.id))


def find_windows(ctx: Ctx) -> list[Freeze]:
    """Return the windows of the calendar that are open now."""
    zone, now = ctx.tenant.zone, ctx.now
    ends = ((one.now_until(now, zone), one.words) for one in read_windows(ctx.settings.windows))
    return [Freeze(since=now, until=end, reason=f"the regular freeze {words}") for end, words in ends if end]


async def find_in_force(ctx: Ctx) -> list[Freeze]:
    """Return every freeze that holds at this moment."""
    begun = [one for one in await find_declared(ctx) if one.since <= ctx.now]
    return [*begun, *find_windows(ctx)]


async def do_keep(ctx: Ctx, freeze: Freeze) -> None:
    """Keep a freeze under its id; forget those long over."""
    at = {"since": freeze.since.isoformat(), "until": freeze.until.isoformat()}
    await ctx.store.set(f"{PREFIX}{freeze.id}", {**at, "reason": freeze.reason, "by": freeze.by})
    for key, value in (await ctx.store.items()).items():
        if key.startswith(PREFIX) and freeze_of(key, value).over(ctx.now - KEPT):
            await ctx.store.pop(key)


def freeze_of(key: str, value: dict[str, Any]) -> Freeze:
    """Return a freeze as the store keeps it."""
    return Freeze(
        id=key.removeprefix(PREFIX),
        since=datetime.fromisoformat(value["since"]),
        until=datetime.fromisoformat(value["until"]),
        reason=value["reason"],
        by=value["by"],
    )


def named(freezes: Iterable[Freeze], words: str) -> list[Freeze]:
    """Return the freezes whose id begins so; all of them for no words."""
    return [one for one in freezes if one.id.startswith(words.strip().lower())]
