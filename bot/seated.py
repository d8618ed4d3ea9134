"""The core as a surface asks it: whoever asks is seated with the rights they have at that moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.app import App
from bot.contract.entity import Match
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply, Tone
from bot.core.answer import answer, decide, press, said, undo
from bot.core.approvers import Asking
from bot.core.desk import Desk
from bot.core.form import Filled, Form
from bot.core.form_desk import (
    args_of,
    find_form_problems,
    find_things,
    form_for,
    form_of_message,
    open_form,
    send_form,
)
from bot.core.gate import Gate
from bot.core.glance import CALL, Glance, glance, glance_at_call
from bot.core.home import Home, look
from bot.core.overheard import is_meant
from bot.core.question import Question
from bot.errors import UserError

SHOWN_ID = 8
ONLY_THEIRS = (
    "Only {name}, who asked for this, can cancel it; nothing was changed. To say no to it, press Deny, or "
    "say `deny {call} because …`."
)


class Seated:
    """Answers, presses, decisions, undos and forms for a surface that lives beside the app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def answer(self, question: Question) -> Reply:
        """Answer words."""
        return await answer(*await self._seat(question))

    async def heeds(self, question: Question, *, engaged: bool, alone: bool, files: bool) -> bool:
        """Say whether words without a mention are clearly for the bot."""
        return await is_meant(*await self._seat(question), engaged=engaged, alone=alone, files=files)

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Make the call behind a button or a form."""
        return await press(*await self._seat(question), action_id, args)

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        """Say yes or no to a waiting call."""
        desk, asked = await self._seat(question)
        return await decide(desk, asked, call_id, yes=yes, reason=reason, version=version)

    async def asking(self, tenant: Tenant, call_id: str, surface: str) -> Asking | None:
        """Return a call that waits, and who could agree to it and can be told so on a surface."""
        return await (await self._app.gate(tenant)).asking(call_id, surface)

    async def withdraw(self, question: Question, call_id: str) -> Reply:
        """Take back what they asked for themselves; of another's call nothing is changed."""
        desk, asked = await self._seat(question)
        kept = await not_theirs(await self._app.gate(asked.tenant), asked.user, call_id)
        return kept or await decide(desk, asked, call_id, yes=False)

    async def undo(self, question: Question, call_id: str) -> Reply:
        """Take a finished call back."""
        return await undo(*await self._seat(question), call_id)

    async def form(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Form:
        """Return the form of an action, with what is known already."""
        return await open_form(*await self._seat(question), action_id, args)

    async def form_for(self, question: Question, words: str) -> Form:
        """Return the form that words ask for."""
        return await form_for(*await self._seat(question), words)

    async def form_of_message(self, question: Question, origin: str) -> Form:
        """Return the form of a ticket about a message, which is the words of the question."""
        return await form_of_message(*await self._seat(question), origin)

    async def things(self, question: Question, action_id: str, field: str, typed: str) -> Sequence[Match]:
        """Return what a field of a form may name."""
        return await find_things(*await self._seat(question), action_id, field, typed)

    async def form_problems(self, question: Question, filled: Filled) -> Mapping[str, str]:
        """Return what does not fit in a form, by field."""
        return await find_form_problems(*await self._seat(question), filled)

    async def form_anew(self, question: Question, filled: Filled) -> Form:
        """Return the form as it is by now, with what was entered as far as it fits."""
        desk, asked = await self._seat(question)
        return await open_form(desk, asked, filled.action_id, args_of(desk, asked, filled))

    async def send(self, question: Question, filled: Filled) -> Reply:
        """Make the call a form stands for."""
        return await send_form(*await self._seat(question), filled)

    async def home(self, question: Question) -> Home:
        """Return what the asker's Home tab tells them."""
        return await look(*await self._seat(question))

    async def glance(self, question: Question, kind: str, key: str) -> Glance | None:
        """Return what others may read, in the place of the question, of one thing or call; None: nothing."""
        desk, asked = await self._seat(question)
        if kind != CALL:
            return await glance(desk, asked, kind, key)
        gate = await self._app.gate(asked.tenant)
        return await glance_at_call(self._app.database, gate, asked, key)

    async def find_deciders(self, tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people could decide a call that waits."""
        return await (await self._app.gate(tenant)).find_deciders(call_id, user_ids)

    async def find_concerned(self, tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people may know of a call, whatever became of it."""
        return await (await self._app.gate(tenant)).find_concerned(call_id, user_ids)

    async def _seat(self, question: Question) -> tuple[Desk, Question]:
        desk, person = await self._app.seat(question.tenant, question.user)
        return desk, replace(question, user=person)


async def not_theirs(gate: Gate, user: User, call_id: str) -> Reply | None:
    """Return why this person cannot withdraw a call; None when it is their own."""
    try:
        shown = await gate.show(user, call_id)
    except UserError as error:
        return said(error)
    if shown.own:
        return None
    text = ONLY_THEIRS.format(name=shown.waiting.asked_by, call=call_id[:SHOWN_ID])
    return Reply(text, tone=Tone.WARN, error="NotAllowed")
