"""Saying something to people by themselves: kept until they are met, then said once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from bot.contract.nudge import Nudge
from bot.contract.people import User
from bot.contract.reply import Reply
from bot.core.desk import Desk
from bot.core.gate_reply import keep_reply, kept_reply
from bot.core.question import Question
from bot.db import grants, nudges, users
from bot.db.database import Database
from bot.db.session import Session
from bot.errors import NotAllowed

NEEDS = "needs"
ALONG = frozenset({"terminal"})
"""Surfaces on which nobody can be spoken to first: there it goes along with the next answer."""


class PersonOf(Protocol):
    """Reads a person with their rights."""

    async def __call__(self, user_id: str, /) -> User:
        """Return them; NotAllowed if they left."""


@dataclass(frozen=True, kw_only=True)
class PluginNudges:
    """The nudges of one plugin in one tenant; `person` says what those it is for may see."""

    database: Database
    tenant_id: str
    plugin: str
    person: PersonOf
    now: datetime

    async def put(self, nudge: Nudge) -> int:
        """Keep it for those it is for; return how many of them had not been told it."""
        people = await self._people(nudge)
        if not people:
            return 0
        key, older = f"{self.plugin}:{nudge.key}", f"{self.plugin}:{nudge.instead_of}"
        async with self.database.tenant(self.tenant_id) as session:
            put = await nudges.do_put(session, people, key, keep_reply(nudge.reply) | _needs(nudge))
            if nudge.instead_of:
                await nudges.do_drop(session, older, people, but=key)
        return put

    async def reaches(self, nudge: Nudge) -> int:
        """Return how many people it would be for."""
        return len(await self._people(nudge))

    async def withdraw(self, begins: str) -> int:
        """Drop what waits to be said under keys that begin so."""
        async with self.database.tenant(self.tenant_id) as session:
            return await nudges.do_drop(session, f"{self.plugin}:{begins}")

    async def _people(self, nudge: Nudge) -> list[str]:
        async with self.database.tenant(self.tenant_id) as session:
            found = await _named(session, nudge, self.now)
        asked = nudge.permission or nudge.but_not
        return [one for one in found if await self._may(one, nudge)] if asked else found

    async def _may(self, user_id: str, nudge: Nudge) -> bool:
        try:
            user = await self.person(user_id)
        except NotAllowed:
            return False
        if nudge.but_not.casefold() in {user.id, user.email.casefold(), user.name.casefold()} - {""}:
            return False
        return may_hear(user, _needs(nudge))


def _needs(nudge: Nudge) -> dict[str, Any]:
    """Return what whoever is told has to hold, kept beside the words: rights change until they are said."""
    return {NEEDS: {"permission": nudge.permission, "area": dict(nudge.area)}} if nudge.permission else {}


def may_hear(user: User, kept: Mapping[str, Any]) -> bool:
    """Say whether a person may be told what was kept for them, by the rights they have now."""
    needs = kept.get(NEEDS)
    if not needs:
        return True
    scope = user.scope(needs["permission"])
    return scope.covers(needs["area"]) if needs["area"] else user.may(needs["permission"])


async def _named(session: Session, nudge: Nudge, now: datetime) -> list[str]:
    if nudge.role:
        return sorted({one.user_id for one in await grants.find_grants(session, now, role=nudge.role)})
    by_email = await users.get_person_by_email(session, nudge.to) if "@" in nudge.to else None
    found = by_email or await users.get_person(session, nudge.to)
    return [found.id] if found and found.active else []


async def with_nudges(desk: Desk, question: Question, reply: Reply) -> Reply:
    """Return the reply with what this person was still to be told, where they alone read it."""
    if question.surface not in ALONG or not question.place.direct:
        return reply
    async with desk.database.tenant(question.tenant.id) as session:
        kept = await nudges.do_take(session, question.user.id, question.surface, desk.around.now())
    told = [kept_reply(one, "") for one in kept if may_hear(question.user, one)]
    return replace(reply, text="\n\n".join([reply.text, *map(_said, told)])) if told else reply


def _said(told: Reply) -> str:
    """Say it in words alone: the numbers beside an answer's own choices stay what they are."""
    ways = ", ".join(f"`{choice.words}`" for choice in told.choices)
    return f"⏰ {told.text}" + (f" Say {ways}." if ways else "")
