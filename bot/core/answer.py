"""From words to a reply, the same for every surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.contract.reply import Reply
from bot.core.desk import Desk
from bot.core.question import Question


async def answer(desk: Desk, question: Question) -> Reply:
    """Answer one message; never raises a UserError: what is wrong is said in the reply."""
    raise NotImplementedError


async def press(desk: Desk, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
    """Make the call behind a button, a form or a modal; the person meant exactly this."""
    raise NotImplementedError


async def decide(desk: Desk, question: Question, call_id: str, *, yes: bool, reason: str = "") -> Reply:
    """Say yes or no to a waiting call, by its button."""
    raise NotImplementedError


async def undo(desk: Desk, question: Question, call_id: str) -> Reply:
    """Take a finished call back, by its button."""
    raise NotImplementedError
