"""What goes out to Slack: kept with the work that caused it, sent once, in order within its thread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.letters import Card, DeadLetter, Kind, Letter, Taken
from bot.db.outbox_next import do_hold, do_hold_free, do_mark_sent, do_take, find_due_lanes, have_come

__all__ = (
    "Card",
    "DeadLetter",
    "Kind",
    "Letter",
    "Taken",
    "do_hold",
    "do_hold_free",
    "do_mark_sent",
    "do_take",
    "find_due_lanes",
    "have_come",
)


STILL_DIVERTED = (
    "cast(:payload as jsonb) || case when jsonb_exists(payload, 'diverted')"
    " then '{\"diverted\": true}'::jsonb else '{}'::jsonb end"
)
"""Others may have come to read while it was sent."""
PUT = text(
    """
    insert into slack_outbox (inbox_id, lane, team_id, channel, thread_ts, payload, notice_key,
        kind, target, of_letter, user_id, content, card)
    values (cast(:inbox as uuid), :lane, :team, :channel, :thread, cast(:payload as jsonb), :key,
        :kind, :target, cast(:of_letter as uuid), :user, :content, cast(:card as uuid))
    on conflict (tenant_id, notice_key) where notice_key is not null do nothing
    returning id::text
    """
)


async def do_put(session: AsyncSession, letters: Sequence[Letter]) -> list[str]:
    """Keep letters to be sent in this order; return their ids."""
    return [str(await _put(session, one)) for one in letters]


async def do_put_once(session: AsyncSession, letter: Letter, notice_key: str) -> str | None:
    """Keep a letter unless one with this key was kept before, sent or not; return its id."""
    return await _put(session, letter, notice_key)


async def _put(session: AsyncSession, one: Letter, notice_key: str | None = None) -> str | None:
    done = await session.execute(
        PUT,
        {
            "inbox": one.inbox_id,
            "lane": one.lane,
            "team": one.team_id,
            "channel": one.channel,
            "thread": one.thread_ts,
            "payload": json.dumps(one.payload),
            "key": notice_key,
            "kind": one.kind,
            "target": one.target,
            "of_letter": one.of_letter,
            "user": one.user,
            "content": one.content,
            "card": one.card,
        },
    )
    put: str | None = done.scalar_one_or_none()
    if put is not None and one.kind is Kind.UPDATE:
        await _supersede(session, one, put)
    return put


async def _supersede(session: AsyncSession, one: Letter, put: str) -> None:
    """Drop what still waits to change the same message: only its last state matters."""
    await session.execute(
        text(
            """
            update slack_outbox
            set state = 'sent', sent_at = now(), lease_until = null, error = 'superseded', payload = '{}'
            where kind = 'update' and state in ('queued', 'uncertain') and channel = :channel
              and id <> cast(:put as uuid) and team_id = :team and lane = :lane
              and (target = :target or of_letter = cast(:of_letter as uuid))
            """
        ),
        {
            "put": put,
            "team": one.team_id,
            "channel": one.channel,
            "lane": one.lane,
            "target": one.target,
            "of_letter": one.of_letter,
        },
    )


async def do_renew(session: AsyncSession, taken: Taken, lease: timedelta) -> bool:
    """Keep it for longer; False when somebody else has it by now."""
    return await _move(session, taken, "lease_until = now() + :lease", {"lease": lease})


async def do_retry(
    session: AsyncSession,
    taken: Taken,
    *,
    after: timedelta,
    maybe_sent: bool,
    error: str = "",
    faults: int = 0,
) -> bool:
    """Send it later; when Slack may have it already, whoever takes it next looks first. `faults`: of ours."""
    return await _move(
        session,
        taken,
        "state = :state, not_before = now() + :after, has_turn = false, lease_until = null, error = :error,"
        " faults = faults + :faults",
        {"state": "uncertain" if maybe_sent else "queued", "after": after, "error": error, "faults": faults},
    )


async def do_postpone(
    session: AsyncSession, taken: Taken, after: timedelta, *, has_turn: bool, error: str = ""
) -> bool:
    """Send it later because others come first; that was no attempt. `has_turn`: `after` is its turn."""
    return await _move(
        session,
        taken,
        "state = :state, attempts = attempts - 1, not_before = now() + :after, has_turn = :turn,"
        " lease_until = null, error = :error",
        {
            "state": "uncertain" if taken.maybe_sent else "queued",
            "after": after,
            "turn": has_turn,
            "error": error,
        },
    )


async def do_note_file(session: AsyncSession, taken: Taken, file_id: str) -> bool:
    """Note under which id the bytes lie at Slack, before they are shown to anybody."""
    return await _move(session, taken, "file_id = :file", {"file": file_id})


async def do_address(session: AsyncSession, taken: Taken, channel: str) -> bool:
    """Note to which direct conversation it goes, before it does."""
    return await _move(session, taken, "channel = :channel", {"channel": channel})


async def do_post_instead(
    session: AsyncSession, taken: Taken, payload: Mapping[str, Any], error: str, *, channel: str = ""
) -> bool:
    """Make an ordinary message of what cannot go out as it was meant; elsewhere, if need be.

    A file that goes elsewhere stays one: it is brought anew.
    """
    return await _move(
        session,
        taken,
        "state = 'queued', target = null, of_letter = null, file_id = null,"
        " kind = case when kind = 'upload' and :channel <> '' then kind else 'post' end,"
        " content = case when kind = 'upload' and :channel <> '' then content end,"
        f" payload = {STILL_DIVERTED}, lease_until = null, error = :error,"
        " channel = coalesce(nullif(:channel, ''), channel),"
        " thread_ts = case when :channel in ('', channel) then thread_ts end",
        {"payload": json.dumps(payload), "error": error, "channel": channel},
    )


async def do_simplify(
    session: AsyncSession, taken: Taken, payload: Mapping[str, Any], error: str, *, maybe_sent: bool = False
) -> bool:
    """Replace what Slack did not take by a plainer form, sent at once, after a look if it may be there."""
    return await _move(
        session,
        taken,
        f"state = :state, payload = {STILL_DIVERTED}, lease_until = null, error = :error",
        {
            "state": "uncertain" if maybe_sent else "queued",
            "payload": json.dumps(payload),
            "error": error,
        },
    )


async def do_divert(session: AsyncSession, channel: str) -> None:
    """Have what waits for a channel said to its readers alone: others read there now."""
    await session.execute(
        text(
            "update slack_outbox o set payload = o.payload || '{\"diverted\": true}'"
            " from (select tenant_id, id from slack_outbox"
            " where channel = :channel and state in ('queued', 'uncertain', 'sending')"
            " order by id for no key update) waits where o.tenant_id = waits.tenant_id and o.id = waits.id"
        ),
        {"channel": channel},
    )


async def do_bury(session: AsyncSession, taken: Taken, error: str) -> bool:
    """Give it up; it stays visible as a dead letter."""
    return await _move(session, taken, "state = 'dead', lease_until = null, error = :error", {"error": error})


async def _move(session: AsyncSession, taken: Taken, change: str, values: Mapping[str, Any]) -> bool:
    done = await session.execute(
        text(
            f"update slack_outbox set {change}"  # noqa: S608 - the changes are the constants above
            " where id = cast(:id as uuid) and fence = :fence and state = 'sending' returning id"
        ),
        {**values, "id": taken.id, "fence": taken.fence},
    )
    return done.first() is not None


async def find_dead(session: AsyncSession, limit: int = 100) -> list[DeadLetter]:
    """Return the dead letters, newest first."""
    found = await session.execute(
        text(
            "select id::text as id, channel, thread_ts, attempts, error, created_at from slack_outbox"
            " where state = 'dead' order by created_at desc limit :limit"
        ),
        {"limit": limit},
    )
    return [DeadLetter(**dict(row)) for row in found.mappings()]


async def do_revive(session: AsyncSession, letter_id: str) -> str | None:
    """Let a dead letter be tried again, looking first; return its lane, or None when it is not dead."""
    done = await session.execute(
        text(
            "update slack_outbox set state = 'uncertain', attempts = 0, faults = 0, not_before = now(),"
            " tried_since = now()"
            " where id = cast(:id as uuid) and state = 'dead' returning lane"
        ),
        {"id": letter_id},
    )
    return done.scalar_one_or_none()


async def do_drop(session: AsyncSession, letter_id: str) -> bool:
    """Throw a dead letter away; False when it is not dead."""
    done = await session.execute(
        text("delete from slack_outbox where id = cast(:id as uuid) and state = 'dead' returning id"),
        {"id": letter_id},
    )
    return done.first() is not None


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Delete what was sent, or given up, longer ago; the card of a call stays while that may still change."""
    done = await session.execute(
        text(
            "delete from slack_outbox o"
            " where ((state = 'sent' and sent_at < now() - cast(:older as interval))"
            " or (state = 'dead' and greatest(created_at, not_before) < now() - cast(:older as interval)))"
            " and not exists (select from calls c where c.id = o.card"
            " and (c.state in ('asked', 'approved', 'running') or c.undo_until > now()))"
            " returning id"
        ),
        {"older": older},
    )
    return len(done.all())
