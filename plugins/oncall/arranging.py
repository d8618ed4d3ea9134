"""What covers and swaps share: which team is meant, who may arrange it, what is shown, how it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.api import (
    ActionCall,
    BadInput,
    Change,
    Conflict,
    NotAllowed,
    NotFound,
    Nudge,
    Preview,
    Reply,
    Staff,
)
from plugins.oncall.covers import Cover
from plugins.oncall.kept import Ctx, Kept, do_keep_cover, get_team
from plugins.oncall.nouns import READ, WRITE, source
from plugins.oncall.rotation import Turn
from plugins.oncall.saying import cover_words, weekday
from plugins.oncall.team import AHEAD, Plan, Team, made

UNDO = timedelta(hours=1)
MOMENT = timedelta(seconds=1)


def the_team(
    ctx: Ctx, kept: Kept, team: Team | None, whose: str, since: datetime, until: datetime, to: str = ""
) -> Team:
    """Return the team meant: the one named, the only one, or the one this person is on call for then.

    Else the one in whose rotation whoever is to be on call (`to`) takes turns.
    """
    if team is not None:
        return get_team(kept, team.name)
    teams = kept.standing
    if not teams:
        raise NotFound("No team has a rotation yet, so there is nothing to cover.")
    if whose:
        teams = [one for one in teams if turns_of(ctx, kept, one, whose, since, until)]
        if not teams:
            raise Conflict(f"{not_then(ctx, kept, whose)} then.{_next_turn(ctx, kept, whose)}")
    own = [one for one in teams if turns_of(ctx, kept, one, ctx.user.id, since, until)]
    theirs = [one for one in teams if to and one.last and to in one.last.people]
    for found in (teams, own, theirs):  # "eve covers for me", of somebody who may arrange any team's
        if len(found) == 1:
            return found[0]
    names = [one.name for one in teams]
    raise BadInput(f"For which team: {' or '.join(names)}? Add it, e.g. `team={names[0]}`.")


def not_then(ctx: Ctx, kept: Kept, whose: str) -> str:
    """Begin the sentence that somebody is not on call."""
    return "You are not on call" if whose == ctx.user.id else f"{kept.name(whose)} is not on call"


def _next_turn(ctx: Ctx, kept: Kept, whose: str) -> str:
    """Say when somebody's next turn is; empty for none."""
    coming = [
        (turn.since, team.name)
        for team in kept.standing
        for turn in turns_of(ctx, kept, team, whose, ctx.now, ctx.now + AHEAD)
        if turn.since > ctx.now
    ]
    if not coming:
        return ""
    since, team = min(coming)
    return f" The next turn is for {team}, from {weekday(ctx, since)}."


def turns_of(ctx: Ctx, kept: Kept, team: Team, who: str, since: datetime, until: datetime) -> list[Turn]:
    """Return the turns of one person in a stretch."""
    return [one for one in team.turns(kept.plan(ctx), since, until) if one.person == who]


def check_may(ctx: Ctx, kept: Kept, cover: Cover) -> None:
    """Raise NotAllowed unless they may arrange anybody's turns, or it is about their own alone."""
    if ctx.user.may(WRITE):
        return
    if all(one.instead == ctx.user.id for one in cover.pieces):
        return
    names = sorted({kept.name(one.instead) for one in cover.pieces if one.instead != ctx.user.id})
    raise NotAllowed(
        f"You may give away your own turns, and this is a turn of {' and '.join(names)}. They can give it "
        f"away themselves; arranging others' takes `{WRITE}`."
    )


async def shown(ctx: Ctx, kept: Kept, cover: Cover, text: str) -> Preview:
    """Say who is on call instead of whom."""
    team, plan = kept.teams[cover.team], kept.plan(ctx)
    after = replace(plan, covers=(*plan.covers, replace(cover, number=10**9)))
    changes = []
    for piece in cover.pieces:
        for turn in team.turns(after, piece.since, piece.until):
            since, until = max(turn.since, piece.since), min(turn.until, piece.until)
            old = team.turns(plan, since, since + MOMENT)[0].person
            if old != turn.person:
                begin = "Now" if since <= ctx.now else weekday(ctx, since)  # the minute must not change it
                what = f"{begin} to {weekday(ctx, until)}"
                changes.append(Change(what=what, before=kept.name(old), after=kept.name(turn.person)))
    if not changes and confirms(ctx, team, plan, cover):
        text = f"{text} They put themselves there; with your word for it their yes counts."
    elif not changes:
        raise Conflict("They are on call then already, so that changes nothing.")
    used = await ctx.port(Staff).find_policies(cover.team)
    return Preview(
        text=text,
        changes=tuple(changes),
        hits=0,
        warnings=tuple(f"An approval policy goes by this roster: {one}" for one in used),
    )


def confirms(ctx: Ctx, team: Team, plan: Plan, cover: Cover) -> bool:
    """Say whether somebody who put themselves on call would be there by another person's word too."""
    for piece in cover.pieces:
        known = made(team, plan, max(piece.since, ctx.now))
        if ctx.user.id != piece.person and known and all(one.by == piece.person for one in known):
            return True
    return False


async def tell(ctx: Ctx, kept: Kept, cover: Cover) -> None:
    """Tell everybody whose turns change hands, but who arranged it: nobody learns of it by chance."""
    others = replace(kept.plan(ctx), covers=tuple(one for one in kept.covers if one.id != cover.id))
    turns = [
        turn
        for piece in cover.pieces
        for turn in kept.teams[cover.team].turns(others, piece.since, piece.until)
        if piece.instead in ("", turn.person)
    ]
    told = Reply(f"Who is on call changes: {cover_words(ctx, kept, cover)}")
    for person in sorted({*cover.people, *(turn.person for turn in turns)} - {"", ctx.user.id}):
        await ctx.nudge(Nudge(key=f"cover:{cover.number}:", to=person, permission=READ, reply=told))


async def do_arrange(ctx: Ctx, kept: Kept, cover: Cover) -> Reply:
    """Keep a new cover and say so; one that this very call kept before it was interrupted is only told."""
    known = next((one for one in kept.covers if one.id == cover.id), None)
    if known is None:
        await ctx.effect.check()
        known = cover if cover.number else replace(cover, number=await ctx.store.next("cover"))
        await do_keep_cover(ctx, kept, known)
    await tell(ctx, kept, known)
    return Reply(
        cover_words(ctx, kept, known),
        data=known,
        evidence=source(ctx),
        undo=ActionCall(action_id="oncall_end_cover", args={"number": known.number}),
        undo_within=UNDO,
    )
