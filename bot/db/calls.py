"""Calls: every write anyone asked for, how it was decided, and how it was taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.ids import uuid_of

SHORT_ID = re.compile(r"[0-9a-f]{4,32}")

COLUMNS = """id, key, action_id, args, sealed, things, rows, asked_by, asked_name, asked_at, via, thread,
    place, given, needs, approver_roles, on_call, state, preview, version, expires_at, lease_until, fence,
    runs, ports, effects, reply, ended_at, ended_by, reason, undo, undo_until, undo_of"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One row. `args` are canonical; `sealed` holds the secret ones, encrypted.

    `on_call` are the teams for each of which one of those who agree has to be on call.
    """

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
    place: Mapping[str, str] = field(default_factory=dict)
    given: str = ""
    sealed: str | None = None
    things: tuple[str, ...] = ()
    rows: Sequence[Mapping[str, str | None]] = ()
    approver_roles: tuple[str, ...] = ()
    on_call: tuple[str, ...] = ()
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
        for name in ("things", "approver_roles", "on_call", "ports", "effects", "rows"):
            values[name] = tuple(values[name])
        return cls(**values)


async def do_ask(session: AsyncSession, call: Call, lease: timedelta | None = None) -> bool:
    """Write a new call; with a lease it is running at once.

    False if its key was used before, or if what it takes back is being taken back already.
    """
    done = await session.execute(
        text("""
            insert into calls (id, key, action_id, args, sealed, things, rows, asked_by, asked_name, asked_at,
                via, thread, place, given, needs, approver_roles, on_call, state, preview, version,
                expires_at, remind_at, undo_of, fence, runs, lease_until)
            values (cast(:id as uuid), :key, :action_id, cast(:args as jsonb), :sealed, :things,
                cast(:rows as jsonb),
                :asked_by, :asked_name, :asked_at, :via, :thread, cast(:place as jsonb), :given, :needs,
                :approver_roles, :on_call, :state,
                cast(:preview as jsonb), :version, :expires_at, :remind_at, cast(:undo_of as uuid),
                :fence, :fence, clock_timestamp() + cast(:lease as interval))
            on conflict do nothing returning id
        """),
        {
            "id": call.id,
            "key": call.key,
            "action_id": call.action_id,
            "args": json.dumps(dict(call.args)),
            "sealed": call.sealed,
            "things": list(call.things),
            "rows": json.dumps([dict(r) for r in call.rows]),
            "asked_by": call.asked_by,
            "asked_name": call.asked_name,
            "asked_at": call.asked_at,
            "via": call.via,
            "thread": call.thread,
            "place": json.dumps(dict(call.place)),
            "given": call.given,
            "needs": call.needs,
            "approver_roles": list(call.approver_roles),
            "on_call": list(call.on_call),
            "state": call.state,
            "preview": json.dumps(dict(call.preview)),
            "version": call.version,
            "expires_at": call.expires_at,
            "remind_at": call.remind_at,
            "undo_of": call.undo_of,
            "fence": call.fence,
            "lease": lease,
        },
    )  # fmt: skip - one line per line of SQL
    return done.first() is not None


async def get_call(session: AsyncSession, call_id: str, *, lock: bool = False) -> Call | None:
    """Return one call by its id; `lock` keeps others from changing it until this transaction ends."""
    if (known := uuid_of(call_id)) is None:
        return None
    tail = " for update" if lock else ""
    rows = await session.execute(
        text(f"select {COLUMNS} from calls where id = cast(:id as uuid){tail}"),  # noqa: S608 - constants
        {"id": known},
    )
    row = rows.one_or_none()
    return Call.of(row) if row else None


async def get_call_beginning(session: AsyncSession, start: str) -> Call | None:
    """Return the only call whose id begins so, as ids are shown; None when there is none or several."""
    digits = start.replace("-", "").lower()
    if not SHORT_ID.fullmatch(digits):
        return None
    between = "id >= cast(:low as uuid) and id <= cast(:high as uuid)"
    rows = await session.execute(
        text(f"select {COLUMNS} from calls where {between} limit 2"),  # noqa: S608 - constants
        {"low": digits.ljust(32, "0"), "high": digits.ljust(32, "f")},
    )
    found = rows.all()
    return Call.of(found[0]) if len(found) == 1 else None


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


async def find_sealed(session: AsyncSession) -> dict[str, str]:
    """Return the secret arguments, encrypted, of every call that has not ended."""
    rows = await session.execute(text("select id, sealed from calls where sealed is not null"))
    return {str(row.id): row.sealed for row in rows}


async def do_seal_anew(session: AsyncSession, call_id: str, *, old: str, new: str) -> bool:
    """Put the same secrets under another key; False when the call has ended meanwhile."""
    done = await session.execute(
        text("update calls set sealed = :new where id = cast(:id as uuid) and sealed = :old returning id"),
        {"id": call_id, "old": old, "new": new},
    )
    return done.first() is not None


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


async def do_close(
    session: AsyncSession, call_id: str, *, state: str, at: datetime, by: str, reason: str = ""
) -> bool:
    """End a waiting call without running it: denied, cancelled or expired."""
    done = await session.execute(
        text("""
            update calls set state = :state, ended_at = :at, ended_by = :by, reason = :reason, sealed = null
            where id = cast(:id as uuid) and state = 'asked' returning id
        """),
        {"id": call_id, "state": state, "at": at, "by": by, "reason": reason},
    )
    return done.first() is not None


async def do_show_again(
    session: AsyncSession, call: Call, *, args: Mapping[str, Any], preview: Mapping[str, Any], version: str
) -> bool:
    """Replace what a waiting call would do and who must agree: the world changed since it was shown."""
    done = await session.execute(
        text("""
            update calls set args = cast(:args as jsonb), preview = cast(:preview as jsonb), version = :new,
                needs = :needs, approver_roles = :roles, on_call = :on_call
            where id = cast(:id as uuid) and state = 'asked' and version = :old returning id
        """),
        {
            "id": call.id,
            "args": json.dumps(dict(args)),
            "preview": json.dumps(dict(preview)),
            "new": version,
            "old": call.version,
            "needs": call.needs,
            "roles": list(call.approver_roles),
            "on_call": list(call.on_call),
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
