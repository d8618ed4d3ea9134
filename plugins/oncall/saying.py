"""Rotations, covers and swaps in a line each, as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import plural
from plugins.oncall.covers import Cover
from plugins.oncall.kept import Ctx, Kept
from plugins.oncall.rotation import Rotation
from plugins.oncall.team import Team


def weekday(ctx: Ctx, at: datetime) -> str:
    """Return an instant with its day of the week: `Fri 27 Nov 22:00`."""
    local = ctx.local(at)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def rotation_words(ctx: Ctx, kept: Kept, team: Team) -> str:
    """Return a team's rotation in a line: who, how long, when it hands over; and what comes, from when."""
    rotation = team.rotation(ctx.now)
    if rotation is None and team.last is None:
        return f"{team.name} has no rotation."
    now = [f"**{team.name}**: {_turns_words(kept, rotation)}"] if rotation else []
    coming = [
        f"From {weekday(ctx, one.since)}{'' if rotation else f' **{team.name}**'}: "
        + (_turns_words(kept, one.rotation) if one.rotation else "no rotation.")
        for one in team.eras
        if one.since > ctx.now
    ]
    return " ".join([*now, *coming])


def _turns_words(kept: Kept, rotation: Rotation) -> str:
    names = ", ".join(kept.name(one) for one in rotation.people)
    length = long(rotation.length)
    alone = len(rotation.people) == 1
    day = f"{rotation.start:%A} " if rotation.length % timedelta(days=7) == timedelta() else ""
    return f"{names}." if alone else f"{names}; {length} each, handing over {day}{rotation.start:%H:%M}."


def long(length: timedelta) -> str:
    """Return how long a turn is: `1 week`, `2 days`, `12 hours`."""
    hours = int(length.total_seconds()) // 3600
    for size, name in ((168, "week"), (24, "day"), (1, "hour")):
        if hours % size == 0:
            return plural(hours // size, name)
    return plural(hours, "hour")


def cover_words(ctx: Ctx, kept: Kept, cover: Cover) -> str:
    """Return a cover in a line, with the number it is ended by."""
    said = pieces_words(ctx, kept, cover)
    return f"Cover {cover.number} ({cover.team}): {said}. Arranged by {cover.by}."


def pieces_words(ctx: Ctx, kept: Kept, cover: Cover) -> str:
    """Return who is on call for whom, and when."""
    parts = []
    for one in cover.pieces:
        instead = f" for {kept.name(one.instead)}" if one.instead else ""
        parts.append(
            f"{kept.name(one.person)}{instead} {weekday(ctx, one.since)} to {weekday(ctx, one.until)}"
        )
    return "; ".join(parts)
