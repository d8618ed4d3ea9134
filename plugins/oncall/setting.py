"""Rotations: made, changed, taken away; somebody joins or leaves. Each with a way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Conflict,
    Preview,
    Reply,
    Staff,
    action,
)
from plugins.oncall.kept import Ctx, Kept, do_keep_team, get_team, read
from plugins.oncall.nouns import (
    WRITE,
    People,
    TeamName,
    TeamRef,
    left,
    named,
    source,
    team_name,
)
from plugins.oncall.rotation import Rotation
from plugins.oncall.saying import long, rotation_words, weekday
from plugins.oncall.team import Era, Team

UNDO = timedelta(hours=1)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
LONGEST, FAR = 8 * WEEK, timedelta(days=366)
SHOWN = 3


def begun(ctx: Ctx, length: timedelta, start: datetime | None) -> datetime:
    """Return the wall-clock time the first turn begins at: the last handover, unless one is given."""
    if start is not None:
        if abs(start - ctx.now) > FAR:
            raise BadInput("A rotation starts within a year from now.")
        wall = ctx.local(start).replace(tzinfo=None, second=0, microsecond=0)
        named = wall.time() != time()  # a day without an hour begins when turns do
        return wall if named else datetime.combine(wall.date(), time.fromisoformat(ctx.settings.handover))
    today, at = ctx.local(ctx.now), time.fromisoformat(ctx.settings.handover)
    last = datetime.combine(today.date(), at)
    last -= timedelta(days=today.weekday() if length % WEEK == timedelta() else 0)
    if last > today.replace(tzinfo=None):
        last -= WEEK if length % WEEK == timedelta() else timedelta(days=1)
    return last + (today.replace(tzinfo=None, fold=0) - last) // length * length


def check_length(length: timedelta) -> None:
    """Raise BadInput unless a turn is whole hours, at most eight weeks."""
    if not HOUR <= length <= LONGEST or length % HOUR:
        raise BadInput("A turn lasts whole hours, from 1 hour to 8 weeks: 12 hours, 1 day, 1 week.")


async def wished(
    ctx: Ctx, kept: Kept, team: str, people: list[str], length: timedelta, start: datetime | None
) -> Team:
    """Return the team with the rotation that is asked for, from its start on or from now."""
    check_length(length)
    members = await named(ctx, people)
    order = tuple(one.id for one in members)
    rotation = Rotation(people=order, length=length, start=begun(ctx, length, start))
    kept.people.update({one.id: one for one in members})
    there = kept.teams.get(team, Team(name=team))
    if start is None:
        return _from_the_handover(ctx, there, rotation)
    return changed(ctx, there, rotation, max(ctx.now, rotation.edge(0, ctx.tenant.zone)))


def _from_the_handover(ctx: Ctx, team: Team, rotation: Rotation) -> Team:
    """Return the team with a rotation whose first person has a whole turn, and nobody a few minutes of one.

    Whoever is on call stays until the coming handover. Where nobody is, the first one is from now on too.
    """
    coming = replace(rotation, start=rotation.start + rotation.length)
    since = coming.edge(0, ctx.tenant.zone)
    if team.rotation(ctx.now) is not None:
        return changed(ctx, team, coming, since)
    if since - ctx.now > rotation.length / 2:
        return changed(ctx, team, rotation, ctx.now)
    alone = replace(rotation, people=rotation.people[:1])
    return changed(ctx, changed(ctx, team, alone, ctx.now), coming, since)


def changed(ctx: Ctx, team: Team, rotation: Rotation | None, since: datetime) -> Team:
    """Return the team with another rotation from a moment on."""
    era = Era(
        since=since,
        rotation=rotation,
        by=ctx.user.name,
        by_id=ctx.user.id,
        made_at=ctx.now,
        key=ctx.effect.key,
    )
    return team.then(era)


def done_before(ctx: Ctx, kept: Kept, team: str) -> Team | None:
    """Return the team if this very call has changed it already: it was taken up again after a crash."""
    there = kept.teams.get(team)
    return there if there and there.eras and ctx.effect.key and there.eras[-1].key == ctx.effect.key else None


async def shown(ctx: Ctx, kept: Kept, old: Team | None, new: Team, text: str) -> Preview:
    """Say who is on call before and after, whose turns come, and what goes by the roster."""
    plan, stays = kept.plan(ctx), old.eras if old else ()
    since = max(ctx.now, min(one.since for one in new.eras if one not in stays))
    before = old.turns(plan, since, since + HOUR)[0].person if old else ""
    turns = new.turns(plan, since, since + 4 * LONGEST)[: SHOWN + 1]
    at = "On call now" if since == ctx.now else f"On call from {weekday(ctx, since)}"
    was = kept.name(before) if before != turns[0].person else ""
    changes = [Change(what=at, before=was, after=kept.name(turns[0].person))]
    changes += [
        Change(what=f"From {weekday(ctx, one.since)}", after=kept.name(one.person))
        for one in turns[1:]
        if one.person
    ]
    rotation = new.last
    return Preview(text=text, changes=tuple(changes), hits=0, warnings=await _minds(ctx, kept, new, rotation))


async def _minds(ctx: Ctx, kept: Kept, new: Team, rotation: Rotation | None) -> tuple[str, ...]:
    found = [
        f"An approval policy goes by this roster: {one}"
        for one in await ctx.port(Staff).find_policies(new.name)
    ]
    if rotation is not None and (gone := left(kept, rotation.people)):
        found.append(gone)
    first = new.eras[-1].since
    if len(new.eras) == 1 and first > ctx.now:
        found.append(f"Until {weekday(ctx, first)} nobody is on call for {new.name}.")
    return tuple(found)


def back(ctx: Ctx, kept: Kept, team: Team | None) -> ActionCall | None:
    """Return what brings a team's present rotation back."""
    rotation = team.rotation(ctx.now) if team else None
    if team is None:
        return None
    if rotation is None:
        return ActionCall(action_id="oncall_remove_rotation", args={"team": team.name})
    number = max(0, rotation.number(ctx.now, ctx.tenant.zone))  # a start long ago is refused
    first = number % len(rotation.people)
    order = (*rotation.people[first:], *rotation.people[:first])
    people = [kept.people[one].key for one in order if one not in kept.gone]
    if not people:
        return None
    start = rotation.edge(number, ctx.tenant.zone)
    args: dict[str, Any] = {"team": team.name, "people": people, "length": rotation.length, "start": start}
    return ActionCall(action_id="oncall_set_rotation", args=args)


