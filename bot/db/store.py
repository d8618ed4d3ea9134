"""What a plugin keeps for itself: JSON values and counters, one atomic statement per method."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from bot.db.database import Database
from bot.errors import BadInput

MAX_KEY = 200
MAX_BYTES = 256 * 1024
"""Larger values belong in the system behind a port, not in a key-value store."""
MAX_ITEMS = 10_000
INSERT = (
    "insert into plugin_store (plugin, key, value) values (:plugin, :key, cast(:new as jsonb)) "
    "on conflict (tenant_id, plugin, key) do nothing returning 1"
)
UPDATE = (
    "update plugin_store set value = cast(:new as jsonb), changed_at = now() "
    "where plugin = :plugin and key = :key and value = cast(:old as jsonb) returning 1"
)
DELETE = (
    "delete from plugin_store where plugin = :plugin and key = :key "
    "and value = cast(:old as jsonb) returning 1"
)


class PluginStore:
    """Bound to one tenant and one plugin; nothing else can be reached through it."""

    def __init__(self, database: Database, tenant_id: str, plugin: str) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._plugin = plugin

    async def get(self, key: str) -> Any:
        """Return the value, or None."""
        return await self._value(
            "select value from plugin_store where plugin = :plugin and key = :key", key=check_key(key)
        )

    async def set(self, key: str, value: Any) -> None:
        """Keep the value; None removes it."""
        if value is None:
            await self.pop(key)
            return
        await self._value(
            "insert into plugin_store (plugin, key, value) values (:plugin, :key, cast(:value as jsonb)) "
            "on conflict (tenant_id, plugin, key) do update "
            "set value = excluded.value, changed_at = now() returning null",
            key=check_key(key),
            value=as_json(value),
        )

    async def pop(self, key: str) -> Any:
        """Remove and return the value, or None if someone was faster."""
        return await self._value(
            "delete from plugin_store where plugin = :plugin and key = :key returning value",
            key=check_key(key),
        )

    async def swap(self, key: str, old: Any, new: Any) -> bool:
        """Keep `new` if `old` is still there (None: nothing is); False if someone was faster.

        `new` None removes it. Values are compared as JSON, whatever the order of their keys.
        """
        check_key(key)
        if old is None and new is None:
            return await self.get(key) is None
        binds = {"old": as_json(old), "new": as_json(new)}
        if old is None:
            statement, binds = INSERT, {"new": binds["new"]}
        elif new is None:
            statement, binds = DELETE, {"old": binds["old"]}
        else:
            statement = UPDATE
        return await self._value(statement, key=key, **binds) is not None

    async def items(self) -> dict[str, Any]:
        """Return everything kept, by key; the first 10,000 keys."""
        async with self._database.tenant(self._tenant_id) as session:
            rows = await session.execute(
                text("select key, value from plugin_store where plugin = :plugin order by key limit :limit"),
                {"plugin": self._plugin, "limit": MAX_ITEMS},
            )
            return {row.key: row.value for row in rows}

    async def next(self, counter: str) -> int:
        """Return 1, 2, 3, ... and no number twice."""
        found = await self._value(
            "insert into plugin_counters (plugin, name, value) values (:plugin, :key, 1) "
            "on conflict (tenant_id, plugin, name) do update set value = plugin_counters.value + 1 "
            "returning value",
            key=check_key(counter),
        )
        return int(found)

    async def _value(self, statement: str, **binds: Any) -> Any:
        async with self._database.tenant(self._tenant_id) as session:
            done = await session.execute(text(statement), {"plugin": self._plugin, **binds})
            return done.scalar_one_or_none()


def check_key(key: str) -> str:
    """Raise BadInput unless it can be a key."""
    if not 0 < len(key) <= MAX_KEY or "\0" in key:
        raise BadInput(f"A store key has 1 to {MAX_KEY} characters, not {len(key)}.")
    return key


def as_json(value: Any) -> str:
    """Return the value as JSON text; BadInput when it is none, or too large."""
    try:
        found = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"The store keeps JSON values only: {error}.") from None
    if len(found) > MAX_BYTES:
        raise BadInput(
            f"The store keeps values up to {MAX_BYTES // 1024} KiB, this has {len(found) // 1024}."
        )
    if "\\u0000" in found:
        raise BadInput("The store keeps no NUL characters.")
    return found
