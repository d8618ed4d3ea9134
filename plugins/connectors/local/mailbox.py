"""The sender's side of the outbox: taking what is due, handing it over, writing down what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import Conflict, ConnectorContext
from plugins.connectors.local import queries_mail_returns as returns
from plugins.connectors.local import queries_outbox as outbox
from plugins.connectors.local.queries_mail_stops import do_stop
from plugins.email.port import Batch, Delivery, Outcome, Outgoing, Return, Stop


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
        """Write down that a message leaves now; Conflict once it is left out instead."""
        async with self._sql() as session:
            why = await outbox.do_hand_over(session, message, lease, self._now())
        if why is not None:
            raise Conflict(why)

    async def settle(self, message: Outgoing, delivery: Delivery, again_at: datetime | None = None) -> None:
        """Write down what became of a message; an address that does not exist is not written to again."""
        async with self._sql() as session:
            now = self._now()
            address = await outbox.do_settle(session, message, delivery, again_at, now)
            if address is not None and delivery.outcome is Outcome.BOUNCED:
                said = Stop(address=address, reason="bounced", detail=delivery.said, at=now, by="mail server")
                await do_stop(session, said)

    async def last_returned(self, mailbox: str, validity: int) -> int:
        """Return the highest uid that was taken note of."""
        async with self._sql() as session:
            return await returns.get_last_returned(session, mailbox, validity)

    async def take_return(self, returned: Return) -> bool:
        """Write down what came back and what follows, together and once."""
        async with self._sql() as session:
            return await returns.do_take_return(session, returned, self._now())

    async def forget_returns(self, before: datetime) -> int:
        """Forget what came back before then and was about no message of ours."""
        async with self._sql() as session:
            return await returns.do_forget_returns(session, before)
