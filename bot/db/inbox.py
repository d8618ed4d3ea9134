"""What arrived from Slack: kept before it is acknowledged, worked once, in order within its thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Something new from Slack; `message_key` names the message whichever event tells of it."""

    event_key: str
    message_key: str | None
    lane: str
    team_id: str
    said_at: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An arrival this process works on; `fence` tells later takers from earlier ones.

    `tries`: how often it was taken, this time too, but for those that ended through no fault of its own.
    `stopped`: whoever said it wants no answer any more.
    """

    id: str
    lane: str
    team_id: str
    payload: Mapping[str, Any]
    fence: int
    received_at: datetime
    tries: int = 1
    stopped: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that was answered."""

    payload: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeadArrival:
    """An arrival that was given up."""

    id: str
    lane: str
    attempts: int
    error: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an arrival stands; `done_at` is when it was answered, or given up."""

    state: str
    done_at: datetime | None


async def do_receive(session: AsyncSession, new: Arrival) -> str | None:
    """Keep an arrival and return its id; None when it, or its twin, is here already."""
    done = await session.execute(
        text(
            """
            insert into slack_inbox (event_key, message_key, lane, team_id, said_at, payload)
            values (:event, :message, :lane, :team, :said, cast(:payload as jsonb))
            on conflict do nothing returning id::text
            """
        ),
        {
            "event": new.event_key,
            "message": new.message_key,
            "lane": new.lane,
            "team": new.team_id,
            "said": new.said_at,
            "payload": json.dumps(new.payload),
        },
    )
    return done.scalar_one_or_none()


LOCK = text("select pg_advisory_xact_lock(hashtextextended(:lane, 61))")
TAKE = text(
    """
    update slack_inbox i
    set state = 'working', attempts = i.attempts + 1, lease_until = now() + :lease
    from (
        select tenant_id, id from slack_inbox
        where lane = :lane and state in ('new', 'working') order by said_at, received_at limit 1
    ) head
    where i.tenant_id = head.tenant_id and i.id = head.id
      and (i.state = 'new' or i.lease_until <= now())
      and not exists (
        select from slack_inbox w
        where w.lane = :lane and w.state = 'working' and w.lease_until > now())
    returning i.id::text as id, i.lane, i.team_id, i.payload, i.attempts as fence,
              i.attempts - i.waited as tries, i.received_at, i.stopped
    """
)
FINISH = text(
    """
    update slack_inbox i set state = :state, error = :error, done_at = now(), lease_until = null,
        payload = case when :state = 'dead' then payload
            when jsonb_exists(payload->'told', 'files') then payload - 'reply_at' || '{"told": {"files": []}}'
            else payload - 'reply_at' - 'told' end
    where id = cast(:id as uuid) and attempts = :fence and state = 'working'
    returning exists (
        select from slack_inbox w where w.lane = i.lane and w.id <> i.id and w.state in ('new', 'working'))
    """
)


async def do_take(session: AsyncSession, lane: str, lease: timedelta) -> Taken | None:
    """Take the lane's oldest unfinished arrival; None when there is none or somebody works on it."""
    await session.execute(LOCK, {"lane": lane})
    done = await session.execute(TAKE, {"lane": lane, "lease": lease})
    row = done.mappings().one_or_none()
    return Taken(**dict(row)) if row else None


async def do_renew(session: AsyncSession, taken: Taken, lease: timedelta) -> bool:
    """Keep it for longer; False when somebody else has it by now."""
    done = await session.execute(
        text(
            "update slack_inbox set lease_until = now() + :lease"
            " where id = cast(:id as uuid) and attempts = :fence and state = 'working' returning id"
        ),
        {"id": taken.id, "fence": taken.fence, "lease": lease},
    )
    return done.first() is not None


async def do_stop(session: AsyncSession, lane: str, *, user: str, before: str) -> list[str]:
    """Note that this person wants no answer to what they said in a thread before; return what it stops."""
    done = await session.execute(
        text(
            "update slack_inbox set stopped = true where lane = :lane and state in ('new', 'working')"
            " and payload->>'user' = :user and said_at < :before returning id::text"
        ),
        {"lane": lane, "user": user, "before": before},
    )
    return list(done.scalars())


async def find_asked(session: AsyncSession, team_id: str, user: str, limit: int) -> list[Asked]:
    """Return what a person said that was answered, the latest first."""
    rows = await session.execute(
        text(
            "select payload, received_at from slack_inbox where team_id = :team and payload->>'user' = :user"
            " and state = 'done' and coalesce(payload->>'deed', 'words') in ('words', 'command')"
            " and payload->>'text' <> '' order by received_at desc limit :limit"
        ),
        {"team": team_id, "user": user, "limit": limit},
    )
    return [Asked(payload=row.payload, received_at=row.received_at) for row in rows]


