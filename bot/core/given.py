"""Values of arguments on which an approval policy depends: read when it is set, compared with each call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import create_model

from bot.contract.action import Action
from bot.contract.given import read_given, write_given
from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.contract.platform import PolicyCard
from bot.core.validate import secret_fields, validate
from bot.errors import BadInput
from bot.host.registry import Owned, Registry

SHOWN = 30
"""Names of arguments told to somebody who named none of them."""
Given = Mapping[str, tuple[str, ...]]


def holds(given: str, args: Mapping[str, Any]) -> bool:
    """Say whether every argument a policy names has one of its values in a call, whatever the case.

    What cannot be read counts as held: a rule is rather too strict than void.
    """
    try:
        wanted = read_given(given)
    except ValueError:
        return True
    return all(_folded(values) & _folded(_texts(args.get(name))) for name, values in wanted.items())


def settled(registry: Registry, tenant: Tenant, wish: PolicyCard) -> PolicyCard:
    """Return the policy with its values as a call has them once it is checked; raise where none could fit."""
    if not wish.given.strip():
        return replace(wish, given="")
    try:
        wanted = read_given(wish.given)
    except ValueError as error:
        raise BadInput(
            f"`when` {error}. Write for example `priority=urgent`, `priority=urgent,high` for any of them, "
            "or `priority=urgent; category=fault` for both at once."
        ) from None
    fitting = _fitting(registry, wish.action, wanted)
    read = {
        name: tuple(dict.fromkeys(text for one in values for text in _read(fitting, name, one, tenant)))
        for name, values in wanted.items()
    }
    return replace(wish, given=write_given(read))


def keys_only(registry: Registry, wish: PolicyCard) -> list[str]:
    """Return what to mind about arguments that name things: they are compared by key, not by name."""
    try:
        wanted = read_given(wish.given)
    except ValueError:
        return []
    refs = {name for one in _covered(registry, wish.action) for name in one.item.refs if name in wanted}
    return [
        f"`{name}` is compared by its identifier, like a customer's number: a name never fits."
        for name in sorted(refs)
    ]


def _covered(registry: Registry, action: str) -> list[Owned[Action]]:
    """Return the changes a policy is for."""
    there = registry.view(frozenset(registry.plugins)).all(Action)
    return [
        one for one in there if not one.item.reads_only and action in {one.id, f"{one.plugin}_*", "*"}
    ]  # fmt: skip - as it reads


def _fitting(registry: Registry, action: str, wanted: Iterable[str]) -> list[Owned[Action]]:
    """Return those of them that have all of these arguments; BadInput says which there are."""
    names = set(wanted)
    covered = _covered(registry, action)
    open_ = {one.id: _open(one) for one in covered}
    fitting = [one for one in covered if names <= open_[one.id]]
    if fitting:
        return fitting
    known = sorted(set().union(*open_.values()))
    lacking = sorted(names - set(known)) or sorted(names)
    shown = ", ".join(known[:SHOWN]) + (" …" if len(known) > SHOWN else "")
    together = "" if names - set(known) else " together"
    raise BadInput(
        f"{action} has no argument {' and '.join(f'`{one[:60]}`' for one in lacking)}{together}. "
        + (f"It has: {shown}." if known else "It has none a rule could go by.")
    )


def _open(one: Owned[Action]) -> set[str]:
    """Return the arguments a rule may go by: no secrets, which stand nowhere in clear."""
    return set(one.item.args.model_fields) - secret_fields(one.item.args)


def _read(fitting: Iterable[Owned[Action]], name: str, value: str, tenant: Tenant) -> list[str]:
    """Return a value as the actions that take it would have it; raise what stands against it in all."""
    found: list[str] = []
    now = datetime.now(UTC)
    refused: BadInput | None = None
    for one in fitting:
        field = one.item.args.model_fields[name]
        alone = create_model("Alone", **{name: (field.annotation, field)})  # type: ignore[call-overload]  # by name
        try:
            found += _texts(
                validate(alone, {name: value}, tenant=tenant, now=now).model_dump(mode="json")[name]
            )
        except BadInput as error:
            refused = error
    if not found:
        raise refused or BadInput(f"`{name}` cannot be “{value[:60]}”.")
    return found


def _texts(value: object) -> list[str]:
    """Return an argument's values as texts: one, those of a list, or none where it was not given."""
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        value = Money(int(value["minor"]), str(value["currency"]))
    if value is None or isinstance(value, Mapping):
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for part in value for text in _texts(part)]
    return [text] if (text := " ".join(str(value).split())) else []


def _folded(texts: Iterable[str]) -> set[str]:
    return {text.translate(str.maketrans("", "", '"“”')).casefold() for text in texts}
