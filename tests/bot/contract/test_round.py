"""One reply from several systems: what cannot be had is left out and named, and holds up nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.api import NotAllowed, NotFound, Round, Unavailable
from bot.contract import round as rounds


class Some:
    """A port."""

    port_name = "some"


class Other:
    """Another one."""

    port_name = "other"


class User:
    def may(self, permission: str) -> bool:
        return permission != "secret:read"

    def scope(self, permission: str) -> str:
        return f"reach of {permission}"


class Ctx:
    user = User()

    def enabled(self, name: str) -> bool:
        return name != "off"

    def port(self, protocol: type[Any]) -> str:
        if protocol is Other:
            raise Unavailable("no connector")
        return f"the port {protocol.port_name}"


def of(name: str) -> type[Any]:
    return type("Named", (), {"port_name": name})


async def test_a_port_is_asked_within_the_readers_reach() -> None:
    asked = Round(Ctx())  # type: ignore[arg-type]  # as much of a context as it needs

    async def read(port: Any, scope: Any) -> tuple[Any, Any]:
        return port, scope

    assert await asked.ask(Some, read) == ("the port some", "reach of some:read")
    assert (asked.silent, asked.hidden) == ((), ())
    assert await asked.ask(of("off"), read) is None
    assert (asked.silent, asked.hidden) == ((), ()), "what is off is not there"
    for _ in range(2):
        assert await asked.ask(of("secret"), read) is None
        assert await asked.ask(Other, read) is None
    assert (asked.silent, asked.hidden) == (("other",), ("secret",))


async def test_one_that_hangs_or_may_not_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PATIENCE", timedelta(milliseconds=20))
    asked = Round(Ctx())  # type: ignore[arg-type]  # as much of a context as it needs

    async def hang(_port: Any, _scope: Any) -> None:
        await asyncio.Event().wait()

    assert await asked.ask(Some, hang) is None
    assert asked.silent == ("some",)
    for error in (NotAllowed("not here"), NotFound("nothing")):

        async def refuse(wrong: Exception = error) -> None:
            raise wrong

        assert await asked.wait("approvals", refuse) is None
    assert asked.silent == ("some",)

    async def broken() -> None:
        raise ValueError("a fault of ours is none of theirs")

    with pytest.raises(ValueError, match="fault of ours"):
        await asked.wait("approvals", broken)
