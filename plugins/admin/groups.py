"""Slack's user groups that give roles: which does, and who may say so."""

from __future__ import annotations

from typing import Annotated

from bot.api import Approval, Change, Column, Field, NotFound, Preview, Reply, Table, action, platform
from plugins.admin.nouns import GRANTS, PEOPLE_READ, Ctx, Word, core, role_named, source

TeamId = Annotated[str, Field(pattern=r"^[TE][A-Z0-9]{1,40}$")]
GroupId = Annotated[str, Field(pattern=r"^S[A-Z0-9]{1,40}$")]
Handle = Annotated[str, Field(pattern=r"^[^\s<>@]{1,80}$")]
BY_SLACK = "Whoever manages @{handle} in Slack decides from then on who holds the role."


@action(permission=PEOPLE_READ, reads_only=True, spoken=False)
async def groups(ctx: Ctx) -> Reply:
    """List which Slack user groups give which roles."""
    found = await core(ctx).group_roles()
    rows = [(f"@{one.handle}", one.role, one.members) for one in found]
    columns = (Column("Group"), Column("Role"), Column("People"))
    return Reply(
        f"{len(found)} roles are given by Slack user groups."
        if found
        else "No Slack user group gives a role.",
        data=tuple(found),
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def wish_of(ctx: Ctx, team: str, group: str, handle: str, role: str) -> platform.GroupWish:
    """Return what is wished for, with the role as it is called here."""
    names = [card.name for card in await core(ctx).roles()]
    return platform.GroupWish(team_id=team, group_id=group, handle=handle, role=role_named(role, names))


async def preview_map(ctx: Ctx, team: TeamId, group: GroupId, handle: Handle, role: Word) -> Preview:
    """Say who would hold what, and who decides about it."""
    wish = await wish_of(ctx, team, group, handle, role)
    await core(ctx).check_group_role(ctx.user, wish)
    return Preview(
        text=(
            f"Let everybody in @{handle} (Slack group {group}) hold the role {wish.role}, everywhere, as "
            "long as they are in it."
        ),
        changes=(Change(what=f"Slack group {group}", after=f"gives {wish.role}"),),
        hits=0,
        warnings=(BY_SLACK.format(handle=handle),),
    )


@action(permission=GRANTS, approval=Approval.OTHER, preview=preview_map, spoken=False)
async def map_group(ctx: Ctx, team: TeamId, group: GroupId, handle: Handle, role: Word) -> Reply:
    """Let a Slack user group give a role to everybody in it.

    Another person has to agree: who is in the group, or manages it, could else take the role themselves.
    """
    wish = await wish_of(ctx, team, group, handle, role)
    await core(ctx).set_group_role(ctx.effect, ctx.user, wish)
    return Reply(f"Whoever is in @{handle} holds the role {wish.role} within seconds.", evidence=source(ctx))


async def preview_unmap(ctx: Ctx, group: GroupId, role: Word) -> Preview:
    """Say who loses what."""
    found = [one for one in await core(ctx).group_roles() if (one.group_id, one.role) == (group, role)]
    if not found:
        raise NotFound("That group gives no such role any more.")
    one = found[0]
    return Preview(
        text=f"@{one.handle} no longer gives the role {one.role}; its members lose it at once.",
        changes=(Change(what=f"Slack group {group}", before=f"gives {role}", after="gives it no more"),),
        hits=0,
    )


@action(permission=GRANTS, approval=Approval.SELF, preview=preview_unmap, spoken=False)
async def unmap_group(ctx: Ctx, group: GroupId, role: Word) -> Reply:
    """Let a Slack user group no longer give a role; its members lose it at once."""
    await core(ctx).clear_group_role(ctx.effect, ctx.user, group, role)
    return Reply(f"The group gives the role {role} no more.", evidence=source(ctx))


ACTIONS = (groups, map_group, unmap_group)
