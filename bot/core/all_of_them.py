"""A change wished for "them", after a list: done to all of it at once, where one action does that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.reply import Reply, Tone
from bot.core.kept_rows import kept
from bot.core.named import keys_in
from bot.core.turn import Turn
from bot.core.whole_list import has_all, whole_list
from bot.errors import BadInput
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.phrasing import command
from bot.understand.understanding import Guess

THEM = re.compile(
    r"^[^:\"]{0,60}\b(?:them(?: all)?|all of (?:them|these|those)|these|those)"
    r"(?=\s*(?:[:,.!?]|$|(?:that|by|with|using|the|an?)\b))",
    re.IGNORECASE,
)
"""Everybody whom a list shows, said before the text that is for them."""
PAGING = frozenset({"limit", "csv"})
CUSTOMER, MANY = "customer", "customers"
TOLD = frozenset({"text", "subject", "template", "kind"})
"""What a message says, and how; nothing of whom it is for."""


async def to_all(turn: Turn, guess: Guess) -> Reply | None:
    """Ask for a change to all of the last list instead of one of it; None where that is not meant."""
    if guess.reads_only or not THEM.match(turn.question.words):
        return None
    if many := _named_by_nothing(turn, guess):
        return await _mass(turn, guess, many)
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    left = {*guess.from_focus, *guess.missing} | {a.name for a in arguments if a.name not in guess.args}
    one = next((a for a in arguments if a.required and a.entity and a.name in left), None)
    if one is None or (owned := _for_many(turn, guess, one)) is None:
        return None
    known = {a.name for a in arguments_of(owned.item)}
    args = {name: value for name, value in guess.args.items() if name in known and name != one.name}
    if turn.thread.last is None:  # an outage was opened from a list: those it hits
        whose = _shown(turn, owned.item)
        return await _asked(turn, owned, args | whose) if len(whose) == 1 else None
    whose = _in_common(turn, owned.item)
    if "limit" not in {a.name for a in arguments_of(turn.desk.view.action(turn.thread.last[0]).item)}:
        return await _asked(turn, owned, args | whose) if whose else None
    return await _to_listed(turn, owned, one, args, whose)


def _named_by_nothing(turn: Turn, guess: Guess) -> Argument | None:
    """Return the argument that names many one by one, of a change for many that says nobody yet."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    many = next((a for a in arguments if a.kind is Kind.MANY and a.name == MANY), None)
    return many if many and guess.args.keys() <= TOLD else None


async def _mass(turn: Turn, guess: Guess, many: Argument) -> Reply | None:
    """Ask for it to those of the last list, or to those for whom the same waits for a yes already."""
    owned, last = turn.desk.view.action(guess.action_id), turn.thread.last
    if last is None:
        return None
    if last[0] == guess.action_id:
        return await _asked(turn, owned, {**last[1], **guess.args})
    if not turn.desk.view.action(last[0]).item.reads_only:
        return None
    one = replace(many, name=CUSTOMER, kind=Kind.ENTITY, entity=CUSTOMER)
    return await _to_listed(turn, owned, one, dict(guess.args), _in_common(turn, owned.item))


async def _to_listed(
    turn: Turn, owned: Owned[Action], one: Argument, args: dict[str, Any], whose: dict[str, Any]
) -> Reply | None:
    """Ask for it to all whom the last list gives: one by one, else by what the list was narrowed by."""
    before = turn.thread
    if kept(before) and not before.walk:  # none was left of it
        return Reply("Nobody is left of that list. Say of whom, or show the list again.", tone=Tone.ASK)
    _, table = await whole_list(turn)
    keys = tuple(dict.fromkeys(keys_in(table, one.entity))) if table else ()
    if table is None or len(keys) < 2:  # noqa: PLR2004 - one alone is no list
        return None
    if has_all(table, before):
        return await _asked(turn, owned, {**args, _plural(one): list(keys)})
    return await _asked(turn, owned, args | whose) if whose else _too_many(turn, owned, table.total, one)


def _plural(one: Argument) -> str:
    return f"{one.name}s"


def _for_many(turn: Turn, guess: Guess, one: Argument) -> Owned[Action] | None:
    """Return the action of the same plugin that does this to many, named one by one."""
    plugin = guess.action_id.split("_", maxsplit=1)[0]
    for owned in turn.desk.view.all(Action):
        many = {a.name for a in arguments_of(owned.item) if a.kind is Kind.MANY}
        if owned.plugin == plugin and not owned.item.reads_only and _plural(one) in many:
            return owned
    return None


def _shown(turn: Turn, item: Action) -> dict[str, Any]:
    """Return the one place, fault or plan that was shown last, by which this action finds whom it is for."""
    named = turn.thread.named
    return {a.name: named[a.entity][0] for a in arguments_of(item) if len(named.get(a.entity, ())) == 1}


def _in_common(turn: Turn, item: Action) -> dict[str, Any]:
    """Return what the last reading was narrowed by, if this action can be narrowed by all of it."""
    last_id, last = turn.thread.last or ("", {})
    there = {a.name: a for a in arguments_of(turn.desk.view.action(last_id).item)}
    here = {a.name: a for a in arguments_of(item)}
    said = {name: value for name, value in last.items() if value and name not in PAGING}
    alike = all(
        name in here and (here[name].kind, here[name].entity) == (there[name].kind, there[name].entity)
        and here[name].values == there[name].values
        for name in said
    )  # fmt: skip
    return said if alike else {}


async def _asked(turn: Turn, owned: Owned[Action], args: Mapping[str, Any]) -> Reply:
    reply = await turn.call(owned.id, args, Via.MODEL)
    return replace(reply, understood=f"I read this as: `{command(owned, args, short=True)}`")


def _too_many(turn: Turn, owned: Owned[Action], total: int | None, one: Argument) -> Reply:
    """Say that a list is too long to be gone through one by one."""
    say = f"`{owned.plugin} {owned.item.name}`"
    many = f"{total:,} rows" if total else f"more {one.title}s than I showed"
    text = (
        f"The list has {many}, too many to be taken one by one, and {say} cannot be narrowed by all that the "
        f"list is. Narrow the list first, or say what they have in common: `help {owned.plugin} "
        f"{owned.item.name}` shows by what."
    )
    turn.thread = replace(turn.thread, picks=(), waiting="", version="")
    return Reply(text, tone=Tone.WARN, error=BadInput.__name__)
