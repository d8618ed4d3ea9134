"""Keeping what arrived together in one statement, and taking at once what nobody has to wait for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.inbox import Arrival, Taken

FREE = text(
    "select lane from unnest(cast(:lanes as text[])) as lane"
    " where pg_try_advisory_xact_lock(hashtextextended(lane, 61))"
)
"""Waits for nobody: a lane in somebody's hands is theirs, and what else arrives does not stand behind it."""
RECEIVE = text(
    """
    insert into slack_inbox
        (event_key, message_key, lane, team_id, said_at, payload, state, attempts, lease_until)
    select event_key, message_key, lane, team_id, said_at, payload,
        case when takes then 'working' else 'new' end, takes::int, case when takes then now() + :lease end
    from (
        select r.*, r.at < :most and r.lane = any(cast(:free as text[]))
            and row_number() over (partition by lane order by said_at, at) = 1
            and not exists (
                select from slack_inbox w where w.lane = r.lane and w.state in ('new', 'working')) as takes
        from jsonb_to_recordset(cast(:rows as jsonb)) as r (
            at int, event_key text, message_key text, lane text, team_id text, said_at text, payload jsonb)
    ) told
    order by message_key, event_key
    on conflict do nothing
    returning event_key, id::text as id, state = 'working' as is_taken, received_at
    """
)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What is kept; `taken` when it is this process's to work on."""

    id: str
    taken: Taken | None = None


async def do_receive_all(
    session: AsyncSession, arrivals: Sequence[Arrival], *, most: int, lease: timedelta
) -> list[Received | None]:
    """Keep arrivals; None for one that is here already, or whose twin is.

    The first `most` are taken with it, where nothing else waits in their lanes.
    """
    free = list[str]()
    if most:  # before the statement looks: two processes may not take one lane
        lanes = list({one.lane for one in arrivals})
        free = list((await session.execute(FREE, {"lanes": lanes})).scalars())
    rows = [{"at": at, **vars(one)} for at, one in enumerate(arrivals)]
    told = {"rows": json.dumps(rows), "most": most, "free": free, "lease": lease}
    done = await session.execute(RECEIVE, told)
    kept = {row.event_key: row for row in done}
    found: list[Received | None] = []
    for one in arrivals:
        row = kept.pop(one.event_key, None)
        taken = (
            row
            and row.is_taken
            and Taken(
                id=row.id,
                lane=one.lane,
                team_id=one.team_id,
                payload=one.payload,
                fence=1,
                received_at=row.received_at,
            )
        )  # fmt: skip - as it reads
        found.append(Received(id=row.id, taken=taken or None) if row else None)
    return found
