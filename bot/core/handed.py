"""Files that go with a message: looked at, kept for two days, and read by the actions they are meant for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from bot.contract.handed import LARGEST, MOST_AT_ONCE, Handed, size_said
from bot.core.desk import Rows
from bot.core.file_kind import Vetted, vetted
from bot.core.question import Question
from bot.core.threads import Thread
from bot.db import handed
from bot.errors import BadInput, NotFound
from bot.understand.arguments import Argument, Kind

KEPT = timedelta(days=2)
"""How long a file waits for what is to become of it; for a call that waits longer it stays as long."""
MOST_TOGETHER = 5 * LARGEST
"""Bytes that go with one message."""
MOST_KEPT = 40
MOST_BYTES = 10 * LARGEST
"""What is kept of one person at once."""
NOTHING_DONE = "Nothing of this message was done."


@dataclass(frozen=True, kw_only=True)
class FilesOf:
    """What one person handed in: `Context.files` of their calls."""

    database: Rows
    tenant_id: str
    user_id: str

    async def about(self, ids: Sequence[str]) -> Sequence[Handed]:
        """Return what they are, in this order; NotFound when one is not theirs, or was not kept so long."""
        async with self.database.tenant(self.tenant_id) as session:
            kept = await handed.find_kept(session, self.user_id, ids)
        if any(one not in kept for one in ids):
            raise NotFound(
                f"A file you handed in is not here any more; I keep them {_days()}. Send it again."
            )
        return [kept[one] for one in dict.fromkeys(ids)]

    async def read(self, file: Handed) -> bytes:
        """Return what is in one."""
        async with self.database.tenant(self.tenant_id) as session:
            content = await handed.get_content(session, self.user_id, file.id)
        if content is None:
            raise NotFound(f"{file.name} is not here any more; I keep files {_days()}. Send it again.")
        return content


def _days() -> str:
    return f"for {KEPT.days} days"


async def do_hand_in(database: Rows, question: Question, now: datetime) -> list[Handed]:
    """Look at the files of a message and keep them, all or none; BadInput says what is wrong with one.

    A message with a `key` that is answered a second time keeps them once.
    """
    if len(question.files) > MOST_AT_ONCE:
        raise BadInput(f"Up to {MOST_AT_ONCE} files go with one message. {NOTHING_DONE}")
    if sum(len(one.content) for one in question.files) > MOST_TOGETHER:
        raise BadInput(f"Up to {size_said(MOST_TOGETHER)} go with one message. {NOTHING_DONE}")
    looked = [await asyncio.to_thread(_looked_at, question, at) for at in range(len(question.files))]
    async with database.tenant(question.tenant.id) as session:
        there = await handed.get_kept(session, question.user.id)
        size = there.size + sum(len(one.content) for _, one in looked)
        if there.files + len(looked) > MOST_KEPT or size > MOST_BYTES:
            raise BadInput(
                "You have handed in more than I keep at once. Say what becomes of the files I have, or "
                f"wait: I forget them after {KEPT.days} days. {NOTHING_DONE}"
            )
        for about, one in looked:
            await handed.do_keep(session, question.user.id, about, one.content, now, now + KEPT)
    return [about for about, _ in looked]


def _looked_at(question: Question, at: int) -> tuple[Handed, Vetted]:
    try:
        one = vetted(question.files[at])
    except BadInput as error:
        alone = len(question.files) == 1 and not question.words
        raise BadInput(str(error) if alone else f"{error} {NOTHING_DONE}") from None
    digest = sha256(one.content).hexdigest()
    known = uuid5(NAMESPACE_OID, f"{question.tenant.id} {question.user.id} {question.key} {at} {digest}")
    about = Handed(
        id=str(known if question.key else uuid4()),
        name=one.name,
        media_type=one.media_type,
        size=len(one.content),
        sha256=digest,
        cleaned=one.cleaned,
    )
    return about, one


def filled(thread: Thread, arguments: Sequence[Argument], args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a call's arguments with the files the thread has, where it takes some and was given none."""
    wanted = next((a.name for a in arguments if a.kind is Kind.FILES), None)
    return (
        {**args, wanted: list(thread.handed)} if wanted and thread.handed and not args.get(wanted) else args
    )


def settled(thread: Thread, arguments: Sequence[Argument]) -> Thread:
    """Return the thread without files once a call has taken them."""
    return replace(thread, handed=()) if any(a.kind is Kind.FILES for a in arguments) else thread