async def get_last_said(session: AsyncSession, lane: str, user: str, before: str) -> str:
    """Return the ts of what a person said last in a thread before; empty when nothing is kept of it."""
    found = await session.execute(
        text(
            "select said_at from slack_inbox where lane = :lane and payload->>'user' = :user"
            " and said_at < :before order by said_at desc limit 1"
        ),
        {"lane": lane, "user": user, "before": before},
    )
    return found.scalar_one_or_none() or ""


async def is_busy(session: AsyncSession, lane: str) -> bool:
    """Say whether something said in a thread is not answered yet."""
    found = await session.execute(
        text("select exists (select from slack_inbox where lane = :lane and state in ('new', 'working'))"),
        {"lane": lane},
    )
    return bool(found.scalar_one())


async def get_standing(session: AsyncSession, arrival_id: str) -> Standing | None:
    """Return how an arrival stands; None when nothing is kept of it any more."""
    found = await session.execute(
        text("select state, done_at from slack_inbox where id = cast(:id as uuid)"), {"id": arrival_id}
    )
    row = found.mappings().one_or_none()
    return Standing(**dict(row)) if row else None


async def is_stopped(session: AsyncSession, taken: Taken) -> bool:
    """Say whether whoever said it wants no answer any more."""
    found = await session.execute(
        text("select stopped from slack_inbox where id = cast(:id as uuid)"), {"id": taken.id}
    )
    return bool(found.scalar_one_or_none())


async def do_finish(session: AsyncSession, taken: Taken, *, error: str = "") -> bool | None:
    """Mark it done, or dead when there is an error; say whether more waits in the lane. None: not ours.

    Of what is done only the words stay, and that it had files (its twin may come yet); of what is dead all.
    """
    await session.execute(LOCK, {"lane": taken.lane})  # what comes later finds the lane free
    values = {"id": taken.id, "fence": taken.fence, "state": "dead" if error else "done", "error": error}
    return (await session.execute(FINISH, values)).scalar_one_or_none()


async def do_blank(session: AsyncSession, taken: Taken) -> None:
    """Keep no words of an arrival, and nothing that came with them."""
    await session.execute(
        text(
            "update slack_inbox set payload = payload || cast(:blank as jsonb) where id = cast(:id as uuid)"
        ),
        {"id": taken.id, "blank": json.dumps({"text": "", "told": {}})},
    )


async def do_release(session: AsyncSession, taken: Taken, after: timedelta, *, waits: bool = False) -> bool:
    """Give it back to be taken again, by anybody, not before `after`; `waits`: that was no try."""
    done = await session.execute(
        text(
            "update slack_inbox set lease_until = now() + :after, waited = waited + :waits"
            " where id = cast(:id as uuid) and attempts = :fence and state = 'working' returning id"
        ),
        {"id": taken.id, "fence": taken.fence, "after": after, "waits": int(waits)},
    )
    return done.first() is not None


async def find_due_lanes(session: AsyncSession, limit: int = 100) -> list[str]:
    """Return lanes whose head nobody works on: their worker died, or was never told."""
    found = await session.execute(
        text(
            """
            select lane from (
                select distinct on (lane) lane, state, lease_until from slack_inbox
                where state in ('new', 'working') order by lane, said_at, received_at
            ) head
            where state = 'new' or lease_until <= now() limit :limit
            """
        ),
        {"limit": limit},
    )
    return list(found.scalars())


async def find_dead(session: AsyncSession, limit: int = 100) -> list[DeadArrival]:
    """Return what was given up, newest first."""
    found = await session.execute(
        text(
            "select id::text as id, lane, attempts, error, received_at from slack_inbox where state = 'dead'"
            " order by done_at desc limit :limit"
        ),
        {"limit": limit},
    )
    return [DeadArrival(**dict(row)) for row in found.mappings()]


async def do_revive(session: AsyncSession, arrival_id: str) -> str | None:
    """Let what was given up be worked on again; return its lane, or None when it is not dead."""
    done = await session.execute(
        text(
            "update slack_inbox set state = 'new', attempts = 0, waited = 0, error = '', done_at = null,"
            " received_at = now(), lease_until = null"
            " where id = cast(:id as uuid) and state = 'dead' returning lane"
        ),
        {"id": arrival_id},
    )
    return done.scalar_one_or_none()


async def do_drop(session: AsyncSession, arrival_id: str) -> bool:
    """Throw away what was given up; False when it was not. Slack sends it no more."""
    done = await session.execute(
        text("delete from slack_inbox where id = cast(:id as uuid) and state = 'dead' returning id"),
        {"id": arrival_id},
    )
    return done.first() is not None


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Delete what was finished longer ago; until then it also answers "seen before"."""
    done = await session.execute(
        text(
            "delete from slack_inbox"
            " where state in ('done', 'dead') and done_at < now() - cast(:older as interval) returning id"
        ),
        {"older": older},
    )
    return len(done.all())
