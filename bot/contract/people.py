"""Who is speaking, in which tenant, and what they may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.contract.scope import EVERYWHERE, NOWHERE, Scope

if TYPE_CHECKING:
    from bot.contract.context import Context


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """One ISP. `id` is a UUID in text form; `slug` is what people type."""

    id: str
    slug: str
    name: str
    timezone: str = "UTC"
    currency: str = "USD"
    locale: str = "en"

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone, in which times are shown and wall-clock schedules run."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, kw_only=True)
class Right:
    """How far one permission reaches: rows, amount per call (minor units), customers per call.

    Several grants of one permission are kept as `parts`, each with its own rows and limits, so that
    a generous limit in one region never widens the limit in another; `scope` is their union.
    """

    scope: Scope = EVERYWHERE
    max_amount: int | None = None
    max_count: int | None = None
    parts: tuple[Right, ...] = ()

    def limits(self, rows: Iterable[Mapping[str, str | None]]) -> tuple[int | None, int | None]:
        """Return the most generous (amount, count) of the grants that each reach all these rows.

        When no single grant reaches all rows, the strictest limits of all grants apply. A call that names
        no row may touch any: then a grant for one region does not count as reaching it.
        """
        parts, rows = self.parts or (self,), list(rows) or [{}]
        fitting = [p for p in parts if all(p.scope.covers(row) for row in rows)]
        if fitting:
            return _most([p.max_amount for p in fitting]), _most([p.max_count for p in fitting])
        return _least([p.max_amount for p in parts]), _least([p.max_count for p in parts])

    def plus(self, other: Right) -> Right:
        """Return what two grants of the same permission allow together."""
        parts = (*(self.parts or (self,)), *(other.parts or (other,)))
        return Right(
            scope=Scope.union(p.scope for p in parts),
            max_amount=_most([p.max_amount for p in parts]),
            max_count=_most([p.max_count for p in parts]),
            parts=parts,
        )


def _most(limits: Sequence[int | None]) -> int | None:
    """Return the highest limit; None is no limit at all."""
    return None if None in limits else max(x for x in limits if x is not None)


def _least(limits: Sequence[int | None]) -> int | None:
    """Return the lowest limit; None only if none is limited."""
    return min((x for x in limits if x is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class User:
    """A person in one tenant. `rights` maps permission -> Right; what is absent is denied."""

    id: str
    name: str
    email: str = ""
    roles: frozenset[str] = frozenset()
    rights: Mapping[str, Right] = field(default_factory=lambda: MappingProxyType({}))

    def may(self, permission: str) -> bool:
        """Say whether they hold the permission at all."""
        return permission in self.rights

    def scope(self, permission: str) -> Scope:
        """Return the rows it reaches; nowhere if they lack it."""
        right = self.rights.get(permission)
        return right.scope if right else NOWHERE

    @classmethod
    def with_permissions(cls, id: str, name: str, permissions: frozenset[str]) -> User:  # noqa: A002 - reads as the field
        """Return a person who holds these permissions everywhere and without limit (for tests)."""
        return cls(id=id, name=name, rights=MappingProxyType({p: Right() for p in permissions}))


@dataclass(frozen=True, kw_only=True)
class RoleProvider:
    """Tells which roles a person holds elsewhere: `roles_of(ctx, email)`."""

    name: str
    roles_of: Callable[[Context[Any], str], Awaitable[frozenset[str]]]
