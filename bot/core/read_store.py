"""A plugin's store while it only looks: whoever says they only read cannot change anything by it."""

from __future__ import annotations

from typing import Any, NoReturn

from bot.contract.context import Store
from bot.errors import PluginError


class ReadStore:
    """What the plugin keeps, for reading. Changing it is a PluginError that tells the author what to do."""

    def __init__(self, store: Store, plugin: str) -> None:
        self._store, self._plugin = store, plugin

    async def get(self, key: str) -> Any:
        """Return the value, or None."""
        return await self._store.get(key)

    async def items(self) -> dict[str, Any]:
        """Return everything kept, by key."""
        return await self._store.items()

    async def set(self, key: str, value: Any) -> NoReturn:  # noqa: ARG002 - the names of Store
        """Refuse."""
        self._refuse("set")

    async def swap(self, key: str, old: Any, new: Any) -> NoReturn:  # noqa: ARG002 - as above
        """Refuse."""
        self._refuse("swap")

    async def pop(self, key: str) -> NoReturn:  # noqa: ARG002 - as above
        """Refuse."""
        self._refuse("pop")

    async def next(self, counter: str) -> NoReturn:  # noqa: ARG002 - as above
        """Refuse."""
        self._refuse("next")

    def _refuse(self, method: str) -> NoReturn:
        raise PluginError(
            f"{self._plugin}: ctx.store.{method}() changes what the plugin keeps, and this only reads. "
            "Actions with reads_only=True, previews, find functions, health checks and detectors may use "
            "ctx.store.get() and ctx.store.items(); change the store in an action that is not reads_only."
        )
