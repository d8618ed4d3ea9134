"""What was promised about a customer or ticket, for whoever may see that; offering to keep a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.api import Choice, Context, Unavailable
from plugins.reminders.nouns import Reminder, ReminderQuery
from plugins.reminders.promised import Promised, promised_in, promised_to_them

if TYPE_CHECKING:
    from plugins.reminders.port import Reminders

OWN = "reminders:own"
FEW = 3


async def find_about(
    ctx: Context[Any], port: type[Reminders], *, customer: str | None = None, ticket: str | None = None
) -> tuple[Reminder, ...]:
    """Return the first open promises about a customer or ticket; none where reminders are off."""
    if not (ctx.enabled("reminders") and ctx.user.may(OWN)):
        return ()
    query = ReminderQuery(customer=customer, ticket=ticket)
    try:
        return (await ctx.port(port).find(ctx.user.scope(OWN), query, FEW)).reminders
    except Unavailable:
        return ()


def offer(ctx: Context[Any], words: str, *, customer: str = "", ticket: str = "") -> tuple[Choice, ...]:
    """Return a way to be reminded of what these words promise; nothing is kept unless somebody takes it."""
    return _offered(ctx, promised_in(words), customer, ticket)


def offer_written(ctx: Context[Any], letter: str, *, customer: str = "") -> tuple[Choice, ...]:
    """Return a way to be reminded of what a letter promises a customer; what it quotes does not count."""
    return _offered(ctx, promised_to_them(letter), customer, "")


def _offered(ctx: Context[Any], found: Promised | None, customer: str, ticket: str) -> tuple[Choice, ...]:
    if found is None or not (ctx.enabled("reminders") and ctx.user.may(OWN)):
        return ()
    text = found.text.replace('"', "'").replace("\\", "/")
    about = f" ticket={ticket}" if ticket else f" customer={customer}" if customer else ""
    return (
        Choice(
            label=f"Remind me of this: {found.when}",
            words=f'reminders add text="{text}" at="{found.when}"{about}',
        ),
    )
