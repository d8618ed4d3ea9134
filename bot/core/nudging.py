"""Saying something to people by themselves: kept until they are met, then said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.contract.nudge import Nudge
from bot.contract.reply import Reply
from bot.core.desk import Desk
from bot.core.gate_reply import keep_reply, kept_reply
from bot.core.question import Question
from bot.db import grants, nudges, users
from bot.db.database import Database
from bot.db.session import Session

ALONG = frozenset({"terminal"})
"""Surfaces on which nobody can be spoken to first: there it goes along with the next answer."""


async def put_nudge(database: Database, tenant_id: str, plugin: str, nudge: Nudge, now: datetime) -> int:
    """Keep a nudge of a plugin for those it is for; return how many of them had not been told it."""
    async with database.tenant(tenant_id) as session:
        people = await _people(session, nudge, now)
        if not people:
            return 0
        return await nudges.do_put(session, people, f"{plugin}:{nudge.key}", keep_reply(nudge.reply))


async def _people(session: Session, nudge: Nudge, now: datetime) -> list[str]:
    if nudge.role:
        return sorted({one.user_id for one in await grants.find_grants(session, now, role=nudge.role)})
    by_email = await users.get_person_by_email(session, nudge.to) if "@" in nudge.to else None
    found = by_email or await users.get_person(session, nudge.to)
    return [found.id] if found else []


async def with_nudges(desk: Desk, question: Question, reply: Reply) -> Reply:
    """Return the reply with what this person was still to be told, where they alone read it."""
    if question.surface not in ALONG or not question.place.direct:
        return reply
    async with desk.database.tenant(question.tenant.id) as session:
        kept = await nudges.do_take(session, question.user.id, question.surface, desk.around.now())
    told = [kept_reply(one, "") for one in kept]
    return replace(reply, text="\n\n".join([reply.text, *map(_said, told)])) if told else reply


def _said(told: Reply) -> str:
    """Say it in words alone: the numbers beside an answer's own choices stay what they are."""
    ways = ", ".join(f"`{choice.words}`" for choice in told.choices)
    return f"⏰ {told.text}" + (f" Say {ways}." if ways else "")
