"""A message that only changes the last question, read as that question: "what about Bisi?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Action
from bot.understand.arguments import Kind, arguments_of
from bot.understand.filled import Asker
from bot.understand.follow import OF, Find, beyond, change_in, changed, renamed, unheeded
from bot.understand.index import Index
from bot.understand.lookups import Lookups
from bot.understand.marks import PEOPLE
from bot.understand.phrasing import command
from bot.understand.sentence import Sentence
from bot.understand.settle import looked_up
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from bot.understand.verbs import ALSO_DOES, DOES

NAME = 2
"""Words of a colleague's name."""


async def colleagues_too(
    action: Action, last: Mapping[str, Any], said: Sentence, find: Find
) -> dict[str, Any] | None:
    """Return the list of one colleague asked of another: "and kevin" is no customer of that name then."""
    words = OF.sub("", said.text.strip(" ?.!"))
    arguments = [a for a in arguments_of(action) if a.kind is Kind.ENTITY and last.get(a.name) is not None]
    whose = [a for a in arguments if a.entity in PEOPLE]
    if not (action.reads_only and said.follows and len(whose) == len(arguments) == 1):
        return None
    if len(words.split()) > NAME or not words.replace(" ", "").replace(".", "").isalpha():
        return None
    found = await find(whose[0].entity, words) or ()
    first = [m for m in found if m.label.casefold().split()[:1] == [words.casefold()]]
    if len(first) == 1:
        return {**last, whose[0].name: first[0].key}
    named = any(m.exact for m in found) or any(m.kind == "name" and m.text == words for m in said.marks)
    return {**last, whose[0].name: words} if named else None


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
    if said.mood.banned and any(w.low in DOES | ALSO_DOES for w in said.words):
        return None  # "don't suspend them all" asks for no list of the suspended
    offered = next((o for o in index.actions if ask.last and o.id == ask.last[0]), None)
    if ask.last is None or offered is None or not ask.user.may(offered.item.permission):
        return None
    change, last = change_in(said.text), ask.last[1]
    rest = replace(read(ask, change.words), follows=said.follows)
    if said.follows or change.narrows:
        rest = await looked_up(rest, lookups, kinds)
    new = await colleagues_too(offered.item, last, rest, lookups.find)
    new = new or changed(offered.item, last, rest, said, asker)
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
