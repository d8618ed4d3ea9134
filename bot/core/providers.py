"""Roles a person holds elsewhere (platform API, LDAP, user groups), asked of the plugins that know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog

from bot.contract.context import Context
from bot.contract.people import RoleProvider
from bot.host.registry import Owned

FRESH = 60.0
DEADLINE = timedelta(seconds=5)
MAX_PEOPLE = 5_000

log = structlog.get_logger(__name__)


class RolesElsewhere:
    """Remembers answers for a minute; a provider that fails gives no roles, and is asked again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}

    async def roles_of(
        self,
        email: str,
        providers: Iterable[Owned[RoleProvider]],
        make_context: Callable[[str], Awaitable[Context[Any]]],
    ) -> frozenset[str]:
        """Return the union of what every provider says."""
        found = [await self._ask(owned, email, make_context) for owned in providers]
        return frozenset().union(*found)

    async def _ask(
        self,
        owned: Owned[RoleProvider],
        email: str,
        make_context: Callable[[str], Awaitable[Context[Any]]],
    ) -> frozenset[str]:
        known = self._known.get((owned.id, email))
        if known is not None and time.monotonic() - known[0] <= FRESH:
            return known[1]
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                roles = frozenset(await owned.item.roles_of(await make_context(owned.plugin), email))
        except Exception as error:  # noqa: BLE001 - a provider's fault takes roles away, never adds any
            log.warning("role_provider_failed", provider=owned.id, error=type(error).__name__)
            return frozenset()
        if len(self._known) >= MAX_PEOPLE:
            self._known.clear()
        self._known[owned.id, email] = (time.monotonic(), roles)
        return roles

    def forget(self) -> None:
        """Ask everyone anew."""
        self._known.clear()
