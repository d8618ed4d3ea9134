"""Whether words speak of what somebody may not do: a refusal of what nobody asked for is believed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.contract.action import Action
from bot.understand.arguments import Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.marks import PEOPLE
from bot.understand.rights import ROLES, role_in
from bot.understand.sentence import SEEN, Sentence, names_at
from bot.understand.words import FUNCTION, Token, stem, word_set

OF_MANY = word_set(
    "activate add allow assign cancel change close deactivate deny disable enable forget give grant keep let "
    "link make move open put remove revoke set show start stop take turn undo unlink"
)
"""Verbs that say little of what is wished for without the noun behind them."""
MANY = re.compile(r"(?:(?:\w+ )?of )?(?:them|these|those)|its|theirs?", re.IGNORECASE)
"""What a list just shown is about, and nothing that could be looked up: "who took them"."""
ROLE = re.compile(rf"(?:an?|the)?\s*(?:{ROLES})(?:\s+(?:role|rights?|access))?", re.IGNORECASE)


def speaks_of_it(
    action: Action, filled: Filled, captured: Mapping[str, str] | None, said: Sentence, own: Collection[str]
) -> bool:
    """Say whether a message plainly speaks of an action: of what it is done to, by its noun or a rare verb.

    `own` are the stems of all words the action uses of itself.
    """
    of_many = any(MANY.fullmatch(text) for text in (captured or {}).values())
    if action.reads_only or role_in(said.text[said.begin :]):
        return not of_many
    things = {a.name: a.entity for a in arguments_of(action) if a.kind is Kind.ENTITY}
    if any(filled.args.get(name) and entity not in PEOPLE for name, entity in things.items()):
        return True
    if any(ROLE.fullmatch(text) for text in (captured or {}).values()):
        return True
    words = [w for w in said.words if w.start < min(said.said_after, SEEN) and not names_at(w.start, said)]
    plain = [w for w in words if w.low not in FUNCTION]
    verb, *nouns = action.name.split("_")
    stems = {w.stem for w in plain}
    if stems & {stem(noun) for noun in (*nouns, *(a.name for a in arguments_of(action)))}:
        return True
    if verb not in OF_MANY and stem(verb) in stems:
        return True
    named = any(filled.args.get(name) for name in things)
    return named and _known(plain, own)


def _known(words: Collection[Token], own: Collection[str]) -> bool:
    """Say whether all that was said are words the action uses: "remove her access"."""
    return all(w.stem in own for w in words)