async def do_change(ctx: Ctx, kept: Kept, new: Team, text: str) -> Reply:
    """Keep a team as changed, and say so."""
    old = kept.teams.get(new.name)
    if (there := done_before(ctx, kept, new.name)) is None:
        await ctx.effect.check()
        await do_keep_team(ctx, kept, new)
        there = new
    return Reply(
        f"{text} {rotation_words(ctx, kept, there)}" if there.last else text,
        data=there,
        evidence=source(ctx),
        undo=back(ctx, kept, old or Team(name=new.name)),
        undo_within=UNDO,
    )


async def preview_set(
    ctx: Ctx, team: TeamName, people: People, length: timedelta = WEEK, start: datetime | None = None
) -> Preview:
    """Say who would take turns, and who would be on call."""
    kept, name = await read(ctx), team_name(team)
    new = await wished(ctx, kept, name, people, length, start)
    verb = "Change" if name in {one.name for one in kept.standing} else "Start"
    text = f"{verb} the rotation of {name}: {long(length)} each."
    return await shown(ctx, kept, kept.teams.get(name), new, text)


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_set,
    examples=[
        "set the rotation of {team}: {people}",
        "{people} take turns on call for {team}",
        "set the {team} rotation to {people} from {start}",
        "on-call rotation for {team}: {people}",
        "rotate {team} between {people} every {length}",
        "{people} take turns on call for {team} every {length}",
        "set up an on-call rotation for {team}: {people}",
        "make an on-call rotation for {team} with {people}",
    ],
)
async def set_rotation(
    ctx: Ctx, team: TeamName, people: People, length: timedelta = WEEK, start: datetime | None = None
) -> Reply:
    """Set who takes turns being on call for a team, in their order, the first named first.

    Turns last a week unless you say otherwise (`length=12h`, `length=1d`) and hand over at the time of day of
    `start`, on your own clock all year. Without a start whoever is on call stays until the coming handover,
    and then the first one begins; where nobody is on call, it holds at once.
    """
    kept, name = await read(ctx), team_name(team)
    new = await wished(ctx, kept, name, people, length, start)
    return await do_change(ctx, kept, new, f"The rotation of {name} is set.")


async def check_unused(ctx: Ctx, team: str) -> None:
    """Raise Conflict while an approval policy goes by a team's roster."""
    if found := await ctx.port(Staff).find_policies(team):
        raise Conflict(
            f"An approval policy asks for a yes of whoever is on call for {team}: {found[0]} Without the "
            "rotation nobody could say that yes. An admin removes the policy first."
        )


async def preview_remove(ctx: Ctx, team: TeamRef) -> Preview:
    """Say who is on call no more."""
    kept = await read(ctx)
    there = get_team(kept, team.name)
    await check_unused(ctx, team.name)
    people = ", ".join(kept.name(one) for one in there.last.people) if there.last else ""
    change = Change(what=f"Rotation of {team.name}", before=people, after="none")
    return Preview(text=f"Nobody is on call for {team.name} any more.", changes=(change,), hits=0)


@action(
    permission=WRITE,
    approval=Approval.SELF,
    preview=preview_remove,
    examples=[
        "remove the rotation of {team}",
        "delete the {team} rotation",
        "stop the on-call rotation of {team}",
    ],
)
async def remove_rotation(ctx: Ctx, team: TeamRef) -> Reply:
    """Remove a team's rotation, so that nobody is on call for it; not while an approval policy needs it."""
    kept = await read(ctx)
    await check_unused(ctx, team.name)
    return await do_change(
        ctx,
        kept,
        changed(ctx, kept.teams[team.name], None, ctx.now.astimezone(UTC)),
        f"{team.name} has no rotation any more.",
    )
