"""Which letter goes next: in order within its thread, but for what may be overtaken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.letters import DIVERTED, Kind, Taken

WAITING = """
    select w.*, first and coalesce(sum(case when overtaken then 0 else 1 end) over before, 0) = 0 as clear
    from (
        select u.*, state <> 'sending' and case kind
                when 'update' then not_before > now() or not first
                when 'reaction' then not_before > now() or not first
                when 'status' then not_before > now()
                when 'upload' then not_before > now() + interval '30 s' else false end as overtaken
        from (
            select tenant_id, id, lane, seq, kind, state, not_before, lease_until,
                kind not in ('update', 'reaction') or row_number() over (
                    partition by lane, kind, channel, coalesce(of_letter::text, target) order by seq
                ) = 1 as first
            from slack_outbox where state in ('queued', 'sending', 'uncertain') {among}
        ) u
    ) w
    window before as (partition by lane order by seq rows between unbounded preceding and 1 preceding)
"""
"""Unfinished letters. `clear`: nothing that stands before it in its lane has to go first.

Posts keep their order. What changes or marks a message may be overtaken while it has to wait, a file while it
has to wait for long; but two changes of one message never change places.
"""


LOCK = text("select pg_advisory_xact_lock(hashtextextended(:lane, 62))")
OPENED = """
    jsonb_exists(o.payload, 'inside') and exists (
        select from channels c where c.surface = 'slack' and c.channel = o.channel
        and (c.kind = 'shared' or c.guests))
"""
IN_DOUBT = """
    exists (select from channels c where c.surface = 'slack' and c.channel = o.channel
        and c.guests = false and c.guests_at is null)
"""
TAKE = text(
    f"""
    with waiting as materialized ({WAITING.format(among="and lane = :lane")}),
    head as (
        select tenant_id, id, state as was from waiting
        where clear and not_before <= now() and (state <> 'sending' or lease_until <= now())
          and not exists (select from waiting s where s.state = 'sending' and s.lease_until > now())
        order by seq limit 1
    ),
    still as materialized (
        select o.tenant_id, o.id, head.was
        from slack_outbox o join head on o.tenant_id = head.tenant_id and o.id = head.id
        where o.state = head.was and (o.state <> 'sending' or o.lease_until <= now())
        for no key update of o skip locked
    )
    update slack_outbox o
    set state = 'sending', attempts = o.attempts + 1,
        faults = o.faults + (still.was = 'sending')::int, fence = o.fence + 1,
        lease_until = now() + :lease
    from still
    where o.tenant_id = still.tenant_id and o.id = still.id
    returning o.id::text as id, o.lane, o.team_id, o.channel, o.thread_ts, o.payload, o.faults,
              o.attempts, o.fence, still.was <> 'queued' as maybe_sent, o.has_turn, o.created_at,
              o.kind, o.of_letter::text as of_letter, o.user_id as user, o.content, o.file_id,
              o.tried_since, {IN_DOUBT} as in_doubt, {OPENED} as opened,
              coalesce(o.target, (select e.ts from slack_outbox e where e.id = o.of_letter)) as target
    """  # noqa: S608 - the constant above
)
OTHERS = text(
    f"select jsonb_exists(o.payload, 'diverted') as diverted, {OPENED} as opened, {IN_DOUBT} as in_doubt"  # noqa: S608 - the constants above
    " from slack_outbox o where o.id = cast(:id as uuid)"
)
HOLD = text(
    "select lane from unnest(cast(:lanes as text[])) as lane"
    " where pg_try_advisory_xact_lock(hashtextextended(lane, 62))"
)
MARK = """
    update slack_outbox o
    set state = 'sent', ts = told.ts, sent_at = now(), lease_until = null, error = '', content = null,
        target = case when kind <> 'respond' then target end,
        payload = case when card is not null or of_letter is not null or jsonb_exists(payload, 'share')
            then payload else '{{}}' end
    from (
        select s.tenant_id, s.id, sent.ts from slack_outbox s
        join unnest(cast(:ids as uuid[]), cast(:fences as int[]), cast(:names as text[]))
            as sent (id, fence, ts)
            on s.id = sent.id and s.fence = sent.fence and s.state = 'sending'
        order by s.id for no key update of s {waiting}
    ) told
    where o.tenant_id = told.tenant_id and o.id = told.id
    returning o.id::text as id, exists (
        select from slack_outbox w
        where w.lane = o.lane and w.id <> o.id and w.state in ('queued', 'sending', 'uncertain')) as more
"""
MARK_FREE, MARK_ALL = text(MARK.format(waiting="skip locked")), text(MARK.format(waiting=""))


async def do_hold(session: AsyncSession, lane: str) -> None:
    """Let nobody else take from a lane until the end of the transaction."""
    await session.execute(LOCK, {"lane": lane})


async def do_hold_free(session: AsyncSession, lanes: Sequence[str]) -> frozenset[str]:
    """The same for those lanes that nobody holds; waits for none, and returns them."""
    return frozenset((await session.execute(HOLD, {"lanes": list(lanes)})).scalars())


async def do_take(session: AsyncSession, lane: str, lease: timedelta) -> Taken | None:
    """Take the lane's next letter; None when there is none, it is not due, or somebody sends one.

    One that somebody changes at this moment (a later state takes its place) is left to them: they ask for the
    lane to be worked when they are done.
    """
    await do_hold(session, lane)
    done = await session.execute(TAKE, {"lane": lane, "lease": lease})
    row = done.mappings().one_or_none()
    return Taken(**{**row, "kind": Kind(row["kind"])}) if row else None


async def have_come(session: AsyncSession, taken: Taken) -> bool:
    """Say whether it is more doubtful than when a letter was taken that only those read it who may."""
    now = (await session.execute(OTHERS, {"id": taken.id})).one_or_none()
    was = (bool(taken.payload.get(DIVERTED)), taken.opened, taken.in_doubt)
    return now is not None and any(
        new and not old for new, old in zip((now.diverted, now.opened, now.in_doubt), was, strict=True)
    )


async def do_mark_sent(
    session: AsyncSession, sent: Sequence[tuple[Taken, str]], *, wait: bool = False
) -> list[bool | None]:
    """Note that Slack has them, under which names; of each, whether more waits in its lane; None: not ours.

    Without `wait` one that somebody changes at this moment is None, too.

    What they said is forgotten at once but for what cards show, and what somebody may yet share. Whoever
    holds a lane meanwhile is told of each that is put out before the end of the transaction.
    """
    told = {
        "ids": [taken.id for taken, _ in sent],
        "fences": [taken.fence for taken, _ in sent],
        "names": [ts for _, ts in sent],
    }
    more = {row.id: bool(row.more) for row in await session.execute(MARK_ALL if wait else MARK_FREE, told)}
    return [more.get(taken.id) for taken, _ in sent]


async def find_due_lanes(session: AsyncSession, limit: int = 100) -> list[str]:
    """Return lanes in which a letter is due and nobody sends one."""
    waiting = WAITING.format(among="")
    found = await session.execute(
        text(
            f"""
            select lane from ({waiting}) waiting group by lane
            having bool_or(clear and not_before <= now() and (state <> 'sending' or lease_until <= now()))
               and not coalesce(bool_or(state = 'sending' and lease_until > now()), false)
            limit :limit
            """  # noqa: S608 - the constant above
        ),
        {"limit": limit},
    )
    return list(found.scalars())
