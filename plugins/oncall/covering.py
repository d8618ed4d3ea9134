"""Covers: somebody else is on call for a while, and then it is as before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from bot.api import (
    Approval,
    BadInput,
    Change,
    Conflict,
    Field,
    NotAllowed,
    NotFound,
    Nudge,
    Preview,
    Reply,
    action,
    platform,
)
from plugins.oncall.arranging import check_may, do_arrange, not_then, shown, the_team, turns_of
from plugins.oncall.covers import Cover, Piece
from plugins.oncall.kept import Ctx, Kept, do_drop_cover, do_drop_swap, do_keep_cover, read
from plugins.oncall.nouns import OWN, READ, WRITE, ColleagueRef, TeamRef, source
from plugins.oncall.saying import cover_words, pieces_words
from plugins.oncall.team import Team

DAY = timedelta(days=1)
LONGEST, FAR = timedelta(days=60), timedelta(days=366)
Number = Annotated[int, Field(ge=1, le=999_999_999)]


def wished(
    ctx: Ctx,
    kept: Kept,
    person: platform.Member,
    until: datetime,
    team: Team | None,
    since: datetime | None,
    instead: platform.Member | None,
) -> Cover:
    """Return the cover that is asked for; without a name to cover for it is whoever's turn it would be."""
    begin = since or ctx.now
    until = after(ctx, since, until) if since else until
    if until <= begin or until <= ctx.now:
        raise BadInput("That ends before it begins, or is over. Say until when, for example until 08:00.")
    if until - begin > LONGEST or begin - ctx.now > FAR:
        raise BadInput(
            f"A cover lasts {LONGEST.days} days at most and begins within a year. For longer, change the "
            "rotation."
        )
    begin = max(begin, ctx.now)
    mine = "" if ctx.user.may(WRITE) else ctx.user.id
    whose = instead.id if instead and instead.id != person.id else mine
    named = the_team(ctx, kept, team, whose, begin, until, person.id)
    kept.people[person.id] = person
    if whose == person.id:
        raise BadInput(f"{person.name} cannot stand in for themselves.")
    if whose and not turns_of(ctx, kept, named, whose, begin, until) and not instead:
        raise NotAllowed(
            f"{not_then(ctx, kept, whose)} for {named.name} then, and you may give away your own turns only: "
            f"arranging others' takes `{WRITE}`."
        )
    if whose and not turns_of(ctx, kept, named, whose, begin, until):
        raise Conflict(f"{not_then(ctx, kept, whose)} for {named.name} then, so there is nothing to cover.")
    piece = Piece(person=person.id, since=begin, until=until, instead=whose)
    cover = Cover(
        id=ctx.effect.key,
        number=0,
        team=named.name,
        pieces=(piece,),
        by=ctx.user.name,
        by_id=ctx.user.id,
        made_at=ctx.now,
    )
    check_may(ctx, kept, cover)
    return cover


def after(ctx: Ctx, begin: datetime, until: datetime) -> datetime:
    """Return when it ends: an hour said alone is that of the first day, or of the morning after.

    The 08:00 of "18:00 to 08:00" is the next morning's, the 22:00 of "Friday until 22:00" that Friday's.
    """
    alone = until <= begin and (until - ctx.now <= DAY or begin - until < DAY)
    if not alone:
        return until
    hour, first = ctx.local(until).time(), ctx.local(begin).date()
    ends = (datetime.combine(first + n * DAY, hour, ctx.tenant.zone).astimezone(UTC) for n in (0, 1))
    return next(end for end in ends if end > begin)


async def preview_cover(
    ctx: Ctx,
    person: ColleagueRef,
    *,
    starts: datetime | None = None,
    until: datetime,
    team: TeamRef | None = None,
    instead_of: ColleagueRef | None = None,
) -> Preview:
    """Say who is on call instead of whom."""
    kept = await read(ctx)
    cover = wished(ctx, kept, person, until, team, starts, instead_of)
    return await shown(ctx, kept, cover, f"{person.name} is on call for {cover.team}.")


