"""What an action asks for: the kind of each argument, read from its pydantic model."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.contract.action import Action
from bot.contract.handed import HandedIn
from bot.contract.money import Money


class Kind(StrEnum):
    """What sort of words fit an argument."""

    TEXT = "text"
    ENTITY = "entity"
    CHOICE = "choice"
    MONEY = "amount"
    YES_NO = "yes or no"
    WHOLE = "number"
    NUMBER = "decimal number"
    DAY = "date"
    INSTANT = "date and time"
    HOUR = "time of day"
    LENGTH = "length of time"
    MANY = "list"
    FILES = "files sent along"
    SECRET = "secret"  # noqa: S105 - a kind of argument, not one
    OTHER = "value"


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of an action. `entity` is the kind of thing; `values` are the words of a choice."""

    name: str
    kind: Kind
    required: bool
    entity: str = ""
    values: tuple[str, ...] = ()
    about: str = ""
    default: Any = None
    of: Kind = Kind.TEXT

    @property
    def title(self) -> str:
        """The name as words."""
        return self.name.replace("_", " ")


KINDS: Mapping[type, Kind] = {
    str: Kind.TEXT,
    bool: Kind.YES_NO,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    datetime: Kind.INSTANT,
    date: Kind.DAY,
    time: Kind.HOUR,
    timedelta: Kind.LENGTH,
    Money: Kind.MONEY,
    SecretStr: Kind.SECRET,
}


def has_secret(action: Action, args: Mapping[str, Any]) -> bool:
    """Say whether these arguments hold something that must not be shown or kept in clear."""
    return any(a.kind is Kind.SECRET and args.get(a.name) is not None for a in arguments_of(action))


@lru_cache(maxsize=4_096)
def arguments_of(action: Action) -> tuple[Argument, ...]:
    """Return the arguments of an action in signature order."""
    return tuple(_argument(action, name, info) for name, info in action.args.model_fields.items())


def _argument(action: Action, name: str, info: FieldInfo) -> Argument:
    hint = _without_none(info.annotation)
    ref = action.refs.get(name)
    many = get_origin(hint) in {list, tuple, set, frozenset}
    inner = _without_none(get_args(hint)[0]) if many and get_args(hint) else hint
    kind, values = (Kind.ENTITY, ()) if ref else _kind(inner)
    handed = any(isinstance(mark, HandedIn) for mark in info.metadata)
    return Argument(
        name=name,
        kind=Kind.FILES if handed else Kind.MANY if many else kind,
        required=info.is_required() and not handed,
        entity=ref.kind if ref else "",
        values=values,
        about=info.description or "",
        default=None
        if info.is_required()
        else info.get_default(call_default_factory=True, validated_data={}),
        of=kind,
    )


def _kind(hint: Any) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(hint) is Literal:
        return Kind.CHOICE, tuple(str(v) for v in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Kind.CHOICE, tuple(str(member.value) for member in hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return Kind.OTHER, ()
    return KINDS.get(hint, Kind.OTHER), ()


def _without_none(hint: Any) -> Any:
    """Return X of `X | None` and of `Annotated[X, ...]`."""
    if get_origin(hint) in {Union, types.UnionType}:
        parts = [part for part in get_args(hint) if part is not type(None)]
        return _without_none(parts[0])
    if hasattr(hint, "__metadata__"):
        return _without_none(hint.__origin__)
    return hint


def is_time(argument: Argument) -> bool:
    """Say whether an argument says of when: "longer than 3 hours" is for how long, of any day."""
    timed = argument.kind in {Kind.DAY, Kind.INSTANT, Kind.LENGTH}
    return timed and not argument.name.endswith("_than")
