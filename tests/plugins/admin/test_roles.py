"""Roles are given, taken, limited; nobody gives more than they reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.api import Area, BadInput, Money, NotAllowed, NotFound


@pytest.fixture
async def desk(bench):
    return await bench("admin")


async def test_roles_are_listed(desk):
    names = [card.name for card in (await desk.act("roles")).data]
    assert {"support", "billing", "noc", "field", "admin"} <= set(names)
    assert "admin:audit" in [row[0] for row in (await desk.act("roles", name="admin")).table.rows]


async def test_a_role_is_given_within_an_area_for_a_time(desk):
    asked = await desk.act(
        "grant", person=desk.eve.email, role="noc", region="coast", lasts="8h", reason="night shift"
    )
    assert "region coast" in asked.waiting.preview
    done = await desk.approve(asked, user=desk.ann)
    eve = await desk.around.user(desk.eve.id, fresh=True)
    assert eve.scope("admin:self").covers({"region": "coast"})
    assert not eve.scope("admin:self").covers({"region": "north"})
    desk.now += timedelta(hours=9)
    assert not (await desk.around.user(desk.eve.id, fresh=True)).may("admin:self")
    assert done.data.role == "noc"


async def test_a_grant_can_be_revoked_and_undone(desk):
    done = await desk.approve(await desk.act("grant", person=desk.eve.email, role="noc"), user=desk.ann)
    await desk.undo(done)
    assert not (await desk.around.user(desk.eve.id, fresh=True)).may("admin:self")
    with pytest.raises(NotFound):
        await desk.approve(await desk.act("revoke", grant_id=done.data.id), user=desk.ann)


async def test_a_grant_is_named_by_person_and_role(desk):
    for role in ("noc", "field"):
        await desk.approve(await desk.act("grant", person=desk.eve.email, role=role), user=desk.ann)
    with pytest.raises(BadInput, match=r"several grants: .*\(noc, everywhere\)"):
        await desk.act("revoke", person=desk.eve.email)
    with pytest.raises(BadInput, match="Whose grant ends"):
        await desk.act("revoke", role="noc")
    with pytest.raises(NotFound, match="Eve Elder does not hold the role billing"):
        await desk.act("revoke", person=desk.eve.email, role="billing")
    asked = await desk.act("revoke", person=desk.eve.email, role="NOC")
    assert "Eve Elder, noc, everywhere, for good → ends at once" in asked.waiting.preview
    assert (await desk.approve(asked, user=desk.ann)).data.role == "noc"
    left = {one.role for one in (await desk.act("grants", person=desk.eve.email)).data}
    assert "field" in left and "noc" not in left


async def test_nobody_gives_a_role_to_themselves(desk):
    with pytest.raises(NotAllowed, match="themselves"):
        await desk.act("grant", person=desk.ann.email, role="noc")


async def test_power_is_not_handed_out_by_who_lacks_it(desk):
    lead = await desk.person("Lea Lead", ["admin:grants", "admin:people_read", "admin:self"])
    asked = await desk.act("grant", user=lead, person=desk.eve.email, role="admin")
    with pytest.raises(NotAllowed, match="do not hold"):
        await desk.approve(asked, user=lead)


async def test_a_regional_lead_stays_in_the_region(desk):
    area = Area(region=frozenset({"coast"}))
    lead = await desk.person("Lea Lead", ["admin:grants", "admin:people_read", "admin:self"], area=area)
    wide = await desk.act("grant", user=lead, person=desk.eve.email, role="support")
    with pytest.raises(NotAllowed, match="own area"):
        await desk.approve(wide, user=lead)
    narrow = await desk.act("grant", user=lead, person=desk.eve.email, role="support", region="coast")
    await desk.approve(narrow, user=lead)
    assert (await desk.around.user(desk.eve.id, fresh=True)).may("admin:self")


async def test_a_role_of_ones_own(desk):
    await desk.approve(await desk.act("add_role", name="night", about="The night shift"), user=desk.ann)
    said = await desk.approve(
        await desk.act("allow", role="night", permission="admin:self", max_amount="50 EUR", max_count=2),
        user=desk.ann,
    )
    assert said.table.rows == [
        ("admin:self", "See who you are, what you may do and what waits for you", Money(5000, "EUR"), 2)
    ]
    await desk.approve(await desk.act("forbid", role="night", permission="admin:self"), user=desk.ann)
    assert (await desk.act("roles", name="night")).table is None
    await desk.approve(await desk.act("remove_role", name="night"), user=desk.bob)
    with pytest.raises(NotFound):
        await desk.act("roles", name="night")


async def test_power_is_not_taken_by_who_lacks_it(desk):
    lead = await desk.person("Lea Lead", ["admin:grants", "admin:people_read", "admin:self"])
    grants = (await desk.act("grants", person=desk.ann.email)).data
    with pytest.raises(NotAllowed, match="do not hold"):
        await desk.act("revoke", user=lead, grant_id=grants[0].id)


async def test_a_yes_to_one_grant_ends_no_other_that_begins_with_the_same_letters(desk):
    made = (
        await desk.approve(await desk.act("grant", person=desk.eve.email, role="noc"), user=desk.ann)
    ).data
    asked = await desk.act("revoke", grant_id=made.id)
    assert f"Grant {made.id}: Eve Elder, noc, everywhere, for good → ends at once" in asked.waiting.preview
    await desk.approve(await desk.act("revoke", user=desk.bob, grant_id=made.id), user=desk.bob)
    await desk.approve(await desk.act("grant", person=desk.bob.email, role="field"), user=desk.ann)
    like = text("update grants set id = cast(:start || substr(id::text, 9) as uuid) where role = 'field'")
    async with desk.database.tenant(desk.tenant.id) as session:
        await session.execute(like, {"start": made.id})
    again = await desk.approve(asked, user=desk.ann)
    assert again.waiting is not None and "Bob Berry, field" in again.waiting.preview
    assert (await desk.act("grants", role="field")).data
    await desk.approve(again, user=desk.ann)
    assert not (await desk.act("grants", role="field")).data


async def test_nobody_widens_a_role_they_hold_themselves(desk):
    lead = await desk.person("Lea Lead", ["admin:roles", "admin:self"], max_amount=5_000)
    [role] = lead.roles
    for more in ({"permission": "admin:audit"}, {"permission": "admin:self", "max_amount": "500 EUR"}):
        with pytest.raises(NotAllowed, match=r"do not hold|yourself"):
            await desk.approve(await desk.act("allow", user=lead, role=role, **more), user=lead)
    less = await desk.act("allow", user=lead, role=role, permission="admin:self", max_amount="10 EUR")
    await desk.approve(less, user=lead)
    assert (await desk.around.user(lead.id, fresh=True)).rights["admin:self"].max_amount == 1_000


async def test_an_unknown_permission_is_named(desk):
    with pytest.raises(NotFound, match="admin:fly"):
        await desk.act("allow", role="noc", permission="admin:fly")
    with pytest.raises(NotFound, match="no role “flyer”"):
        await desk.act("allow", role="flyer", permission="admin:self")


async def test_what_a_role_may_then_do_is_said_before(desk):
    asked = await desk.act("allow", role="noc", permission="admin:self", max_amount="50 EUR", max_count=2)
    assert asked.waiting.preview.endswith("→ up to 50.00 EUR and 2 customers")


async def test_a_length_of_time_is_said_as_people_do(desk):
    asked = await desk.act("grant", person=desk.eve.email, role="noc", lasts="8h")
    assert "lasts “8 h”" in asked.waiting.summary


async def test_grants_say_who_holds_what_in_a_sentence(desk):
    await desk.approve(await desk.act("grant", person="eve", role="the noc team"), user=desk.ann)
    assert (await desk.act("grants", role="noc people")).text == "1 person holds the role noc: Eve Elder."
    assert (
        await desk.act("grants", person="eve", role="field")
    ).text == "Eve Elder does not hold the role field."
    assert (await desk.act("grants")).text.endswith("none by breaking the glass.")


async def test_a_built_in_role_stays_and_a_removal_names_who_loses_it(desk):
    with pytest.raises(BadInput, match="built in"):
        await desk.act("remove_role", name="support")
    await desk.approve(await desk.act("add_role", name="night"), user=desk.ann)
    await desk.approve(await desk.act("grant", person="eve", role="night"), user=desk.ann)
    assert "Eve Elder" in (await desk.act("remove_role", name="night")).waiting.preview
