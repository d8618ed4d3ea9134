"""The exact command form: `tickets create customer=100234 subject="No light"`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Prefix

from bot.contract.action import Action
from bot.contract.people import User
from bot.contract.reply import Choice
from bot.errors import Ambiguous, BadInput
from bot.host.registry import Owned, View
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.times import Clock
from bot.understand.values import read_value
from bot.understand.words import FUNCTION

WORD = re.compile(
    r"(?:--)?(?P<name>[A-Za-z][\w-]*)=(?P<value>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\S*)"
    r"|(?P<quoted>\"(?:[^\"\\]|\\.)*\"|(?<!\S)'(?:[^'\\]|\\.)*'(?!\S))|(?P<plain>\S+)"
)
HELP = frozenset({"--help", "-h", "help", "?"})
NOT_TYPED = "`{name}` is not done by typing it: use the panel or the button that it belongs to."
NEAR = 70
SLIP = 80
"""How alike a word is to the one that was meant, of 100."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One word of a command; `name` is set for `name=value`."""

    value: str
    name: str = ""
    quoted: bool = False


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that was typed: the action, its arguments as JSON values, and what is still missing."""

    owned: Owned[Action]
    args: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    wants_help: bool = False


def split(words: str) -> list[Part]:
    """Return the parts of a command line; raises BadInput for a quote that is never closed."""
    parts: list[Part] = []
    for found in WORD.finditer(words):
        if found["name"]:
            value = found["value"]
            if value[:1] == '"' and (len(value) == 1 or value[-1] != '"'):
                raise BadInput(f"The quote after `{found['name']}=` is not closed.")
            parts.append(
                Part(name=found["name"].replace("-", "_"), value=_plain(value), quoted=value[:1] in "\"'")
            )
        elif found["quoted"]:
            parts.append(Part(value=_plain(found["quoted"]), quoted=True))
        else:
            parts.append(Part(value=found["plain"]))
    return parts


def _plain(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def parse(words: str, view: View, user: User, clock: Clock, currency: str) -> Command | None:
    """Return the command these words are, or None when they are no command.

    Raises BadInput (with choices) where they are one and something in it is wrong.
    """
    if (head := _head(words)) is None:
        return None
    named = bool(re.search(r"(?:^|\s)(?:--)?[A-Za-z][\w-]*=", words))
    owned, rest = find_action(head, view, user, exact=not named)
    if owned is None:
        error = unknown(head, view, user, words) if named else None
        if error and (isinstance(error, Ambiguous) or head[0] in {o.plugin for o in view.all(Action)}):
            raise error
        if slip := misspelt(head, view, user, words):
            raise slip
        return None
    if not owned.item.spoken:
        raise BadInput(NOT_TYPED.format(name=f"{owned.plugin} {owned.item.name}"))
    parts = split(words.split(None, rest)[rest] if len(words.split(None, rest)) > rest else "")
    if parts and parts[-1].value.lower() in HELP and not parts[-1].name:
        return Command(owned=owned, args={}, wants_help=True)
    strict = named or any(p.quoted for p in parts)
    try:
        args = read_arguments(owned.item, parts, clock, currency, strict=strict)
    except BadInput:
        if strict:
            raise
        return None
    missing = tuple(a.name for a in arguments_of(owned.item) if a.required and a.name not in args)
    return Command(owned=owned, args=args, missing=missing)


def _head(words: str) -> list[str] | None:
    head = [w.lower() for w in words.split(None, 2)[:2]]
    return head if head and re.fullmatch(r"/?[a-z][a-z0-9_]*", head[0]) else None


def find_action(
    head: Sequence[str], view: View, user: User, *, exact: bool = False
) -> tuple[Owned[Action] | None, int]:
    """Return the action two words (or one id) name, and how many words that took; prefixes will do."""
    first = head[0].lstrip("/")
    owned = view.all(Action)
    if whole := [o for o in owned if o.id == first]:
        return whole[0], 1
    if len(head) < 2:  # noqa: PLR2004 - plugin and action
        return None, 0
    plugins = {o.plugin for o in owned}
    plugin = _one(first, {p for p in plugins if first == p} or (set() if exact else plugins))
    if plugin is None:
        return None, 0
    mine = {o.item.name: o for o in owned if o.plugin == plugin}
    name = _one(head[1].replace("-", "_"), set(mine), least=2)
    if name is None or (
        exact and name != head[1].replace("-", "_") and not user.may(mine[name].item.permission)
    ):
        return None, 0
    return mine[name], 2


def _one(word: str, names: set[str], least: int = 3) -> str | None:
    """Return the name this word is, or the only one it begins."""
    if word in names:
        return word
    short = len(word) >= least and word not in FUNCTION  # "tickets of 100203" is no `tickets of_outage`
    fitting = [n for n in names if n.startswith(word)] if short else []
    return fitting[0] if len(fitting) == 1 else None


def unknown(head: Sequence[str], view: View, user: User, words: str) -> BadInput:
    """Return what to say to a command nobody knows, with the nearest ones as choices."""
    mine = view.actions_for(user)
    names = {f"{o.plugin} {o.item.name}": o for o in mine}
    said = " ".join(head)
    near = process.extract(said, list(names), scorer=fuzz.ratio, score_cutoff=NEAR, limit=3)
    rest = words.split(None, 2)[2:]
    choices = [Choice(label=name, words=" ".join([name, *rest])) for name, _, _ in near]
    if not choices:
        return BadInput(f"There is no command `{said[:60]}`. Say `help` for what there is.")
    return Ambiguous(f"There is no command `{said[:60]}`. Did you mean:", choices)


def misspelt(head: Sequence[str], view: View, user: User, words: str) -> BadInput | None:
    """Return what to say to two words that are a command but for a slip of the finger; else None.

    A plural or a past tense is no slip, and where words follow it may be a sentence.
    """
    rest = words.split(None, 2)[2:]
    if len(head) < 2 or (rest and not re.fullmatch(r"\S*\d\S*", rest[0])):  # noqa: PLR2004 - plugin and action
        return None
    names = [(o.plugin, o.item.name) for o in view.actions_for(user)]
    near = [name for name in names if _slipped(head, name)][:3]
    if not near:
        return None
    choices = [Choice(label=" ".join(name), words=" ".join([*name, *rest])) for name in near]
    return Ambiguous(f"There is no command `{' '.join(head)[:60]}`. Did you mean:", choices)


def _slipped(head: Sequence[str], name: Sequence[str]) -> bool:
    """Say whether each word is the one of the name or nearly so, and one is not it."""
    pairs = [(word, meant) for word, meant in zip(head, name, strict=True) if word != meant]
    for word, meant in pairs:
        same = Prefix.similarity(word, meant)
        if same >= min(len(word), len(meant)) - 1 or fuzz.ratio(word, meant) < SLIP:
            return False
    return bool(pairs)


def read_arguments(
    action: Action, parts: Sequence[Part], clock: Clock, currency: str, *, strict: bool
) -> dict[str, Any]:
    """Return the arguments: named ones anywhere, the others in the order of the signature."""
    arguments = arguments_of(action)
    args: dict[str, Any] = {}
    for part in parts:
        if part.name:
            argument = argument_named(action, part.name)
            args[argument.name] = read_value(argument, part.value, clock, currency)
    order = [a for a in arguments if a.name not in args and a.kind is not Kind.FILES]
    loose = [p for p in parts if not p.name]
    for i, argument in enumerate(order):
        if not loose:
            break
        if argument.kind is Kind.TEXT and i == len(order) - 1 - _optional_after(order, i) and len(loose) > 1:
            args[argument.name], loose = " ".join(p.value for p in loose), []
            break
        part = loose.pop(0)
        if argument.kind is Kind.ENTITY and not strict and not re.search(r"[\d@]", part.value):
            raise BadInput("these words may be a sentence")
        args[argument.name] = read_value(argument, part.value, clock, currency)
    if loose:
        extra = " ".join(p.value for p in loose)
        raise BadInput(f"I do not know what to do with “{extra[:60]}”. {usage_line(action)}")
    return args


def _optional_after(order: Sequence[Argument], i: int) -> int:
    """Count the arguments after this one, if all of them may be left out."""
    rest = order[i + 1 :]
    return len(rest) if not any(a.required for a in rest) else 0


def argument_named(action: Action, name: str) -> Argument:
    """Return the argument of this name or its unambiguous prefix; raises BadInput with the nearest."""
    arguments = {a.name: a for a in arguments_of(action)}
    found = _one(name.lower(), set(arguments), least=2)
    if found:
        return arguments[found]
    near = process.extractOne(name, list(arguments), scorer=fuzz.ratio, score_cutoff=60)
    hint = f" Did you mean `{near[0]}`?" if near else f" {usage_line(action)}"
    raise BadInput(f"`{action.name}` has no argument `{name[:40]}`.{hint}")


def usage_line(action: Action) -> str:
    """Return the arguments in order, the optional ones in brackets."""
    arguments = [a for a in arguments_of(action) if a.kind is not Kind.FILES]
    if not arguments:
        return "It takes no arguments."
    return "It takes: " + ", ".join(a.name if a.required else f"[{a.name}]" for a in arguments) + "."
