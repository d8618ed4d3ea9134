"""The job that empties the outbox: a few messages at a time, at the pace that is set, none twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.api import Conflict, Context, Job, LeaseLost, Unavailable
from plugins.email.dressing import dressed
from plugins.email.port import Delivery, Mail, Mailer, Outcome, Outgoing, Sending

RUN = 10.0
"""Seconds of one run; between two, a plugin that was turned off is noticed."""
MOST = 20
LEASE = timedelta(minutes=10)
"""Longer than the slowest server takes over the messages of one taking."""
TIMEOUT = timedelta(minutes=9)
SWEEP = timedelta(seconds=30)
AFTER_TROUBLE = timedelta(seconds=30)
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
GIVEN_UP = "Given up after a day: "


async def send_due(ctx: Context[Any], _payload: Mapping[str, Any]) -> timedelta | None:
    """Send what is due; return when to go on."""
    try:
        mailer = ctx.port(Mailer)
        sender = mailer.sender()
    except Unavailable:
        return None  # nothing sends here (any more): what waits, waits
    mail, ends = ctx.port(Mail), time.monotonic() + RUN
    async with mailer.open() as line:
        while time.monotonic() < ends:
            batch = await mail.take_due(most=MOST, per_minute=sender.per_minute, lease=LEASE)
            for place, message in enumerate(batch.messages):
                if not await deliver(ctx, mail, line, dressed(ctx, message, sender)):
                    await give_back(mail, batch.messages[place + 1 :], ctx.now)
                    return AFTER_TROUBLE
            if batch.paced and batch.again is not None:
                await asyncio.sleep(min(batch.again.total_seconds(), RUN))
            elif not batch.messages:
                return batch.again if batch.again is not None and batch.again < SWEEP else None
    return timedelta(milliseconds=1)


async def deliver(ctx: Context[Any], mail: Mail, line: Sending, message: Outgoing) -> bool:
    """Send one message and write down what became of it; False when the system cannot be spoken to."""

    async def hand_over() -> None:
        await ctx.effect.check()
        await mail.hand_over(message, LEASE)

    try:
        delivery = await line.send(message, hand_over)
    except LeaseLost:
        return False
    except Conflict:
        return True  # left out: the address was stopped since the mailing began
    await mail.settle(message, *judged(message, delivery, ctx.now))
    return not delivery.trouble


def judged(message: Outgoing, delivery: Delivery, now: datetime) -> tuple[Delivery, datetime | None]:
    """Return what to write down: later means when, until a day is over."""
    if delivery.outcome is not Outcome.LATER:
        return delivery, None
    again = now + min(FIRST * 2 ** min(message.attempts - 1, 10), LONGEST)
    if again < message.give_up_at:
        return delivery, again
    return Delivery(outcome=Outcome.FAILED, said=GIVEN_UP + delivery.said), None


async def give_back(mail: Mail, left: tuple[Outgoing, ...], now: datetime) -> None:
    """Put back what was taken and not tried."""
    for message in left:
        await mail.settle(message, Delivery(outcome=Outcome.LATER), now + AFTER_TROUBLE)


SEND = Job(
    name="send",
    about="Sends the e-mails that wait in the outbox",
    run=send_due,
    every=SWEEP,
    timeout=TIMEOUT,
)
