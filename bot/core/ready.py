"""The one change an answer had ready: "do it", after what a plan would cost."""

from __future__ import annotations

import re

from bot.contract.action import Via
from bot.contract.reply import Reply
from bot.core.turn import Turn

DO_IT = re.compile(
    r"^(?:(?:yes|ok(?:ay)?|please|then)[\s,]+)*(?:do (?:it|that)|go ahead)(?: please| then)?[\s.!]*$",
    re.IGNORECASE,
)


async def taken_up(turn: Turn) -> Reply | None:
    """Propose the change of the only button under the last answer; it is shown before it runs."""
    picks = turn.thread.picks
    if len(picks) != 1 or not DO_IT.match(turn.question.words):
        return None
    changes = {owned.id for owned in turn.view.actions_for(turn.user) if not owned.item.reads_only}
    return (
        await turn.call(picks[0].action_id, picks[0].args, Via.MODEL)
        if picks[0].action_id in changes
        else None
    )
