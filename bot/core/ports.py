"""Which connector stands behind each port of a tenant, and the objects that are open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from bot.contract.port import Connector, ConnectorContext
from bot.core.opened import Opener, OpenObjects
from bot.core.settings import section_of
from bot.core.state import State
from bot.errors import Unavailable
from bot.host.registry import Owned, View

PLATFORM = "platform"
"""The port through which the `admin` plugin, and no other, reaches the core itself."""
TRUSTED = "admin"


def choose_connector(view: View, port: str, wanted: str | None) -> Owned[Connector]:
    """Return the connector for a port: the tenant's choice, else the only one, else `local`."""
    offers = {o.item.name: o for o in view.all(Connector) if o.item.port == port}
    if wanted is not None:
        if wanted in offers:
            return offers[wanted]
        raise Unavailable(
            f"“{port}” is set to use {wanted}, which is not on in this workspace. "
            f"An admin can turn it on, or choose {' or '.join(sorted(offers)) or 'another system'}."
        )
    if not offers:
        raise Unavailable(
            f"No system stands behind “{port}” here. An admin can turn one on, e.g. "
            f"`admin enable_plugin local` for our own tables."
        )
    for offer in offers.values():
        if len(offers) == 1 or offer.plugin == "local":
            return offer
    raise Unavailable(
        f"Several systems could stand behind “{port}”: {', '.join(sorted(offers))}. "
        f"An admin has to choose one: `admin choose_connector {port} {min(offers)}`."
    )


class Ports:
    """Opens each connector once; after a change of choice or settings it stays until its last call ended."""

    def __init__(self, make_context: Callable[[str, BaseModel], ConnectorContext]) -> None:
        self._make_context = make_context
        self._objects = OpenObjects()
        self.fixed: dict[str, Any] = {}
        """Objects that stand behind a port whatever the tenant chose: tests and the core's own."""

    def opener(self, state: State, plugin: str) -> Opener:
        """Return a context's way to the ports, as its tenant had chosen when the call began."""
        return Opener(lambda port, user: self.open(state, port, plugin, user))

    def open(self, state: State, port: str, plugin: str, user: Opener | None = None) -> Any:
        """Return the object behind a port; Unavailable says what an admin has to do.

        With a `user` it stays open while that is alive, else until everything is closed.
        """
        if port == PLATFORM and plugin != TRUSTED:
            raise Unavailable(f"“{port}” is not a port of this plugin.")
        if port in self.fixed:
            return self.fixed[port]
        owned = choose_connector(state.view, port, state.choices.get(port))
        section = section_of(state.registry, owned)
        key = (owned.id, repr(state.saved.get(section)))
        return self._objects.get(
            port, key, lambda: owned.item.open(self._make_context(section, state.settings(section))), user
        )

    def source(self, state: State, port: str) -> str:
        """Return how evidence names the system behind a port."""
        if port in self.fixed:
            return str(getattr(self.fixed[port], "source", "test"))
        return choose_connector(state.view, port, state.choices.get(port)).item.source

    async def close(self) -> None:
        """Close every object that has an `aclose`, the replaced ones too."""
        await self._objects.close()


def chosen(state: State) -> Mapping[str, str]:
    """Return port -> connector for every port that has one; ports in doubt are left out."""
    ports = sorted({o.item.port for o in state.view.all(Connector)})
    found: dict[str, str] = {}
    for port in ports:
        try:
            found[port] = choose_connector(state.view, port, state.choices.get(port)).item.name
        except Unavailable:
            continue
    return found
