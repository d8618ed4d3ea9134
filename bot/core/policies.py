"""Approval policies set by a tenant: where more people have to agree than an action's author asked for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.contract.action import Action, Approval
from bot.contract.money import MAX_MINOR
from bot.contract.people import Tenant
from bot.contract.platform import PolicyCard
from bot.core.deeds import find_deeds
from bot.core.gate_setup import EXPIRES
from bot.core.given import settled
from bot.core.journal import note
from bot.core.policy import deed
from bot.core.roles import get_role
from bot.db import policies
from bot.db.database import Database
from bot.db.policies import Policy
from bot.db.session import Session
from bot.errors import BadInput, Conflict, NotFound
from bot.host.registry import Registry

EVERY = "*"
LONGEST = timedelta(days=30)
"""What waits longer than this was forgotten."""
MAX_NOTE = 500
MOST_CUSTOMERS = 10**9
LETTERS = 4
"""Of an id, to name a policy by."""
SAYS = (
    "A policy can go by the action, an amount, the number of customers, the values of arguments "
    '(`when="priority=urgent"`), the role of whoever agrees, and who is on call; not by who asks (for that '
    "there are roles), nor by the kind or place of a customer, nor by day and hour (for that there are "
    "freezes)."
)


def action_named(registry: Registry, words: str) -> str:
    """Return the action meant by its bare name or what it does; else the words as they are."""
    said = "_".join(words.lower().split())
    there = registry.view(frozenset(registry.plugins)).all(Action)
    if said == EVERY or said.removesuffix("_*") in registry.plugins or said in {one.id for one in there}:
        return said
    writes = [one for one in there if not one.item.reads_only]
    found = {one.id for one in writes if one.item.name in {said, said.removesuffix("s")}}
    if len(found) != 1:
        found = {one.id for one in find_deeds(writes, words)}
    return found.pop() if len(found) == 1 else said


def title_of(registry: Registry, action: str) -> str:
    """Return what a policy's action does, not what it is called inside; empty for one that is gone."""
    plugin = action.removesuffix("_*")
    if plugin != action:
        return f"Every change of {plugin}"
    there = registry.view(frozenset(registry.plugins)).all(Action)
    return next((f"“{deed(one.item)}”" for one in there if one.id == action), "")


def titled(registry: Registry, card: PolicyCard) -> PolicyCard:
    """Return a policy that tells what its action does."""
    return replace(card, title=title_of(registry, card.action))


