"""Arguments as people and models give them, checked and turned into typed values; problems in sentences."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache, partial
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, FutureDatetime, PastDatetime, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.contract.people import Tenant
from bot.core.validate_words import explain, sentence
from bot.errors import BadInput

LONGEST = 4_000
"""Characters of a text argument whose author set no limit."""
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, and those that turn the writing direction around; line breaks and tabs are fine."""
SPAN = re.compile(
    r"(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|mins?|minutes?|h|hours?|hrs?|d|days?|w|weeks?)\b\s*", re.IGNORECASE
)
LONGEST_SPAN = 100
"""Characters of a length of time; the pattern takes ever longer over longer texts."""
FIRST_YEAR, LAST_YEAR, MOST_TIME = 1900, 2199, timedelta(days=36_525)
TIMES = (datetime, AwareDatetime, PastDatetime, FutureDatetime)
SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
Tidy = Callable[[Any, ZoneInfo], Any]


def validate(model: type[BaseModel], args: Mapping[str, Any], *, tenant: Tenant, now: datetime) -> BaseModel:
    """Return the typed arguments; BadInput says in a sentence each what does not fit and what would."""
    given = {str(name): value for name, value in args.items()}
    for name, value in given.items():
        check_text(name, value, model.model_fields.get(name))
    try:
        read = _typed(model, given, tenant, now)
    except ValidationError as error:
        raise BadInput(explain(error, model, given)) from None
    for name in model.model_fields:
        check_calendar(name, getattr(read, name))
    return read


def find_problems(
    model: type[BaseModel], args: Mapping[str, Any], *, tenant: Tenant, now: datetime
) -> Mapping[str, str]:
    """Return what `validate` would say, by argument: a sentence each; empty when all of it fits."""
    found = dict[str, str]()
    for name, value in args.items():
        try:
            check_text(name, value, model.model_fields.get(name))
        except BadInput as error:
            found[name] = str(error)
    try:
        read = _typed(model, dict(args), tenant, now)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            name = str(one["loc"][0]) if one["loc"] else ""
            missing = one["type"] == "missing" and len(one["loc"]) == 1
            found.setdefault(name, f"`{name}` is missing." if missing else sentence(name, one, model))
        return found
    for name in model.model_fields:
        try:
            check_calendar(name, getattr(read, name))
        except BadInput as error:
            found.setdefault(name, str(error))
    return found


def _typed(model: type[BaseModel], given: dict[str, Any], tenant: Tenant, now: datetime) -> BaseModel:
    for name, tidy in tidies(model).items():
        if name in given:
            given[name] = tidy(given[name], tenant.zone)
    context = {"currency": tenant.currency, "timezone": tenant.timezone, "now": now}
    return model.model_validate(given, context=context)


def check_calendar(name: str, value: Any) -> None:
    """Raise BadInput for times no calendar of ours can count with, a day before or after."""
    if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadInput(f"`{name}` is in the year {value.year}. Give a day from {FIRST_YEAR} to {LAST_YEAR}.")
    if isinstance(value, timedelta) and abs(value) > MOST_TIME:
        raise BadInput(f"`{name}` is longer than a hundred years. Give a shorter time.")


def check_text(name: str, value: Any, field: FieldInfo | None) -> None:
    """Raise BadInput for texts with control characters or without end, however deep they stand."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Mapping):
        for key, part in value.items():
            check_text(name, key, None)
            check_text(name, part, None)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            check_text(name, part, None)
    elif isinstance(value, str):
        most = max_length(field) or LONGEST
        if len(value) > most:
            raise BadInput(
                f"`{name}` is {len(value):,} characters long; at most {most:,} fit. "
                "Nothing was done: shorten it and send it again."
            )
        if CONTROL.search(value):
            raise BadInput(
                f"`{name}` has control characters in it, which I do not take. "
                "Type it again, or paste it as plain text."
            )


def max_length(field: FieldInfo | None) -> int | None:
    """Return the author's own limit of a text argument."""
    limits = (getattr(mark, "max_length", None) for mark in (field.metadata if field else ()))
    own = next((limit for limit in limits if limit is not None), None)
    if own is None and field is not None:
        for part in (field.annotation, *get_args(field.annotation)):
            if get_origin(part) is Annotated:
                marks = (getattr(m, "max_length", None) or _of_info(m) for m in get_args(part)[1:])
                own = next((limit for limit in marks if limit is not None), own)
    return own


def _of_info(mark: Any) -> int | None:
    return max_length(mark) if isinstance(mark, FieldInfo) else None


@lru_cache(maxsize=4096)
def tidies(model: type[BaseModel]) -> Mapping[str, Tidy]:
    """Return for each argument what makes common spellings fit its type."""
    return {
        name: tidy
        for name, field in model.model_fields.items()
        if (tidy := _tidy_of(field.annotation)) is not None
    }


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields that are secrets: encrypted at rest, never shown."""
    return frozenset(name for name, f in model.model_fields.items() if SecretStr in kinds_of(f.annotation))


def _tidy_of(hint: Any) -> Tidy | None:
    found = (_tidy_of_kind(kind) for kind in kinds_of(hint))
    return next((tidy for tidy in found if tidy is not None), None)


def _tidy_of_kind(kind: Any) -> Tidy | None:
    if get_origin(kind) is Literal:
        return partial(_one_of, {str(value): value for value in get_args(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return partial(_one_of, {m.name: m.value for m in kind} | {str(m.value): m.value for m in kind})
    if get_origin(kind) in {list, tuple, set, frozenset}:
        return _split
    if kind in TIMES:
        return _aware
    return _text if kind is str else _span if kind is timedelta else None


def kinds_of(hint: Any) -> list[Any]:
    """Return the types a hint may be, without `Annotated`, `Optional` and unions."""
    if get_origin(hint) is Annotated:
        return kinds_of(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        return [kind for part in get_args(hint) for kind in kinds_of(part)]
    return [hint]


def _one_of(options: Mapping[str, Any], value: Any, _zone: ZoneInfo) -> Any:
    """Return the option meant, whatever its case and whether its parts are joined by `_`, `-` or a space."""
    if not isinstance(value, str) or value in options.values():
        return value
    wanted = re.sub(r"[\s_-]+", "_", value.strip()).casefold()
    fits = {k: v for k, v in options.items() if re.sub(r"[\s_-]+", "_", k).casefold() == wanted}
    return next(iter(fits.values()), value)


def _text(value: Any, _zone: ZoneInfo) -> Any:
    """Return an account number that came as a number as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _aware(value: Any, zone: ZoneInfo) -> Any:
    """Return a time in the tenant's zone where none is given."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _span(value: Any, _zone: ZoneInfo) -> Any:
    """Read `90 min`, `2h 30m` or `3 days`; anything else is left as it is."""
    if not isinstance(value, str) or len(value) > LONGEST_SPAN:
        return value
    found = SPAN.findall(value)
    if not found or SPAN.sub("", value.strip()).strip():
        return value
    try:
        return timedelta(seconds=sum(float(n) * SPANS[unit[0].lower()] for n, unit in found))
    except OverflowError:  # longer than any calendar; the type says so in its own words
        return value


def _split(value: Any, _zone: ZoneInfo) -> Any:
    """Return the parts of `a, b, c` where several things are asked for."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
