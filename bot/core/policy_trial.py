"""Trying an approval policy before it is set: what it would have held back of the calls of the last days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.contract.action import Action, Approval, Via
from bot.contract.given import read_given
from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.contract.platform import PolicyCard, PolicyExample, PolicyReplay
from bot.core import policy
from bot.core.given import settled
from bot.core.policies import as_row, check_wish, get_policy
from bot.core.policy import Terms
from bot.core.policy_trial_on_call import Pasts, read_pasts
from bot.core.roles import get_role
from bot.core.rosters import Rosters
from bot.db import grants, policies, roles
from bot.db.call_groups import AskedCall, CallGroup, find_asked, find_groups
from bot.db.database import Database
from bot.db.policies import Policy
from bot.db.session import Session
from bot.errors import BadInput
from bot.host.registry import Owned, Registry

SINCE = timedelta(days=30)
LONGEST = timedelta(days=366)
MOST = 100_000
"""Calls looked at, the newest."""
EXAMPLES = 8
MOST_GRANTS = 5_000
OTHERS = {Approval.NONE: 0, Approval.SELF: 0, Approval.OTHER: 1, Approval.TWO: 2}
"""Yeses of other people that each level takes."""

Holders = Callable[[str, Sequence[str]], set[str]]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A group of calls under the policies of today and under the ones that are tried."""

    group: CallGroup
    today: Terms
    then: Terms
    vain: bool
    able: frozenset[str] = frozenset()
    """Who but the asker could say that yes, were they on call."""

    @property
    def stricter(self) -> bool:
        """Whether more would be asked for than today."""
        more = self.then.needs > self.today.needs or set(self.then.roles) > set(self.today.roles)
        return more or bool(self.duty)

    @property
    def duty(self) -> frozenset[str]:
        """The teams of whose people on call one would be asked for, other than today."""
        return frozenset(self.then.on_call) - set(self.today.on_call)

    def off_call(self, pasts: Pasts) -> int:
        """Return for how many of the calls nobody was on call who could have said yes."""
        if not self.duty or pasts.unread:
            return 0
        return sum(not pasts.anybody(self.duty, at, self.able) for at in self.group.times)


async def replay(  # noqa: PLR0913 - the tenant's world, and what is tried on it
    database: Database,
    registry: Registry,
    tenant: Tenant,
    *,
    now: datetime,
    wish: PolicyCard | None = None,
    without: str = "",
    since: timedelta = SINCE,
    rosters: Rosters | None = None,
) -> PolicyReplay:
    """Return what the last calls would have needed with a policy added, or with one taken away.

    `rosters` tell who was on call when they were asked for.
    """
    if not timedelta() < since <= LONGEST:
        raise BadInput("Look back more than nothing and at most a year, e.g. 30d.")
    async with database.tenant(tenant.id) as session:
        rules = await policies.find_all_policies(session)
        if wish is not None:
            check_wish(registry, wish)
            wish = settled(registry, tenant, wish)
        tried = await _tried(session, rules, wish, without)
        names, times = _names([*rules, *tried]), any(one.on_call for one in tried)
        groups = await find_groups(session, now - since, MOST, names=names, times=times)
        holders = await _holders(session, now)
        there = {one.id: one for one in registry.view(frozenset(registry.plugins)).all(Action)}
        found = [_judge(tenant, there.get(one.action_id), one, rules, tried, holders) for one in groups]
        changed = [one for one in found if one.stricter] or [one for one in found if one.then != one.today]
        newest = sorted(changed, key=lambda one: one.group.newest_at, reverse=True)[:EXAMPLES]
        shown = {one.id: one for one in await find_asked(session, [one.group.newest for one in newest])}
    pasts = await read_pasts(rosters, {team for one in found for team in one.duty}, now - since, now)
    return _told(since, found, pasts, [one for one in newest if one.group.newest in shown], shown)


