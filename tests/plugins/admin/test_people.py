"""People are found, added, linked and locked out."""

from __future__ import annotations

import pytest

from bot.api import Ambiguous, BadInput, Conflict, NotAllowed, NotFound
from bot.core import identity, links
from bot.db.users import do_add_person
from bot.errors import NotLinked


@pytest.fixture
async def desk(bench):
    return await bench("admin")


async def test_people_are_listed_with_roles(desk):
    said = await desk.act("users", words="ann")
    assert [row[0] for row in said.table.rows] == ["Ann Apple"]


async def test_a_person_is_added_and_can_be_found_at_once(desk):
    asked = await desk.act("add_user", full_name="Dora Day", email="dora@acme.example")
    done = await desk.approve(asked, user=desk.ann)
    assert done.buttons[0].args["person"] == "dora@acme.example"
    assert (await desk.act("users", words="dora")).data[0].roles == ()
    with pytest.raises(Conflict, match="already"):
        await desk.approve(
            await desk.act("add_user", full_name="Dora Two", email="DORA@acme.example"), user=desk.ann
        )


async def test_a_deactivated_person_is_out_at_once_and_can_come_back(desk):
    done = await desk.approve(await desk.act("deactivate", person="eve.elder@bench.example"), user=desk.ann)
    with pytest.raises(NotAllowed, match="deactivated"):
        await desk.around.user(desk.eve.id)
    await desk.undo(done)
    assert (await desk.around.user(desk.eve.id)).name == "Eve Elder"


async def test_a_yes_to_taking_access_is_for_the_roles_that_were_shown(desk):
    asked = await desk.act("deactivate", person=desk.eve.email)
    assert "Access: as role_" in asked.waiting.preview
    await desk.approve(await desk.act("grant", person=desk.eve.email, role="noc"), user=desk.ann)
    again = await desk.approve(asked, user=desk.ann)
    assert again.waiting is not None and "Access: as noc, role_" in again.waiting.preview
    assert "can no longer" in (await desk.approve(again, user=desk.ann)).text


async def test_nobody_locks_themselves_out(desk):
    with pytest.raises(Conflict, match="yourself"):
        await desk.act("deactivate", person=desk.ann.email)


async def test_power_protects(desk):
    clerk = await desk.person("Clara Clerk", ["admin:people", "admin:people_read"])
    with pytest.raises(NotAllowed, match="more power"):
        await desk.act("link_code", user=clerk, person=desk.ann.email)
    asked = await desk.act("deactivate", user=clerk, person=desk.ann.email)
    with pytest.raises(NotAllowed, match="more power"):
        await desk.approve(asked, user=clerk)


async def test_two_of_a_name_are_asked_about(desk):
    await desk.person("Sam Smith", ())
    await desk.person("Sam Smyth", ())
    with pytest.raises(Ambiguous):
        await desk.act("link_code", person="sam")


async def test_a_code_links_a_chat_account(desk):
    said = await desk.act("link_code", person=desk.eve.email)
    code = said.facts["Code"]
    assert said.private
    user_id = await links.redeem_code(desk.database, desk.tenant, "slack", "T1:U1", code, now=desk.now)
    assert user_id == desk.eve.id
    found = await identity.find_linked(desk.database, desk.registry, desk.tenant, "slack", "T1:U1")
    assert found.name == "Eve Elder"


async def test_the_code_stays_out_of_the_audit(desk):
    said = await desk.act("link_code", person=desk.eve.email)
    code = said.facts["Code"][:5]
    assert not await desk.audit(text=code)


async def test_link_and_unlink_by_word(desk):
    asked = await desk.act("link", surface="slack", account="T1:U9", person=desk.eve.email)
    await desk.approve(asked, user=desk.ann)
    found = await identity.find_linked(desk.database, desk.registry, desk.tenant, "slack", "T1:U9")
    assert found.id == desk.eve.id
    await desk.approve(await desk.act("unlink", surface="slack", account="T1:U9"), user=desk.ann)
    with pytest.raises(NotLinked):
        await identity.find_linked(desk.database, desk.registry, desk.tenant, "slack", "T1:U9")


async def test_nobody_found(desk):
    with pytest.raises(NotFound):
        await desk.act("users", words="zzz")


async def test_a_newcomer_is_named_after_the_address_and_gets_the_role_that_was_said(desk):
    asked = await desk.act("add_user", email="kim.otieno@acme.example", role="a support agent")
    assert "Kim Otieno" in asked.waiting.preview and "the role support" in asked.waiting.preview
    done = await desk.approve(asked, user=desk.ann)
    assert done.buttons[0].args == {"person": "kim.otieno@acme.example", "role": "support"}


async def test_name_and_address_may_stand_the_wrong_way_round(desk):
    asked = await desk.act("add_user", email="Kim Otieno", full_name="kim@acme.example")
    assert "Add Kim Otieno (kim@acme.example)" in asked.waiting.preview
    asked = await desk.act("add_user", email="noc", full_name="kim@acme.example")
    assert "Add Kim (kim@acme.example)" in asked.waiting.preview and "the role noc" in asked.waiting.preview
    with pytest.raises(BadInput, match="no e-mail address"):
        await desk.act("add_user", email="Kim", full_name="Otieno")
    with pytest.raises(BadInput, match="There are: admin"):
        await desk.act("add_user", email="kim@acme.example", role="chef")


async def test_a_first_name_is_enough_while_only_one_active_person_has_it(desk):
    asked = await desk.act("deactivate", person="eve")
    assert "Eve Elder" in asked.waiting.preview
    await desk.person("Eve Other", ())
    with pytest.raises(Ambiguous):
        await desk.act("deactivate", person="eve")


async def test_who_somebody_is_and_who_has_a_role(desk):
    assert (await desk.act("users", words="eve")).text.startswith("Eve Elder (eve.elder@bench.example) holds")
    await desk.approve(await desk.act("grant", person="eve", role="noc people"), user=desk.ann)
    assert "Eve Elder" in (await desk.act("users", words="noc")).text


async def test_whoever_holds_a_role_is_found_among_however_many(desk):
    async with desk.database.tenant(desk.tenant.id) as session:
        for nr in range(60):
            await do_add_person(session, name=f"Aaa Person {nr:02}", email=f"p{nr}@bench.example")
    await desk.approve(await desk.act("grant", person="eve", role="support"), user=desk.ann)
    assert [one.name for one in (await desk.act("users", words="support")).data] == ["Eve Elder"]
    assert (await desk.act("users")).text.startswith("The first 50 of 6")
