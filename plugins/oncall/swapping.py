"""Swaps: two people take a turn of each other's, both or neither, once the other has said yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Choice,
    Conflict,
    NotAllowed,
    NotFound,
    Nudge,
    Preview,
    Reply,
    action,
    platform,
)
from plugins.oncall.arranging import UNDO, do_arrange, shown, the_team, turns_of
from plugins.oncall.covering import Number
from plugins.oncall.covers import Cover, Piece
from plugins.oncall.kept import SWAP, Ctx, Kept, do_drop_swap, do_keep_swap, get_team, read
from plugins.oncall.nouns import OWN, ColleagueRef, TeamRef, source
from plugins.oncall.saying import pieces_words
from plugins.oncall.team import AHEAD, Team


def day_span(ctx: Ctx, on: date | None, until: date | None = None) -> tuple[datetime, datetime]:
    """Return a day, or all to a last one, on the wall clock here; without one, all that is ahead."""
    if on is None:
        return ctx.now, ctx.now + AHEAD
    zone = ctx.tenant.zone
    begin = datetime.combine(on, time(), zone)
    end = datetime.combine(max(on, until or on) + timedelta(days=1), time(), zone)
    if end <= ctx.now:
        raise BadInput("That day is over. Name a day ahead.")
    return max(begin, ctx.now), end


def swapped(
    ctx: Ctx,
    kept: Kept,
    other: platform.Member,
    days: tuple[date | None, date | None],
    theirs: date | None,
    team: Team | None,
) -> Cover:
    """Return the swap of one of the asker's turns with one of somebody else's, the next without a day."""
    on = days[0]
    since, until = day_span(ctx, *days)
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
        Piece(person=other.id, since=give.since, until=give.until, instead=ctx.user.id),
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
    until: date | None = None,
) -> Preview:
    """Say whose turns change hands."""
    kept = await read(ctx)
    cover = swapped(ctx, kept, person, (on, until), theirs, team)
    then = "They are asked, and nothing changes until they say yes."
    how = then if ctx.settings.swaps_ask else "Agree on it with them first."
    return await shown(ctx, kept, cover, f"You and {person.name} swap a turn for {cover.team}. {how}")


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
        "swap my turn in december with {person}",
    ],
)
async def swap(
    ctx: Ctx,
    person: ColleagueRef,
    on: date | None = None,
    theirs: date | None = None,
    team: TeamRef | None = None,
    until: date | None = None,
) -> Reply:
    """Swap one of your turns with a colleague's: you take their next one, or that of a day you name.

    Your next turn, that of a day you name, or your first one in a week or month. The colleague is asked.
    Nothing changes until they say yes.
    """
    kept = await read(ctx)
    cover = swapped(ctx, kept, person, (on, until), theirs, team)
    if not ctx.settings.swaps_ask:
        return await do_arrange(ctx, kept, begun(ctx, cover))
    known = next((one for one in (*kept.offered, *kept.covers) if one.id == cover.id), None)
    if known is None:
        await ctx.effect.check()
        known = replace(cover, number=await ctx.store.next("cover"))
        await do_keep_swap(ctx, kept, known)
    await ctx.nudge(_asked(ctx, kept, known))
    return Reply(
        f"{person.name} is asked about swap {known.number}. Nothing changes until they say yes: "
        f"{pieces_words(ctx, kept, known)}.",
        data=known,
        evidence=source(ctx),
        undo=ActionCall(action_id="oncall_end_cover", args={"number": known.number}),
        undo_within=UNDO,
    )


def begun(ctx: Ctx, cover: Cover) -> Cover:
    """Return a cover from now on, where a turn of it is under way already."""
    return replace(cover, pieces=tuple(replace(one, since=max(one.since, ctx.now)) for one in cover.pieces))


def _asked(ctx: Ctx, kept: Kept, swap: Cover) -> Nudge:
    """Return what the other is asked."""
    return Nudge(
        key=f"swap:{swap.number}:",
        to=swap.pieces[0].person,
        permission=OWN,
        reply=Reply(
            f"{swap.by} asks you to swap a turn on call for {swap.team}: {pieces_words(ctx, kept, swap)}. "
            "Nothing changes unless you say yes.",
            choices=(
                Choice("Yes, swap", f"oncall agree {swap.number}"),
                Choice("No", f"oncall end_cover {swap.number}"),
            ),
        ),
    )


def _half_done(ctx: Ctx, kept: Kept, number: int) -> Cover | None:
    """Return a swap that holds by this very person's yes, of which an interruption kept the other unaware."""
    return next(
        (
            one
            for one in kept.covers
            if one.number == number and f"{SWAP}{one.id}" in kept.raw and one.pieces[0].person == ctx.user.id
        ),
        None,
    )


def get_swap(ctx: Ctx, kept: Kept, number: int) -> Cover:
    """Return a swap that waits for the yes of whoever asks, and can still be as it was proposed."""
    swap = next((one for one in kept.offered if one.number == number), None)
    if swap is None and (begun_with := _half_done(ctx, kept, number)):
        return begun_with
    if swap is None:
        raise NotFound(
            f"No swap {number} waits for a yes: it was answered, taken back, or its time has come."
        )
    if ctx.user.id != swap.pieces[0].person:
        name = kept.name(swap.pieces[0].person)
        raise NotAllowed(f"Swap {number} waits for the yes of {name}; nobody else can give it.")
    team = get_team(kept, swap.team)
    swap = begun(ctx, swap)
    for one in swap.pieces:
        if any(turn.person != one.instead for turn in team.turns(kept.plan(ctx), one.since, one.until)):
            raise Conflict(
                f"The turns of swap {number} have changed since {swap.by} asked. Ask for a new one."
            )
    return swap


async def preview_agree(ctx: Ctx, number: Number) -> Preview:
    """Say whose turns change hands."""
    kept = await read(ctx)
    swap = get_swap(ctx, kept, number)
    return await shown(ctx, kept, swap, f"You and {swap.by} swap a turn for {swap.team}.")


@action(
    permission=OWN,
    preview=preview_agree,
    examples=[
        "agree to swap {number}",
        "yes to swap {number}",
        "accept swap {number}",
        "I agree to swap {number}",
    ],
)
async def agree(ctx: Ctx, number: Number) -> Reply:
    """Say yes to a swap that a colleague asked you for; from then on it holds."""
    kept = await read(ctx)
    swap = get_swap(ctx, kept, number)
    await ctx.effect.check()
    reply = await do_arrange(ctx, kept, replace(swap, made_at=ctx.now))
    await do_drop_swap(ctx, swap)
    await ctx.nudges.withdraw(f"swap:{number}:")
    return reply
