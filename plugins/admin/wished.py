"""The approval policy that somebody's words ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.api import Approval, BadInput, Money, platform
from plugins.admin.allowing import approvers
from plugins.admin.nouns import Ctx, core

Needs = Literal["self", "other", "two"]


async def wished(  # noqa: PLR0913 - the parts of a policy
    ctx: Ctx,
    applies_to: str,
    needs: Needs,
    *,
    over_amount: Money | None,
    over_customers: int | None,
    when: str,
    approver_role: str,
    on_call: str,
    expires: timedelta | None,
    remind: timedelta | None,
    note: str,
) -> platform.PolicyCard:
    """Return the policy these words mean; what is over an amount is more than it."""
    if over_amount is not None and over_amount.currency != ctx.tenant.currency:
        raise BadInput(f"Amounts are in {ctx.tenant.currency} here.")
    covered = await meant(ctx, applies_to, many=bool(over_customers))
    return platform.PolicyCard(
        action=covered,
        title=await core(ctx).find_title(covered),
        needs=Approval[needs.upper()],
        over_amount=None if over_amount is None else over_amount.minor + 1,
        over_customers=None if over_customers is None else over_customers + 1,
        given=when.strip(),
        approver_role=await approvers(ctx, approver_role),
        on_call=on_call.strip().lower() or None,
        expires_after=expires,
        remind_after=remind,
        note=note,
    )


async def meant(ctx: Ctx, words: str, *, many: bool) -> str:
    """Return the action a policy is for; of many customers at once it is the one for many: "mass mails"."""
    for said in (f"mass {words}", f"{words} many") if many and "_" not in words else ():
        found = await core(ctx).find_action(said)
        if found != "_".join(said.lower().split()):
            return found
    return await core(ctx).find_action(words)
