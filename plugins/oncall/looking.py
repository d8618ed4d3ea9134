"""Who is on call: now, at a time, next; when I am; what the coming turns of a team are."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from bot.api import FOREVER, BadInput, Button, Column, Field, Reply, Table, Tone, action, moment, plural
from plugins.oncall.kept import Ctx, Kept, get_team, read
from plugins.oncall.nouns import READ, ColleagueRef, TeamRef, left, source
from plugins.oncall.rotation import Turn
from plugins.oncall.saying import cover_words, pieces_words, rotation_words, weekday
from plugins.oncall.team import AHEAD, Plan, Team

FEW = 10
MOMENT = timedelta(seconds=1)
Days = Annotated[int, Field(ge=1, le=366)]
NONE = "No team has a rotation yet."


def at_work(ctx: Ctx, kept: Kept, team: Team, at: datetime) -> tuple[Turn, Turn | None]:
    """Return whose turn it is at a moment, and the next turn of somebody else."""
    turns = team.turns(kept.plan(ctx), at, at + AHEAD)
    return turns[0], next((one for one in turns[1:] if one.person), None)


def stood_in(ctx: Ctx, kept: Kept, team: Team, at: datetime) -> str:
    """Return who would be on call without the covers; empty when that is the same person, or nobody."""
    plain = Plan(zone=ctx.tenant.zone, gone=kept.gone)
    whose = team.turns(plain, at, at + MOMENT)[0].person
    return whose if whose != at_work(ctx, kept, team, at)[0].person else ""


def passed_over(kept: Kept, team: Team, at: datetime) -> str:
    """Say who of a team is passed over."""
    rotation = team.rotation(at)
    return left(kept, rotation.people) if rotation else ""


@action(
    permission=READ,
    reads_only=True,
    examples=[
        "who is on call",
        "who's on call",
        "who is on call for {team}",
        "who is on call for {team} {at}",
        "who is on call {at}",
        "who is on call for the {team} tonight",
        "on call now",
        "oncall",
        "on call",
        "whos oncall",
        "whos oncall for {team}",
        "who is on call for the {team}",
        "who has the pager",
        "who is on duty",
        "who is on duty for {team}",
        "who do I page for {team}",
        "who is next on call for {team}",
        "whos oncal",
    ],
)
async def who(
    ctx: Ctx, team: TeamRef | None = None, at: datetime | None = None, until: datetime | None = None
) -> Reply:
    """Say who is on call, now or at a time, and who is next.

    On a day without an hour it is everybody of that day, or up to another time.
    """
    kept, (when, end) = await read(ctx), _span(ctx, at or ctx.now)
    if until is not None and until > when + AHEAD:
        raise BadInput(f"That is longer than {AHEAD.days} days, the most I list. Say a nearer end.")
    if until is not None and when < until:
        end = max(end, until)
    teams = [get_team(kept, team.name)] if team else kept.standing
    if not teams:
        return Reply(f"{NONE} Nobody is on call.", evidence=source(ctx), tone=Tone.WARN)
    if end - when > MOMENT:
        lines = [_of_day(ctx, kept, one, when, end) for one in teams]
    else:
        lines = [_said(ctx, kept, one, when, named=at is not None) for one in teams]
    gaps = [t for one in teams for t in one.turns(kept.plan(ctx), when, end) if not t.person]
    notes = [note for one in teams if (note := passed_over(kept, one, when))]
    return Reply(
        "\n".join([*_listed(lines), *(f"⚠ {note}" for note in dict.fromkeys(notes))]),
        data=tuple((one.name, at_work(ctx, kept, one, when)[0]) for one in teams),
        buttons=(Button("Coming turns", "oncall_turns", {"team": teams[0].name}),) if len(teams) == 1 else (),
        evidence=source(ctx),
        tone=Tone.WARN if gaps or notes else Tone.PLAIN,
    )


def _span(ctx: Ctx, at: datetime) -> tuple[datetime, datetime]:
    """Return a moment, or of midnight, which is how a day without an hour reads, the rest of that day."""
    local = ctx.local(at)
    if local.time() != time():
        return at, at + MOMENT
    end = datetime.combine(local.date() + timedelta(days=1), time(), ctx.tenant.zone)
    return (max(at, ctx.now) if end > ctx.now else at), end


def _listed(lines: list[str]) -> list[str]:
    return [f"- {line}" for line in lines] if len(lines) > 1 else lines


def _said(ctx: Ctx, kept: Kept, team: Team, at: datetime, *, named: bool) -> str:
    turn, after = at_work(ctx, kept, team, at)
    zone, now = ctx.tenant.zone, ctx.now
    when = f" on {weekday(ctx, at)}" if named else ""
    then = f", then {kept.name(after.person)}" if after else ""
    if not turn.person:
        until = f" until {weekday(ctx, turn.until)}{then}" if after else ""
        return f"**Nobody** is on call for {team.name}{when}{until}."
    instead = stood_in(ctx, kept, team, at)
    cover = f", in place of {kept.name(instead)}" if instead else ""
    if after is None:
        return (
            f"**{kept.name(turn.person)}** is on call for {team.name}{when}{cover}; nobody else takes turns."
        )
    soon = turn.until - now < timedelta(days=1)
    until = moment(turn.until, now, zone) if soon else weekday(ctx, turn.until)
    return f"**{kept.name(turn.person)}** is on call for {team.name}{when}{cover}, until {until}{then}."


def _of_day(ctx: Ctx, kept: Kept, team: Team, since: datetime, end: datetime) -> str:
    """Say who is on call on a day, one after the other, and until when the last of them."""
    parts, first, last = [], ctx.local(since), ctx.local(end - MOMENT)
    one_day = first.date() == last.date()
    for turn in team.duties(kept.plan(ctx), since, end):
        until = f"{ctx.local(turn.until):%H:%M}" if one_day and turn.until < end else weekday(ctx, turn.until)
        parts.append(f"**{kept.name(turn.person)}**{'' if turn.until == FOREVER else f' until {until}'}")
    when = f"on {_day(first)}" if one_day else f"from {_day(first)} to {_day(last)}"
    return f"On call for {team.name} {when}: {', then '.join(parts)}."


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


@action(
    permission=READ,
    reads_only=True,
    examples=[
        "when am I on call",
        "when am I on call next",
        "my shifts",
        "my next on-call shift",
        "am I on call",
        "am I on call this week",
        "my on-call turns",
        "am I on call this weekend",
        "am I on call tonight",
        "is {person} on call",
        "when is {person} on call",
        "when is {person} on call next",
        "am I on call {at}",
        "is {person} on call {at}",
    ],
)
async def mine(ctx: Ctx, person: ColleagueRef | None = None, at: datetime | None = None) -> Reply:
    """Say when you, or a colleague, are on call: now, next, at a time, and the turns of the coming weeks."""
    kept = await read(ctx)
    whose = person.id if person else ctx.user.id
    who, are = (person.name, "is") if person and whose != ctx.user.id else ("You", "are")
    turns = sorted(
        (
            (turn, team.name)
            for team in kept.standing
            for turn in team.duties(kept.plan(ctx), ctx.now, ctx.now + AHEAD)
            if turn.person == whose
        ),
        key=lambda one: one[0].since,
    )
    then = _then(ctx, kept, whose, at)
    if not turns:
        text = f"{then}{who} {are} not on call in the next {AHEAD.days} days."
        return Reply(text, evidence=source(ctx))
    first, team = turns[0]
    text = f"{who} {are} next on call for {team} from {weekday(ctx, first.since)} {_until(ctx, first)}."
    if first.since <= ctx.now:
        text = f"{who} {are} on call for {team} now, {_until(ctx, first)}."
    rows = [
        (name, weekday(ctx, one.since), _until(ctx, one).removeprefix("until ")) for one, name in turns[:FEW]
    ]
    return Reply(
        f"{then}{text}",
        data=tuple(turns),
        table=Table(columns=(Column("Team"), Column("From"), Column("Until")), rows=rows)
        if len(rows) > 1
        else None,
        evidence=source(ctx),
    )


def _until(ctx: Ctx, turn: Turn) -> str:
    return "with nobody after" if turn.until == FOREVER else f"until {weekday(ctx, turn.until)}"


def _then(ctx: Ctx, kept: Kept, whose: str, at: datetime | None) -> str:
    """Say whether somebody is on call at a time, or on a day; empty for a time that is over."""
    if at is None:
        return ""
    since, end = _span(ctx, at)
    if end <= ctx.now:
        return ""
    duties = (duty for team in kept.standing for duty in team.duties(kept.plan(ctx), since, end))
    there = any(duty.person == whose for duty in duties)
    local = ctx.local(since)
    when = weekday(ctx, at) if end - since <= MOMENT else f"{local:%a} {local.day} {local:%b}"
    return f"**{'Yes' if there else 'Not'}** on {when}. "


@action(
    permission=READ,
    reads_only=True,
    examples=[
        "show the {team} rotation",
        "{team} rotation",
        "on-call schedule of {team}",
        "on-call roster",
        "who is on call next for {team}",
        "on-call plan for {team} for the next {days} days",
        "coming on-call turns of {team}",
        "gaps in the on-call roster",
    ],
)
async def turns(ctx: Ctx, team: TeamRef | None = None, days: Days = 14) -> Reply:
    """Show an on-call rotation: its coming turns, who stands in for whom, and where nobody is on call."""
    kept = await read(ctx)
    teams = [get_team(kept, team.name)] if team else kept.standing
    if not teams:
        return Reply(f"{NONE} Make one: `oncall set_rotation`.", evidence=source(ctx), tone=Tone.WARN)
    until = ctx.now + timedelta(days=days)
    coming = [(one.name, turn) for one in teams for turn in one.turns(kept.plan(ctx), ctx.now, until)]
    rows = [(name, weekday(ctx, t.since), weekday(ctx, t.until), kept.name(t.person)) for name, t in coming]
    gaps = sum(not turn.person for _, turn in coming)
    lines = _listed([rotation_words(ctx, kept, one) for one in teams])
    lines += [f"⚠ {note}" for one in teams if (note := passed_over(kept, one, ctx.now))]
    if gaps:
        lines.append(
            f"⚠ {plural(gaps, 'stretch', 'stretches')} with nobody on call in the next {plural(days, 'day')}."
        )
    names = {one.name for one in teams}
    covers = [one for one in kept.covers if one.team in names and one.until > ctx.now]
    lines += [f"- {cover_words(ctx, kept, one)}" for one in sorted(covers, key=lambda c: c.since)]
    lines += [
        f"- Swap {one.number} ({one.team}), waits for the yes of {kept.name(one.pieces[0].person)}: "
        f"{pieces_words(ctx, kept, one)}."
        for one in kept.offered
        if one.team in names
    ]
    columns = (Column("Team"), Column("From"), Column("Until"), Column("On call"))
    return Reply(
        "\n".join(lines),
        data=tuple(coming),
        table=Table(columns=columns, rows=rows),
        evidence=source(ctx),
        tone=Tone.WARN if gaps else Tone.PLAIN,
    )
