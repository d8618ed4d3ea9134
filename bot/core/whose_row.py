"""Whose a row is: "book a visit for the third", where the list is of tickets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import UserError
from bot.understand.focused import PERSON_KIND
from bot.understand.understanding import Verdict

SURE = frozenset({Verdict.CLEAR, Verdict.MISSING})


async def for_whom(turn: Turn, plain: str) -> str:
    """Return a message about a row as one about its customer, where only that makes sense of it."""
    row = turn.thread.walk[turn.thread.at] if 0 <= turn.thread.at < len(turn.thread.walk) else ""
    kind = turn.desk.understander.kind_of(row) if row else ""
    if kind in {"", PERSON_KIND} or plain.strip() == row or row not in plain:
        return plain
    if await _fits(turn, plain, row):
        return plain
    account = ""
    with suppress(UserError):  # not for this person, or its system is away
        found = [match for match in await turn.find(kind, row) if match.key == row]
        account = str(getattr(found[0].record, PERSON_KIND, "") or "") if found else ""
    if not account:
        return plain
    turn.thread = turn.thread.about({PERSON_KIND: account})  # no other one's that was spoken of before
    other = plain.replace(row, account, 1)
    return other if await _fits(turn, other, account) else plain


async def _fits(turn: Turn, words: str, key: str) -> bool:
    """Say whether a message is plainly about this thing, with nothing left over."""
    meant = await turn.desk.understander.understand(replace(ask_of(turn), words=words))
    if meant.verdict not in SURE or meant.best.unused or key not in map(str, meant.args.values()):
        return False
    return meant.best.formed or not meant.best.reads_only
