"""Roles: who holds them, where and until when; what they may do, within which limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Column,
    Field,
    Money,
    NotFound,
    Preview,
    Reply,
    Table,
    action,
    platform,
)
from plugins.admin.nouns import (
    GRANTS,
    PEOPLE_READ,
    ROLES,
    Ctx,
    PersonRef,
    Reason,
    Word,
    area_of,
    core,
    source,
)

Count = Annotated[int, Field(ge=0, le=1_000_000)]


@action(
    permission=PEOPLE_READ,
    reads_only=True,
    examples=[
        "list roles",
        "what may the role {name} do",
        "what is the role {name} allowed to do",
        "permissions of the role {name}",
        "which roles do we have",
        "what can the {name} role do",
    ],
)
async def roles(ctx: Ctx, name: str = "") -> Reply:
    """List the roles, or what one of them may do."""
    cards = await core(ctx).roles()
    if name:
        return one_role(ctx, next((card for card in cards if card.name == name.strip().lower()), None), name)
    rows = [(card.name, card.about, len(card.permissions), card.built_in) for card in cards]
    columns = (Column("Role"), Column("About"), Column("Permissions"), Column("Built in"))
    return Reply(
        f"{len(rows)} roles.",
        data=tuple(cards),
        table=Table(columns=columns, rows=rows),
        evidence=source(ctx),
    )


def one_role(ctx: Ctx, card: platform.RoleCard | None, name: str) -> Reply:
    """Return what one role may do."""
    if card is None:
        raise NotFound(f"There is no role “{name}”. `admin roles` lists them.")
    rows = [(p.permission, p.meaning, money(ctx, p.max_amount), p.max_count) for p in card.permissions]
    columns = (Column("Permission"), Column("May"), Column("Up to"), Column("Customers at once"))
    return Reply(
        f"**{card.name}**: {card.about}",
        data=card,
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
    )


def money(ctx: Ctx, minor: int | None) -> Money | None:
    """Return a limit as money of this tenant."""
    return None if minor is None else Money(minor, ctx.tenant.currency)


@action(
    permission=PEOPLE_READ,
    reads_only=True,
    examples=[
        "who holds the role {role}",
        "list grants",
        "roles of {person}",
        "who has the role {role}",
        "who has the {role} role",
        "who is {role} here",
        "which roles does {person} hold",
        "who can act as {role}",
        "list everybody with the {role} role",
    ],
)
async def grants(ctx: Ctx, person: PersonRef | None = None, role: str = "") -> Reply:
    """List who holds which role, where, until when and why; break-glass first."""
    found = await core(ctx).grants(person.id if person else None, role.strip().lower() or None)
    rows = [
        (one.id, one.person, one.role, one.area, one.expires_at, one.break_glass, one.reason) for one in found
    ]
    titles = ("Id", "Person", "Role", "Where", "Until", "Break-glass", "Reason")
    return Reply(
        f"{len(rows)} grants in force." if rows else "No grant in force fits.",
        data=tuple(found),
        table=Table(columns=tuple(Column(t) for t in titles), rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def preview_grant(  # noqa: PLR0913 - the arguments of the action
    ctx: Ctx,
    person: PersonRef,
    role: str,
    *,
    region: str = "",
    site: str = "",
    partner: str = "",
    lasts: timedelta | None = None,
    reason: Reason = "",
) -> Preview:
    """Say what the person would hold."""
    card = next((r for r in await core(ctx).roles() if r.name == role), None)
    if card is None:
        raise BadInput(f"There is no role “{role[:60]}”. `admin roles` lists them.")
    within = "; ".join(f"{n} {v}" for n, v in (("region", region), ("site", site), ("partner", partner)) if v)
    until = f"until {ctx.local(ctx.now + lasts):%H:%M on %d %b %Y}" if lasts else "for good"
    return Preview(
        text=f"Give {person.name} the role {role} {within or 'everywhere'}, {until}. {reason}".strip(),
        changes=(Change(what="Roles", before=", ".join(person.roles), after=f"+ {role}"),),
        hits=0,
        warnings=() if person.active else (f"{person.name} is deactivated.",),
    )


@action(
    permission=GRANTS,
    approval=Approval.SELF,
    preview=preview_grant,
    examples=[
        "give {person} the role {role}",
        "give {person} the role {role} for {lasts}",
        "grant {role} to {person} in region {region} for {lasts}",
        "give {person} the {role} role",
        "give {person} the {role} role for {lasts}",
        "make {person} {role}",
        "{person} should get the {role} role",
        "give {person} {role} rights for {lasts}",
        "grant {role} to {person}",
        "{person} gets the {role} role",
        "{person} becomes {role}",
        "{person} should get the {role} role in region {region}",
    ],
)
async def grant(  # noqa: PLR0913 - who, what, where, until when, why
    ctx: Ctx,
    person: PersonRef,
    role: str,
    *,
    region: str = "",
    site: str = "",
    partner: str = "",
    lasts: timedelta | None = None,
    reason: Reason = "",
) -> Reply:
    """Give a role to a person, optionally only in some regions, sites or partners, and for a time."""
    if lasts is not None and lasts <= timedelta(0):
        raise BadInput("A grant lasts longer than nothing, e.g. `lasts=8h`.")
    wish = platform.GrantWish(
        person_id=person.id,
        role=role.strip().lower(),
        area=area_of(region, site, partner),
        reason=reason,
        expires_at=ctx.now + lasts if lasts else None,
    )
    made = await core(ctx).grant(ctx.effect, ctx.user, wish)
    said = f"{made.person} now holds {made.role}, {made.area}."
    if made.by_glass and made.expires_at:
        said += (
            f" It ends {ctx.local(made.expires_at):at %H:%M on %d %b %Y} at the latest: you may give it by "
            "break-glass access only, and what is given by that ends with it."
        )
    return Reply(
        said,
        data=made,
        evidence=source(ctx),
        focus={"person": person.key},
        undo=ActionCall(action_id="admin_revoke", args={"grant_id": made.id}),
        undo_within=timedelta(hours=1),
    )


@action(
    permission=ROLES,
    approval=Approval.SELF,
    examples=[
        "add a role {name}: {about}",
        "create a role called {name}",
        "add the role {name}",
    ],
)
async def add_role(ctx: Ctx, name: Word, about: Reason = "") -> Reply:
    """Add a custom role that may do nothing yet."""
    made = await core(ctx).add_role(ctx.effect, ctx.user, name.strip().lower(), about)
    return Reply(f"There is a role {made.name} now; `admin allow {made.name} …` fills it.", data=made)


@action(
    permission=ROLES,
    approval=Approval.OTHER,
    examples=[
        "remove the role {name}",
        "delete the role {name}",
    ],
)
async def remove_role(ctx: Ctx, name: Word) -> Reply:
    """Remove a custom role; everyone who holds it loses it."""
    await core(ctx).remove_role(ctx.effect, ctx.user, name.strip().lower())
    return Reply(f"The role {name} is gone.")


def allowed_of(
    ctx: Ctx, permission: str, max_amount: Money | None, max_count: int | None
) -> platform.Allowed:
    """Return what a role is to be allowed."""
    if max_amount is not None and max_amount.currency != ctx.tenant.currency:
        raise BadInput(f"Limits are in {ctx.tenant.currency} here.")
    minor = max_amount.minor if max_amount else None
    return platform.Allowed(permission=permission.strip(), max_amount=minor, max_count=max_count)


async def preview_allow(
    ctx: Ctx, role: Word, permission: Word, max_amount: Money | None = None, max_count: Count | None = None
) -> Preview:
    """Say what the role may do then, and within which limits."""
    wish = allowed_of(ctx, permission, max_amount, max_count)
    card = await core(ctx).check_allow(ctx.user, role.strip().lower(), wish)
    old = next((one for one in card.permissions if one.permission == wish.permission), None)
    before = limits(money(ctx, old.max_amount), old.max_count) if old else "not allowed"
    change = Change(what=wish.permission, before=before, after=limits(max_amount, max_count))
    return Preview(text=f"Let everybody with the role {card.name} do this.", changes=(change,), hits=0)


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
    examples=["allow {role} to {permission}", "let {role} do {permission} up to {max_amount}"],
)
async def allow(
    ctx: Ctx, role: Word, permission: Word, max_amount: Money | None = None, max_count: Count | None = None
) -> Reply:
    """Let a role do something, up to an amount and a number of customers per call if you say so."""
    allowed = allowed_of(ctx, permission, max_amount, max_count)
    card = await core(ctx).allow(ctx.effect, ctx.user, role.strip().lower(), allowed)
    return one_role(ctx, card, role)


@action(permission=ROLES, approval=Approval.SELF, examples=["forbid {role} to {permission}"])
async def forbid(ctx: Ctx, role: Word, permission: Word) -> Reply:
    """Take a permission from a role."""
    card = await core(ctx).forbid(ctx.effect, ctx.user, role.strip().lower(), permission.strip())
    return one_role(ctx, card, role)


ACTIONS = (roles, grants, grant, add_role, remove_role, allow, forbid)
