"""What forms need of the core; each call looks up the person's rights of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.contract.entity import Match
from bot.contract.reply import Reply
from bot.core.form import Filled, Form
from bot.core.question import Question


class FormDesk(Protocol):
    """Where forms are drawn, searched, checked and sent; a UserError is said to the person."""

    async def answer(self, question: Question) -> Reply:
        """Answer words."""

    async def form(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Form:
        """Return the form of an action, with what is known already."""

    async def form_for(self, question: Question, words: str) -> Form:
        """Return the form that words ask for."""

    async def form_of_message(self, question: Question, origin: str) -> Form:
        """Return the form of a ticket about a message, which is the words of the question."""

    async def things(self, question: Question, action_id: str, field: str, typed: str) -> Sequence[Match]:
        """Return what a field of a form may name."""

    async def form_problems(self, question: Question, filled: Filled) -> Mapping[str, str]:
        """Return what does not fit in a form, by field; Conflict when its action has changed meanwhile."""

    async def form_anew(self, question: Question, filled: Filled) -> Form:
        """Return the form as it is by now, with what was entered as far as it fits."""

    async def send(self, question: Question, filled: Filled) -> Reply:
        """Make the call a form stands for."""
