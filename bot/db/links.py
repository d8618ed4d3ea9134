"""Which platform user stands behind a chat account, and the one-time codes that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.users import Person


@dataclass(frozen=True, kw_only=True)
class Link:
    """One chat account of one person; `how` is email, code or grant."""

    surface: str
    external_id: str
    user_id: str
    how: str
    linked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is known of a chat account: whether the surface cut it off, and whose it is, if anybody's."""

    cut: bool
    person: Person | None


ACCOUNT = text(
    "select exists (select from account_cuts c where c.surface = one.surface"
    " and c.external_id = one.external_id and c.cut) as cut,"
    " u.id, u.name, u.email, u.active"
    " from (select cast(:surface as text) as surface, cast(:external as text) as external_id) one"
    " left join links l on l.surface = one.surface and l.external_id = one.external_id"
    " left join users u on u.tenant_id = l.tenant_id and u.id = l.user_id"
)


async def get_account(session: AsyncSession, surface: str, external_id: str) -> Account:
    """Return what is known of a chat account, in one statement: every message of a chat asks."""
    done = await session.execute(
        ACCOUNT,
        {"surface": surface, "external": external_id},
    )
    row = done.one()
    return Account(cut=row.cut, person=Person.of(row) if row.id else None)


async def find_links(session: AsyncSession, user_id: str | None = None) -> list[Link]:
    """Return the chat accounts of one person, or of everybody."""
    rows = await session.execute(
        text(
            "select surface, external_id, user_id, how, linked_at from links "
            "where cast(:user as text) is null or user_id::text = :user "
            "order by surface, external_id limit 1000"
        ),
        {"user": user_id},
    )
    return [
        Link(
            surface=row.surface,
            external_id=row.external_id,
            user_id=str(row.user_id),
            how=row.how,
            linked_at=row.linked_at,
        )
        for row in rows
    ]


async def do_link(
    session: AsyncSession, *, surface: str, external_id: str, user_id: str, how: str, by: str
) -> None:
    """Link the account; what it was linked to before no longer counts."""
    await session.execute(
        text(
            "insert into links (surface, external_id, user_id, how, linked_by) "
            "values (:surface, :external, cast(:user as uuid), :how, :by) "
            "on conflict (tenant_id, surface, external_id) do update set user_id = excluded.user_id, "
            "how = excluded.how, linked_by = excluded.linked_by, linked_at = now()"
        ),
        {"surface": surface, "external": external_id, "user": user_id, "how": how, "by": by},
    )


async def do_unlink(session: AsyncSession, surface: str, external_id: str) -> bool:
    """Forget the account; False when it was not linked."""
    done = await session.execute(
        text("delete from links where surface = :surface and external_id = :external returning user_id"),
        {"surface": surface, "external": external_id},
    )
    return done.one_or_none() is not None


async def do_cut(session: AsyncSession, surface: str, external_id: str, *, cut: bool, at: datetime) -> bool:
    """Cut an account off, or let it in again; False when that changes nothing, or is older than what we know.

    Of accounts that were never cut nothing is kept.
    """
    done = await session.execute(
        text(
            "with old as materialized ("
            "select cut from account_cuts where surface = :surface and external_id = :external) "
            "insert into account_cuts as known (surface, external_id, cut, at) "
            "select :surface, :external, :cut, :at where :cut or exists (select from old) "
            "on conflict (tenant_id, surface, external_id) do update "
            "set cut = excluded.cut, at = excluded.at where excluded.at >= known.at "
            "returning known.cut is distinct from (select cut from old) as changed"
        ),
        {"surface": surface, "external": external_id, "cut": cut, "at": at},
    )
    row = done.one_or_none()
    return bool(row and row.changed)


async def do_issue_code(
    session: AsyncSession, *, user_id: str, code_hash: bytes, by: str, now: datetime, until: datetime
) -> None:
    """Keep the hash of a new code; the person's older codes no longer work."""
    await session.execute(
        text("delete from link_codes where user_id = cast(:user as uuid) or expires_at < :now"),
        {"user": user_id, "now": now},
    )
    await session.execute(
        text(
            "insert into link_codes (hash, user_id, issued_by, issued_at, expires_at) "
            "values (:hash, cast(:user as uuid), :by, :now, :until)"
        ),
        {"hash": code_hash, "user": user_id, "by": by, "now": now, "until": until},
    )


async def take_code(session: AsyncSession, code_hash: bytes, now: datetime) -> str | None:
    """Use up a code and return whose it is; None when it is wrong, used or too old."""
    done = await session.execute(
        text(
            "update link_codes set used_at = :now "
            "where hash = :hash and used_at is null and expires_at > :now returning user_id"
        ),
        {"hash": code_hash, "now": now},
    )
    row = done.one_or_none()
    return str(row.user_id) if row else None


async def do_count_attempt(
    session: AsyncSession, surface: str, external_id: str, now: datetime, since: datetime
) -> tuple[int, int]:
    """Note an attempt; return how many this account and this tenant made since then, this one included.

    Attempts of one tenant are counted one after the other, so that many at once are not one.
    """
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('link:' || current_setting('app.tenant_id'), 0))")
    )
    await session.execute(text("delete from link_attempts where at < :since"), {"since": since})
    await session.execute(
        text("insert into link_attempts (surface, external_id, at) values (:surface, :external, :now)"),
        {"surface": surface, "external": external_id, "now": now},
    )
    done = await session.execute(
        text(
            "select count(*) filter (where surface = :surface and external_id = :external) as mine, "
            "count(*) as everyone from link_attempts"
        ),
        {"surface": surface, "external": external_id},
    )
    row = done.one()
    return row.mine, row.everyone


async def do_clear_attempts(session: AsyncSession, surface: str, external_id: str) -> None:
    """Forget an account's attempts: it gave the right code."""
    await session.execute(
        text("delete from link_attempts where surface = :surface and external_id = :external"),
        {"surface": surface, "external": external_id},
    )
