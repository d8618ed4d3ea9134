"""The e-mail port on our own tables."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import ConnectorContext, Scope
from plugins.connectors.local import queries_email as queries
from plugins.connectors.local.queries_effects import get_applied
from plugins.email.port import Email, Template


class LocalMail:
    """Templates and the log of what was sent, in the `isp_*` tables."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql

    async def templates(self) -> Sequence[Template]:
        """Return the templates, by name."""
        async with self._sql() as session:
            return await queries.find_templates(session)

    async def sent(self, scope: Scope, customer: str, limit: int = 5) -> Sequence[Email]:
        """Return what a customer was told, newest first."""
        async with self._sql() as session:
            return await queries.find_sent(session, scope, customer, limit)

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this key happened."""
        async with self._sql() as session:
            return await get_applied(session, key)
