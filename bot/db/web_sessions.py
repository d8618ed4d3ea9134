"""Who is signed in to the web pages; an idle, old or unlinked session is as good as gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = "s.id, s.user_id, s.account, s.roles, s.agent, s.created_at, s.seen_at, s.expires_at"
LINKED = (
    "exists (select 1 from links l where l.surface = 'web' and l.external_id = s.account"
    " and l.user_id = s.user_id)"
)
ALIVE = f"s.expires_at > :now and s.seen_at > :idle and {LINKED}"

VOUCHED = (
    f"select unnest(s.roles) as role from web_sessions s where s.user_id = cast(:user as uuid) and {ALIVE}"  # noqa: S608 - constants
)
"""The roles the provider's groups give a person while they are signed in."""


@dataclass(frozen=True, kw_only=True)
class WebSession:
    """One browser of one person; `account` is issuer|subject, `roles` what the provider's groups gave."""

    id: str
    user_id: str
    account: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    roles: frozenset[str] = frozenset()
    agent: str = ""

    @classmethod
    def of(cls, row: Row[Any]) -> WebSession:
        """Read a row."""
        values = row._asdict()
        return cls(
            **{
                **values,
                "id": str(row.id),
                "user_id": str(row.user_id),
                "roles": frozenset(row.roles),
            }
        )


async def do_open_session(session: AsyncSession, token_hash: bytes, new: WebSession) -> None:
    """Keep a new session."""
    await session.execute(
        text("""
            insert into web_sessions
                (id, token_hash, user_id, account, roles, agent, created_at, seen_at, expires_at)
            values (cast(:id as uuid), :hash, cast(:user as uuid), :account, :roles, :agent,
                :created, :seen, :expires)
        """),
        {
            "id": new.id,
            "hash": token_hash,
            "user": new.user_id,
            "account": new.account,
            "roles": sorted(new.roles),
            "agent": new.agent,
            "created": new.created_at,
            "seen": new.seen_at,
            "expires": new.expires_at,
        },
    )  # fmt: skip - as it reads in SQL


async def get_session(
    session: AsyncSession, token_hash: bytes, *, now: datetime, idle: datetime
) -> WebSession | None:
    """Return the living session of this token, of an active person; `idle`: last seen before is dead."""
    done = await session.execute(
        text(
            f"select {COLUMNS} from web_sessions s join users u on u.id = s.user_id"  # noqa: S608 - constants
            f" where s.token_hash = :hash and u.active and {ALIVE}"
        ),
        {"hash": token_hash, "now": now, "idle": idle},
    )
    row = done.one_or_none()
    return WebSession.of(row) if row else None


async def find_sessions(
    session: AsyncSession, *, now: datetime, idle: datetime, user_id: str | None = None
) -> list[WebSession]:
    """Return the living sessions of one person, or of everybody, newest first."""
    rows = await session.execute(
        text(
            f"select {COLUMNS} from web_sessions s where {ALIVE}"  # noqa: S608 - constants
            " and (cast(:user as uuid) is null or s.user_id = cast(:user as uuid))"
            " order by s.seen_at desc, s.id limit 1000"
        ),
        {"user": user_id, "now": now, "idle": idle},
    )
    return [WebSession.of(row) for row in rows]


async def do_touch(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Note that a session was used."""
    await session.execute(
        text(
            "update web_sessions set seen_at = greatest(seen_at, cast(:now as timestamptz))"
            " where id = cast(:id as uuid)"
        ),
        {"id": session_id, "now": now},
    )


async def do_end_session(session: AsyncSession, session_id: str, user_id: str) -> bool:
    """End one session of this person; False when there is none."""
    try:
        known = str(UUID(session_id))
    except ValueError:
        return False
    done = await session.execute(
        text(
            "delete from web_sessions where id = cast(:id as uuid) and user_id = cast(:user as uuid)"
            " returning id"
        ),
        {"id": known, "user": user_id},
    )
    return done.first() is not None


async def do_end_sessions(session: AsyncSession, user_id: str | None = None) -> int:
    """End every session of one person, or of everybody; return how many."""
    done = await session.execute(
        text(
            "delete from web_sessions"
            " where cast(:user as uuid) is null or user_id = cast(:user as uuid) returning id"
        ),
        {"user": user_id},
    )
    return len(done.all())


async def do_forget_sessions(session: AsyncSession, *, now: datetime, idle: datetime) -> None:
    """Throw away sessions that live no more."""
    await session.execute(
        text("delete from web_sessions where expires_at <= :now or seen_at <= :idle"),
        {"now": now, "idle": idle},
    )
