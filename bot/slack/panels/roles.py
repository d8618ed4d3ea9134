"""Panel: roles, what they may do, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.contract.money import Money
from bot.contract.platform import Allowed, PluginCard, RoleCard
from bot.errors import NotFound
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
from bot.slack.panels.screen import Page, Screen, Suggest, Visit, Wish, fresh
from bot.slack.parts import Block

EACH, SUGGESTED = 15, 50
TITLE = "Roles"


async def roles(visit: Visit) -> Page:
    """List them."""
    found: Sequence[RoleCard] = (await visit.read("admin_roles")).data or ()
    page = min(visit.number, max(0, -(-len(found) // EACH) - 1))
    blocks: list[Block] = [*row(to("role-new", "Make a role"))]
    for at, one in enumerate(found[page * EACH : (page + 1) * EACH]):
        kind = "built in" if one.built_in else "your own"
        said = f"*{esc(one.name)}* · {len(one.permissions)} rights · {kind}\n{esc(one.about)}"
        blocks.append(line(said.strip(), to("role", "Open", one.name, at)))
    blocks += paging("roles", page, len(found), EACH)
    return Page(title=TITLE, blocks=blocks, state={"page": page})


async def get_role(visit: Visit) -> RoleCard:
    """Return the role they are at."""
    name = visit.named("role")
    for one in (await visit.read("admin_roles")).data or ():
        if one.name == name:
            found: RoleCard = one
            return found
    raise NotFound(f"There is no role “{name[:60]}” any more.")


async def role(visit: Visit) -> Page:
    """Show what one may do."""
    one = await get_role(visit)
    blocks = [line(f"*{esc(one.name)}*\n{esc(one.about)}".strip())]
    blocks += row(
        to("allow-form", "Allow more, or limit", one.name, style="primary"),
        to("forbid-form", "Forbid", one.name) if one.permissions else None,
        to("role-off", "Remove the role", one.name, style="danger") if not one.built_in else None,
    )
    lines = [_line(each, visit.question.tenant.currency) for each in one.permissions]
    blocks += [divider(), *text("\n".join(lines) or "It may do nothing yet.")]
    blocks += row(to("roles", "All roles"))
    return Page(title=TITLE, blocks=blocks, state={"role": one.name})


def _line(one: Allowed, currency: str) -> str:
    within = limit_words(one, currency)
    limit = f", *{esc(within)}*" if within else ""
    return f"• {esc(one.meaning or one.permission)} (`{esc(one.permission)}`){limit}"


def limit_words(one: Allowed, currency: str) -> str:
    """Return within which limits something is allowed; nothing for none."""
    parts = [
        f"up to {Money(one.max_amount, currency)}" if one.max_amount is not None else "",
        f"at most {one.max_count:,} customers at once" if one.max_count is not None else "",
    ]
    return ", ".join(filter(None, parts))


async def allow_form(visit: Visit) -> Page:
    """Show the form that lets a role do more, or less of something."""
    one, mark = await get_role(visit), fresh()
    hint = "Per call. Left empty there is no limit."
    blocks = [
        line(f"*{esc(one.name)}*"),
        entry("permission", mark, "What", looked_up("right", "permission", "Type to search"), needed=True),
        entry("amount", mark, f"Up to which amount ({visit.question.tenant.currency})", typed(), hint),
        entry("count", mark, "How many customers at once", number(), hint),
        *row(to("role", "Back", one.name)),
    ]
    state = {"role": one.name}
    return Page(title="Allow", blocks=blocks, submit="Go on", sends="allow-send", state=state)


async def allow_send(visit: Visit) -> Wish:
    """Ask for it."""
    name = str(visit.state.get("role", ""))
    args = {
        "role": name,
        "permission": visit.text("permission"),
        "max_amount": visit.text("amount"),
        "max_count": visit.text("count"),
    }
    return Wish(
        action_id="admin_allow",
        args={key: value for key, value in args.items() if value},
        label="Allow",
        back={"screen": "role", "role": name},
    )


async def forbid_form(visit: Visit) -> Page:
    """Show the form that takes something from a role."""
    one, mark = await get_role(visit), fresh()
    offered = [(each.permission, f"{each.permission}: {each.meaning}") for each in one.permissions]
    menu = entry("permission", mark, "What it may do no more", chosen(offered), needed=True)
    blocks = [line(f"*{esc(one.name)}*"), menu, *row(to("role", "Back", one.name))]
    if len(offered) > 100:  # noqa: PLR2004 - what a menu of Slack's holds
        blocks += small("Only the first 100 are in the menu; `admin forbid` takes any.")
    state = {"role": one.name}
    return Page(title="Forbid", blocks=blocks, submit="Go on", sends="forbid-send", state=state)


async def forbid_send(visit: Visit) -> Wish:
    """Ask for it."""
    name = str(visit.state.get("role", ""))
    return Wish(
        action_id="admin_forbid",
        args={"role": name, "permission": visit.text("permission")},
        label="Forbid",
        back={"screen": "role", "role": name},
    )


async def role_new(visit: Visit) -> Page:
    """Show the form that makes a role."""
    await visit.read("admin_roles")
    mark = fresh()
    hint = "Lower case, such as second_level."
    blocks = [
        entry("name", mark, "Name", typed(longest=41), hint, needed=True),
        entry("about", mark, "What it is for", typed(longest=200)),
        *row(to("roles", "Back")),
    ]
    return Page(title="Make a role", blocks=blocks, submit="Go on", sends="role-send")


async def role_send(visit: Visit) -> Wish:
    """Ask for it."""
    name, about = visit.text("name").lower(), visit.text("about")
    args = {"name": name, "about": about}
    return Wish(
        action_id="admin_add_role",
        args={key: value for key, value in args.items() if value},
        label="Make it",
        back={"screen": "roles"},
    )


async def role_off(visit: Visit) -> Wish:
    """Remove a role of one's own."""
    name = visit.named("role")
    return Wish(action_id="admin_remove_role", args={"name": name}, label="Remove", back={"screen": "roles"})


async def suggest_rights(visit: Visit) -> list[tuple[str, str]]:
    """Return permissions in whose name or meaning these letters stand."""
    cards: Sequence[PluginCard] = (await visit.read("admin_plugins")).data or ()
    wanted = visit.value.strip().lower()
    found = [
        (name, f"{name}: {meaning}")
        for one in cards
        for name, meaning in one.permissions.items()
        if wanted in f"{name} {meaning}".lower()
    ]
    return sorted(found)[:SUGGESTED]


SCREENS: Mapping[str, Screen] = {
    "roles": roles,
    "role": role,
    "role-new": role_new,
    "role-send": role_send,
    "role-off": role_off,
    "allow-form": allow_form,
    "allow-send": allow_send,
    "forbid-form": forbid_form,
    "forbid-send": forbid_send,
}
SUGGESTS: Mapping[str, Suggest] = {"right": suggest_rights}
