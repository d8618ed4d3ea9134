"""Another list's question, of the customers of this one: "how many of them owe", "are they online"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Reply, Table
from bot.core.kept_rows import kept
from bot.core.listed import listed_in
from bot.core.named import keys_in
from bot.core.narrower import lasting
from bot.core.not_anew import offered
from bot.core.rows import MOST, listing
from bot.core.sifting import go_back
from bot.core.sorting import SORTED
from bot.core.turn import Turn
from bot.core.whole_list import has_all, part_of, whole_list
from bot.core.wishes import act_on, ask_of
from bot.understand.arguments import arguments_of
from bot.understand.phrasing import command
from bot.understand.threadwise import SHARED
from bot.understand.understanding import Guess, Verdict

LEAD = r"^(?:(?:and|so|ok|okay|but|then)\b[\s,]*)*"
OF_THEM = re.compile(
    rf"{LEAD}(?:(?:how many|which|who|any|what)\s+)?of (?:them|these|those)\s+(?P<rest>\S.*)$", re.IGNORECASE
)
ARE_THEY = re.compile(
    rf"{LEAD}(?P<verb>are|do|have)\s+(?:any of )?(?:they|them|these|those)\s+(?P<rest>\S.*)$", re.IGNORECASE
)
ARE = re.compile(r"(?:are|is|were|was)\b|(?:in|at|from|with|without|not)\b", re.IGNORECASE)
"""Says what somebody is, which most lists can be narrowed by themselves."""
CUSTOMER, EVERYBODY = "customer", "customers_browse"
"""What both lists are of, and the list of customers that is of nobody else than what narrows it says."""
UNSAID = "That list does not say the account, so I cannot tell who of the {:,} shown is in it. Of all:"
LONGEST = 120
"""Letters of a question about a list."""


async def what_they_do(turn: Turn) -> Reply | None:
    """Answer what those of the last list do or have: "how many of them owe"."""
    found = OF_THEM.match(turn.question.words)
    return await _of_them(turn, found["rest"]) if found and not ARE.match(found["rest"]) else None


async def what_they_are(turn: Turn) -> Reply | None:
    """Answer what those of the last list are, where that is no part of the list itself: "are they online"."""
    words = turn.question.words
    if found := ARE_THEY.match(words):
        verb = "" if found["verb"].lower() == "do" else f"{found['verb']} "
        return await _of_them(turn, f"{verb}{found['rest']}")
    found = OF_THEM.match(words)
    return await _of_them(turn, found["rest"]) if found and ARE.match(found["rest"]) else None


async def _of_them(turn: Turn, rest: str) -> Reply | None:
    """Ask of everybody, and keep those that the last list is of, by account.

    None where it is no question that another list answers, or where one of the two lists cannot be read
    whole: then what the list was narrowed by narrows the question, as far as it can.
    """
    if turn.thread.asking or len(rest) > LONGEST:
        return None
    go_back(turn)
    last = turn.thread.last
    if not listing(turn):
        return None
    ask = replace(ask_of(turn), words=f"which customers {rest}", last=None, focus={})
    meant = await turn.desk.understander.understand(ask)
    if last is None or meant.verdict is not Verdict.CLEAR or not _is_another(turn, meant.best, last[0]):
        return None
    guess, all_said = _carried(turn, meant.best)
    if all_said and last[0] == EVERYBODY and not kept(turn.thread):
        return await act_on(turn, guess)
    before = turn.thread
    table = (await whole_list(turn))[1]
    keys = set(keys_in(table, CUSTOMER)) if table and has_all(table, before) else set()
    turn.thread = before
    return await _joined(turn, guess, keys) if keys else None


def _is_another(turn: Turn, guess: Guess, last: str) -> bool:
    """Say whether a reading is another list, of nobody that was named in the message."""
    arguments = {a.name: a for a in arguments_of(turn.desk.view.action(guess.action_id).item)}
    named = any(a.entity == CUSTOMER and guess.args.get(name) is not None for name, a in arguments.items())
    lists = guess.reads_only and "limit" in arguments and not (guess.missing or guess.unused)
    return lists and guess.action_id != last and not named


def _carried(turn: Turn, guess: Guess) -> tuple[Guess, bool]:
    """Return a reading with what the last list was narrowed by, and whether that is all of it."""
    last_id, last = turn.thread.last or ("", {})
    owned = turn.desk.view.action(guess.action_id)
    here = {a.name: (a.kind, a.values) for a in arguments_of(owned.item) if a.name in SHARED}
    there = {a.name: (a.kind, a.values) for a in arguments_of(turn.desk.view.action(last_id).item)}
    said = lasting(last)
    more = {n: v for n, v in said.items() if n in here and here[n] == there.get(n) and n not in guess.args}
    args = {**more, **guess.args}
    return replace(guess, args=args, said=command(owned, args, short=True)), more.keys() == said.keys()


async def _joined(turn: Turn, guess: Guess, keys: set[str]) -> Reply | None:
    """Ask the other question with all its rows, and keep those of these customers."""
    before = turn.thread
    reply = await turn.call(guess.action_id, {**guess.args, "limit": MOST}, Via.PERSON)
    table = listed_in(reply)
    if reply.error:
        return reply
    whose = keys_in(table, CUSTOMER) if table else ()
    if table is None or not whose or not _is_whole(table):
        turn.thread = before
        unsaid = table is not None and table.rows and not whose
        return offered(turn, guess, UNSAID.format(len(keys))) if unsaid else None
    rows = [row for row, key in zip(table.rows, whose, strict=True) if key in keys]
    understood = f"I read this as: `{guess.said}`, of the {len(keys):,} shown"
    if not rows:  # what is said next is of those before
        turn.thread = before
        return Reply(f"None of these {len(keys):,}.", evidence=reply.evidence, understood=understood)
    turn.thread = replace(turn.thread, last=(guess.action_id, dict(guess.args)))
    found = len(keys & set(whose))
    answer = part_of(turn, reply, table, rows, f"{found:,} of these {len(keys):,}:", stays=True)
    return replace(answer, understood=understood)


def _is_whole(table: Table) -> bool:
    """Say whether a list that was asked for with all its rows gave them all; a round number may be cut."""
    if table.total is not None:
        return len(table.rows) == table.total
    return len(table.rows) < SORTED or len(table.rows) % 10 != 0
