"""Whose a list is, where customers and a colleague are called alike: "tickets of kevin"."""

from __future__ import annotations

import re

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.lookups import Lookups
from bot.understand.marks import PEOPLE, Mark
from bot.understand.sentence import Sentence
from bot.understand.standing import OPENER

OF = re.compile(r"\b(?:of|by|with|did|has|does|for|from)\s+(?:our\s+|my\s+)?$", re.IGNORECASE)
OWNS = re.compile(r"'s?\s|s?\s+(?:open\s+|closed\s+)?(?:queue|tickets?|cases|list|desk)\b", re.IGNORECASE)
CUSTOMERS = re.compile(
    r"\b(?:call(?:ed|s)?|rang|complain(?:ed|s|t)?|report(?:ed|s)?|owes?|pa(?:y|id|ys)|customer|subscriber|"
    r"client|account|line|plan)\b",
    re.IGNORECASE,
)
"""What only customers do: "did kevin call before"."""


async def colleague_first(action: Action, filled: Filled, said: Sentence, lookups: Lookups) -> None:
    """Take a name for the one colleague who bears it, where the list it narrows may be theirs as well.

    Not where one customer is called just so, and not of what only customers do.
    """
    customer, agent = _places(action, filled)
    mark = _named(filled, customer, said) if customer and agent else None
    if customer is None or agent is None or mark is None or CUSTOMERS.search(said.text):
        return
    cued = OF.search(said.text, 0, mark.start) or OWNS.match(said.text, mark.end)
    if not cued or any(m.exact for m in await lookups.find(PERSON_KIND, mark.text) or ()):
        return
    found = await lookups.find(agent.entity, mark.text) or ()
    first = [m for m in found if m.label.casefold().split()[:1] == [mark.text.casefold()]]
    if any(m.exact for m in found) or len(first) == 1:
        del filled.args[customer.name]
        filled.options.pop(customer.name, None)
        filled.take(agent.name, first[0].key if len(first) == 1 else mark.text, mark)


async def who_gave(action: Action, filled: Filled, said: Sentence, lookups: Lookups) -> None:
    """Take "credits of dorcas" for what a colleague gave, where no customer is called so."""
    agent = next((a for a in arguments_of(action) if a.name == "agent" and a.kind is Kind.TEXT), None)
    if agent is None or not filled.reads_only or agent.name in filled.args:
        return
    customer, taken = next((a for a in arguments_of(action) if a.entity == PERSON_KIND), None), filled.args
    for mark in said.names:
        plain = (not mark.found or mark.entity in PEOPLE) and not mark.long_number and mark.kind != "id"
        if not plain or not OF.search(said.text, 0, mark.start):
            continue
        low, staff = (
            mark.text.casefold(),
            [m for kind in PEOPLE for m in await lookups.find(kind, mark.text) or ()],
        )
        theirs = len({m.key for m in staff if m.label.casefold().split()[:1] == [low]}) == 1
        called = await lookups.find(PERSON_KIND, mark.text) or ()
        unknown = " " not in low and not any(low in one.label.casefold().split() for one in called)
        if theirs or unknown:
            if customer and taken.get(customer.name) == mark.text:
                del taken[customer.name]
                filled.options.pop(customer.name, None)
            if customer is None or customer.name not in taken:
                filled.take(agent.name, mark.text, mark)
            return


def _places(action: Action, filled: Filled) -> tuple[Argument | None, Argument | None]:
    """Return the argument that has taken a customer, and the free one for whose work it is."""
    arguments = arguments_of(action) if action.reads_only else ()
    customer = next((a for a in arguments if a.entity == PERSON_KIND and a.name in filled.args), None)
    people = [a for a in arguments if a.kind is Kind.ENTITY and a.entity in PEOPLE and a.name != OPENER]
    return customer, next((a for a in people if a.name not in filled.args), None)


def _named(filled: Filled, customer: Argument, said: Sentence) -> Mark | None:
    """Return where the customer's name stands; nothing for a number, or for what the thread is about."""
    if customer.name in filled.from_focus:
        return None
    text = filled.args[customer.name]
    return next((m for m in said.names if m.text == text and not m.long_number and m.kind != "id"), None)
