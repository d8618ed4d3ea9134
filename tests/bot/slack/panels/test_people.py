"""People, their roles, what roles may do, and the groups of Slack that give them."""

from __future__ import annotations

from bot.core import grants
from tests.bot.slack.panels.conftest import Office, leading_to, pressable, shown


async def held(office: Office, user: str) -> set[str]:
    app = office.app
    found = await grants.find(app.database, office.tenant, app.clock(), user_id=office.ids[user])
    return {one.role for one in found}


async def test_role_is_given_for_a_while_and_taken_away(office: Office) -> None:
    ann = await office.open("people")
    await office.press(ann, leading_to(ann, "person", "eve@acme.example"))
    await office.press(ann, "panel:grant-form")
    await office.submit(ann, role="noc", lasts="8h", region="north, coast", reason="Covers <!channel>")
    await office.settled(ann)
    assert "Give Eve Elder the role noc region north, coast, until" in shown(ann)
    assert "<!channel>" not in str(ann.view.blocks)
    assert await held(office, "UEVE") == {"support"}
    await office.submit(ann)
    await office.settled(ann)
    assert await held(office, "UEVE") == {"support", "noc"}
    assert await office.audit("grant.made") == ["test", "test", "test", office.ids["UANN"]]
    ends = [name for name in pressable(ann) if name.startswith("panel:grant-end")]
    assert len(ends) == 2
    noc = next(b for b in ann.view.blocks if "*noc*" in str(b.get("text", {}).get("text", "")))
    await office.press(ann, noc["accessory"]["action_id"])
    await office.submit(ann)
    await office.settled(ann)
    assert await held(office, "UEVE") == {"support"}


async def test_nobody_gives_a_role_to_themselves(office: Office) -> None:
    ann = await office.open("people")
    await office.press(ann, leading_to(ann, "person", "ann@acme.example"))
    await office.press(ann, "panel:grant-form")
    seen = await office.submit(ann, role="billing")
    assert "Nobody gives a role to themselves" in str(seen.errors)
    assert await held(office, "UANN") == {"admin"}


async def test_somebody_is_found_by_letters(office: Office) -> None:
    ann = await office.open("people")
    offered = (await ann.view_options("panel:person:find", "eve", view=ann.view)).options
    assert [one["value"] for one in offered] == ["eve@acme.example"]
    await office.press(ann, "panel:person:find", offered[0])
    assert "Eve Elder" in shown(ann)
    eve = await office.open("people", "UEVE")
    eve.view.content["blocks"] = ann.view.content["blocks"]
    visit = await eve.view_options("panel:person:find", "ann", view=eve.view)
    assert visit.options == []


async def test_somebody_is_added_deactivated_and_let_in_again(office: Office) -> None:
    ann = await office.open("people")
    await office.press(ann, "panel:person-form")
    seen = await office.submit(ann, email="no address")
    assert "no e-mail address" in str(seen.errors)
    await office.submit(ann, email="kim.otieno@acme.example")
    await office.submit(ann)
    await office.settled(ann)
    assert "Kim Otieno" in shown(ann)
    await office.press(ann, leading_to(ann, "person", "kim.otieno@acme.example"))
    await office.press(ann, "panel:person-off")
    await office.submit(ann)
    await office.settled(ann)
    assert "deactivated" in shown(ann)
    await office.press(ann, "panel:person-on")
    await office.submit(ann)
    await office.settled(ann)
    assert "panel:person-off" in pressable(ann)


async def test_role_is_made_allowed_something_within_a_limit_and_forbidden_it(office: Office) -> None:
    ann = await office.open("roles")
    await office.press(ann, "panel:role-new")
    await office.submit(ann, name="auditors", about="Look at the audit")
    await office.settled(ann)
    if ann.view.title == "Is this right?":
        await office.submit(ann)
        await office.settled(ann)
    await office.press(ann, leading_to(ann, "role", "auditors"))
    await office.press(ann, "panel:allow-form")
    offered = (await ann.view_options("panel:right:permission", "search the audit")).options
    assert [one["value"] for one in offered] == ["admin:audit"]
    await ann.enter("panel:right:permission", offered[0])
    await office.submit(ann, count="5")
    await office.settled(ann)
    await office.submit(ann)
    await office.settled(ann)
    assert "at most 5 customers at once" in shown(ann)
    await office.press(ann, "panel:forbid-form")
    await office.submit(ann, permission="admin:audit")
    await office.submit(ann)
    await office.settled(ann)
    assert "It may do nothing yet" in shown(ann)
    await office.press(ann, "panel:role-off")
    await office.submit(ann)
    await office.settled(ann)
    assert "auditors" not in " ".join(pressable(ann).values())


async def test_group_gives_a_role_once_another_admin_agrees(office: Office) -> None:
    ann = await office.open("groups")
    await office.press(ann, "panel:group-form")
    await office.submit(ann, group="SNOC", role="noc")
    await office.settled(ann)
    assert ann.view.title == "Waits for a yes"
    assert "a yes from one other person" in shown(ann)
    assert await office.audit("slack.group_mapped") == []
    assert "@noc" in str(await office.said("UANN"))
    call = (await office.app.gate(office.tenant)) and await _waiting(office)
    await (await office.app.gate(office.tenant)).decide(
        await office.app.around(office.tenant).user(office.ids["UBEN"]), call, yes=True
    )
    ann = await office.open("groups")
    assert "*@noc* gives *noc*" in shown(ann)
    await office.press(ann, leading_to(ann, "group-off", "SNOC noc"))
    await office.submit(ann)
    await office.settled(ann)
    assert "No group gives a role" in shown(ann)


async def _waiting(office: Office) -> str:
    ben = await office.app.around(office.tenant).user(office.ids["UBEN"])
    [one] = await (await office.app.gate(office.tenant)).waiting(ben)
    return one.call_id


async def test_group_never_gives_power_over_the_workspace(office: Office) -> None:
    ann = await office.open("groups")
    await office.press(ann, "panel:group-form")
    seen = await office.submit(ann, group="SNOC", role="admin")
    assert "Only the operator can let a group give it" in str(seen.errors)
