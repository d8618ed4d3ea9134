"""Whether a call may be made, and what exactly it is: rights, arguments, records, preview, limits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from bot.contract.action import Action, Preview
from bot.contract.entity import Match
from bot.contract.guard import Ask, GuardedCall
from bot.contract.money import Money
from bot.contract.people import User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.reply import Reply
from bot.core import policy
from bot.core.audit_body import canonical
from bot.core.bulkhead import DeadlinePassed, within
from bot.core.gate_setup import Asked, Setup
from bot.core.guards import ask_guards
from bot.core.resolve import Resolved, resolve
from bot.core.validate import secret_fields, validate
from bot.errors import NotFound, Unavailable
from bot.host.registry import Owned


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A call that may be made: `args` canonical for storing, `values` typed for running.

    `asks` is what guards want agreed to before it runs.
    """

    owned: Owned[Action]
    user: User
    args: Mapping[str, Any]
    values: Mapping[str, Any]
    resolved: Resolved
    place: Place = SOMEWHERE
    preview: Preview | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()

    @property
    def matches(self) -> Mapping[str, Match]:
        """The things named, by argument."""
        return self.resolved.matches

    @property
    def things(self) -> tuple[str, ...]:
        """The things named, as `customer:100234`."""
        refs = self.owned.item.refs
        return tuple(sorted({f"{refs[name].kind}:{match.key}"[:200] for name, match in self.matches.items()}))

    @property
    def amount(self) -> Money | None:
        """The money it moves."""
        return policy.amount_of(self.owned.item, self.values, self.preview)

    @property
    def hits(self) -> int:
        """How many customers it touches."""
        return self.preview.hits if self.preview else 1

    @property
    def version(self) -> str:
        """What stands for everything a yes agrees to: the arguments and what they would do now."""
        shown = self.preview
        what = {
            "action": self.owned.id,
            "args": self.args,
            "hits": self.hits,
            "amount": str(self.amount or ""),
            "changes": [[c.what, c.before, c.after] for c in shown.changes] if shown else [],
        }
        if self.asks:  # who agrees has to know why they were asked
            what["asks"] = sorted(f"{int(ask.level)} {ask.reason}" for ask in self.asks)
        return hashlib.sha256(canonical(what).encode()).hexdigest()[:16]


async def check_call(
    setup: Setup,
    user: User,
    owned: Owned[Action],
    args: Mapping[str, Any],
    asked: Asked,
    *,
    look: bool = True,
) -> Checked:
    """Return the call this person may make with these arguments, here and now; raise a UserError if not.

    `look=False` leaves the preview out: for a call that was agreed to and is only taken up again.
    """
    policy.check_permission(user, owned.item.permission, policy.doing(owned.item), setup.plugins)
    if asked.undo_of is None:  # what may be done in a place may be taken back there, which `undo` checks
        (await setup.around.rules()).here(user, asked.place).check(owned)
    model = validate(owned.item.args, args, tenant=setup.tenant, now=setup.around.now())
    words = model.model_dump(mode="json", exclude_unset=True)
    resolved = await resolve(setup, user, owned, words)
    values = {name: getattr(model, name) for name in type(model).model_fields}
    values |= {name: match.record for name, match in resolved.matches.items()}
    checked = Checked(
        owned=owned,
        user=user,
        args={**model.model_dump(mode="json"), **resolved.args},
        values=values,
        resolved=resolved,
        place=asked.place,
        secrets=_secrets(model),
    )
    check_limits(setup, user, checked)
    if not owned.item.reads_only and owned.item.preview is not None and look:
        checked = await _look(setup, checked)
    if setup.view.guards_of(owned):
        asks = await ask_guards(setup, user, owned, guarded(checked, asked))
        checked = replace(checked, asks=asks)
    return checked


def guarded(checked: Checked, asked: Asked) -> GuardedCall:
    """Return the call as guards and watchers see it."""
    owned, user = checked.owned, checked.user
    return GuardedCall(
        action_id=owned.id,
        plugin=owned.plugin,
        permission=owned.item.permission,
        reads_only=owned.item.reads_only,
        args=checked.args,
        records={name: match.record for name, match in checked.matches.items()},
        things=checked.things,
        hits=checked.hits,
        amount=checked.amount,
        user_id=user.id,
        user_name=user.name,
        roles=user.roles,
        place=asked.place,
        via=asked.via,
    )


def check_limits(setup: Setup, user: User, checked: Checked) -> None:
    """Raise LimitExceeded when the person may not move that much or touch that many."""
    owned, rows = checked.owned, checked.resolved.rows
    policy.check_amount(user, owned, checked.amount, setup.tenant, rows)
    if not owned.item.reads_only:
        policy.check_count(user, owned, checked.hits, rows)


def check_could_make(setup: Setup, user: User, checked: Checked) -> None:
    """Raise unless this person could make the same call themselves: right, rows and limits."""
    owned = checked.owned
    policy.check_permission(user, owned.item.permission, policy.doing(owned.item), setup.plugins)
    for name, match in checked.matches.items():
        entity = setup.view.entity(owned.item.refs[name].kind).item
        rights = {owned.item.permission, entity.permission}
        if entity.scoped and not policy.covers(user, rights, match.scope):
            raise NotFound(f"There is no call waiting that you could decide about this {name}.")
    check_limits(setup, user, checked)


async def _look(setup: Setup, checked: Checked) -> Checked:
    """Ask the action what it would do, then hold that against the limits too."""
    item, owned = checked.owned.item, checked.owned
    context = await setup.around.context(
        owned.plugin, checked.user, scope=checked.user.scope(item.permission), place=checked.place
    )
    show = item.preview
    if show is None:
        return checked
    async with setup.bulkheads.place(setup.tenant.id, owned.plugin):
        try:
            preview = await within(item.timeout, show(context, **checked.values))
        except DeadlinePassed:
            raise Unavailable(
                f"Working out what this would do took longer than {item.timeout.total_seconds():g} s; "
                "nothing was changed. Try again in a moment."
            ) from None
    seen = replace(checked, preview=preview)
    check_limits(setup, checked.user, seen)
    return seen


def _secrets(model: BaseModel) -> dict[str, str]:
    """Return the secret arguments in clear, to be sealed before they are stored."""
    named = ((name, getattr(model, name)) for name in secret_fields(type(model)))
    return {name: value.get_secret_value() for name, value in named if value is not None}


def understood(reply: Reply, checked: Checked) -> Reply:
    """Return the reply with what was understood."""
    parts = [part for part in (checked.resolved.understood, reply.understood) if part]
    return replace(reply, understood="; ".join(parts)) if parts else reply
