"""What roles may do: permissions given to them and taken, within limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Choice,
    Field,
    Money,
    NotFound,
    Preview,
    Reply,
    action,
    platform,
    plural,
)
from plugins.admin.may import deed_meant, meanings, money
from plugins.admin.nouns import ROLES, Ctx, Word, core, role_named
from plugins.admin.roles import one_role

OVER_ALL = "admin:"
UNDO = timedelta(hours=1)
Count = Annotated[int, Field(ge=0, le=1_000_000)]


async def role_meant(ctx: Ctx, words: str, permission: str) -> platform.RoleCard:
    """Return the role whose rights change; who names a person is told that rights belong to roles."""
    cards = {card.name: card for card in await core(ctx).roles()}
    name = role_named(words, cards)
    if name in cards:
        return cards[name]
    people = await core(ctx).people(words, 2)
    if len(people) != 1:
        raise NotFound(f"There is no role “{words.strip()[:60]}”. There are: {', '.join(cards)}.")
    one = people[0]
    holds = f"{one.name} holds {', '.join(one.roles)}" if one.roles else f"{one.name} holds no role yet"
    role = one.roles[0] if one.roles else "support"
    raise BadInput(
        f"Rights belong to roles, not to single people. {holds}: `admin allow {role} {permission}` lets "
        f"everybody with that role do it. For {one.name} alone, make a role (`admin add_role`), allow it "
        "just this, and give it to them."
    )


async def approvers(ctx: Ctx, words: str) -> str | None:
    """Return the role whose yes is wanted; who names a person is told whose roles they hold."""
    there = [card.name for card in await core(ctx).roles()]
    name = role_named(words, there)
    if not name or name in there:
        return name or None
    mine = words.strip().lower() in {"me", "my", "mine", "i"}
    people = await core(ctx).people(ctx.user.email if mine else words.strip(), 2)
    if len(people) != 1:
        raise NotFound(f"There is no role “{words.strip()[:60]}”. There are: {', '.join(there)}.")
    held = " and ".join(people[0].roles) or "no role yet"
    raise BadInput(
        f"A policy asks for the yes of a role, so that somebody is there when {people[0].name} is not. "
        f"{people[0].name} holds {held}: name that role, or make one for such a yes and give it to them."
    )


async def permission_meant(ctx: Ctx, words: str, call: str, limits: str = "") -> str:
    """Return the permission behind `billing:credit` or "give credits"; `call` and `limits` stand around it.

    A right over the workspace itself goes by its exact name only: no slip of the tongue opens everything.
    """
    if ":" in words:
        return words.strip().lower()

    def offer(one: platform.Deed) -> Choice | None:
        if one.permission.startswith(OVER_ALL):
            return None
        return Choice(f"{one.permission}: {one.does}", f'{call} permission="{one.permission}"{limits}')

    deed = await deed_meant(ctx, words, offer)
    if deed.permission.startswith(OVER_ALL):
        raise BadInput(
            f"That is a right over this workspace itself: whoever may {deed.does} holds `{deed.permission}`. "
            "Name it exactly so if you mean it."
        )
    return deed.permission


def given(max_amount: Money | None, max_count: int | None) -> str:
    """Return the limits as they are typed."""
    amount = f' max_amount="{max_amount}"' if max_amount is not None else ""
    return amount + (f" max_count={max_count}" if max_count is not None else "")


def allowed_of(
    ctx: Ctx, permission: str, max_amount: Money | None, max_count: int | None
) -> platform.Allowed:
    """Return what a role is to be allowed."""
    if max_amount is not None and max_amount.currency != ctx.tenant.currency:
        raise BadInput(f"Limits are in {ctx.tenant.currency} here.")
    minor = max_amount.minor if max_amount else None
    return platform.Allowed(permission=permission, max_amount=minor, max_count=max_count)


async def _wish(
    ctx: Ctx, role: str, words: str, max_amount: Money | None, max_count: int | None
) -> platform.Allowed:
    call, tail = f'admin allow role="{role}"', given(max_amount, max_count)
    return allowed_of(ctx, await permission_meant(ctx, words, call, tail), max_amount, max_count)


async def preview_allow(
    ctx: Ctx, role: Word, permission: Word, max_amount: Money | None = None, max_count: Count | None = None
) -> Preview:
    """Say what the role may do then, and within which limits."""
    wish = await _wish(ctx, role, permission, max_amount, max_count)
    card = await core(ctx).check_allow(ctx.user, (await role_meant(ctx, role, wish.permission)).name, wish)
    old = next((one for one in card.permissions if one.permission == wish.permission), None)
    before = limits(money(ctx, old.max_amount), old.max_count) if old else "not allowed"
    change = Change(what=wish.permission, before=before, after=limits(max_amount, max_count))
    meaning = (await meanings(ctx)).get(wish.permission, "")
    new = max_amount is not None and old is None
    return Preview(
        text=f"Let everybody with the role {card.name} do this{f': {meaning}' if meaning else ''}.",
        changes=(change,),
        hits=0,
        warnings=(f"The role {card.name} may not do this at all today, so this gives it.",) if new else (),
    )


def limits(amount: Money | None, count: int | None) -> str:
    """Return how far a permission goes."""
    parts = [
        f"up to {amount}" if amount is not None else "",
        f"{count:,} customers" if count is not None else "",
    ]
    return " and ".join(filter(None, parts)) or "without limit"


@action(
    permission=ROLES,
    approval=Approval.SELF,
    preview=preview_allow,
    examples=[
        "allow {role} to {permission}",
        "let {role} do {permission} up to {max_amount}",
        "limit {role} to {permission} of {max_amount}",
        "give the role {role} the right to {permission} up to {max_amount}",
    ],
)
async def allow(
    ctx: Ctx, role: Word, permission: Word, max_amount: Money | None = None, max_count: Count | None = None
) -> Reply:
    """Let a role do something, up to an amount and a number of customers per call if you say so.

    `permission` is one like `billing:credit`, or what it is for: `give credits`.
    """
    wish = await _wish(ctx, role, permission, max_amount, max_count)
    before = await role_meant(ctx, role, wish.permission)
    card = await core(ctx).allow(ctx.effect, ctx.user, before.name, wish)
    return replace(one_role(ctx, card, role), undo=back(ctx, before, wish.permission), undo_within=UNDO)


def back(ctx: Ctx, before: platform.RoleCard, permission: str) -> ActionCall:
    """Return the call that lets a role do again what it might before, and no more."""
    named = {"role": before.name, "permission": permission}
    old = next((one for one in before.permissions if one.permission == permission), None)
    if old is None:
        return ActionCall(action_id="admin_forbid", args=named)
    within = {"max_amount": money(ctx, old.max_amount), "max_count": old.max_count}
    kept = {name: value for name, value in within.items() if value is not None}
    return ActionCall(action_id="admin_allow", args={**named, **kept})


async def preview_forbid(ctx: Ctx, role: Word, permission: Word) -> Preview:
    """Say what the role may do no more, and how many people that concerns."""
    wanted = await permission_meant(ctx, permission, f'admin forbid role="{role}"')
    card = await role_meant(ctx, role, wanted)
    if all(one.permission != wanted for one in card.permissions):
        raise BadInput(f"The role {card.name} may not do that anyway: it does not hold `{wanted}`.")
    people = {one.person for one in await core(ctx).grants(role=card.name)}
    meaning = (await meanings(ctx)).get(wanted, "")
    change = Change(what=wanted, before="allowed", after="not allowed")
    who = plural(len(people), "person holds", "people hold")
    text = (
        f"Let nobody do this by the role {card.name} any more{f': {meaning}' if meaning else ''}. {who} it."
    )
    return Preview(text=text, changes=(change,), hits=0)


@action(
    permission=ROLES,
    approval=Approval.SELF,
    preview=preview_forbid,
    examples=["forbid {role} to {permission}", "the role {role} may no longer {permission}"],
)
async def forbid(ctx: Ctx, role: Word, permission: Word) -> Reply:
    """Take a permission from a role."""
    wanted = await permission_meant(ctx, permission, f'admin forbid role="{role}"')
    before = await role_meant(ctx, role, wanted)
    card = await core(ctx).forbid(ctx.effect, ctx.user, before.name, wanted)
    return replace(one_role(ctx, card, role), undo=back(ctx, before, wanted), undo_within=UNDO)


ACTIONS = (allow, forbid)
