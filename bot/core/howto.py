"""How is it done, may I, what happens if I do it: said in words; nothing is begun before it is wished for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.contract.action import Action, Approval, Via
from bot.contract.reply import Reply, Tone
from bot.core import policy
from bot.core.help import sample
from bot.core.turn import Turn
from bot.db.policies import find_policies
from bot.understand.arguments import Kind, arguments_of
from bot.understand.howto import How
from bot.understand.index import PLACEHOLDER
from bot.understand.phrasing import spoken
from bot.understand.understanding import Guess, Understanding

NEEDS = {
    Approval.NONE: "It runs at once.",
    Approval.SELF: "I show what will change and wait for your yes.",
    Approval.OTHER: "I show what will change; then somebody else who may has to say yes.",
    Approval.TWO: "I show what will change; then two others who may have to say yes.",
}
Offer = Callable[[Turn, Understanding, str], Reply]
NONE = 99
LONGEST = 600
"""Letters of an action's help that are told of what comes of it."""


async def told_how(turn: Turn, meant: Understanding, offer: Offer) -> Reply:
    """Name the deed somebody asks about, how to say it and what it needs; offer to begin it."""
    guess = meant.best
    item = turn.desk.view.action(guess.action_id).item
    said = f"say for example `{said_for(turn, guess)}`"
    needs = await _needs(turn, guess.action_id)
    if meant.how == How.MAY:
        text = f"Yes, you may {policy.doing(item)}, as far as your limits reach: {said}."
    elif meant.how == How.THEN:
        text = f"{_whole(item.about)}\n\nTo do it, {said}."
    else:
        text = f"To {policy.doing(item)}, {said}."
    return offer(turn, meant, f"{text} {_takes(item)}{needs}\n\nNothing is done yet. Shall I begin?")


def _takes(item: Action) -> str:
    """Return what a deed cannot do without."""
    names = [a.title for a in arguments_of(item) if a.required]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"It needs the {listed}. " if names else ""


async def told_not(turn: Turn, meant: Understanding) -> Reply:
    """Say of a deed somebody asks about that they may not do it, and who may."""
    assert meant.beyond is not None  # noqa: S101 - a deed that is forbidden is known
    item = turn.desk.view.action(meant.beyond.action_id).item
    text = f"Your roles here do not let you {policy.doing(item)}: that needs `{item.permission}`."
    text = f"{text} {await turn.whom(item.permission)}".strip()
    if meant.how != How.MAY:
        text += f"\n\nThey would say for example `{said_for(turn, meant.beyond)}`."
    return Reply(text, tone=Tone.WARN)


def _whole(about: str) -> str:
    """Return an action's help as one paragraph."""
    text = " ".join(about.split())
    return text if len(text) <= LONGEST else f"{text[: text.rfind(' ', 0, LONGEST)]} …"


async def _needs(turn: Turn, action_id: str) -> str:
    """Return whose yes a deed waits for under the rules of now."""
    owned = turn.desk.view.action(action_id)
    tenant = turn.question.tenant
    async with turn.desk.database.tenant(tenant.id) as session:
        rules = await find_policies(session, owned.id, owned.plugin)
    terms = policy.terms(owned.item, Via.MODEL, rules, None, 1, currency=tenant.currency)
    text = NEEDS[terms.needs]
    more = any(r.needs > terms.needs for r in rules)
    return f"{text} For some amounts, counts or values a rule asks for more (`policies`)." if more else text


def said_for(turn: Turn, guess: Guess) -> str:
    """Return how to say a deed: an example with what was named in its places."""
    owned = turn.desk.view.action(guess.action_id)
    arguments = {a.name: a for a in arguments_of(owned.item)}
    needed = {a.name for a in arguments.values() if a.required}
    best, most = "", -NONE
    for example in owned.item.examples:
        places = set(PLACEHOLDER.findall(example))
        fits = (
            2 * len(places & set(guess.args)) + len(places & needed) - len(places - needed - set(guess.args))
        )
        if PLACEHOLDER.sub("", example).strip() and fits > most:
            best, most = example, fits
    if not best:
        parts = [f"{name}=…" for name in sorted(needed)]
        return " ".join([owned.plugin, owned.item.name, *parts])
    focus = turn.thread.focus

    def put(found: re.Match[str]) -> str:
        argument = arguments.get(found[1])
        if argument is None:
            return found[0]
        if found[1] in guess.args:
            return _short(argument.kind, guess.args[found[1]])
        if argument.kind is Kind.ENTITY:
            return focus.get(argument.entity, f"<{argument.entity.replace('_', ' ')}>")
        said = f"<{argument.title}>" if argument.name == "reason" else sample(argument)
        return (
            said.split()[-1]
            if argument.kind is Kind.INSTANT and best[: found.start()].endswith("at ")
            else said
        )

    return PLACEHOLDER.sub(put, best)


def _short(kind: Kind, value: Any) -> str:
    said: Mapping[bool, str] = {True: "yes", False: "no"}
    return said[value] if isinstance(value, bool) else str(spoken(kind, value))
