"""Ending a grant before its time."""

from __future__ import annotations

from typing import Annotated

from bot.api import Approval, BadInput, Change, Field, NotFound, Preview, Reply, action
from plugins.admin.nouns import GRANTS, Ctx, PersonRef, core, role_named, source

GrantId = Annotated[str, Field(max_length=100)]
RoleName = Annotated[str, Field(max_length=100)]


async def meant(ctx: Ctx, grant_id: str, person: PersonRef | None, role: str) -> str:
    """Return the id of the one grant that is meant; BadInput and NotFound say what is missing."""
    if grant_id:
        return grant_id
    if person is None:
        raise BadInput("Whose grant ends? Name the person and the role, or the id that `admin grants` shows.")
    wanted = role_named(role, [card.name for card in await core(ctx).roles()])
    found = await core(ctx).grants(person.id, wanted or None)
    if not found:
        what = f"the role {wanted[:60]}" if wanted else "any role"
        holds = f" They hold {', '.join(person.roles)}." if person.roles else ""
        raise NotFound(f"{person.name} does not hold {what}, so nothing can be taken back.{holds}")
    if len(found) > 1:
        there = ", ".join(f"{one.id} ({one.role}, {one.area})" for one in found)
        raise BadInput(f"{person.name} holds several grants: {there}. Name the role, or the id of one.")
    return found[0].id


async def preview_revoke(
    ctx: Ctx, grant_id: GrantId = "", person: PersonRef | None = None, role: RoleName = ""
) -> Preview:
    """Say whose grant ends, of which role, where."""
    one = await core(ctx).check_revoke(ctx.user, await meant(ctx, grant_id, person, role))
    until = f"until {ctx.local(one.expires_at):%H:%M on %d %b %Y}" if one.expires_at else "for good"
    # who and which is part of what a yes agrees to: the same letters may begin another grant by then
    before = f"{one.person}, {one.role}, {one.area}, {until}"
    change = Change(what=f"Grant {one.id}", before=before, after="ends at once")
    return Preview(text=f"{one.person} no longer holds {one.role}.", changes=(change,), hits=0)


@action(
    permission=GRANTS,
    approval=Approval.SELF,
    preview=preview_revoke,
    examples=[
        "revoke grant {grant_id}",
        "take back grant {grant_id}",
        "take the role {role} from {person}",
        "remove the {role} role from {person}",
    ],
)
async def revoke(
    ctx: Ctx, grant_id: GrantId = "", person: PersonRef | None = None, role: RoleName = ""
) -> Reply:
    """End a grant at once; name the person and the role, or the id that `admin grants` shows."""
    over = await core(ctx).revoke(ctx.effect, ctx.user, await meant(ctx, grant_id, person, role))
    return Reply(f"{over.person} no longer holds {over.role} ({over.area}).", data=over, evidence=source(ctx))


ACTIONS = (revoke,)
