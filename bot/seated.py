"""The core as a surface asks it: whoever asks is seated with the rights they have at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.app import App
from bot.contract.reply import Reply
from bot.core.answer import answer, decide, press, undo
from bot.core.desk import Desk
from bot.core.question import Question


class Seated:
    """Answers, presses, decisions and undos for a surface that lives beside the app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def answer(self, question: Question) -> Reply:
        """Answer words."""
        return await answer(*await self._seat(question))

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Make the call behind a button or a form."""
        return await press(*await self._seat(question), action_id, args)

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        """Say yes or no to a waiting call."""
        desk, asked = await self._seat(question)
        return await decide(desk, asked, call_id, yes=yes, reason=reason, version=version)

    async def undo(self, question: Question, call_id: str) -> Reply:
        """Take a finished call back."""
        return await undo(*await self._seat(question), call_id)

    async def _seat(self, question: Question) -> tuple[Desk, Question]:
        desk, person = await self._app.seat(question.tenant, question.user)
        return desk, replace(question, user=person)