@action(
    permission=OWN,
    approval=Approval.SELF,
    preview=preview_cover,
    examples=[
        "put {person} on call for {team} until {until}",
        "put {person} on call until {until}",
        "{person} covers for {instead_of} until {until}",
        "{person} covers for {instead_of} from {starts} to {until}",
        "{person} covers for {instead_of} from {starts} until {until}",
        "{person} covers for {instead_of} {starts} until {until}",
        "{person} covers for {instead_of} {starts}-{until}",
        "{person} covers for me until {until}",
        "{person} takes my shift until {until}",
        "{person} is on call for {team} from {starts} to {until}",
        "{person} takes over the on-call of {instead_of} until {until}",
        "cover {instead_of} with {person} until {until}",
    ],
)
async def cover(
    ctx: Ctx,
    person: ColleagueRef,
    *,
    starts: datetime | None = None,
    until: datetime,
    team: TeamRef | None = None,
    instead_of: ColleagueRef | None = None,
) -> Reply:
    """Put somebody on call for a while, in place of a person or of whoever's turn it is.

    Everybody may give their own turns away so; arranging others' takes `oncall:write`.
    """
    kept = await read(ctx)
    return await do_arrange(ctx, kept, wished(ctx, kept, person, until, team, starts, instead_of))


def get_cover(ctx: Ctx, kept: Kept, number: int) -> Cover:
    """Return a cover that is not over, or a swap that waits, and that this person may end."""
    swap = next((one for one in kept.offered if one.number == number), None)
    if swap is not None:
        if not (ctx.user.may(WRITE) or ctx.user.id in swap.people):
            raise NotAllowed(f"Swap {number} is between others; {swap.by} can take it back.")
        return swap
    found = next((one for one in kept.covers if one.number == number and one.until > ctx.now), None)
    if found is None:
        raise NotFound(f"No cover {number} is ahead or under way. `oncall turns` lists those there are.")
    if not (ctx.user.may(WRITE) or ctx.user.id == found.by_id):
        raise NotAllowed(f"{found.by} arranged cover {number}; they, or who holds `{WRITE}`, can end it.")
    return found


def cut_short(cover: Cover, at: datetime) -> Cover | None:
    """Return a cover as it has been up to a moment; None when it had not begun."""
    pieces = tuple(replace(one, until=min(one.until, at)) for one in cover.pieces if one.since < at)
    return replace(cover, pieces=pieces) if pieces else None


async def preview_end(ctx: Ctx, number: Number) -> Preview:
    """Say what no longer holds."""
    kept = await read(ctx)
    found = get_cover(ctx, kept, number)
    before = "ahead" if found.since > ctx.now else "under way"
    before = "waits for a yes" if found in kept.offered else before
    change = Change(what=f"Cover {number}", before=before, after="over")
    return Preview(text=cover_words(ctx, kept, found), changes=(change,), hits=0)


@action(
    permission=OWN,
    approval=Approval.SELF,
    preview=preview_end,
    examples=["end cover {number}", "cancel cover {number}", "undo the on-call cover {number}"],
)
async def end_cover(ctx: Ctx, number: Number) -> Reply:
    """End a cover or a swap by its number: from now on it is whose turn it would be."""
    kept = await read(ctx)
    found = get_cover(ctx, kept, number)
    await ctx.effect.check()
    if found in kept.offered:
        return await _off(ctx, kept, found)
    rest = cut_short(found, ctx.now)
    if rest is None:
        await do_drop_cover(ctx, kept, found)
    else:
        await do_keep_cover(ctx, kept, rest)
    await ctx.nudges.withdraw(f"cover:{number}:")
    return Reply(f"Over: {cover_words(ctx, kept, found)}", data=found, evidence=source(ctx))


async def _off(ctx: Ctx, kept: Kept, swap: Cover) -> Reply:
    """Forget a swap that waits for a yes, and tell the other of the two."""
    await do_drop_swap(ctx, swap)
    await ctx.nudges.withdraw(f"swap:{swap.number}:")
    said = f"Swap {swap.number} is off: {pieces_words(ctx, kept, swap)}. Nothing has changed."
    for person in sorted(swap.people - {ctx.user.id}):
        if person == swap.by_id or ctx.user.id != swap.by_id:
            told = Reply(f"{ctx.user.name} said no. {said}")
            await ctx.nudge(Nudge(key=f"swap:{swap.number}:no", to=person, permission=READ, reply=told))
    return Reply(said, data=swap, evidence=source(ctx))
