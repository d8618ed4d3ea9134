"""Looks at an answer of a connector: the promised types all the way down, UTC times, no more than asked."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from bot.api import Money

PAGES = frozenset(
    ("tickets", "invoices", "payments", "notes", "lines", "emails", "hits", "debtors", "newest", "entries",
     "reminders")
)  # fmt: skip
"""Fields of an answer that `limit` bounds."""
TOTALS = ("total", "count")
PLAIN = (str, int, float, bool, bytes)


def check_answer(protocol: type[Any], name: str, answer: Any, *args: Any, **kwargs: Any) -> None:
    """Fail unless the answer is what the port promises."""
    promised, signature = _promise(protocol, name)  # type: ignore[arg-type]  # a class can be hashed
    check_fits(answer, promised, f"{protocol.__name__}.{name}()")
    given = signature.bind(None, *args, **kwargs)
    given.apply_defaults()
    if (limit := given.arguments.get("limit")) is not None:
        _check_limit(answer, limit, f"{protocol.__name__}.{name}(limit={limit})")


@lru_cache
def _promise(protocol: Any, name: str) -> tuple[Any, inspect.Signature]:
    method = getattr(protocol, name)
    # what is asked may be of a type of another port, which is imported for the type checker alone
    answer = SimpleNamespace(__annotations__={"return": method.__annotations__["return"]})
    hints = get_type_hints(answer, method.__globals__, include_extras=True)
    return hints["return"], inspect.signature(method)


def _check_limit(answer: Any, limit: int, where: str) -> None:
    if isinstance(answer, Sequence):
        assert len(answer) <= limit, f"{where} returned {len(answer)}"
        return
    if not is_dataclass(answer):
        return
    for one in fields(answer):
        if one.name not in PAGES:
            continue
        page = getattr(answer, one.name)
        assert len(page) <= limit, f"{where}: {len(page)} {one.name}"
        totals = [total for name in TOTALS if isinstance(total := getattr(answer, name, None), int)]
        assert all(total >= len(page) for total in totals), f"{where}: {len(page)} of {totals}"


def check_fits(value: Any, hint: Any, where: str) -> None:
    """Fail unless a value is of a type, with all that is in it."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return
    if origin is Annotated:
        check_fits(value, inner[0], where)
    elif origin in {Union, UnionType}:
        _check_either(value, inner, where)
    elif origin is Literal:
        assert value in inner, f"{where} is {value!r}, not one of {inner}"
    elif origin is tuple:
        _check_tuple(value, inner, where)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        assert isinstance(value, Mapping), f"{where} is {type(value).__name__}, not a mapping"
        for key, each in value.items():
            check_fits(key, inner[0], f"{where} key")
            check_fits(each, inner[1], f"{where}[{key!r}]")
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        assert isinstance(value, Sequence) and not isinstance(value, str), (
            f"{where} is {value!r}, not a sequence"
        )
        for nr, each in enumerate(value):
            check_fits(each, inner[0], f"{where}[{nr}]")
    else:
        _check_plain(value, hint, where)


def _check_either(value: Any, hints: tuple[Any, ...], where: str) -> None:
    if value is None and NoneType in hints:
        return
    others = [hint for hint in hints if hint is not NoneType]
    if len(others) == 1:
        check_fits(value, others[0], where)
    else:
        assert isinstance(value, tuple(get_origin(hint) or hint for hint in others)), f"{where} is {value!r}"


def _check_tuple(value: Any, inner: tuple[Any, ...], where: str) -> None:
    assert isinstance(value, tuple | list), f"{where} is {type(value).__name__}, not a tuple"
    if inner[-1:] == (...,):
        inner = (inner[0],) * len(value)
    assert len(value) == len(inner), f"{where} has {len(value)} parts, not {len(inner)}"
    for nr, (each, hint) in enumerate(zip(value, inner, strict=True)):
        check_fits(each, hint, f"{where}[{nr}]")


def _check_plain(value: Any, hint: Any, where: str) -> None:
    said = f"{where} is {value!r} ({type(value).__name__}), not {getattr(hint, '__name__', hint)}"
    if hint in {int, float}:
        assert isinstance(value, (int, float) if hint is float else int) and not isinstance(value, bool), said
        return
    assert isinstance(value, NoneType if hint is None else hint), said
    if isinstance(value, datetime) and hint is datetime:
        assert value.utcoffset() is not None, f"{where} is a naive time: {value}"
        assert value.utcoffset() == UTC.utcoffset(None), f"{where} is not in UTC: {value}"
    elif hint is date:
        assert not isinstance(value, datetime), f"{where} is an instant, not a day"
    elif isinstance(value, Money):
        assert isinstance(value.minor, int) and not isinstance(value.minor, bool), f"{where}: {value.minor!r}"
        assert len(value.currency) == 3 and value.currency.isupper(), f"{where}: {value.currency!r}"
    elif is_dataclass(value) and not isinstance(value, PLAIN):
        for name, kind in _record(type(value)):  # type: ignore[arg-type]  # a class can be hashed
            check_fits(getattr(value, name), kind, f"{where}.{name}")


@lru_cache
def _record(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple((one.name, hints[one.name]) for one in fields(kind))
