"""What a system lacks: it says so with the right error, and nothing changes."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from bot.api import EVERYWHERE, Effect, Money, NotSupported, Scope
from bot.conformance.rig import Rig, a_world, effect
from bot.conformance.world import World


class LackingConformance:
    """Every port's checks begin with these."""

    protocol: ClassVar[type[Any]]

    async def test_the_connector_offers_every_method(self, rig: Rig) -> None:
        world = await a_world(rig)
        real = rig.open(world, self.protocol.port_name)
        for name in methods(self.protocol):
            there = inspect.signature(getattr(real, name)).parameters
            wanted = dict(list(inspect.signature(getattr(self.protocol, name)).parameters.items())[1:])
            assert list(there) == list(wanted), f"{name} takes {list(there)}, the port says {list(wanted)}"
            assert {n: p.default for n, p in there.items()} == {n: p.default for n, p in wanted.items()}, name
        for name, hint in get_type_hints(self.protocol).items():
            assert name == "port_name" or hasattr(real, name), f"{name}, {hint}, is not said"

    async def test_what_the_system_lacks_is_refused_in_a_sentence(self, rig: Rig) -> None:
        world = await a_world(rig)
        real = rig.open(world, self.protocol.port_name)
        wrong = rig.lacks - set(methods(self.protocol)) - {"applied"}
        for name in sorted(rig.lacks - wrong):
            ask = partial(getattr(real, name), **sample(getattr(self.protocol, name), world))
            with pytest.raises(NotSupported) as refused:
                await ask()
            assert str(refused.value).endswith("."), f"{name}: say in a sentence where it is done instead"


def methods(protocol: type[Any]) -> list[str]:
    """Return the methods of a port."""
    found = inspect.getmembers(protocol, inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_")]


def sample(method: Any, world: World) -> dict[str, Any]:
    """Return arguments with which a method can be called: of the right type, and of nothing in particular."""
    hints = get_type_hints(method, include_extras=True)
    needed = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
    return {one.name: _value(hints[one.name], world) for one in needed if one.name != "self"}


def _value(hint: Any, world: World) -> Any:  # noqa: PLR0911 - a table of types
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _value(inner[0], world)
    if origin in {Union, UnionType}:
        return None if NoneType in inner else _value(inner[0], world)
    if origin is Literal:
        return inner[0]
    if origin is not None:
        return ()
    known = {
        Effect: effect(world, "lacking"),
        Scope: EVERYWHERE,
        Money: Money(100, world.tenant.currency),
        datetime: datetime(2026, 11, 20, tzinfo=UTC),
        date: date(2026, 11, 20),
        str: "x",
        int: 1,
        float: 1.0,
        bool: False,
    }
    if hint in known:
        return known[hint]
    if isinstance(hint, type) and hasattr(hint, "__members__"):
        return next(iter(hint.__members__.values()))
    wanted = get_type_hints(hint, include_extras=True)
    needed = [p for p in inspect.signature(hint).parameters.values() if p.default is p.empty]
    return hint(**{one.name: _value(wanted[one.name], world) for one in needed})
