"""Two events that tell of one message: what the later one brings is not lost."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.inbox import Arrival, do_receive


async def do_add_files(session: AsyncSession, twin: Arrival) -> str | None:
    """Add the files of a message whose other event came first without them; None when it had them.

    What nobody worked on yet gets them. To what was begun they come as a message of their own, without its
    words: nothing is done twice. Return the id of what is to be worked.
    """
    found = await session.execute(
        text(
            "select id::text as id, state = 'new' and attempts = 0 as waits from slack_inbox"
            " where message_key = :message and not coalesce(jsonb_exists(payload->'told', 'files'), false)"
            " for update"
        ),
        {"message": twin.message_key},
    )
    first = found.one_or_none()
    if first is None:
        return None
    files = json.dumps(twin.payload["told"]["files"])
    await session.execute(
        text(
            "update slack_inbox set payload = jsonb_set(payload, '{told}', coalesce(payload->'told', '{}')"
            " || jsonb_build_object('files', case when :waits then cast(:files as jsonb) else '[]' end))"
            " where id = cast(:id as uuid)"
        ),
        {"id": first.id, "files": files, "waits": first.waits},
    )
    if first.waits:
        return str(first.id)
    return await do_receive(session, replace(twin, message_key=None, payload={**twin.payload, "text": ""}))
