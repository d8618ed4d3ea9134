"""A channel rule as one says it, `in #noc only network`: never a question about what #outages says."""

from __future__ import annotations

import re

from bot.contract.action import Via
from bot.contract.reply import Reply
from bot.core.turn import Turn

RULE = "admin_set_channel"
NAME = r"`?[a-z][a-z_]{0,60}`?"
SAID = re.compile(
    r"(?:please\s+)?in\s+(?:the\s+)?(?:channel\s+)?(?P<channel>#[^\s,:]{1,80})[,:]?\s+(?:do\s+)?only\s+"
    rf"(?P<only>{NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){NAME}){{0,20}})(?:\s+please)?\s?[.!]?",
    re.IGNORECASE,
)
"""Names one by one, and no more words: `in #noc only two are open` is about something else."""


async def channel_ruled(turn: Turn) -> Reply | None:
    """Ask for the rule; None where the words are none, or where there is no such action for this person."""
    said = SAID.fullmatch(turn.question.words)
    if said is None or all(owned.id != RULE for owned in turn.view.actions_for(turn.user)):
        return None
    return await turn.call(RULE, {"channel": said["channel"], "only": said["only"]}, Via.PERSON)
