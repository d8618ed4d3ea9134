"""Why a row is on the list that was just shown: "why the first"."""

from __future__ import annotations

import re

from bot.contract.action import Via
from bot.contract.reply import Reply
from bot.core.turn import Turn
from bot.understand.arguments import arguments_of

WHY = re.compile(r"^(?:(?:and|but|ok|so)\s+)*why\b(?:\s+\S+){1,6}$", re.IGNORECASE)
CUTS = frozenset({"limit", "csv"})


async def why_row(turn: Turn, words: str) -> Reply | None:
    """Ask the list itself about the row that was pointed at, where it can say why that one is on it."""
    thread, known = turn.thread, {owned.id for owned in turn.desk.view.actions_for(turn.user)}
    last = thread.listing or thread.last
    if last is None or last[0] not in known or not WHY.match(words) or not 0 <= thread.at < len(thread.walk):
        return None
    row, item = thread.walk[thread.at], turn.desk.view.action(last[0]).item
    kind = turn.desk.understander.kind_of(row) or ("customer" if row.isdigit() else "")
    name = next((a.name for a in arguments_of(item) if a.entity and a.entity == kind), "")
    if not name or not item.reads_only:
        return None
    args = {key: value for key, value in last[1].items() if key not in CUTS}
    return await turn.call(last[0], {**args, name: row}, Via.PERSON)
