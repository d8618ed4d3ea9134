"""Deleting what is finished and old, tenant by tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.db import inbox, letter_words, outbox, paces, presses, slack_follows, tenants
from bot.db.database import Database
from bot.trouble import incident

KEEP = timedelta(days=14)
"""How long finished arrivals, and letters sent or given up, stay; that long a repeated delivery is known."""
SHAREABLE, CHANGES = timedelta(hours=1), timedelta(days=1)
"""How long an answer to one person is kept for them to share, and what the card of an ended call shows."""
KEEP_PRESSES = timedelta(days=400)
"""How long a button is known to have been pressed."""


class Forgetting:
    """Does so for every tenant; one whose trouble it is keeps the others waiting for nothing."""

    def __init__(
        self,
        database: Database,
        also: Callable[[str], Awaitable[object]],
    ) -> None:
        self._database, self._also = database, also

    async def forget(self, older: timedelta = KEEP) -> None:
        """Delete what was finished longer ago, also of tenants that have no workspace any more."""
        async with self._database.system() as session:
            found = await tenants.find_tenants(session)
        for tenant in found:
            try:
                await self._forget(tenant.id, older)
            except Exception as error:  # noqa: BLE001 - the next tenant's may go, and the next round
                incident("slack.not_forgotten", error, tenant=tenant.id)

    async def _forget(self, tenant_id: str, older: timedelta) -> None:
        async with self._database.tenant(tenant_id) as session:
            await letter_words.do_fade(session, SHAREABLE, later=CHANGES)
            await inbox.do_forget(session, older)
            await outbox.do_forget(session, older)
            await presses.do_forget(session, KEEP_PRESSES)
            await slack_follows.do_forget(session, older)
            await paces.do_forget(session, older)
        await self._also(tenant_id)
