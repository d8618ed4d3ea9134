"""Approval policies: where more people have to agree than an action's author asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from bot.api import (
    ActionCall,
    Approval,
    Change,
    Column,
    Field,
    Money,
    NotFound,
    Preview,
    Reply,
    Table,
    action,
    platform,
    plural,
)
from plugins.admin.may import alone, others
from plugins.admin.nouns import POLICIES, Ctx, Reason, Word, core, source
from plugins.admin.wished import Needs, wished

Customers = Annotated[int, Field(ge=1, le=1_000_000)]
Given = Annotated[str, Field(max_length=1_000)]
"""Values of arguments on which a policy depends: `priority=urgent,high; category=fault`."""
UNDO = timedelta(hours=1)
OWN = "admin_"
LETTERS = 4
"""Of an id, to name a policy by."""
SINCE = timedelta(days=30)
"""How far back a policy is tried on what was asked for."""
STAYS = (
    "Taking a rule back takes the yes of another person who may, and here nobody else may: give a second "
    "person the role admin, or run `backhaul policies remove` on the server."
)
YES = {
    Approval.NONE: "nobody's yes",
    Approval.SELF: "the asker's yes",
    Approval.OTHER: "one other's yes",
    Approval.TWO: "two others' yes",
}


@action(
    permission=POLICIES,
    reads_only=True,
    examples=[
        "list approval policies",
        "approval policies",
        "which actions need a second person's approval",
        "what needs two people to approve",
    ],
)
async def policies(ctx: Ctx) -> Reply:
    """List the approval policies: which actions, whose yes, from what on."""
    found = await core(ctx).policies()
    rows = [(one.id, one.words(ctx.tenant.currency), one.note) for one in found]
    none = "There is no approval policy: every action asks for what its author chose."
    return Reply(
        f"{plural(len(rows), 'approval policy', 'approval policies')}." if rows else none,
        data=tuple(found),
        table=Table(columns=(Column("Id"), Column("Policy"), Column("Note")), rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def preview_add(  # noqa: PLR0913 - the arguments of the action
    ctx: Ctx,
    applies_to: Word,
    needs: Needs = "other",
    *,
    over_amount: Money | None = None,
    over_customers: Customers | None = None,
    when: Given = "",
    approver_role: str = "",
    on_call: str = "",
    expires: timedelta | None = None,
    remind: timedelta | None = None,
    note: Reason = "",
) -> Preview:
    """Say what would need whose yes."""
    wish = await wished(
        ctx,
        applies_to,
        needs,
        over_amount=over_amount,
        over_customers=over_customers,
        when=when,
        approver_role=approver_role,
        on_call=on_call,
        expires=expires,
        remind=remind,
        note=note,
    )
    warnings = list(await core(ctx).check_policy(wish))
    if wish.action == "*" or wish.action.startswith(OWN):
        warnings.append("It applies to changes of this workspace too, such as removing policies.")
    warnings += await alone(ctx, POLICIES, STAYS) and (f"It cannot be undone here. {STAYS}",)
    tried = await core(ctx).try_policy(wish, "", SINCE)
    text = f"{wish.words(ctx.tenant.currency)} {tried.words}"
    return Preview(text=text, hits=0, warnings=tuple(warnings))


@action(
    permission=POLICIES,
    reads_only=True,
    examples=[
        "try an approval policy for {applies_to}",
        "what would an approval policy for {applies_to} have held back",
        "try the approval policy {applies_to} over {over_amount}",
    ],
)
async def try_policy(  # noqa: PLR0913 - as for add_policy
    ctx: Ctx,
    applies_to: Word,
    needs: Needs = "other",
    *,
    over_amount: Money | None = None,
    over_customers: Customers | None = None,
    when: Given = "",
    approver_role: str = "",
    on_call: str = "",
    look_back: timedelta = SINCE,
) -> Reply:
    """Try an approval policy on the calls of the last 30 days, before it is added; nothing is changed."""
    wish = await wished(
        ctx,
        applies_to,
        needs,
        over_amount=over_amount,
        over_customers=over_customers,
        when=when,
        approver_role=approver_role,
        on_call=on_call,
        expires=None,
        remind=None,
        note="",
    )
    tried = await core(ctx).try_policy(wish, "", look_back)
    rows = [(one.at, one.by, one.what, one.alike, YES[one.then], one.vain) for one in tried.examples]
    titles = ("When", "Asked by", "What", "Alike", "Would need", "In vain")
    return Reply(
        f"{wish.words(ctx.tenant.currency)} {tried.words}",
        data=tried,
        table=Table(columns=tuple(Column(t) for t in titles), rows=rows) if rows else None,
        evidence=source(ctx),
    )


@action(
    permission=POLICIES,
    approval=Approval.SELF,
    preview=preview_add,
    examples=[
        "add an approval policy for {applies_to}",
        "approval policy: {applies_to} over {over_amount}",
        "{applies_to} over {over_amount} need a yes of whoever is on call for {on_call}",
        "{applies_to} need the yes of whoever is on call for {on_call}",
        "whoever is on call for {on_call} has to approve {applies_to} over {over_amount}",
        "let whoever is on call for {on_call} approve {applies_to}",
    ],
)
async def add_policy(  # noqa: PLR0913 - which action, whose yes, from what on, how long
    ctx: Ctx,
    applies_to: Word,
    needs: Needs = "other",
    *,
    over_amount: Money | None = None,
    over_customers: Customers | None = None,
    when: Given = "",
    approver_role: str = "",
    on_call: str = "",
    expires: timedelta | None = None,
    remind: timedelta | None = None,
    note: Reason = "",
) -> Reply:
    """Ask for more approval than an action does by itself; a policy never asks for less.

    `applies_to` is an action like `tickets_close`, all of a plugin like `tickets_*`, or `*`. With `on_call`,
    the name of a team, one who agrees has to be on call for it at that moment. With `when` it holds only of
    calls whose arguments have these values: `when="priority=urgent,high"`, several apart by `;`.
    """
    wish = await wished(
        ctx,
        applies_to,
        needs,
        over_amount=over_amount,
        over_customers=over_customers,
        when=when,
        approver_role=approver_role,
        on_call=on_call,
        expires=expires,
        remind=remind,
        note=note,
    )
    made = await core(ctx).add_policy(ctx.effect, ctx.user, wish)
    back = ActionCall(action_id="admin_remove_policy", args={"policy_id": made.id})
    shared = bool(await others(ctx, POLICIES))
    then = (
        "Taking it back takes the yes of another admin." if shared else f"It cannot be undone here. {STAYS}"
    )
    return Reply(
        f"From now on: {made.words(ctx.tenant.currency)} {then}",
        data=made,
        facts={"Id": made.id},
        evidence=source(ctx),
        undo=back if shared else None,
        undo_within=UNDO,
    )


def _which(there: Sequence[platform.PolicyCard], policy_id: str, currency: str) -> str:
    """Say which policies there are to somebody who named none of them."""
    if not there:
        return "There is no approval policy, so none can be removed."
    shown = "; ".join(f"{one.id}: {one.words(currency)}" for one in there[:5])
    more = f" `admin policies` lists all {len(there)}." if len(there) > 5 else ""  # noqa: PLR2004 - what is shown
    return f"No single policy begins with “{policy_id[:40]}”. There are: {shown}{more}"


async def preview_remove(ctx: Ctx, policy_id: Word) -> Preview:
    """Say which policy goes."""
    start = policy_id.strip().lower()
    found = [one for one in await core(ctx).policies() if one.id.startswith(start[:8])]
    if len(start) < LETTERS or len(found) != 1:
        raise NotFound(_which(await core(ctx).policies(), policy_id, ctx.tenant.currency))
    gone = found[0]
    words = gone.words(ctx.tenant.currency)
    # its id is part of what a yes agrees to: the same letters may begin another policy by then
    change = Change(what=f"Policy {gone.id}", before=f"{words} {gone.note}".strip(), after="removed")
    instead = (
        f"Give a second person the role admin, or run `backhaul policies remove {gone.id}` on the server."
    )
    warnings = await alone(ctx, POLICIES, instead)
    return Preview(text=f"No longer: {words}", changes=(change,), hits=0, warnings=warnings)


@action(
    permission=POLICIES,
    approval=Approval.OTHER,
    preview=preview_remove,
    examples=["remove the approval policy {policy_id}"],
)
async def remove_policy(ctx: Ctx, policy_id: Word) -> Reply:
    """Remove an approval policy; name it by the id that `admin policies` shows."""
    gone = await core(ctx).remove_policy(ctx.effect, ctx.user, policy_id)
    return Reply(
        f"Removed: {gone.words(ctx.tenant.currency)}",
        data=gone,
        evidence=source(ctx),
        undo=ActionCall(action_id="admin_add_policy", args=again(ctx, gone)),
        undo_within=UNDO,
    )


def again(ctx: Ctx, gone: platform.PolicyCard) -> dict[str, object]:
    """Return the arguments that add a removed policy anew."""
    amount = gone.over_amount
    values = {
        "applies_to": gone.action,
        "needs": gone.needs.name.lower(),
        "over_amount": None if amount is None else Money(amount - 1, ctx.tenant.currency),
        "over_customers": gone.over_customers - 1 or None if gone.over_customers else None,
        "when": gone.given,
        "approver_role": gone.approver_role,
        "on_call": gone.on_call,
        "expires": gone.expires_after,
        "remind": gone.remind_after,
        "note": gone.note,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


ACTIONS = (policies, try_policy, add_policy, remove_policy)
