"""How a name, number, IP or serial becomes a customer, ticket or device, and back to text."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.contract.context import Context


@dataclass(frozen=True)
class Ref:
    """Marks an action argument as an entity: `CustomerRef = Annotated[Customer, Ref("customer")]`."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Match:
    """One thing found. `key` is natural and unique in the tenant: finding it gives exactly this.

    `exact` means an identifier matched whole (account number, e-mail, serial, full name …);
    `score` (0 to 1) orders the rest. `scope` holds the row's region, site and partner.
    """

    key: str
    label: str
    record: Any
    detail: str = ""
    exact: bool = False
    score: float = 1.0
    scope: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entity:
    r"""A kind of thing people name in words.

    `find(ctx, text, limit)` returns the best matches within `ctx.scope`, best first.
    `patterns` are regular expressions for identifiers that can only be this kind (e.g.
    `TCK-\\d+`); they let `bot.understand` recognise it anywhere in a sentence.
    `permission` is needed to look one up at all. `scoped=False` is for things that lie in no region
    (people, plans): whoever may look one up sees them all.
    """

    name: str
    title: str
    permission: str
    find: Callable[[Context[Any], str, int], Awaitable[Sequence[Match]]]
    patterns: tuple[re.Pattern[str], ...] = ()
    words: tuple[str, ...] = ()
    scoped: bool = True
