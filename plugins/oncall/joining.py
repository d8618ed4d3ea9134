"""Somebody joins a rotation or leaves it, and whose turn it is stays as far as it can."""

from __future__ import annotations

from bot.api import Approval, Conflict, NotFound, Preview, Reply, action, platform
from plugins.oncall.kept import Ctx, Kept, get_team, read
from plugins.oncall.nouns import WRITE, ColleagueRef, TeamRef
from plugins.oncall.rotation import Rotation
from plugins.oncall.setting import changed, do_change, done_before, shown
from plugins.oncall.team import Team


def with_person(ctx: Ctx, kept: Kept, team: Team, person: platform.Member) -> Team:
    """Return the team with somebody at the end of the round; who is on call now stays."""
    rotation = get_team(kept, team.name).rotation(ctx.now)
    if rotation is None:
        raise Conflict(f"The rotation of {team.name} has not begun; set it anew with everybody in it.")
    if person.id in rotation.people:
        raise Conflict(f"{person.name} takes turns for {team.name} already.")
    now = rotation.turned(ctx.now, ctx.tenant.zone)
    kept.people[person.id] = person
    joined = Rotation(people=(*now.people, person.id), length=now.length, start=now.start)
    return changed(ctx, team, joined, ctx.now)


async def preview_join(ctx: Ctx, person: ColleagueRef, team: TeamRef) -> Preview:
    """Say who would be on call."""
    kept = await read(ctx)
    new = with_person(ctx, kept, kept.teams[team.name], person)
    return await shown(
        ctx, kept, kept.teams[team.name], new, f"{person.name} takes turns for {team.name}, last."
    )


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_join,
    examples=["add {person} to the {team} rotation", "{person} joins the on-call rotation of {team}"],
)
async def join(ctx: Ctx, person: ColleagueRef, team: TeamRef) -> Reply:
    """Add somebody to a rotation, at the end of the round; who is on call now stays so."""
    kept = await read(ctx)
    if done_before(ctx, kept, team.name):
        return await do_change(ctx, kept, kept.teams[team.name], "")
    new = with_person(ctx, kept, get_team(kept, team.name), person)
    return await do_change(ctx, kept, new, f"{person.name} takes turns.")


def without_person(ctx: Ctx, team: Team, person: platform.Member) -> Team:
    """Return the team without somebody; if it is their turn, the next one's begins at once."""
    rotation = team.rotation(ctx.now) or team.last
    if rotation is None or person.id not in rotation.people:
        raise NotFound(f"{person.name} takes no turns for {team.name}.")
    now = rotation.turned(ctx.now, ctx.tenant.zone)
    people = tuple(one for one in now.people if one != person.id)
    if not people:
        raise Conflict(
            f"Nobody else takes turns for {team.name}. Remove the rotation, or add somebody first."
        )
    return changed(ctx, team, Rotation(people=people, length=now.length, start=now.start), ctx.now)


async def preview_leave(ctx: Ctx, person: ColleagueRef, team: TeamRef) -> Preview:
    """Say who would be on call."""
    kept = await read(ctx)
    new = without_person(ctx, get_team(kept, team.name), person)
    return await shown(
        ctx, kept, kept.teams[team.name], new, f"{person.name} takes no more turns for {team.name}."
    )


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_leave,
    examples=[
        "take {person} out of the {team} rotation",
        "remove {person} from the on-call rotation of {team}",
    ],
)
async def leave(ctx: Ctx, person: ColleagueRef, team: TeamRef) -> Reply:
    """Take somebody out of a rotation; if it is their turn, the next one is on call at once."""
    kept = await read(ctx)
    if done_before(ctx, kept, team.name):
        return await do_change(ctx, kept, kept.teams[team.name], "")
    new = without_person(ctx, get_team(kept, team.name), person)
    return await do_change(ctx, kept, new, f"{person.name} takes no more turns.")
