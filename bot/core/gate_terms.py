"""Who must agree to a call as it is now: what its author, its way in, policies and guards ask for."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Approval, Via
from bot.core import policy
from bot.core.gate_check import Checked
from bot.core.gate_setup import Setup
from bot.core.policy import Terms
from bot.db import policies
from bot.db.calls import Call


async def get_terms(setup: Setup, checked: Checked, via: Via) -> Terms:
    """Return the terms of a call under the policies of this moment."""
    owned = checked.owned
    async with setup.database.tenant(setup.tenant.id) as session:
        rules = await policies.find_policies(session, owned.id, owned.plugin)
    terms = policy.terms(
        owned.item,
        via,
        rules,
        checked.amount,
        checked.hits,
        currency=setup.tenant.currency,
        args=checked.args,
    )
    shown = Approval.SELF if checked.preview is not None and checked.preview.final else Approval.NONE
    return replace(terms, needs=max([terms.needs, shown, *(ask.level for ask in checked.asks)]))


async def get_stricter(setup: Setup, call: Call, checked: Checked) -> Call:
    """Return a waiting call under the terms of now: never laxer than what it was asked under.

    What it touches may have grown over a threshold since, and policies may have been added.
    """
    terms = await get_terms(setup, checked, Via(call.via))
    call = replace(call, on_call=tuple(sorted({*call.on_call, *terms.on_call})))
    if terms.needs < call.needs:
        return call
    roles = tuple(sorted({*call.approver_roles, *terms.roles}))
    return replace(call, needs=int(terms.needs), approver_roles=roles)
