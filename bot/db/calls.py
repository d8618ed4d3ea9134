"""Calls: every write anyone asked for, from the question to its end. Leases follow the database's clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = """id, key, action_id, args, sealed, things, rows, asked_by, asked_name, asked_at, via, thread, needs,
    approver_roles, state, preview, version, expires_at, lease_until, fence, runs, ports, effects, reply,
    ended_at, ended_by, reason, undo, undo_until, undo_of"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One row. `args` are canonical; `sealed` holds the secret ones, encrypted."""

    id: str
    key: str
    action_id: str
    args: Mapping[str, Any]
    asked_by: str
    asked_name: str
    asked_at: datetime
    via: str
    needs: int
    state: str
    thread: str = ""
    sealed: str | None = None
    things: tuple[str, ...] = ()
    rows: Sequence[Mapping[str, str | None]] = ()
    approver_roles: tuple[str, ...] = ()
    preview: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    expires_at: datetime | None = None
    remind_at: datetime | None = None
    lease_until: datetime | None = None
    fence: int = 0
    runs: int = 0
    ports: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reply: Mapping[str, Any] | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str = ""
    undo: Mapping[str, Any] | None = None
    undo_until: datetime | None = None
    undo_of: str | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Call:
        """Read a row of `calls`."""
        values = row._asdict()
        values["id"] = str(row.id)
        values["undo_of"] = str(row.undo_of) if row.undo_of else None
        for name in ("things", "approver_roles", "ports", "effects", "rows"):
            values[name] = tuple(values[name])
        return cls(**values)


async def do_ask(session: AsyncSession, call: Call, lease: timedelta | None = None) -> bool:
    """Write a new call; with a lease it is running at once.

    False if its key was used before, or if what it takes back is being taken back already.
    """
    done = await session.execute(
        text("""
            insert into calls (id, key, action_id, args, sealed, things, rows, asked_by, asked_name, asked_at,
                via, thread, needs, approver_roles, state, preview, version, expires_at, remind_at, undo_of,
                fence, runs, lease_until)
            values (cast(:id as uuid), :key, :action_id, cast(:args as jsonb), :sealed, :things,
                cast(:rows as jsonb), :asked_by, :asked_name, :asked_at, :via, :thread, :needs, :approver_roles,
                :state, cast(:preview as jsonb), :version, :expires_at, :remind_at, cast(:undo_of as uuid),
                :fence, :fence, clock_timestamp() + cast(:lease as interval))
            on conflict do nothing returning id
        """),
        {
            "id": call.id, "key": call.key, "action_id": call.action_id, "args": json.dumps(dict(call.args)),
            "sealed": call.sealed, "things": list(call.things), "rows": json.dumps([dict(r) for r in call.rows]),
            "asked_by": call.asked_by, "asked_name": call.asked_name, "asked_at": call.asked_at, "via": call.via,
            "thread": call.thread, "needs": call.needs, "approver_roles": list(call.approver_roles),
            "state": call.state, "preview": json.dumps(dict(call.preview)), "version": call.version,
            "expires_at": call.expires_at, "remind_at": call.remind_at, "undo_of": call.undo_of,
            "fence": call.fence, "lease": lease,
        },
    )  # fmt: skip - one line per line of SQL
    return done.first() is not None


async def get_call(session: AsyncSession, call_id: str, *, lock: bool = False) -> Call | None:
    """Return one call by its id; `lock` keeps others from changing it until this transaction ends."""
    tail = " for update" if lock else ""
    rows = await session.execute(
        text(f"select {COLUMNS} from calls where id::text = lower(:id){tail}"),  # noqa: S608 - constants
        {"id": call_id},
    )
    row = rows.one_or_none()
    return Call.of(row) if row else None


async def get_call_by_key(session: AsyncSession, key: str) -> Call | None:
    """Return the call first made with this idempotency key."""
    rows = await session.execute(
        text(f"select {COLUMNS} from calls where key = :key"),  # noqa: S608 - constants
        {"key": key},
    )
    row = rows.one_or_none()
    return Call.of(row) if row else None


async def get_undoing(session: AsyncSession, call_id: str) -> Call | None:
    """Return the call that takes, or took, this one back; failed and refused tries do not count."""
    rows = await session.execute(
        text(f"""
            select {COLUMNS} from calls where undo_of = cast(:id as uuid)
            and state in ('asked', 'approved', 'running', 'unknown', 'done')
        """),  # noqa: S608 - constants
        {"id": call_id},
    )
    row = rows.one_or_none()
    return Call.of(row) if row else None


async def find_child_states(session: AsyncSession, call_id: str) -> list[str]:
    """Return how the calls stand that this call made itself; their keys begin with its id."""
    rows = await session.execute(
        text("select state from calls where key like cast(:id as text) || '/%'"), {"id": call_id}
    )
    return [row.state for row in rows]


async def find_waiting(session: AsyncSession, limit: int = 200) -> list[Call]:
    """Return the calls that wait for a yes, oldest first."""
    rows = await session.execute(
        text(f"select {COLUMNS} from calls where state = 'asked' order by asked_at, id limit :n"),  # noqa: S608 - constants
        {"n": limit},
    )
    return [Call.of(row) for row in rows]


async def find_due(session: AsyncSession, now: datetime) -> list[str]:
    """Return the ids of waiting calls whose time is over."""
    rows = await session.execute(
        text("select id from calls where state = 'asked' and expires_at <= :now"), {"now": now}
    )
    return [str(row.id) for row in rows]


