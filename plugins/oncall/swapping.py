"""Swaps: two people take a turn of each other's, both or neither."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.api import Approval, BadInput, Conflict, Preview, Reply, action, platform
from plugins.oncall.arranging import do_arrange, shown, the_team, turns_of
from plugins.oncall.covers import Cover, Piece
from plugins.oncall.kept import Ctx, Kept, read
from plugins.oncall.nouns import OWN, ColleagueRef, TeamRef
from plugins.oncall.team import AHEAD, Team


def day_span(ctx: Ctx, on: date | None) -> tuple[datetime, datetime]:
    """Return a day on the wall clock here; without one, all that is ahead."""
    if on is None:
        return ctx.now, ctx.now + AHEAD
    zone = ctx.tenant.zone
    begin = datetime.combine(on, time(), zone)
    end = datetime.combine(on + timedelta(days=1), time(), zone)
    if end <= ctx.now:
        raise BadInput("That day is over. Name a day ahead.")
    return max(begin, ctx.now), end


def swapped(
    ctx: Ctx, kept: Kept, other: platform.Member, on: date | None, theirs: date | None, team: Team | None
) -> Cover:
    """Return the swap of one of the asker's turns with one of somebody else's, the next without a day."""
    since, until = day_span(ctx, on)
    named = the_team(ctx, kept, team, ctx.user.id, since, until)
    mine = turns_of(ctx, kept, named, ctx.user.id, since, until)
    if not mine:
        raise Conflict(f"You are not on call for {named.name} then. `oncall mine` shows your turns.")
    begin, end = day_span(ctx, None if theirs == on else theirs)
    turns = [one for one in turns_of(ctx, kept, named, other.id, begin, end) if one.since > ctx.now]
    if not turns:
        when = "on that day" if theirs else f"in the next {AHEAD.days} days"
        raise Conflict(f"{other.name} has no turn for {named.name} to give {when}. Ask for a cover instead.")
    kept.people[other.id] = other
    give, take = mine[0], turns[0]
    pieces = (
        Piece(person=other.id, since=max(give.since, ctx.now), until=give.until, instead=ctx.user.id),
        Piece(person=ctx.user.id, since=take.since, until=take.until, instead=other.id),
    )
    return Cover(
        id=ctx.effect.key,
        number=0,
        team=named.name,
        pieces=pieces,
        by=ctx.user.name,
        by_id=ctx.user.id,
        made_at=ctx.now,
    )


async def preview_swap(
    ctx: Ctx,
    person: ColleagueRef,
    on: date | None = None,
    theirs: date | None = None,
    team: TeamRef | None = None,
) -> Preview:
    """Say whose turns change hands."""
    kept = await read(ctx)
    cover = swapped(ctx, kept, person, on, theirs, team)
    text = f"You and {person.name} swap a turn for {cover.team}. Agree on it with them first."
    return await shown(ctx, kept, cover, text)


@action(
    permission=OWN,
    approval=Approval.SELF,
    preview=preview_swap,
    examples=[
        "swap my shift with {person}",
        "swap my shift on {on} with {person}",
        "swap my on-call turn on {on} with {person}",
        "swap my shift on {on} with {person} on {theirs}",
        "trade my shift on {on} with {person}",
    ],
)
async def swap(
    ctx: Ctx,
    person: ColleagueRef,
    on: date | None = None,
    theirs: date | None = None,
    team: TeamRef | None = None,
) -> Reply:
    """Swap one of your turns with a colleague's: you take their next one, or that of a day you name."""
    kept = await read(ctx)
    return await do_arrange(ctx, kept, swapped(ctx, kept, person, on, theirs, team))
