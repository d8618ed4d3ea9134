"""A message that only changes the last question, read as that question: "what about Bisi?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.understand.filled import Asker
from bot.understand.follow import beyond, change_in, changed, renamed, unheeded
from bot.understand.index import Index
from bot.understand.lookups import Lookups
from bot.understand.phrasing import command
from bot.understand.sentence import Sentence
from bot.understand.settle import looked_up
from bot.understand.understanding import Ask, Guess, Understanding, Verdict


async def same_again(
    index: Index,
    ask: Ask,
    said: Sentence,
    asker: Asker,
    lookups: Lookups,
    *,
    kinds: Sequence[str],
    read: Callable[[Ask, str], Sentence],
) -> Understanding | None:
    """Understand "what about Bisi?" as the last question about somebody else."""
    offered = next((o for o in index.actions if ask.last and o.id == ask.last[0]), None)
    if ask.last is None or offered is None or not ask.user.may(offered.item.permission):
        return None
    change, last = change_in(said.text), ask.last[1]
    rest = replace(read(ask, change.words), follows=said.follows)
    if said.follows or change.narrows:
        rest = await looked_up(rest, lookups, kinds)
    new = changed(offered.item, last, rest, said, asker)
    new = new or await renamed(offered.item, last, rest, lookups.find)
    left = beyond(offered.item, rest) if new is None else unheeded(rest)
    if new is None and not left:
        return None
    args = last if new is None else new
    guess = Guess(
        action_id=offered.id,
        args=args,
        score=0.9,
        reads_only=True,
        said=command(offered, args, short=True),
        unused=left,
    )
    return Understanding(verdict=Verdict.CLEAR, guesses=(guess,))
