"""May they, how far, and who else must agree: rights, limits and approval levels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.contract.action import Action, Approval, Preview, Via
from bot.contract.money import Money
from bot.contract.people import Tenant, User
from bot.contract.plugin import PluginInfo
from bot.core.given import holds
from bot.db.policies import Policy
from bot.errors import BadInput, LimitExceeded, NotAllowed
from bot.host.registry import Owned

Rows = Sequence[Mapping[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a call needs before it may run: the level, roles of approvers, how long it waits.

    `on_call` are teams: for each, one of those who agree has to be on call when they do.
    """

    needs: Approval
    roles: tuple[str, ...] = ()
    on_call: tuple[str, ...] = ()
    expires_after: timedelta | None = None
    remind_after: timedelta | None = None


CLAUSE = re.compile(r"[;:,]\s|\.\s")
"""The first clause of an action's help says what it does; the rest is for who reads the help."""


def deed(item: Action) -> str:
    """Return what an action does, without what its help adds: `Close a ticket`."""
    return CLAUSE.split(item.about.strip().splitlines()[0])[0].rstrip(".")


def doing(item: Action) -> str:
    """Return the action in the words of its first clause, to stand inside a sentence: `close a ticket`."""
    line = deed(item)
    return line[:1].lower() + line[1:] if not line[:2].isupper() else line


def check_permission(user: User, permission: str, what: str, plugins: Mapping[str, PluginInfo]) -> None:
    """Raise NotAllowed, which says what is missing and who can give it, unless they hold the permission."""
    if user.may(permission):
        return
    infos = [info for info in plugins.values() if permission in info.permissions]
    meaning = f" (“{infos[0].permissions[permission]}”)" if infos else ""
    roles = sorted({role for info in infos for role, held in info.roles.items() if permission in held})
    having = f"People with the role {' or '.join(roles)} can do it; an" if roles else "An"
    raise NotAllowed(
        f"You may not {what}: that needs `{permission}`{meaning}. {having} admin can grant it to you."
    )


def covers(user: User, permissions: Iterable[str], row: Mapping[str, str | None]) -> bool:
    """Say whether every one of these rights reaches this row."""
    return all(user.scope(permission).covers(row) for permission in permissions)


def check_amount(user: User, owned: Owned[Action], amount: Money | None, tenant: Tenant, rows: Rows) -> None:
    """Raise unless the amount is within what the person may move in one call on these rows."""
    limit, _ = user.rights[owned.item.permission].limits(rows)
    if amount is None or limit is None:
        return
    if amount.currency != tenant.currency:
        raise LimitExceeded(
            f"Your limit is in {tenant.currency} and this is in {amount.currency}, so I cannot compare them. "
            f"Give the amount in {tenant.currency}, or ask someone without a limit.",
            amount=abs(amount.minor),
            unlike=True,
        )
    if abs(amount.minor) > limit:
        raise LimitExceeded(
            f"{amount} is over your limit of {Money(limit, tenant.currency)} to {doing(owned.item)}.",
            amount=abs(amount.minor),
        )


def check_count(user: User, owned: Owned[Action], hits: int, rows: Rows) -> None:
    """Raise unless the number of customers is within what the person may touch in one call."""
    _, limit = user.rights[owned.item.permission].limits(rows)
    if limit is not None and hits > limit:
        raise LimitExceeded(
            f"This would touch {hits:,} customers, and your limit is {limit:,} in one go. Choose fewer.",
            count=hits,
        )


def amount_of(item: Action, values: Mapping[str, Any], preview: Preview | None) -> Money | None:
    """Return the amount a call moves: its own argument, else what the preview says."""
    given = values.get(item.amount) if item.amount else None
    if given is not None and not isinstance(given, Money):
        raise BadInput(f"`{item.amount}` is not an amount.")
    if given is None:
        return preview.amount if preview else None
    return given if preview is None or preview.amount is None else max(given, preview.amount, key=_size)


def _size(amount: Money) -> int:
    return abs(amount.minor)


def terms(
    item: Action,
    via: Via,
    policies: Iterable[Policy],
    amount: Money | None,
    hits: int,
    *,
    currency: str,
    args: Mapping[str, Any] | None = None,
) -> Terms:
    """Return the strictest of what the author, the way in, and the tenant's policies ask for.

    `args` are the checked ones, as they are stored. Thresholds are in the tenant's `currency`; an amount in
    another one counts as over each of them.
    """
    needs = item.needs(via)
    applying = [p for p in policies if holds(p.given, args or {}) and _applies(p, amount, hits, currency)]
    level = max([needs, *(Approval(p.needs) for p in applying)])
    roles = {p.approver_role for p in applying if p.approver_role and p.needs == level >= Approval.OTHER}
    on_call = {p.on_call for p in applying if p.on_call and p.needs >= Approval.OTHER}
    return Terms(
        needs=level,
        roles=tuple(sorted(roles)),
        on_call=tuple(sorted(on_call)),
        expires_after=min((p.expires_after for p in applying if p.expires_after), default=None),
        remind_after=min((p.remind_after for p in applying if p.remind_after), default=None),
    )


def _applies(policy: Policy, amount: Money | None, hits: int, currency: str) -> bool:
    if policy.min_amount is None and policy.min_hits is None:
        return True
    by_amount = (
        policy.min_amount is not None
        and amount is not None
        and (amount.currency != currency or abs(amount.minor) >= policy.min_amount)
    )
    return by_amount or (policy.min_hits is not None and hits >= policy.min_hits)
