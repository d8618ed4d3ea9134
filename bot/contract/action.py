"""A verb: something a person, a model or a schedule can make the bot do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from bot.contract.entity import Ref
from bot.contract.money import Money
from bot.contract.reply import Reply

Run = Callable[..., Awaitable[Reply]]
NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")


class Approval(IntEnum):
    """Who must say yes before it runs. A tenant may raise this, never lower it."""

    NONE = 0
    SELF = 1
    OTHER = 2
    TWO = 3


class Via(StrEnum):
    """Who pulls the handle. What a model starts, the person who asked confirms."""

    PERSON = "person"
    MODEL = "model"
    SCHEDULE = "schedule"
    RECOMMENDATION = "recommendation"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a preview: what, from what, to what."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a write will do, shown before yes. `hits` counts the customers it touches.

    `final` says that it cannot be taken back, such as what a customer reads: then also a command that was
    typed in full shows this and waits for the yes of whoever typed it.
    """

    text: str
    changes: tuple[Change, ...] = ()
    hits: int = 1
    amount: Money | None = None
    warnings: tuple[str, ...] = ()
    final: bool = False


ShowPreview = Callable[..., Awaitable[Preview]]


@dataclass(frozen=True, kw_only=True)
class Action:
    """A named, permissioned, typed verb. Build one with `@action`.

    `args` is the pydantic model of the arguments; entity arguments are words (str) there.
    `refs` maps the names of entity arguments to entity kinds; the host resolves them to records.
    `amount` names the Money argument that role limits apply to.
    `timeout` bounds one run; then the person is told and the plugin's slot is freed.
    `wordings` are further ways to ask for it, from the plugin's `wordings.txt`; help shows only `examples`.
    `spoken` False: forms and buttons call it, and nobody's words are taken for it.
    """

    name: str
    about: str
    permission: str
    approval: Approval
    reads_only: bool
    args: type[BaseModel]
    run: Run
    refs: Mapping[str, Ref] = field(default_factory=dict)
    preview: ShowPreview | None = None
    examples: tuple[str, ...] = ()
    amount: str | None = None
    timeout: timedelta = timedelta(seconds=20)
    wordings: tuple[str, ...] = ()
    spoken: bool = True

    @property
    def sayings(self) -> tuple[str, ...]:
        """All the ways in which it is asked for."""
        return (*self.examples, *self.wordings)

    def needs(self, via: Via) -> Approval:
        """Who must say yes when it is called this way, before tenant policy raises it."""
        if via in {Via.MODEL, Via.RECOMMENDATION} and not self.reads_only:
            return max(self.approval, Approval.SELF)
        return self.approval

    def __hash__(self) -> int:
        return hash((self.name, id(self.run)))


def action(  # noqa: PLR0913 - what an action may say of itself
    *,
    permission: str,
    approval: Approval = Approval.NONE,
    reads_only: bool = False,
    preview: ShowPreview | None = None,
    examples: Sequence[str] = (),
    amount: str | None = None,
    timeout: timedelta = timedelta(seconds=20),
    spoken: bool = True,
) -> Callable[[Run], Action]:
    """Turn `async def name(ctx, ...) -> Reply` into an Action.

    The type hints become the schema, the docstring the help that people and models read.
    Raises TypeError, which sets the plugin aside, when the docstring or a type hint is missing.
    """

    def build(fn: Run) -> Action:
        about = inspect.getdoc(fn)
        if not about:
            raise TypeError(f"{fn.__name__}: no docstring; people and the model read it")
        if not NAME.match(fn.__name__):
            raise TypeError(f"{fn.__name__}: names are lower case, 1-41 of a-z 0-9 _")
        refs, fields = _arguments(fn)
        if amount is not None and amount not in fields:
            raise TypeError(f"{fn.__name__}: amount={amount!r} is not an argument")
        return Action(
            name=fn.__name__,
            about=about,
            permission=permission,
            approval=approval,
            reads_only=reads_only,
            args=create_model(fn.__name__, __config__=ConfigDict(extra="forbid"), **fields),
            run=fn,
            refs=refs,
            preview=preview,
            examples=tuple(examples),
            amount=amount,
            timeout=timeout,
            spoken=spoken,
        )

    return build


def _arguments(fn: Run) -> tuple[dict[str, Ref], dict[str, Any]]:
    """Split a signature into entity arguments and pydantic fields."""
    _, *params = inspect.signature(fn, eval_str=True).parameters.values()
    refs: dict[str, Ref] = {}
    fields: dict[str, Any] = {}
    for param in params:
        if param.annotation is param.empty:
            raise TypeError(f"{fn.__name__}: argument {param.name!r} has no type")
        hint, default = param.annotation, ... if param.default is param.empty else param.default
        if ref := ref_of(hint):
            refs[param.name] = ref
            text = Annotated[str, Field(max_length=200, json_schema_extra={"entity": ref.kind})]
            hint = text if default is ... else text | None
        fields[param.name] = (hint, default)
    return refs, fields


def ref_of(hint: Any) -> Ref | None:
    """Return the entity marker of `CustomerRef` or `CustomerRef | None`, else None."""
    if get_origin(hint) is Annotated:
        return next((m for m in get_args(hint)[1:] if isinstance(m, Ref)), None)
    return next((ref for part in get_args(hint) if (ref := ref_of(part))), None)
