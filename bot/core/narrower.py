"""The last question narrowed by a few words: "only no light", "which are older than a day"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.understand.phrasing import command
from bot.understand.understanding import Guess, Verdict

NEAR = 0.4
"""From here a reading of the last question is meant by words that ask for a part of it."""
NEARLY = 0.7
"""As NEAR, of words with what the list is of behind them."""
SHOWS = frozenset({"limit", "csv"})


async def narrowed_to(turn: Turn, words: str) -> Guess | None:
    """Return the last question narrowed by words that ask for a part of its answer; None if it cannot be.

    Whatever else the words sound like: after a list of tickets "only no light" is about these tickets.
    """
    last = turn.thread.last
    if last is None:
        return None
    ask = replace(ask_of(turn), words=words)
    meant = await turn.desk.understander.understand(ask)
    if found := _of_last(meant.guesses, last, clear=meant.verdict is Verdict.CLEAR):
        return found
    noun = _noun(turn, last[0])
    if not noun or noun in words.lower().split():
        return None
    what = words.removeprefix("only ")
    mine = "my" in last[0].split("_")
    for whole in (f"{what} {noun}", f"{noun} with {what}", f"{noun} {what}"):
        asked = f"my {whole}" if mine else whole
        meant = await turn.desk.understander.understand(replace(ask, words=asked, last=None, focus={}))
        same = next((g for g in meant.guesses if g.action_id == last[0] and not g.unused), None)
        if not mine and same and same.args and same.score >= NEARLY:
            meant = replace(meant, verdict=Verdict.CLEAR, guesses=(same,))
        if meant.verdict is not Verdict.CLEAR or meant.best.unused:
            continue
        if mine and _is_mine(turn, meant.best, last[0]):
            return meant.best
        if meant.action_id != last[0]:
            continue
        args = {**lasting(last[1]), **meant.args}
        if meant.args and args != lasting(last[1]):
            owned = turn.desk.view.action(last[0])
            return replace(meant.best, args=args, missing=(), said=command(owned, args, short=True))
    return None


def _of_last(guesses: tuple[Guess, ...], last: tuple[str, Mapping[str, Any]], *, clear: bool) -> Guess | None:
    """Return the reading that is the last question with more said of it."""
    for at, guess in enumerate(guesses):
        if guess.action_id != last[0] or guess.unused or dict(guess.args) == dict(last[1]):
            continue
        keeps = lasting(last[1]).keys() <= guess.args.keys()
        if (clear and not at) or (keeps and guess.score >= NEAR and guess.reads_only):
            return guess
    return None


def lasting(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a question is narrowed by, beside how much of it is shown."""
    return {name: value for name, value in args.items() if name not in SHOWS}


def _is_mine(turn: Turn, guess: Guess, last: str) -> bool:
    """Say whether a reading lists what is mine narrowed: of "my queue" the urgent ones."""
    view, mine = turn.desk.view, turn.user.email.lower()
    same = view.action(guess.action_id).plugin == view.action(last).plugin
    values = [str(value).lower() for value in guess.args.values()]
    return same and guess.reads_only and mine in values and len(values) > 1


def _noun(turn: Turn, action_id: str) -> str:
    """Return what a list is of, as far as its name says so: "tickets" of tickets_search."""
    owned = turn.desk.view.action(action_id)
    rows = turn.thread.rows
    kind = turn.desk.understander.kind_of(rows[0]) if rows else ""
    kind = kind or ("customer" if rows and rows[0].isdigit() else "")
    names = (f"{kind}s" if kind else "", owned.item.name.split("_")[-1], owned.plugin)
    return next((name for name in names if name.endswith("s")), "")
