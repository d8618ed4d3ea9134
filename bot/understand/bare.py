"""Messages that ask for a thing by nothing but what it is called, or by "who is that"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.understand.index import Index
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.settle import card_of
from bot.understand.understanding import Ask, Guess

WHO_IS = re.compile(
    r"^(?:and )?who(?:'s| is) (?:that|this|he|she|it)(?: (?:customer|person))?[\s?.!]*$", re.IGNORECASE
)


def who_is(index: Index, ask: Ask, said: Sentence, person: str, homes: Mapping[str, str]) -> Guess | None:
    """Take "who is that" as the wish to see whom the thread is about."""
    key = said.focus.get(person)
    if key is None or not WHO_IS.match(said.text):
        return None
    return card_of(index, ask, person, homes.get(person, ""), key)


def nowhere(index: Index, ask: Ask, mark: Mark, person: str, homes: Mapping[str, str]) -> Guess | None:
    """Take a number that is nowhere as the wish to see it: the answer says that it was not found."""
    kind = mark.entity or person
    if not (mark.entity or mark.long_number or mark.kind == "id"):
        return None
    return card_of(index, ask, kind, homes.get(kind, ""), mark.text)
