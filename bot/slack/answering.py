"""Who asks for a call hears its end as the answer to what they asked, and then by no notice beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum

from bot.contract.action import Approval
from bot.db import inbox
from bot.db.calls import Call
from bot.db.session import Session

ENDS = frozenset({"done", "failed", "unknown"})
"""The events of a call that ran."""
SOON = timedelta(seconds=5)
"""When to look again whether an arrival is answered by now."""
CLOCKS = timedelta(seconds=5)
"""By how much the database's clock may differ from ours."""
ARRIVAL = re.compile(r"slack:([0-9a-f-]{36})")
"""The key of a call: the reader makes it of the arrival that asks for it."""


class Answer(Enum):
    """What becomes of the answer: it told the end, it will or may, or it does not."""

    TOLD = "told"
    OPEN = "open"
    NONE = "none"


async def answer_to(session: Session, call: Call, event: str) -> Answer:
    """Say whether the answer to what asked for a call tells this end of it.

    Of a call that needed a yes the answer was that it waits. One that ran at once is ended by the gate's
    recovery where its process died, and whoever takes the arrival up then answers with that end.
    """
    asked = ARRIVAL.fullmatch(call.key)
    if asked is None or event not in ENDS or call.needs > Approval.NONE or call.ended_at is None:
        return Answer.NONE
    there = await inbox.get_standing(session, asked[1])
    if there is None or there.state == "dead":
        return Answer.NONE
    if there.done_at is None:
        return Answer.OPEN
    if call.state == "undone":  # which moves its end; and only of what was told somebody takes anything back
        return Answer.TOLD
    return Answer.TOLD if there.done_at + CLOCKS >= call.ended_at else Answer.NONE
