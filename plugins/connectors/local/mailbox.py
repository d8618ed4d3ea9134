"""The sender's side of the outbox: taking what is due, handing it over, writing down what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import ConnectorContext
from plugins.connectors.local import queries_outbox as outbox
from plugins.connectors.local.queries_email import do_stop
from plugins.email.port import Batch, Delivery, Outcome, Outgoing, Stop


class Outbox:
    """What the job that sends asks of our own tables."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now

    async def take_due(self, *, most: int, per_minute: int, lease: timedelta) -> Batch:
        """Take messages that are due, no more than may leave now."""
        async with self._sql() as session:
            return await outbox.do_take(
                session, most=most, per_minute=per_minute, lease=lease, now=self._now()
            )

    async def hand_over(self, message: Outgoing, lease: timedelta) -> None:
        """Write down that a message leaves now."""
        async with self._sql() as session:
            await outbox.do_hand_over(session, message, lease, self._now())

    async def settle(self, message: Outgoing, delivery: Delivery, again_at: datetime | None = None) -> None:
        """Write down what became of a message; an address that does not exist is not written to again."""
        async with self._sql() as session:
            now = self._now()
            address = await outbox.do_settle(session, message, delivery, again_at, now)
            if address is not None and delivery.outcome is Outcome.BOUNCED:
                said = Stop(address=address, reason="bounced", detail=delivery.said, at=now, by="mail server")
                await do_stop(session, said)
