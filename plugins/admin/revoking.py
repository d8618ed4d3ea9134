"""Ending a grant before its time."""

from __future__ import annotations

from bot.api import Approval, Change, Preview, Reply, action
from plugins.admin.nouns import GRANTS, Ctx, Word, core, source


async def preview_revoke(ctx: Ctx, grant_id: Word) -> Preview:
    """Say whose grant ends, of which role, where."""
    one = await core(ctx).check_revoke(ctx.user, grant_id)
    until = f"until {ctx.local(one.expires_at):%H:%M on %d %b %Y}" if one.expires_at else "for good"
    # who and which is part of what a yes agrees to: the same letters may begin another grant by then
    before = f"{one.person}, {one.role}, {one.area}, {until}"
    change = Change(what=f"Grant {one.id}", before=before, after="ends at once")
    return Preview(text=f"{one.person} no longer holds {one.role}.", changes=(change,), hits=0)


@action(
    permission=GRANTS,
    approval=Approval.SELF,
    preview=preview_revoke,
    examples=["revoke grant {grant_id}", "take back grant {grant_id}"],
)
async def revoke(ctx: Ctx, grant_id: Word) -> Reply:
    """End a grant at once; name it by the id that `admin grants` shows."""
    over = await core(ctx).revoke(ctx.effect, ctx.user, grant_id)
    return Reply(f"{over.person} no longer holds {over.role} ({over.area}).", data=over, evidence=source(ctx))


ACTIONS = (revoke,)
