"""Panel: which Slack user groups give which roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.contract.groups import GroupCard
from bot.errors import NotFound, Unavailable
from bot.slack.calls import CallError
from bot.slack.panels.blocks import chosen, entry, esc, line, row, small, to
from bot.slack.panels.people import role_options
from bot.slack.panels.screen import Page, Screen, Visit, Wish, fresh
from bot.slack.parts import Block
from bot.slack.usergroups import Group, find_groups, why_not

MOST = 80
TITLE = "Slack groups"
ABOUT = (
    "Whoever is in a Slack user group holds the role it gives, everywhere, as long as they are in it. It "
    "follows Slack within seconds, and stops when Slack no longer tells."
)


async def groups(visit: Visit) -> Page:
    """List which group gives what."""
    found: Sequence[GroupCard] = (await visit.read("admin_groups")).data or ()
    blocks: list[Block] = [*small(ABOUT), *row(to("group-form", "Let a group give a role", style="primary"))]
    for at, one in enumerate(found[:MOST]):
        people = "1 person" if one.members == 1 else f"{one.members or 0} people"
        said = f"*@{esc(one.handle)}* gives *{esc(one.role)}*\n{people} in it when last asked"
        blocks.append(line(said, to("group-off", "No longer", f"{one.group_id} {one.role}", at)))
    if not found:
        blocks.append(line("No group gives a role."))
    return Page(title=TITLE, blocks=blocks)


async def _there(visit: Visit) -> list[Group]:
    """Return the groups Slack has; Unavailable says why it does not tell."""
    try:
        return await find_groups(visit.calls, visit.team.token, visit.team.team_id)
    except CallError as error:
        raise Unavailable(why_not(error.reason)) from None


async def group_form(visit: Visit) -> Page:
    """Show the form."""
    await visit.read("admin_groups")
    there, mark = await _there(visit), fresh()
    if not there:
        raise NotFound("There is no user group in this Slack workspace. Make one there first.")
    offered = [(one.id, f"@{one.handle} ({len(one.users or ())} people)") for one in there]
    blocks = [
        entry("group", mark, "Slack group", chosen(offered), needed=True),
        entry("role", mark, "Role", chosen(await role_options(visit)), needed=True),
        *small("Another person has to agree: who manages the group could else take the role themselves."),
        *row(to("groups", "Back")),
    ]
    return Page(title=TITLE, blocks=blocks, submit="Go on", sends="group-send")


async def group_send(visit: Visit) -> Wish:
    """Ask for it, for the group as Slack calls it now."""
    await visit.read("admin_groups")
    wanted = visit.text("group")
    group = next((one for one in await _there(visit) if one.id == wanted), None)
    if group is None:
        raise NotFound("Slack has no such group any more. Choose another.")
    args = {"team": visit.team.team_id, "group": group.id, "handle": group.handle, "role": visit.text("role")}
    return Wish(action_id="admin_map_group", args=args, label="Let it", back={"screen": "groups"})


async def group_off(visit: Visit) -> Wish:
    """Ask for its end."""
    group, _, role = visit.value.partition(" ")
    args = {"group": group, "role": role}
    return Wish(action_id="admin_unmap_group", args=args, label="No longer", back={"screen": "groups"})


SCREENS: Mapping[str, Screen] = {
    "groups": groups,
    "group-form": group_form,
    "group-send": group_send,
    "group-off": group_off,
}
