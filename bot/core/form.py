"""A form of an action, for surfaces that have forms: its fields, read from the schema of its arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.contract.action import Action
from bot.contract.money import Money
from bot.contract.spoken import span
from bot.contract.wire import to_wire
from bot.core.policy import deed
from bot.core.validate import SPAN
from bot.errors import NotSupported
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind, arguments_of

MOST_FIELDS = 80
"""More would be no form any more; Slack takes a hundred blocks."""
SHORT_TEXT = 200
"""Characters up to which a text is one line."""
LONG_NAMES = re.compile(
    r"body|text|note|notes|description|message|comment|reason|why|resolution|summary|words"
)
"""Names of texts that take more than a line."""
NO_FIELD = frozenset({Kind.SECRET, Kind.FILES, Kind.OTHER})
WHY_NOT = {
    Kind.SECRET: "is a secret, and a form shows what is typed",
    Kind.FILES: "is a file, which I take with a message",
    Kind.OTHER: "has no field that fits it",
}
TIMES = TypeAdapter(timedelta)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field. `value` is what stands in it at first, as JSON; `label` what a thing in it is called.

    `of` is the kind of each in a list. `least` and `most` are the characters of a text, `low` and `high`
    the bounds of a number. `note` says what was named for it and not taken.
    """

    name: str
    title: str
    kind: Kind
    of: Kind = Kind.TEXT
    required: bool = False
    hint: str = ""
    entity: str = ""
    values: tuple[str, ...] = ()
    value: Any = None
    label: str = ""
    note: str = ""
    long: bool = False
    least: int | None = None
    most: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of one action. `version` changes with its schema; `kept` are arguments that no field shows.

    `left_out` says of each argument that cannot be given here why.
    """

    action_id: str
    title: str
    about: str
    version: str
    fields: Sequence[Field]
    kept: Mapping[str, Any] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What somebody entered: for each field text, a list of texts, or seconds since 1970 for an instant."""

    action_id: str
    version: str
    values: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)


def version_of(action: Action) -> str:
    """Return what changes whenever the arguments of an action do."""
    return _version(action)


@lru_cache(maxsize=4_096)
def _version(action: Action) -> str:
    schema = json.dumps(action.args.model_json_schema(), sort_keys=True, default=str)
    return sha256(schema.encode()).hexdigest()[:12]


def make_form(owned: Owned[Action], args: Mapping[str, Any], currency: str) -> Form:
    """Return the form with what was understood; NotSupported where a form cannot hold all it needs."""
    arguments = arguments_of(owned.item)
    shown = [one for one in arguments if not _why_not(one)]
    usage = f"Say it in words instead: `{owned.plugin} {owned.item.name} …`."
    if not owned.item.spoken:
        usage = "It has a form of its own."
    if missing := _missing(arguments, args):
        why = f"`{missing[0].name}` {_why_not(missing[0])}"
        if missing[0].kind is Kind.SECRET:
            usage = "Do it in a terminal, where nobody reads along."
        raise NotSupported(f"I cannot put “{deed(owned.item)}” into a form: {why}. {usage}")
    if len(shown) > MOST_FIELDS:
        raise NotSupported(
            f"“{deed(owned.item)}” takes {len(shown)} things, more than fit into a form. {usage}"
        )
    given = {name: to_wire(value) for name, value in args.items() if value is not None}
    kept = {one.name: given[one.name] for one in arguments if _why_not(one) and one.name in given}
    return Form(
        action_id=owned.id,
        title=deed(owned.item),
        about=owned.item.about.strip(),
        version=version_of(owned.item),
        fields=tuple(_field(owned.item, one, given) for one in shown),
        kept=kept,
        left_out=tuple(
            f"`{one.name}` {_why_not(one)}" for one in arguments if _why_not(one) and one.name not in kept
        ),
        currency=currency,
    )