def _told(
    since: timedelta,
    found: Sequence[Judged],
    pasts: Pasts,
    newest: Sequence[Judged],
    shown: Mapping[str, AskedCall],
) -> PolicyReplay:
    """Return what was found, for people."""
    return PolicyReplay(
        since=since,
        calls=sum(one.group.count for one in found),
        held=_count(found, lambda one: one.stricter),
        freed=_count(found, lambda one: one.then.needs < one.today.needs),
        vain=_count(found, lambda one: one.vain),
        today=_by_level((one.today.needs, one.group.count) for one in found),
        then=_by_level((one.then.needs, one.group.count) for one in found),
        yes_today=sum(OTHERS[one.today.needs] * one.group.count for one in found),
        yes_then=sum(OTHERS[one.then.needs] * one.group.count for one in found),
        examples=tuple(
            PolicyExample(
                at=shown[one.group.newest].asked_at,
                by=shown[one.group.newest].asked_name,
                what=shown[one.group.newest].summary,
                alike=one.group.count,
                today=one.today.needs,
                then=one.then.needs,
                roles=one.then.roles,
                on_call=one.then.on_call,
                vain=one.vain,
            )
            for one in newest
        ),
        full=sum(one.group.count for one in found) >= MOST,
        on_call=_count(found, lambda one: bool(one.duty)),
        off_call=sum(one.off_call(pasts) for one in found),
        unread=pasts.unread,
    )


def _count(found: Iterable[Judged], fits: Callable[[Judged], bool]) -> int:
    return sum(one.group.count for one in found if fits(one))


def _by_level(counts: Iterable[tuple[Approval, int]]) -> dict[Approval, int]:
    found = dict.fromkeys(Approval, 0)
    for level, count in counts:
        found[level] += count
    return found


def _names(rules: Iterable[Policy]) -> list[str]:
    """Return the arguments by whose values policies go, so that calls are told apart by them."""
    found: set[str] = set()
    for one in rules:
        with suppress(ValueError):  # such a policy holds of every call
            found.update(read_given(one.given))
    return sorted(found)


async def _tried(
    session: Session, rules: Sequence[Policy], wish: PolicyCard | None, without: str
) -> list[Policy]:
    """Return the policies as they would be."""
    gone = get_policy(rules, without) if without else None
    tried = [one for one in rules if one is not gone]
    if wish is not None:
        if wish.approver_role:
            await get_role(session, wish.approver_role)
        tried.append(as_row(wish))
    return tried


def _judge(
    tenant: Tenant,
    owned: Owned[Action] | None,
    group: CallGroup,
    rules: Sequence[Policy],
    tried: Sequence[Policy],
    holders: Holders,
) -> Judged:
    amount = Money.parse(group.amount, tenant.currency) if group.amount else None
    today, then = (_terms(tenant, owned, group, some, amount) for some in (rules, tried))
    permission = owned.item.permission if owned else ""
    others = frozenset(holders(permission, then.roles) - {group.asked_by})
    judged = Judged(group=group, today=today, then=then, vain=False, able=others)
    return replace(judged, vain=judged.stricter and len(others) < OTHERS[then.needs])


def _terms(
    tenant: Tenant,
    owned: Owned[Action] | None,
    group: CallGroup,
    rules: Sequence[Policy],
    amount: Money | None,
) -> Terms:
    """Return what a call would need under some policies; what guards would ask for is not known here."""
    if owned is None:  # its plugin is gone: nobody can call it any more
        return Terms(needs=Approval(group.needs))
    names = {owned.id, f"{owned.plugin}_*", "*"}
    fitting = [one for one in rules if one.action in names]
    return policy.terms(
        owned.item,
        Via(group.via),
        fitting,
        amount,
        group.hits,
        currency=tenant.currency,
        args=group.args,
    )


async def _holders(session: Session, now: datetime) -> Holders:
    """Return who holds a permission and some roles, as far as roles are given here."""
    held: dict[str, set[str]] = {}
    for grant in await grants.find_grants(session, now, limit=MOST_GRANTS):
        held.setdefault(grant.role, set()).add(grant.user_id)
    allowing: dict[str, set[str]] = {}
    for name, permissions in (await roles.find_permissions(session, held)).items():
        for one in permissions:
            allowing.setdefault(one.permission, set()).update(held[name])
    return lambda permission, needed: _both(allowing, held, permission, needed)


def _both(
    allowing: Mapping[str, set[str]], held: Mapping[str, set[str]], permission: str, needed: Sequence[str]
) -> set[str]:
    found = set(allowing.get(permission, set()))
    for role in needed:
        found &= held.get(role, set())
    return found
