"""Where a person's name stands who left: it is taken out; that somebody did it, and the id, stay."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.call_words import ERASED
from bot.db.ids import uuid_of
from bot.db.letter_words import BEGINS

OVER = "state not in ('asked', 'approved', 'running')"


def named(words: Iterable[str]) -> str:
    """Return the pattern that finds any of these, whole and in any case; there has to be one."""
    return rf"(?i){BEGINS}({'|'.join(map(re.escape, words))})(?!\w)"


async def do_take_name(session: AsyncSession, user_id: str, *, whole: bool) -> None:
    """Take the name from what a person asked for and decided; `whole`: from themselves, too.

    Their accounts and address go with it. While a call of theirs waits, they keep a name to be found by.
    """
    binds = {"user": uuid_of(user_id), "erased": ERASED}
    await session.execute(
        text(f"update calls set asked_name = :erased where asked_by = :user and {OVER}"),  # noqa: S608 - a constant
        binds,
    )
    await session.execute(
        text(
            "update decisions d set name = :erased where user_id = :user and exists ("  # noqa: S608 - a constant
            f" select 1 from calls c where c.id = d.call_id and {OVER})"
        ),
        binds,
    )
    if not whole:
        return
    await session.execute(
        text("update users set name = :erased, email = null where id = cast(:user as uuid)"), binds
    )
    await session.execute(
        text("delete from links where user_id = cast(:user as uuid)"), {"user": binds["user"]}
    )


async def find_calls(session: AsyncSession, pattern: str, limit: int) -> list[str]:
    """Return ended calls whose words name somebody."""
    rows = await session.execute(
        text(
            f"select id::text from calls where {OVER} and concat_ws(' ', args, preview, undo, reason,"  # noqa: S608 - a constant
            " reply ->> 'text', reply) ~ :pattern order by asked_at limit :n"
        ),
        {"pattern": pattern, "n": limit},
    )
    return [row.id for row in rows]


async def get_open_count(session: AsyncSession, user_id: str, pattern: str) -> int:
    """Return how many calls that have not ended are theirs, or name them."""
    rows = await session.execute(
        text(
            f"select count(*) from calls c where not ({OVER}) and (asked_by = :user"  # noqa: S608 - a constant
            " or concat_ws(' ', args, preview, reason) ~ :pattern"
            " or exists (select 1 from decisions d where d.call_id = c.id and d.user_id = :user))"
        ),
        {"user": uuid_of(user_id), "pattern": pattern},
    )
    return int(rows.scalar_one())
