"""Since when something has been so: longer than a time, or since a moment, as a list is narrowed to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import BadInput, moment, span
from plugins.network.entities import Ctx
from plugins.network.port import Begun


def begun_of(ctx: Ctx, older_than: timedelta | None, since: datetime | None) -> Begun:
    """Return when a state has to have begun; BadInput for what is still to come."""
    if older_than is not None and older_than <= timedelta():
        raise BadInput("Say for how long it has been so, for example “more than 2 days”.")
    if since is not None and since > ctx.now:
        raise BadInput("That is still to come. Name a time that is past.")
    return Begun(after=since, before=ctx.now - older_than if older_than else None)


def said_of_begun(ctx: Ctx, begun: Begun) -> str:
    """Return ` for more than 2 d` or ` since yesterday 08:00`; empty where nothing was said of it."""
    longer = f" for more than {span(ctx.now - begun.before)}" if begun.before else ""
    return longer + (f" since {moment(begun.after, ctx.now, ctx.tenant.zone)}" if begun.after else "")
