"""What does not fit, in words for the person who typed it: one sentence per problem, never a dump."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

SHOWN = 40
MOST = 6
KINDS = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "yes or no",
    "date": "a date such as 2026-11-30",
    "datetime": "a date and time such as 2026-11-30 14:00",
    "time": "a time such as 14:00",
    "timedelta": "a length of time such as 90 min or 2 days",
    "time_delta": "a length of time such as 90 min or 2 days",
    "string": "a text",
    "list": "a list, separated by commas",
    "tuple": "a list, separated by commas",
    "set": "a list, separated by commas",
    "dict": "an object",
    "url": "a web address",
    "uuid": "a UUID",
    "ip": "an IP address",
    "timezone": "a date and time with its time zone",
}
BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "multiple_of": ("a multiple of", "multiple_of"),
}


def explain(error: ValidationError, model: type[BaseModel], given: Mapping[str, Any]) -> str:
    """Return one sentence per argument that does not fit, the missing ones together."""
    problems: dict[str, ErrorDetails] = {}
    for one in error.errors(include_url=False):
        problems.setdefault(str(one["loc"][0]) if one["loc"] else "", one)
    missing = [name for name, one in problems.items() if one["type"] == "missing" and len(one["loc"]) == 1]
    said = [sentence(name, one, model) for name, one in problems.items() if name not in missing]
    if missing:
        said.append(_missing(missing, model, given))
    more = len(said) - MOST
    return " ".join(said[:MOST]) + (f" And {more} more things do not fit." if more > 0 else "")


def _missing(names: list[str], model: type[BaseModel], given: Mapping[str, Any]) -> str:
    abouts = [_named(name, model) for name in names]
    joined = abouts[0] if len(abouts) == 1 else f"{', '.join(abouts[:-1])} and {abouts[-1]}"
    got = (
        ""
        if not given
        else f" I have {', '.join(f'`{name}`' for name in given if name in model.model_fields)}."
    )
    return f"I still need {joined}.{got if '`' in got else ''}"


def _named(name: str, model: type[BaseModel]) -> str:
    field = model.model_fields.get(name)
    about = (field.description or "").rstrip(".") if field else ""
    return f"`{name}` ({about[:1].lower()}{about[1:]})" if about else f"`{name}`"


def sentence(name: str, one: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is wrong with one argument and what would fit."""
    kind, context = one["type"], one.get("ctx", {})
    value = shown(one.get("input"), name, model)
    if kind == "extra_forbidden":
        said = _unknown(name, model)
    elif kind in {"value_error", "assertion_error"}:
        said = _own_words(name, one)
    elif kind in {"enum", "literal_error"}:
        said = _none_of(name, one, str(context.get("expected", "")))
    elif kind in BOUNDS:
        words, key = BOUNDS[kind]
        said = f"`{name}` is {value}; it must be {words} {context.get(key)}."
    elif kind.endswith(("too_long", "too_short")):
        said = _length(name, kind, context)
    else:
        said = f"`{name}`: {value} {_misfit(kind, one)}."
    return said


def _misfit(kind: str, one: ErrorDetails) -> str:
    if kind == "string_pattern_mismatch":
        return "is not written the way it has to be"
    if _is_no_such_day(kind, one):
        return "is not a date that exists"
    fits = next((KINDS[k] for k in sorted(KINDS, key=len, reverse=True) if kind.startswith(k)), "")
    return f"is not {fits}" if fits else f"does not fit ({one['msg'].removeprefix('Input ').lower()})"


def _length(name: str, kind: str, context: Mapping[str, Any]) -> str:
    if kind.endswith("too_long"):
        unit = "characters" if kind.startswith("string") else "entries"
        return f"`{name}` has more than the {context.get('max_length'):,} {unit} that fit."
    least = context.get("min_length", 1)
    return f"`{name}` is empty." if least == 1 else f"`{name}` is too short: it needs at least {least}."


def _is_no_such_day(kind: str, one: ErrorDetails) -> bool:
    """Say whether it looks like a date and only the calendar is against it (30 February)."""
    why = str(one.get("ctx", {}).get("error", ""))
    return kind.startswith(("date_", "datetime_")) and ("day value" in why or "month value" in why)


def _own_words(name: str, one: ErrorDetails) -> str:
    """Return what the author's own check said, about its argument."""
    said = one["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").strip()
    said = said if said.endswith((".", "?", "!")) else f"{said}."
    return f"`{name}`: {said}" if name else said


def _unknown(name: str, model: type[BaseModel]) -> str:
    names = list(model.model_fields)
    near = difflib.get_close_matches(name.casefold(), names, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    takes = f" It takes {', '.join(f'`{n}`' for n in names)}." if names and not near else ""
    return f"There is no argument `{name[:SHOWN]}` here.{hint}{takes}"


def _none_of(name: str, one: ErrorDetails, expected: str) -> str:
    options = [part.strip("' ") for part in expected.replace(" or ", ", ").split(", ") if part.strip("' ")]
    value = str(one.get("input"))
    near = difflib.get_close_matches(value.casefold(), [o.casefold() for o in options], n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"`{name}`: “{value[:SHOWN]}” is none of {', '.join(options)}.{hint}"


def shown(value: Any, name: str, model: type[BaseModel]) -> str:
    """Return a short quotation of what was given; a secret is not repeated."""
    field = model.model_fields.get(name)
    if isinstance(value, SecretStr) or (field is not None and "SecretStr" in str(field.annotation)):
        return "what you gave"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return f"“{text[:SHOWN]}{'…' if len(text) > SHOWN else ''}”"
