"""Who asks, from where, and what they reach: the part of a message that no thread changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.contract.action import Via
from bot.contract.entity import Match
from bot.contract.reply import Reply
from bot.core.desk import Desk
from bot.core.gate_setup import MessageKey
from bot.core.here import Here
from bot.core.question import Question
from bot.core.whom import whom_beyond, whom_to_ask
from bot.errors import LimitExceeded, NotAllowed, UserError
from bot.understand.arguments import Argument, Kind
from bot.understand.follow import BY
from bot.understand.marks import PEOPLE
from bot.understand.times import Clock

PERSON = "person"
"""The kind of thing a colleague is."""


class Caller:
    """Whoever sent a message, at the desk it came to.

    `here` says what the place lets this person do, `view` what they may be offered in it.
    """

    def __init__(self, desk: Desk, question: Question) -> None:
        self.desk, self.question = desk, question
        self.user = question.user
        self.here = Here(place=question.place, user=question.user)
        self.view = desk.view

    async def arrive(self) -> None:
        """Learn what may be done in this place; NotAllowed where that is nothing."""
        self.here = await self.desk.gate.here(self.user, self.question.place)
        if self.here.closed:
            await self.desk.gate.turn_away(self.here)
        self.view = self.here.narrow(self.desk.view)

    def fits(self, action_id: str) -> bool:
        """Say whether an action is for this place."""
        return self.here.allows(self.desk.view.action(action_id))

    @property
    def clock(self) -> Clock:
        """The present instant in the tenant's zone."""
        return Clock(self.desk.around.now(), self.question.tenant.zone)

    async def used(self) -> Sequence[str]:
        """Return the actions this person's roles use most."""
        desk, tenant = self.desk, self.question.tenant
        if desk.habits is None:
            return ()
        return await desk.habits.used(desk.database, tenant, self.user, desk.around.now())

    async def find(self, kind: str, text: str, limit: int = 4) -> Sequence[Match]:
        """Look for a thing, as far as this person may see it."""
        return await self.desk.gate.find(self.user, kind, text, limit, place=self.question.place)

    async def through(self, action_id: str, args: Mapping[str, Any], via: Via) -> Reply:
        """Make a call through the gate, as of this message; who may not is told whom to ask."""
        asked = self.question
        try:
            return await self.desk.gate.call(
                self.user,
                action_id,
                args,
                via=via,
                key=MessageKey(asked.key) if asked.key else None,
                thread=asked.thread,
                place=asked.place,
            )
        except LimitExceeded as error:
            raise LimitExceeded(f"{error} {await self._beyond(action_id, error)}".strip()) from error
        except NotAllowed as error:
            if whom := await self.whom(self.desk.view.action(action_id).item.permission):
                raise NotAllowed(f"{error} {whom}") from error
            raise

    async def _beyond(self, action_id: str, over: LimitExceeded) -> str:
        """Return a sentence that names some who may do what is over this person's limits."""
        desk, permission = self.desk, self.desk.view.action(action_id).item.permission
        tenant, now = self.question.tenant, desk.around.now()
        return await whom_beyond(desk.database, tenant.id, self.user, permission, now, over)

    async def whom(self, permission: str) -> str:
        """Return a sentence that names some who may what this person may not; empty where they may."""
        asked = self.question
        now = self.desk.around.now()
        return await whom_to_ask(self.desk.database, asked.tenant.id, self.user, permission, now)

    async def named(self, arguments: Sequence[Argument], args: Mapping[str, Any]) -> dict[str, str]:
        """Return the things a call was about, whatever came of it: the next message may be about them."""
        named: dict[str, str] = {}
        for argument in arguments:
            words = args.get(argument.name)
            kind = PERSON if argument.name in BY and argument.kind is Kind.TEXT else argument.entity
            if words is None or kind not in self.desk.understander.kinds or kind in PEOPLE - {PERSON}:
                continue
            try:
                found = await self.find(kind, str(words))
            except UserError:  # not for this person, or its system is away: then nothing is known of it
                continue
            exact = [match for match in found if match.exact] or list(found)
            if len(exact) == 1:
                named[kind] = exact[0].key
        return named
