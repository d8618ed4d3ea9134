"""A message that says more of what was just asked: the other half of a name."""

from __future__ import annotations

from bot.contract.action import Action
from bot.contract.reply import Reply
from bot.core.turn import Turn
from bot.understand.words import tokens

LONGEST = 2
"""Words of the other half of a name."""


async def narrowed(turn: Turn) -> Reply | None:
    """Take the other half of a name when asked which of many of one name is meant: "john", of the Mwangis."""
    left, words = turn.thread.left_open, turn.question.words
    asked = any(one.about for one in turn.thread.picks)
    if left is None or not asked or len(words.split()) > LONGEST or not words.replace(" ", "").isalpha():
        return None
    if left.action_id not in {owned.id for owned in turn.desk.view.all(Action)}:
        return None
    whole = f"{words} {left.words}"
    said = {token.low for token in tokens(whole)}
    found = await turn.find(left.kind, whole)
    if not any(said <= {token.low for token in tokens(match.label)} for match in found):
        return None
    return await turn.call(left.action_id, {**left.args, left.argument: whole}, left.via)