def can_be_form(action: Action, args: Mapping[str, Any]) -> bool:
    """Say whether a form can hold all that is still to be said of a call."""
    arguments = arguments_of(action)
    return bool(arguments) and len(arguments) <= MOST_FIELDS and not _missing(arguments, args)


def _missing(arguments: Sequence[Argument], args: Mapping[str, Any]) -> list[Argument]:
    """Return what is needed, not known yet, and cannot be given in a form."""
    needed = (one for one in arguments if one.required or one.kind is Kind.FILES)
    return [one for one in needed if _why_not(one) and args.get(one.name) is None]


def _why_not(argument: Argument) -> str:
    """Return why an argument cannot be given in a form; empty when it can."""
    if argument.kind in NO_FIELD:
        return WHY_NOT[argument.kind]
    if argument.kind is Kind.MANY and argument.of in NO_FIELD:
        return WHY_NOT[argument.of]
    return WHY_NOT[Kind.OTHER] if _chosen(argument) and not argument.values else ""


def _chosen(argument: Argument) -> bool:
    return Kind.CHOICE in {argument.kind, argument.of if argument.kind is Kind.MANY else argument.kind}


def _field(action: Action, argument: Argument, given: Mapping[str, Any]) -> Field:
    told = _schema(action, argument.name)
    value = given.get(argument.name, to_wire(argument.default))
    most = told.get("maxLength")
    line = most is not None and most <= SHORT_TEXT
    return Field(
        name=argument.name,
        title=argument.title[:1].upper() + argument.title[1:],
        kind=argument.kind,
        of=argument.of,
        required=argument.required,
        hint=argument.about,
        entity=argument.entity,
        values=argument.values,
        value=_as_shown(argument.kind, value),
        long=not line and LONG_NAMES.search(argument.name) is not None,
        least=told.get("minLength"),
        most=most,
        low=_bound(told, "minimum", "exclusiveMinimum", 1 if argument.kind is Kind.WHOLE else 0),
        high=_bound(told, "maximum", "exclusiveMaximum", -1 if argument.kind is Kind.WHOLE else 0),
    )


def _schema(action: Action, name: str) -> Mapping[str, Any]:
    """Return what the schema says of one argument, whether or not it may be nothing."""
    told = _properties(action).get(name, {})
    parts = [one for one in told.get("anyOf", ()) if one.get("type") != "null"]
    return {**told, **(parts[0] if len(parts) == 1 else {})}


@lru_cache(maxsize=4_096)
def _properties(action: Action) -> Mapping[str, Any]:
    found: Mapping[str, Any] = action.args.model_json_schema().get("properties", {})
    return found


def _bound(told: Mapping[str, Any], name: str, beyond: str, step: int) -> float | None:
    if name in told:
        return float(told[name])
    return float(told[beyond]) + step if beyond in told else None


def _as_shown(kind: Kind, value: Any) -> Any:
    """Return a value as a field shows it; None where it shows nothing."""
    if value is None or value in ("", [], {}):
        return None
    if kind is Kind.MONEY and isinstance(value, Mapping):
        return str(Money(int(value["minor"]), str(value["currency"])))
    if kind is Kind.LENGTH:
        return _length(str(value))
    if kind is Kind.INSTANT:
        return _parsed(datetime, str(value))
    if kind is Kind.DAY:
        return _parsed(date, str(value))
    return [str(one) for one in value] if isinstance(value, list | tuple) else value


def _length(text: str) -> str:
    """Return `2 h` of `PT2H` where that says all of it."""
    try:
        length = TIMES.validate_python(text)
    except ValidationError:
        return text
    said = span(length)
    unit = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
    amounts = [(float(n), unit[u.lower()]) for n, u in SPAN.findall(said) if u.lower() in unit]
    return said if timedelta(**{name: n for n, name in amounts}) == length else text


def _parsed(kind: type[date], text: str) -> str | None:
    """Return a day or an instant if it is one; a form shows nothing else in such a field."""
    try:
        return kind.fromisoformat(text).isoformat()
    except ValueError:
        return None
