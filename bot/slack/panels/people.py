"""Panel: people, the roles they hold, and access as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.contract.platform import GrantCard, Member
from bot.errors import NotFound
from bot.slack.panels.blocks import (
    chosen,
    divider,
    entry,
    esc,
    line,
    looked_up,
    paging,
    row,
    small,
    to,
    typed,
)
from bot.slack.panels.screen import Page, Screen, Suggest, Visit, Wish, fresh
from bot.slack.parts import Block

EACH, MOST_GRANTS, SUGGESTED = 10, 30, 20
TITLE = "People"
LASTS = (
    ("", "for good"),
    ("1h", "for 1 hour"),
    ("8h", "for 8 hours"),
    ("1d", "for a day"),
    ("7d", "for a week"),
    ("30d", "for 30 days"),
)
FOR_GOOD = "good"


async def people(visit: Visit) -> Page:
    """List them, the first of many; the menu finds the others."""
    reply = await visit.read("admin_users")
    found: Sequence[Member] = reply.data or ()
    page = min(visit.number, max(0, -(-len(found) // EACH) - 1))
    search = looked_up("person", "find", "Find somebody")
    blocks: list[Block] = [*small(esc(reply.text)), *row(search, to("person-form", "Add somebody"))]
    for at, one in enumerate(found[page * EACH : (page + 1) * EACH]):
        blocks.append(line(_said(one), to("person", "Open", one.key, at)))
    blocks += paging("people", page, len(found), EACH)
    return Page(title=TITLE, blocks=blocks, state={"page": page})


def _said(one: Member) -> str:
    roles = ", ".join(one.roles) or "no role"
    access = "" if one.active else " · :no_entry: deactivated"
    return f"*{esc(one.name)}*{access}\n{esc(one.email or 'no e-mail')} · {esc(roles)}"


async def get_member(visit: Visit, key: str) -> Member:
    """Return one person by what names exactly them."""
    found: Sequence[Member] = (await visit.read("admin_users", words=key)).data or ()
    for one in found:
        if key in {one.key, one.id}:
            return one
    raise NotFound(f"There is nobody here called “{key[:60]}” any more.")


async def person(visit: Visit) -> Page:
    """Show one person: which roles they hold, and what can be done."""
    one = await get_member(visit, visit.named("person"))
    held: Sequence[GrantCard] = (await visit.read("admin_grants", person=one.key)).data or ()
    blocks: list[Block] = [line(_said(one))]
    blocks += row(
        to("grant-form", "Give a role", one.key, style="primary") if one.active else None,
        to("person-off", "Deactivate", one.key, style="danger")
        if one.active
        else to("person-on", "Activate", one.key),
    )
    blocks.append(divider())
    for at, grant in enumerate(held[:MOST_GRANTS]):
        blocks.append(line(_grant(grant, visit), to("grant-end", "Take away", grant.id, at)))
    if not held:
        blocks += small("No role was given to them. Slack groups or a directory may still give some.")
    elif len(held) > MOST_GRANTS:
        blocks += small(f"{len(held) - MOST_GRANTS} more are not shown: ask me for `admin grants`.")
    blocks += row(to("people", "All people"))
    return Page(title=TITLE, blocks=blocks, state={"person": one.key})


def _grant(one: GrantCard, visit: Visit) -> str:
    zone = visit.question.tenant.zone
    until = f"until {one.expires_at.astimezone(zone):%d %b %Y %H:%M}" if one.expires_at else "for good"
    parts = [esc(one.area), until, f"given by {esc(one.granted_by)}" if one.granted_by else ""]
    glass = " · :rotating_light: by breaking the glass" if one.break_glass else ""
    reason = f"\n_{esc(one.reason)}_" if one.reason else ""
    return f"*{esc(one.role)}*{glass}\n{', '.join(filter(None, parts))}{reason}"


async def role_options(visit: Visit) -> list[tuple[str, str]]:
    """Return the roles there are, for a menu."""
    return [(one.name, one.name) for one in (await visit.read("admin_roles")).data or ()]


async def grant_form(visit: Visit) -> Page:
    """Show the form that gives a role."""
    one, mark = await get_member(visit, visit.named("person")), fresh()
    offered = await role_options(visit)
    where = "Leave empty for everywhere; several apart by commas."
    blocks = [
        line(_said(one)),
        entry("role", mark, "Role", chosen(offered), needed=True),
        entry("lasts", mark, "How long", chosen([(v or FOR_GOOD, said) for v, said in LASTS], FOR_GOOD)),
        entry("region", mark, "Only in these regions", typed(longest=200), where),
        entry("site", mark, "Only at these sites", typed(longest=200), where),
        entry("partner", mark, "Only for these partners", typed(longest=200), where),
        entry("reason", mark, "Why", typed(longest=500, long=True), "It is kept in the audit."),
        *row(to("person", "Back", one.key)),
    ]
    return Page(
        title="Give a role", blocks=blocks, submit="Go on", sends="grant-send", state={"person": one.key}
    )


async def grant_send(visit: Visit) -> Wish:
    """Ask for the grant."""
    key, lasts = str(visit.state.get("person", "")), visit.text("lasts")
    args = {"person": key, "role": visit.text("role"), "lasts": "" if lasts == FOR_GOOD else lasts}
    args |= {name: visit.text(name) for name in ("region", "site", "partner", "reason")}
    return Wish(
        action_id="admin_grant",
        args={name: value for name, value in args.items() if value},
        label="Give the role",
        back={"screen": "person", "person": key},
    )


async def grant_end(visit: Visit) -> Wish:
    """Take a role away."""
    back = {"screen": "person", "person": str(visit.state.get("person", ""))}
    return Wish(action_id="admin_revoke", args={"grant_id": visit.value}, label="Take it away", back=back)


async def person_off(visit: Visit) -> Wish:
    """Deactivate somebody."""
    return _access(visit, "admin_deactivate", "Deactivate")


async def person_on(visit: Visit) -> Wish:
    """Let somebody in again."""
    return _access(visit, "admin_activate", "Activate")


def _access(visit: Visit, action_id: str, label: str) -> Wish:
    key = visit.named("person")
    back = {"screen": "person", "person": key}
    return Wish(action_id=action_id, args={"person": key}, label=label, back=back)


async def person_form(visit: Visit) -> Page:
    """Show the form that adds somebody."""
    await visit.read("admin_users")
    mark = fresh()
    blocks = [
        entry("email", mark, "E-mail address", typed(longest=200), "As Slack knows them.", needed=True),
        entry("full_name", mark, "Name", typed(longest=100), "Left empty it is taken from the address."),
        *small("They may do nothing until a role is given to them."),
        *row(to("people", "Back")),
    ]
    return Page(title="Add somebody", blocks=blocks, submit="Go on", sends="person-send")


async def person_send(visit: Visit) -> Wish:
    """Ask for the new person."""
    args = {"email": visit.text("email"), "full_name": visit.text("full_name")}
    return Wish(
        action_id="admin_add_user",
        args={name: value for name, value in args.items() if value},
        label="Add",
        back={"screen": "people"},
    )


async def suggest_people(visit: Visit) -> list[tuple[str, str]]:
    """Return people whose name or address has these letters."""
    found: Sequence[Member] = (await visit.read("admin_users", words=visit.value)).data or ()
    return [(one.key, f"{one.name} ({one.email})" if one.email else one.name) for one in found[:SUGGESTED]]


SCREENS: Mapping[str, Screen] = {
    "people": people,
    "person": person,
    "person-form": person_form,
    "person-send": person_send,
    "person-off": person_off,
    "person-on": person_on,
    "grant-form": grant_form,
    "grant-send": grant_send,
    "grant-end": grant_end,
}
SUGGESTS: Mapping[str, Suggest] = {"person": suggest_people}
