"""Finding the handler of a payload: one look-up, however many there are."""

from __future__ import annotations

from typing import Any, NoReturn

from bot.slack.routes import Route, Routes


class Unscanned(dict[str, Route]):
    """A table that may be looked into, and not gone through."""

    def _scan(self, *_: Any) -> NoReturn:
        raise AssertionError("went through all handlers")

    __iter__ = keys = values = items = __len__ = __reversed__ = copy = _scan  # type: ignore[assignment]


def test_handlers_are_looked_up_and_never_gone_through() -> None:
    routes = Routes({})
    table = {f"click:action{number}": Route() for number in range(1000)}
    routes._routes = Unscanned(table)
    for number in (0, 500, 999):
        body = {"type": "block_actions", "actions": [{"action_id": f"action{number}:1", "value": "x"}]}
        assert routes.find(body) is table[f"click:action{number}"]
    assert routes.find({"type": "block_actions", "actions": [{"action_id": "other:1"}]}) is None
