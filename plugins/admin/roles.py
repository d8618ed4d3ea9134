"""Roles: who holds them, where and until when; what they may do, within which limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Column,
    NotAllowed,
    NotFound,
    Preview,
    Reply,
    Table,
    action,
    platform,
    plural,
)
from plugins.admin.may import alone, money
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
    role_named,
    source,
)


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
        wanted = role_named(name, [card.name for card in cards])
        return one_role(ctx, next((card for card in cards if card.name == wanted), None), name)
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
        raise NotFound(f"There is no role “{name[:60]}”. `admin roles` lists them.")
    rows = [(p.permission, p.meaning, money(ctx, p.max_amount), p.max_count) for p in card.permissions]
    columns = (Column("Permission"), Column("May"), Column("Up to"), Column("Customers at once"))
    return Reply(
        f"**{card.name}**: {card.about}",
        data=card,
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def role_names(ctx: Ctx) -> list[str]:
    """Return the names of all roles."""
    return [card.name for card in await core(ctx).roles()]


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
    wanted = role_named(role, await role_names(ctx)) or None
    found = await core(ctx).grants(person.id if person else None, wanted)
    rows = [
        (one.id, one.person, one.role, one.area, one.expires_at, one.break_glass, one.reason) for one in found
    ]
    titles = ("Id", "Person", "Role", "Where", "Until", "Break-glass", "Reason")
    return Reply(
        _in_force(found, person, wanted or ""),
        data=tuple(found),
        table=Table(columns=tuple(Column(t) for t in titles), rows=rows) if rows else None,
        evidence=source(ctx),
    )


def _in_force(found: Sequence[platform.GrantCard], person: platform.Member | None, role: str) -> str:
    """Return who holds what in a sentence, where one person or one role was asked for."""
    names = list(dict.fromkeys(one.person for one in found))
    if person is not None:
        held = ", ".join(dict.fromkeys(f"{one.role} ({one.area})" for one in found))
        none = f"{person.name} does not hold {f'the role {role}' if role else 'any role'}."
        return f"{person.name} holds {held}." if held else none
    if role:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")  # noqa: PLR2004 - the rest is in the table
        return f"{plural(len(names), 'person holds', 'people hold')} the role {role}" + (
            f": {shown}." if names else "."
        )
    glass = len({one.person for one in found if one.break_glass})
    broken = (
        f"{plural(glass, 'person', 'people')} by breaking the glass"
        if glass
        else "none by breaking the glass"
    )
    return f"{plural(len(found), 'grant')} in force, {broken}." if found else "No grant is in force."


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
    name = role_named(role, names := await role_names(ctx))
    if name not in names:
        raise BadInput(f"There is no role “{role[:60]}”. There are: {', '.join(names)}.")
    if person.id == ctx.user.id:
        raise NotAllowed("Nobody gives a role to themselves. Ask another admin, or break the glass.")
    within = "; ".join(f"{n} {v}" for n, v in (("region", region), ("site", site), ("partner", partner)) if v)
    until = f"until {ctx.local(ctx.now + lasts):%H:%M on %d %b %Y}" if lasts else "for good"
    return Preview(
        text=f"Give {person.name} the role {name} {within or 'everywhere'}, {until}. {reason}".strip(),
        changes=(Change(what="Roles", before=", ".join(person.roles), after=f"+ {name}"),),
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
        role=role_named(role, await role_names(ctx)),
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


async def preview_remove_role(ctx: Ctx, name: Word) -> Preview:
    """Say who loses it, and whether anybody is there to agree."""
    cards = {card.name: card for card in await core(ctx).roles()}
    if (card := cards.get(wanted := role_named(name, cards))) is None:
        raise NotFound(f"There is no role “{name[:60]}”. There are: {', '.join(cards)}.")
    if card.built_in:
        raise BadInput(
            f"“{wanted}” is built in and stays. Take its permissions away instead: `admin forbid`."
        )
    people = list(dict.fromkeys(one.person for one in await core(ctx).grants(role=wanted)))
    instead = "Give a second person the role admin, or run `backhaul roles remove` on the server."
    return Preview(
        text=f"Remove the role {wanted}. Who holds it loses it: {', '.join(people) or 'nobody'}.",
        changes=(
            Change(what=f"Role {wanted}", before=plural(len(people), "person", "people"), after="gone"),
        ),
        hits=0,
        warnings=await alone(ctx, ROLES, instead),
    )


@action(
    permission=ROLES,
    approval=Approval.OTHER,
    preview=preview_remove_role,
    examples=[
        "remove the role {name}",
        "delete the role {name}",
    ],
)
async def remove_role(ctx: Ctx, name: Word) -> Reply:
    """Remove a custom role; everyone who holds it loses it."""
    wanted = role_named(name, await role_names(ctx))
    await core(ctx).remove_role(ctx.effect, ctx.user, wanted)
    return Reply(f"The role {wanted} is gone.")


ACTIONS = (roles, grants, grant, add_role, remove_role)
