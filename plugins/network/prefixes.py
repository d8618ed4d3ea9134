"""Address pools: prefixes that lines get their IPv4 addresses from, and how full they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from bot.api import Context, Effect, Match, Ref, Scope

PREFIX = re.compile(r"[0-9a-f:.]{2,45}/\d{1,3}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """What was typed as a prefix: an address and a length, that may not fit each other."""

    text: str


PrefixRef = Annotated[Prefix, Ref("prefix")]


async def find_prefixes(_ctx: Context[Any], text: str, _limit: int) -> Sequence[Match]:
    """Take what has an address and a length for a prefix; nothing else is."""
    words = text.strip()
    if not PREFIX.fullmatch(words):
        return []
    return [Match(key=words, label=words, record=Prefix(text=words), exact=True)]


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A prefix, e.g. `100.64.4.0/22`, that lines get addresses from; `name` is unique.

    `size` is how many addresses it has, all of them, as PPPoE hands every one out. `used` are those that a
    service still in use keeps, or a session that is up has. Without a `site` nobody sees it who may see only
    a part of the network.
    """

    name: str
    prefix: str
    size: int
    used: int
    purpose: str = ""
    site: str | None = None
    region: str | None = None
    partner: str | None = None

    @property
    def free(self) -> int:
        """Return how many addresses nobody has."""
        return self.size - self.used

    @property
    def share(self) -> float:
        """Return how full it is, from 0 to 1."""
        return self.used / self.size


@dataclass(frozen=True, kw_only=True)
class NewPool:
    """A pool to keep on record; its prefix overlaps no other."""

    name: str
    prefix: str
    purpose: str = ""
    site: str | None = None


class Pooling(Protocol):
    """What the network port says of address pools."""

    async def pools(self, scope: Scope, text: str = "", limit: int = 50) -> Sequence[Pool]:
        """Return IPv4 address pools, the fullest first: all, or by name, prefix, site or an address in them.

        Empty where the system keeps none.
        """
        ...

    async def free_addresses(self, scope: Scope, pool: str, limit: int = 10) -> Sequence[str]:
        """Return the lowest addresses of a pool, by its name, that nobody has; none end in .0 or .255."""
        ...

    async def add_pool(self, effect: Effect, new: NewPool) -> Pool:
        """Keep an address pool; Conflict when its name or a part of its prefix is one's already."""
        ...

    async def remove_pool(self, effect: Effect, name: str) -> None:
        """Forget an address pool; who has an address of it keeps it. NotFound when it is not there."""
        ...