def check_action(registry: Registry, action: str) -> Action | None:
    """Return the one action meant, None for several; raise when there is none that could wait for a yes."""
    there = {one.id: one.item for one in registry.view(frozenset(registry.plugins)).all(Action)}
    plugin = action.removesuffix("_*")
    if action == EVERY or (action != plugin and plugin in registry.plugins):
        return None
    if action != plugin:
        raise NotFound(f"There is no plugin “{plugin[:60]}”. There are: {', '.join(registry.plugins)}.")
    if action not in there:
        near = difflib.get_close_matches(action, there, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`help` shows what there is."
        raise NotFound(
            f"There is no action “{action[:60]}”. Name one like `tickets_close`, all of a plugin "
            f"like `tickets_*`, or every one as `*`. {hint} {SAYS}"
        )
    if there[action].reads_only:
        raise BadInput(f"{action} changes nothing, so it never waits for anybody's yes.")
    return there[action]


def check_thresholds(wish: PolicyCard, action: Action | None) -> None:
    """Raise BadInput for an amount or a number from which on it could never apply."""
    if wish.over_amount is not None:
        if not 0 <= wish.over_amount <= MAX_MINOR:
            raise BadInput("The amount from which on it applies must not be below zero, nor a typing error.")
        if action is not None and not (action.amount or action.preview):
            raise BadInput(f"{wish.action} moves no money, so an amount would never make it apply.")
    if wish.over_customers is not None and not 1 <= wish.over_customers <= MOST_CUSTOMERS:
        raise BadInput("The number of customers from which on it applies is at least 1.")


def check_times(wish: PolicyCard) -> None:
    """Raise BadInput unless the call ends in time, and the reminder comes before that."""
    ends = EXPIRES if wish.expires_after is None else wish.expires_after
    if not timedelta(minutes=1) <= ends <= LONGEST:
        raise BadInput("A call waits for a yes at least a minute and at most 30 days.")
    if wish.remind_after is not None and not timedelta() < wish.remind_after < ends:
        hours = f"{ends.total_seconds() / 3600:g}"
        raise BadInput(f"The reminder has to come before the call ends, which is after {hours} hours.")


def check_wish(registry: Registry, wish: PolicyCard) -> None:
    """Raise unless the policy makes sense; whether it raises an action's own level is the gate's business."""
    action = check_action(registry, wish.action)
    if wish.needs not in (Approval.SELF, Approval.OTHER, Approval.TWO):
        raise BadInput("A policy asks for a yes of `self`, of `other` or of `two`, never of nobody.")
    if wish.approver_role and wish.needs < Approval.OTHER:
        raise BadInput("With `self` the asker says yes, so no role of approvers fits. Use `other` or `two`.")
    if wish.on_call and wish.needs < Approval.OTHER:
        raise BadInput("With `self` the asker says yes, whoever is on call. Use `other` or `two`.")
    if len(wish.note) > MAX_NOTE:
        raise BadInput(f"Keep the note under {MAX_NOTE} characters.")
    check_thresholds(wish, action)
    check_times(wish)


async def find(database: Database, tenant: Tenant) -> list[PolicyCard]:
    """Return every policy of the tenant, by action."""
    async with database.tenant(tenant.id) as session:
        return [_card(one) for one in await policies.find_all_policies(session)]


async def check_new(database: Database, registry: Registry, tenant: Tenant, wish: PolicyCard) -> None:
    """Raise what stands against adding this policy."""
    check_wish(registry, wish)
    async with database.tenant(tenant.id) as session:
        await _check(session, registry, settled(registry, tenant, wish))


async def _check(session: Session, registry: Registry, wish: PolicyCard) -> None:
    check_wish(registry, wish)
    if wish.approver_role:
        await get_role(session, wish.approver_role)
    for one in await policies.find_all_policies(session):
        if _facts(one) == _facts(as_row(wish)):
            raise Conflict(f"There is a policy just like this already ({one.id[:8]}).")


async def add(
    database: Database, registry: Registry, tenant: Tenant, wish: PolicyCard, *, by: str
) -> PolicyCard:
    """Add a policy, effective for calls asked for from now on."""
    check_wish(registry, wish)
    wish = settled(registry, tenant, wish)
    wanted = as_row(wish)
    async with database.tenant(tenant.id) as session:
        await _check(session, registry, wish)
        made = await policies.do_add_policy(session, wanted, by=by)
        text = f"added a policy: {wish.words(tenant.currency)}"
        facts = {"policy": made, **_facts(wanted), "note": wish.note}
        await note(session, event="policy.added", by=by, text=text, facts=facts)
    return _card(wanted, made)


def get_policy(rules: Sequence[Policy], policy_id: str) -> Policy:
    """Return the one policy whose id begins so; raise when there is none, or several."""
    start = policy_id.strip().lower()
    if len(start) < LETTERS:
        raise BadInput("Name the policy by at least the first four letters of its id.")
    found = [one for one in rules if one.id.startswith(start)]
    if len(found) != 1:
        many = "Several policies begin" if found else "No policy begins"
        raise NotFound(f"{many} with “{start[:40]}”. The list of policies shows their ids.")
    return found[0]


async def remove(database: Database, tenant: Tenant, policy_id: str, *, by: str) -> PolicyCard:
    """Remove a policy, named by the first letters of its id; what waits already goes on waiting."""
    async with database.tenant(tenant.id) as session:
        row = get_policy(await policies.find_all_policies(session), policy_id)
        gone = _card(row)
        if not await policies.do_drop_policy(session, row.id):
            raise NotFound("Somebody removed that policy at the same moment.")
        text = f"removed a policy: {gone.words(tenant.currency)}"
        facts = {"policy": row.id, **_facts(row), "note": gone.note}
        await note(session, event="policy.removed", by=by, text=text, facts=facts)
    return gone


async def find_on_call(database: Database, tenant: Tenant, team: str = "") -> list[PolicyCard]:
    """Return the policies that ask for a yes of whoever is on call, for one team or for any."""
    found = await find(database, tenant)
    return [one for one in found if one.on_call and team in ("", one.on_call)]


def as_row(wish: PolicyCard) -> Policy:
    """Return a policy that is wished for as a row."""
    return Policy(
        action=wish.action,
        needs=int(wish.needs),
        min_amount=wish.over_amount,
        min_hits=wish.over_customers,
        given=wish.given,
        approver_role=wish.approver_role or None,
        on_call=wish.on_call or None,
        expires_after=wish.expires_after,
        remind_after=wish.remind_after,
        note=wish.note,
    )


def _card(one: Policy, made: str = "") -> PolicyCard:
    """Return a policy for people; its id by the letters they need to type."""
    return PolicyCard(
        id=(made or one.id)[:8],
        action=one.action,
        needs=Approval(one.needs),
        over_amount=one.min_amount,
        over_customers=one.min_hits,
        given=one.given,
        approver_role=one.approver_role,
        on_call=one.on_call,
        expires_after=one.expires_after,
        remind_after=one.remind_after,
        note=one.note,
    )


def _facts(one: Policy) -> dict[str, Any]:
    """Return what a policy asks for, as JSON values; two that agree in it are one policy."""
    return {
        "action": one.action,
        "needs": one.needs,
        "min_amount": one.min_amount,
        "min_hits": one.min_hits,
        "given": one.given,
        "approver_role": one.approver_role,
        "on_call": one.on_call,
        "expires_after": one.expires_after.total_seconds() if one.expires_after else None,
        "remind_after": one.remind_after.total_seconds() if one.remind_after else None,
    }
