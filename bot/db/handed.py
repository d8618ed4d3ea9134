"""Files that people handed in, until it is settled what becomes of them; a day or two, then they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.handed import Handed
from bot.db.ids import uuid_of


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many files of a person are kept, and how many bytes."""

    files: int
    size: int


async def do_keep(
    session: AsyncSession, user_id: str, file: Handed, content: bytes, now: datetime, until: datetime
) -> None:
    """Keep a file; the same one under the same id is kept once."""
    await session.execute(
        text(
            """insert into given_files (id, user_id, name, media_type, size, sha256, cleaned, content,
                   at, until)
               values (cast(:id as uuid), cast(:user as uuid), :name, :media_type, :size, :sha256, :cleaned,
                   :content, :now, :until)
               on conflict (tenant_id, id) do nothing"""
        ),
        {
            "id": file.id,
            "user": user_id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "cleaned": file.cleaned,
            "content": content,
            "now": now,
            "until": until,
        },
    )


async def find_kept(session: AsyncSession, user_id: str, ids: Sequence[str]) -> dict[str, Handed]:
    """Return those of these files that this person handed in and that are kept still, by id."""
    rows = await session.execute(
        text(
            """select id::text, name, media_type, size, sha256, cleaned from given_files
               where user_id = cast(:user as uuid) and id = any(cast(:ids as uuid[]))"""
        ),
        {"user": uuid_of(user_id), "ids": [known for one in ids if (known := uuid_of(one))]},
    )
    return {row.id: Handed(**row._asdict()) for row in rows}


async def get_content(session: AsyncSession, user_id: str, file_id: str) -> bytes | None:
    """Return what is in a file that this person handed in; None when it is not kept."""
    rows = await session.execute(
        text(
            "select content from given_files where user_id = cast(:user as uuid) and id = cast(:id as uuid)"
        ),
        {"user": uuid_of(user_id), "id": uuid_of(file_id)},
    )
    found = rows.scalar_one_or_none()
    return None if found is None else bytes(found)


async def get_kept(session: AsyncSession, user_id: str) -> Kept:
    """Return how much is kept for this person; who asks holds it still until the transaction ends."""
    await session.execute(
        text(
            "select pg_advisory_xact_lock(hashtextextended("
            "current_setting('app.tenant_id') || 'given_files' || :user, 0))"
        ),
        {"user": user_id},
    )
    rows = await session.execute(
        text(
            "select count(*) as files, coalesce(sum(size), 0) as size from given_files"
            " where user_id = cast(:user as uuid)"
        ),
        {"user": uuid_of(user_id)},
    )
    row = rows.one()
    return Kept(files=int(row.files), size=int(row.size))


async def do_forget(session: AsyncSession, now: datetime) -> int:
    """Delete what was kept long enough, but for what a call needs that has not ended; return how many."""
    gone = await session.execute(
        text(
            """delete from given_files f where f.until < :now and not exists (
                   select from calls c where c.state in ('asked', 'approved', 'running')
                   and strpos(c.args::text, f.id::text) > 0)
               returning 1"""
        ),
        {"now": now},
    )
    return len(gone.all())


async def do_erase(session: AsyncSession, thing: str) -> int:
    """Delete what was handed in for ended calls about a thing; return how many files went."""
    gone = await session.execute(
        text(
            """delete from given_files f where exists (
                   select from calls c where c.things && array[:thing]
                   and c.state not in ('asked', 'approved', 'running')
                   and strpos(c.args::text, f.id::text) > 0)
               returning 1"""
        ),
        {"thing": thing},
    )
    return len(gone.all())
