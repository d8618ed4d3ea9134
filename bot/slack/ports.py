"""What the Slack room is given by whoever puts the bot together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.question import Question
from bot.db.session import Session

Answer = Callable[[Question], Awaitable[Reply]]
"""From words to a reply; a UserError it raises is said to the person."""
FindUser = Callable[[Tenant, str, str, str | None], Awaitable[User]]
"""Takes tenant, surface, account there and verified e-mail; raises NotLinked with how to link."""
Link = Callable[[Tenant, str, str, str], Awaitable[str | None]]
"""Takes tenant, surface, account there and words; links and says so when they are `link CODE`, else None."""
FindTenant = Callable[[str], Awaitable[Tenant]]
"""Takes a tenant's id or slug; "" is the only tenant there is."""
Picks = Callable[[Reply], Sequence[str]]
"""What of a reply can be chosen by number."""

EVENT_JOB, SEND_JOB = "slack_event", "slack_send"
NOTICE_JOB = "call_notice"
"""Queued by the gate, which knows no surface."""
PRIORITY = 50
"""People wait for these."""


class Enqueue(Protocol):
    """Puts a job into the queue, in the caller's transaction."""

    async def __call__(
        self,
        session: Session,
        kind: str,
        payload: Mapping[str, Any],
        *,
        tenant: str,
        after: timedelta | None = None,
        dedupe: str | None = None,
        priority: int = 0,
    ) -> bool:
        """Return False when the job is there already."""
