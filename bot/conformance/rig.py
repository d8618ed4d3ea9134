"""What an author gives the checks: a system to put a world into, and their connector to it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast

import pytest

from bot.api import Effect, LeaseLost
from bot.conformance.answers import check_answer
from bot.conformance.world import World, small_isp

P = TypeVar("P")


class Rig(Protocol):
    """A system under the checks. Each check loads a world of its own and opens connectors to it.

    `lacks` names the methods of the port that the system cannot do (`suspend`, `quote` …): the checks that
    need one are skipped, and calling it has to raise NotSupported. `numbers` is how the system counts.
    """

    lacks: frozenset[str]

    def numbers(self, kind: str, nr: int) -> str:
        """Return the number of the nr-th thing of a kind; `world.plain` is how our own tables count."""

    async def load(self, world: World) -> None:
        """Put a world into the system, as another tenant beside those that are there already."""

    def open(self, world: World, port: str) -> Any:
        """Return what `Connector.open` returns for this port and the tenant of this world."""


async def a_world(rig: Rig, **changes: Any) -> World:
    """Return the small ISP, loaded."""
    world = small_isp(rig.numbers)
    for name, more in changes.items():
        object.__setattr__(world, name, (*getattr(world, name), *more))
    await rig.load(world)
    return world


async def a_stranger(rig: Rig, protocol: type[P]) -> P:
    """Return the connector as another tenant has it, whose ISP has nothing yet."""
    other = small_isp(rig.numbers, slug="globex", empty=True)
    await rig.load(other)
    return opened(rig, other, protocol)


def opened(rig: Rig, world: World, protocol: type[P]) -> P:
    """Return the connector behind something that looks at every answer it gives."""
    real = rig.open(world, protocol.port_name)  # type: ignore[attr-defined]  # by convention of ports
    return cast("P", Watched(real, protocol, rig.lacks))


class Watched:
    """Stands before a connector: every answer is looked at; what the system lacks skips the check."""

    def __init__(self, real: Any, protocol: type[Any], lacks: frozenset[str]) -> None:
        self._real, self._protocol, self._lacks = real, protocol, lacks

    def __getattr__(self, name: str) -> Any:
        if name in self._lacks:
            pytest.skip(f"the system lacks `{name}`")
        found = getattr(self._real, name)
        if not inspect.iscoroutinefunction(getattr(self._protocol, name, None)):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            answer = await found(*args, **kwargs)
            check_answer(self._protocol, name, answer, *args, **kwargs)
            return answer

        return call


async def still_ours() -> None:
    """Say that the lease holds."""


async def lost() -> None:
    """Say that it does not."""
    raise LeaseLost


def effect(
    world: World, key: str, *, check: Callable[[], Awaitable[None]] = still_ours, by: str = "Chipo Dube"
) -> Effect:
    """Return what a write is given."""
    return Effect(key=f"{world.tenant.slug}-{key}", check=check, by=by, at=world.now)


def there(value: P | None) -> P:
    """Return what has to be there."""
    assert value is not None, "expected a record, got None"
    return value
