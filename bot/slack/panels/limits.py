"""Panel: what one call may move at most, and where more people have to agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.contract.platform import PolicyCard, RoleCard
from bot.slack.panels.blocks import (
    chosen,
    divider,
    entry,
    esc,
    line,
    looked_up,
    number,
    paging,
    row,
    small,
    text,
    to,
    typed,
)
from bot.slack.panels.people import role_options
from bot.slack.panels.roles import limit_words
from bot.slack.panels.screen import Page, Screen, Suggest, Visit, Wish, fresh
from bot.slack.parts import Block

EACH, SUGGESTED = 10, 50
TITLE = "Limits and approvals"
NEEDS = (("other", "one other person"), ("two", "two other people"), ("self", "whoever asks, once more"))


async def limits(visit: Visit) -> Page:
    """List the approval policies, and the limits of roles."""
    found: Sequence[PolicyCard] = (await visit.read("admin_policies")).data or ()
    page, currency = min(visit.number, max(0, -(-len(found) // EACH) - 1)), visit.question.tenant.currency
    blocks: list[Block] = [
        line("*Where more people have to agree*", to("policy-form", "Add one", style="primary"))
    ]
    for at, one in enumerate(found[page * EACH : (page + 1) * EACH]):
        note = f"\n_{esc(one.note)}_" if one.note else ""
        blocks.append(line(f"{esc(one.words(currency))}{note}", to("policy-off", "Remove", one.id, at)))
    if not found:
        blocks += small("None: every action asks for what its author chose.")
    blocks += paging("limits", page, len(found), EACH)
    blocks += [divider(), *text(await _of_roles(visit))]
    return Page(title=TITLE, blocks=blocks, state={"page": page})


async def _of_roles(visit: Visit) -> str:
    """Return within which limits roles act; `Roles` changes them."""
    cards: Sequence[RoleCard] = (await visit.read("admin_roles")).data or ()
    currency = visit.question.tenant.currency
    lines = [
        f"• *{esc(card.name)}*: {esc(one.meaning or one.permission)}, {esc(within)}"
        for card in cards
        for one in card.permissions
        if (within := limit_words(one, currency))
    ]
    return "\n".join(["*What one call may move at most*", *(lines or ["No role has a limit."])])


async def policy_form(visit: Visit) -> Page:
    """Show the form of a new policy."""
    await visit.read("admin_policies")
    mark, currency = fresh(), visit.question.tenant.currency
    more = "Left empty it holds always."
    offered = await role_options(visit)
    blocks = [
        entry("action", mark, "For which action", looked_up("action", "action", "Search"), needed=True),
        entry("needs", mark, "Who has to agree", chosen(NEEDS, "other"), needed=True),
        entry("role", mark, "With which role", chosen(offered), "Left empty: anybody who may do it."),
        entry("amount", mark, f"Only for more than ({currency})", typed(longest=30), more),
        entry("count", mark, "Only for more customers than", number(), more),
        entry("note", mark, "Why", typed(longest=500)),
        *row(to("limits", "Back")),
    ]
    return Page(title="More approval", blocks=blocks, submit="Go on", sends="policy-send")


async def policy_send(visit: Visit) -> Wish:
    """Ask for it."""
    args = {
        "applies_to": visit.text("action"),
        "needs": visit.text("needs"),
        "approver_role": visit.text("role"),
        "over_amount": visit.text("amount"),
        "over_customers": visit.text("count"),
        "note": visit.text("note"),
    }
    given = {name: value for name, value in args.items() if value}
    return Wish(action_id="admin_add_policy", args=given, label="Add", back={"screen": "limits"})


async def policy_off(visit: Visit) -> Wish:
    """Ask for its end, which takes another person's yes."""
    args = {"policy_id": visit.value}
    return Wish(action_id="admin_remove_policy", args=args, label="Remove", back={"screen": "limits"})


async def suggest_actions(visit: Visit) -> list[tuple[str, str]]:
    """Return the actions, and the plugins as a whole, whose names have these letters."""
    await visit.read("admin_policies")
    wanted, there = visit.value.strip().lower().replace(" ", "_"), await visit.office.actions(visit.question)
    ids = sorted(one for one, changes in there.items() if changes)
    whole = [("*", "every change"), *((f"{one}_*", f"all of {one}") for one in _plugins(ids))]
    found = [(one, label) for one, label in whole if wanted in one or wanted in label.replace(" ", "_")]
    found += [(one, one.replace("_", " ")) for one in ids if wanted in one]
    return found[:SUGGESTED]


def _plugins(ids: Sequence[str]) -> list[str]:
    return sorted({one.partition("_")[0] for one in ids})


SCREENS: Mapping[str, Screen] = {
    "limits": limits,
    "policy-form": policy_form,
    "policy-send": policy_send,
    "policy-off": policy_off,
}
SUGGESTS: Mapping[str, Suggest] = {"action": suggest_actions}
