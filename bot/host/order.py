"""In which order guards, and watchers, run: what they ask of each other, else by plugin and name."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from bot.contract.guard import Guard, Watcher

if TYPE_CHECKING:  # the registry orders its guards with this
    from bot.host.registry import Owned

T = TypeVar("T", Guard, Watcher)


class CircleError(ValueError):
    """They ask to run before each other; `ids` is the way round, its first one named again at its end."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(" → ".join(ids))
        self.ids = tuple(ids)


def ordered(items: Iterable[Owned[T]]) -> tuple[Owned[T], ...]:
    """Return them in the order they run; CircleError when there is none. Ids nobody has are passed over."""
    by_id = {one.id: one for one in items}
    follow: dict[str, set[str]] = {name: set() for name in by_id}
    for name, one in by_id.items():
        for later in by_id.keys() & set(one.item.before):
            follow[name].add(later)
        for earlier in by_id.keys() & set(one.item.after):
            follow[earlier].add(name)
    open_before = dict.fromkeys(by_id, 0)
    for later in (name for names in follow.values() for name in names):
        open_before[later] += 1
    ready = [(by_id[name].plugin, by_id[name].item.name, name) for name, n in open_before.items() if n == 0]
    heapq.heapify(ready)
    found: list[Owned[T]] = []
    while ready:
        name = heapq.heappop(ready)[2]
        found.append(by_id[name])
        for later in follow[name]:
            open_before[later] -= 1
            if open_before[later] == 0:
                heapq.heappush(ready, (by_id[later].plugin, by_id[later].item.name, later))
    if len(found) < len(by_id):
        raise CircleError(_circle(follow, set(by_id) - {one.id for one in found}))
    return tuple(found)


def _circle(follow: Mapping[str, set[str]], stuck: set[str]) -> list[str]:
    """Return one way round among those that never became free."""
    back = {name: sorted(one for one in stuck if name in follow[one]) for name in stuck}
    at, path = min(stuck), [min(stuck)]
    while True:
        at = back[at][0]  # each that is stuck waits for another that is
        if at in path:
            round_ = [*path[path.index(at) :], at]
            return list(reversed(round_))
        path.append(at)
