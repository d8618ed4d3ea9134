"""A plugin with something worth agreeing to and a board that says who is on call, as each test turns it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.api import (
    Action,
    Approval,
    Context,
    Duty,
    Money,
    NoSettings,
    PluginInfo,
    Preview,
    Reply,
    Roster,
    action,
    hookimpl,
)

PAY = "duties:pay"
FAR = timedelta(days=3650)


@dataclass
class Board:
    """Who is on call, by team; `how` is whether it answers: well, raise, hang or nonsense."""

    duties: dict[str, list[Duty]] = field(default_factory=dict)
    how: str = "well"
    asked: int = 0

    def put(self, team: str, *people: str, since: datetime, until: datetime | None = None) -> None:
        end = until or since + FAR
        self.duties[team] = [Duty(person=one, since=since, until=end) for one in people]


BOARD = Board()


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(name="duties", about="Pays, and knows who is on call.", permissions={PAY: "Pay"})


async def show(_ctx: Context[NoSettings], amount: Money) -> Preview:
    return Preview(text=f"Pay {amount}.", amount=amount)


@action(permission=PAY, approval=Approval.SELF, preview=show, amount="amount")
async def pay(ctx: Context[NoSettings], amount: Money) -> Reply:
    """Pay an amount."""
    await ctx.effect.check()
    await ctx.store.set(ctx.effect.key, str(amount))
    return Reply(f"Paid {amount}.")


@hookimpl
def register_actions() -> Sequence[Action]:
    return [pay]


async def teams(_ctx: Context[NoSettings]) -> list[str]:
    await _answer()
    return sorted(BOARD.duties)


async def duties(_ctx: Context[NoSettings], team: str, since: datetime, until: datetime) -> list[Duty] | None:
    BOARD.asked += 1
    await _answer()
    if BOARD.how == "nonsense":
        return ["Ann"]  # type: ignore[list-item]  # what a careless author returns
    found = BOARD.duties.get(team)
    return None if found is None else [one for one in found if one.since < until and since < one.until]


async def _answer() -> None:
    if BOARD.how == "raise":
        raise RuntimeError("the roster is away")
    if BOARD.how == "hang":
        await asyncio.sleep(3600)


@hookimpl
def register_rosters() -> Sequence[Roster]:
    return [
        Roster(
            name="board", about="A board.", teams=teams, duties=duties, timeout=timedelta(milliseconds=200)
        )
    ]
