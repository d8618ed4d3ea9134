"""How much may be credited, to one customer in a month and by one colleague in a day, and what is unusual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low

from bot.api import EVERYWHERE, Change, Money, NotAllowed, plural
from plugins.billing.port import (
    Billing,
    CreditDay,
    CreditQuery,
    check_comparable,
    over_day,
    over_month,
)
from plugins.billing.said import midnight
from plugins.billing.settings import Ctx, whole
from plugins.customers.port import Customer

BEYOND = "billing:credit_over"
DAY = timedelta(days=1)
TIMES = 5
"""Where the workspace sets no limit for a day, it is so many credits of the most one may give at once."""
FAR = 3
"""So many times the usual is far above it."""
BACK = timedelta(days=90)
OWN_DAYS, TEAM_DAYS = 5, 10
"""Of fewer days on which somebody credited nobody can say what is usual."""
UNITS = {1: "st", 2: "nd", 3: "rd"}


def month_limit(ctx: Ctx, owner: Customer) -> Money | None:
    """Return what a customer may be credited this month by this person; None is no limit."""
    if ctx.user.may(BEYOND):
        return None
    if ctx.settings.credit_month_limit is not None:
        return whole(ctx.settings.credit_month_limit, ctx.tenant)
    return _at_once(ctx, owner)


def day_limit(ctx: Ctx, owner: Customer) -> Money | None:
    """Return what this person may credit today, all customers together; None is no limit."""
    if ctx.user.may(BEYOND):
        return None
    if ctx.settings.credit_day_limit is not None:
        return whole(ctx.settings.credit_day_limit, ctx.tenant)
    at_once = _at_once(ctx, owner)
    return at_once and Money(at_once.minor * TIMES, at_once.currency)


def _at_once(ctx: Ctx, owner: Customer) -> Money | None:
    most, _ = ctx.user.rights["billing:credit"].limits([owner.area])
    return None if most is None else Money(most, ctx.tenant.currency)


async def of_month(ctx: Ctx, owner: Customer, amount: Money) -> Change:
    """Say what the customer is credited this month with this; NotAllowed over the limit."""
    first = midnight(ctx, ctx.today.replace(day=1))
    query = CreditQuery(customer=owner.number)
    page = await ctx.port(Billing).find_credits(ctx.scope, query, first, ctx.now + DAY, 1)
    given, limit = page.of(amount.currency), month_limit(ctx, owner)
    check_comparable("month", limit, amount)
    if (after := _after(given, amount, limit)) is None:
        raise NotAllowed(over_month(owner.name, given, limit or given))
    return Change(what="Credited this month", before=str(given), after=after)


async def of_day(ctx: Ctx, owner: Customer, amount: Money) -> tuple[Change, str]:
    """Say what the asker credits today with this, and why that is unusual; NotAllowed over the limit."""
    days = await ctx.port(Billing).credit_days(EVERYWHERE, ctx.now - BACK, ctx.now + DAY)
    nothing = CreditDay(
        agent=ctx.user.id, name=ctx.user.name, on=ctx.today, count=0, total=Money(0, amount.currency)
    )
    mine = (one for one in days if one.on == ctx.today and one.agent == ctx.user.id)
    given = next((one for one in mine if one.total.currency == amount.currency), nothing)
    limit = day_limit(ctx, owner)
    check_comparable("day", limit, amount)
    if (after := _after(given.total, amount, limit)) is None:
        raise NotAllowed(over_day(given.total, limit or given.total, given.count))
    what = f"Credited by {ctx.user.name} today, with this the {ordinal(given.count + 1)}"
    names = {ctx.user.id, ctx.user.email, ctx.user.name}
    return Change(what=what, before=str(given.total), after=after), _odd(given, amount, days, names)


def _after(given: Money, amount: Money, limit: Money | None) -> str | None:
    """Return what it comes to with this; None where that is over the limit."""
    after = given + amount
    if limit is None:
        return str(after)
    return None if after.minor > limit.minor else f"{after} of at most {limit}"


def _odd(given: CreditDay, amount: Money, days: Sequence[CreditDay], names: set[str]) -> str:
    total = given.total + amount
    usual = usual_of(names, [one for one in days if one.on < given.on], total)
    return (
        f"{total} credited in one day by {given.name} is far above the usual: {usual.said}" if usual else ""
    )


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual on a day, and of whom."""

    amount: Money
    said: str

    def doublings(self, total: Money) -> int:
        """Return how often what is far above it has to be doubled to be more than this."""
        return (total.minor // (FAR * max(self.amount.minor, 1))).bit_length()


def usual_of(names: Iterable[str], before: Sequence[CreditDay], total: Money) -> Usual | None:
    """Return what is usual where so much in one day is far above it, else nothing; in one currency.

    Their own usual day is compared where there were enough of them, and the team's, which alone counts for
    somebody new.
    """
    given = [one for one in before if one.count and one.total.currency == total.currency]
    sums = [one.total.minor for one in given]
    own = [one.total.minor for one in given if one.agent in set(names)]
    if len(own) >= OWN_DAYS:
        mine = median_low(own)
        if total.minor > FAR * mine and total.minor > median_low(sums):
            usual = Money(mine, total.currency)
            return Usual(amount=usual, said=f"{usual} on {plural(len(own), 'day')} before")
        return None
    if len(sums) >= TEAM_DAYS and total.minor > FAR * (team := median_low(sums)):
        usual = Money(team, total.currency)
        return Usual(amount=usual, said=f"{usual} a day and colleague")
    return None


def ordinal(nr: int) -> str:
    """Return `1st`, `2nd`, `11th`."""
    teen = nr % 100 // 10 == 1
    return f"{nr}{'th' if teen else UNITS.get(nr % 10, 'th')}"
