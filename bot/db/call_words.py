"""What calls keep of what people wrote, and how it is erased; that they were made, by whom, when, stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ERASED = "(erased)"


async def do_erase_words(session: AsyncSession, thing: str, limit: int) -> list[str]:
    """Erase arguments, previews, answers and reasons of ended calls about a thing; return their ids.

    What was erased can be taken back no more: how to do that is a part of it. So is the hash of what was
    given, from which one of few possible numbers could be told.
    """
    rows = await session.execute(
        text("""
            select id::text from calls
            where things && array[:thing] and state not in ('asked', 'approved', 'running')
                and (args <> '{}' or sealed is not null or preview <> '{}' or undo is not null
                    or reason not in ('', :erased) or reply ->> 'text' <> :erased)
            order by asked_at limit :n
        """),
        {"thing": thing, "n": limit, "erased": ERASED},
    )  # fmt: skip - as it reads in SQL
    ids = [str(row.id) for row in rows]
    await do_erase_these(session, ids)
    return ids


async def do_erase_these(session: AsyncSession, ids: Sequence[str]) -> None:
    """Erase arguments, previews, answers and reasons of these ended calls."""
    binds = {"calls": list(ids), "erased": ERASED}
    await session.execute(
        text("""
            update calls set args = '{}', sealed = null, given = '', preview = '{}', undo = null,
                undo_until = null,
                reason = case when reason = '' then '' else :erased end,
                reply = case when reply is null then null
                    else jsonb_strip_nulls(jsonb_build_object('text', :erased, 'error', reply -> 'error')) end
            where id = any (cast(:calls as uuid[])) and state not in ('asked', 'approved', 'running')
        """),
        binds,
    )  # fmt: skip - as it reads in SQL
    await session.execute(
        text(
            "update decisions set reason = :erased"
            " where call_id = any (cast(:calls as uuid[])) and reason <> ''"
        ),
        binds,
    )


async def get_open_count(session: AsyncSession, thing: str) -> int:
    """Return how many calls about a thing have not ended yet: what they say is still needed."""
    rows = await session.execute(
        text(
            "select count(*) from calls where things && array[:thing]"
            " and state in ('asked', 'approved', 'running')"
        ),
        {"thing": thing},
    )
    return int(rows.scalar_one())
