"""What kept letters and questions of Slack say, and how it is forgotten."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SHOWS = """
    select 1 from slack_outbox own join calls c on c.id = own.card where own.id = coalesce(o.of_letter, o.id)
"""
"""The call a letter shows, or changes the card of."""
BEGINS = r"(?:(?<!\w)|(?<=\\[nrt]))"
"""Where a word begins in the text of JSON, also behind a line's end, which is spelled with a letter there."""
OPEN = "c.state in ('asked', 'approved', 'running')"


async def do_fade(session: AsyncSession, older: timedelta, *, later: timedelta) -> int:
    """Forget what letters said that were sent longer ago; a call's card only `later` than the call's end."""
    keeps = f"{SHOWS} and ({OPEN} or greatest(c.undo_until, c.ended_at) > now() - cast(:later as interval))"
    done = await session.execute(
        text(
            "update slack_outbox o set payload = '{}' where state = 'sent' and payload <> '{}'"  # noqa: S608 - the constants above
            f" and sent_at < now() - cast(:older as interval) and not exists ({keeps}) returning id"
        ),
        {"older": older, "later": later},
    )
    return len(done.all())


async def do_erase_words(session: AsyncSession, thing: str, pattern: str = "") -> int:
    """Forget what is kept about a thing, `kind:key`, but for cards of open calls and what is on its way.

    That is what shows a call about it, or names its key; with a `pattern`, what that finds.
    """
    what = {"thing": thing, "key": pattern or rf"{BEGINS}{re.escape(thing.partition(':')[2])}(?!\w)"}
    faded = await session.execute(
        text(
            "update slack_outbox o set payload = '{}' where state = 'sent' and payload <> '{}'"  # noqa: S608 - the constants above
            f" and (payload::text ~ :key or exists ({SHOWS} and c.things && array[:thing]))"
            f" and not exists ({SHOWS} and {OPEN}) returning id"
        ),
        what,
    )
    done = await session.execute(
        text(
            "update slack_inbox set payload = '{}' where state = 'done' and payload::text ~ :key returning id"
        ),
        {"key": what["key"]},
    )
    count = len(faded.all()) + len(done.all())
    for table in ("slack_outbox", "slack_inbox"):
        gone = await session.execute(
            text(f"delete from {table} where state = 'dead' and payload::text ~ :key returning id"),  # noqa: S608 - constants
            {"key": what["key"]},
        )
        count += len(gone.all())
    return count
