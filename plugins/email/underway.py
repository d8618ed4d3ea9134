"""Which mailing is meant where none is named: the one that has not all left."""

from __future__ import annotations

from typing import Any

from bot.api import Ambiguous, Choice, Context, NotFound, plural
from plugins.email.port import WAITING, Mail, Mailing

Ctx = Context[Any]
LATEST, SHOWN = 50, 8
"""Mailings that are looked through for the one under way, and those that are offered."""


async def under_way(ctx: Ctx, mailing: Mailing | None, call: str) -> Mailing:
    """Return the mailing that is named, else the only one that has not all left, the asker's own first.

    Ambiguous where several are under way, NotFound where none is.
    """
    if mailing is not None:
        return mailing
    found = await ctx.port(Mail).mailings(ctx.scope, LATEST)
    left = [one for one in found if one.cancelled_at is None and one.count(*WAITING)]
    left = [one for one in left if one.by == ctx.user.name] or left
    if not left:
        raise NotFound(
            "No mailing is under way here. One that still waits for a yes is in `waiting`; "
            "`list the mailings` shows the last ones."
        )
    if len(left) > 1:
        choices = [
            Choice(f"{one.number} “{one.subject}” by {one.by}", f"{call} {one.number}") for one in left
        ]
        raise Ambiguous(f"{plural(len(left), 'mailing')} are under way. Which one?", choices[:SHOWN])
    return left[0]