async def find_lost(session: AsyncSession, limit: int = 100) -> list[Call]:
    """Return the calls whose owner is gone: taken, not ended, and the lease is over."""
    rows = await session.execute(
        text(f"""
            select {COLUMNS} from calls
            where state in ('running', 'approved') and lease_until < clock_timestamp()
            order by lease_until limit :n
        """),  # noqa: S608 - constants
        {"n": limit},
    )
    return [Call.of(row) for row in rows]


async def do_take(  # noqa: PLR0913 - what the call must still be to be taken
    session: AsyncSession, call_id: str, *, was: str, version: str, lease: timedelta, fence: int | None = None
) -> int | None:
    """Make a call one's own to run it, if it still is as it was; return the fence, None if too late."""
    done = await session.execute(
        text("""
            update calls set state = 'running', fence = fence + 1, runs = runs + 1,
                lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and state = :was and version = :version
              and (cast(:fence as int) is null or fence = :fence) returning fence
        """),
        {"id": call_id, "was": was, "version": version, "lease": lease, "fence": fence},
    )
    row = done.first()
    return int(row.fence) if row else None


async def do_claim_lost(session: AsyncSession, call: Call, lease: timedelta) -> int | None:
    """Take a lost call over, back to approved; return the new fence, None if others were faster."""
    done = await session.execute(
        text("""
            update calls set state = 'approved', fence = fence + 1,
                lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved')
              and lease_until < clock_timestamp() returning fence
        """),
        {"id": call.id, "fence": call.fence, "lease": lease},
    )
    row = done.first()
    return int(row.fence) if row else None


async def do_renew(session: AsyncSession, call_id: str, fence: int, lease: timedelta) -> bool:
    """Prolong the lease of a call that is still one's own."""
    done = await session.execute(
        text("""
            update calls set lease_until = clock_timestamp() + cast(:lease as interval)
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved')
              and lease_until > clock_timestamp() returning id
        """),
        {"id": call_id, "fence": fence, "lease": lease},
    )
    return done.first() is not None


async def do_begin_effect(  # noqa: PLR0913 - what is noted right before the outside world changes
    session: AsyncSession, call_id: str, fence: int, *, key: str, ports: Sequence[str], lease: timedelta
) -> bool:
    """Note that an effect is about to happen, if the call is still one's own."""
    done = await session.execute(
        text("""
            update calls set ports = :ports, lease_until = clock_timestamp() + cast(:lease as interval),
                effects = case when :key = any (effects) then effects else effects || cast(:key as text) end
            where id = cast(:id as uuid) and fence = :fence and state = 'running'
              and lease_until > clock_timestamp() returning id
        """),
        {"id": call_id, "fence": fence, "key": key, "ports": list(ports), "lease": lease},
    )
    return done.first() is not None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended: done, failed or unknown, and what was said."""

    state: str
    at: datetime
    reply: Mapping[str, Any]
    undo: Mapping[str, Any] | None = None
    undo_until: datetime | None = None


async def do_finish(session: AsyncSession, call_id: str, fence: int, ending: Ending) -> bool:
    """Write down how a run ended, if the call is still one's own."""
    done = await session.execute(
        text("""
            update calls set state = :state, reply = cast(:reply as jsonb), ended_at = :at, lease_until = null,
                undo = cast(:undo as jsonb), undo_until = :until
            where id = cast(:id as uuid) and fence = :fence and state in ('running', 'approved') returning id
        """),
        {
            "id": call_id, "fence": fence, "state": ending.state, "at": ending.at,
            "reply": json.dumps(dict(ending.reply)),
            "undo": json.dumps(dict(ending.undo)) if ending.undo is not None else None,
            "until": ending.undo_until,
        },
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def do_close(  # noqa: PLR0913 - how a call ends that never ran
    session: AsyncSession, call_id: str, *, state: str, at: datetime, by: str, reason: str = ""
) -> bool:
    """End a waiting call without running it: denied, cancelled or expired."""
    done = await session.execute(
        text("""
            update calls set state = :state, ended_at = :at, ended_by = :by, reason = :reason
            where id = cast(:id as uuid) and state = 'asked' returning id
        """),
        {"id": call_id, "state": state, "at": at, "by": by, "reason": reason},
    )
    return done.first() is not None


async def do_show_again(
    session: AsyncSession, call: Call, *, args: Mapping[str, Any], preview: Mapping[str, Any], version: str
) -> bool:
    """Replace what a waiting call would do, because the world changed since it was shown."""
    done = await session.execute(
        text("""
            update calls set args = cast(:args as jsonb), preview = cast(:preview as jsonb), version = :new
            where id = cast(:id as uuid) and state = 'asked' and version = :old returning id
        """),
        {
            "id": call.id, "args": json.dumps(dict(args)), "preview": json.dumps(dict(preview)),
            "new": version, "old": call.version,
        },
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def do_mark_undone(session: AsyncSession, call_id: str, *, at: datetime, by: str) -> bool:
    """Mark a finished call as taken back."""
    done = await session.execute(
        text("""
            update calls set state = 'undone', ended_at = :at, ended_by = :by
            where id = cast(:id as uuid) and state = 'done' returning id
        """),
        {"id": call_id, "at": at, "by": by},
    )
    return done.first() is not None
