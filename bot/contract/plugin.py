"""What a plugin says about itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from bot.contract.context import Context


class NoSettings(BaseModel):
    """The settings of a plugin that has none."""


@dataclass(frozen=True, kw_only=True)
class PluginInfo:
    """Name, summary, permissions with their meaning, and the settings each tenant may fill in.

    `roles` says which built-in roles (support, billing, noc, field, admin) get which of the
    permissions when the plugin is turned on: `{"support": {"tickets:read", "tickets:write"}}`.
    `needs` names plugins without which this one makes no sense; turning it on turns them on.
    """

    name: str
    about: str
    permissions: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settings: type[BaseModel] = NoSettings
    on_by_default: bool = False
    needs: tuple[str, ...] = ()
    version: str = "1"
    api: int = 1


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """Run once per tenant when the plugin is turned on or off there, after the audit row."""

    name: str
    on: Callable[[Context[Any]], Awaitable[None]] | None = None
    off: Callable[[Context[Any]], Awaitable[None]] | None = None
