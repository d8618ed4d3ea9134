"""Who suspended customer 100234, and when?"""

from __future__ import annotations

import pytest

from bot.api import Area, NotAllowed, NotFound
from bot.db.audit import Entry, do_append
from bot.db.unanswered import do_count_unanswered


@pytest.fixture
async def desk(bench):
    return await bench("admin")


async def test_who_did_it(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    said = await desk.act("audit_search", about=desk.eve.email, did="deactivated")
    assert said.text.startswith(
        "Ann Apple, 05 Jan 2026 13:00: admin deactivate (person:eve.elder@bench.example)"
    )
    assert {line.by for line in said.data} == {"Ann Apple"}


async def test_by_a_person(desk):
    await desk.act("whoami", user=desk.bob)
    said = await desk.act("audit_search", by="bob", looked=True)
    assert {line.by for line in said.data} == {"Bob Berry"}
    with pytest.raises(NotFound):
        await desk.act("audit_search", by="nobody at all")


async def test_a_full_list_does_not_say_that_it_is_all(desk):
    for _ in range(3):
        await desk.act("whoami", user=desk.bob)
    assert (await desk.act("audit_search", by="bob", looked=True, limit=2)).text.endswith(
        "These are the newest 2."
    )
    assert (await desk.act("audit_search", by="bob", looked=True, limit=9)).text.endswith("3 in all.")


async def test_whoever_reaches_one_region_sees_nothing_of_the_others(desk):
    area = Area(region=frozenset({"coast"}))
    lead = await desk.person("Lea Lead", ["admin:audit", "admin:people_read"], area=area)
    for question in ({}, {"about": "100234"}, {"by": "ann"}):
        with pytest.raises(NotAllowed, match="limited to an area"):
            await desk.act("audit_search", user=lead, **question)


async def test_nothing_fits(desk):
    assert (await desk.act("audit_search", about="999999", did="suspended")).text.startswith(
        "The audit has nothing for "
    )


async def test_what_somebody_did_is_what_they_changed(desk):
    await desk.act("whoami", user=desk.ann)
    assert "has no change by ann." in (await desk.act("audit_search", by="ann")).text
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    said = await desk.act("audit_search", by="ann")
    assert {line.action_id or line.event for line in said.data} == {"admin_deactivate", "user.deactivated"}
    assert "only looked up is left out" in said.text


@pytest.mark.parametrize(
    ("did", "about"), [("touched", "anything"), ("locked", ""), ("changed", "everything")]
)
async def test_a_verb_is_known_by_what_people_say_for_it(desk, did, about):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    said = await desk.act("audit_search", did=did, about=about)
    assert "admin_deactivate" in {line.action_id for line in said.data}


async def test_looking_is_a_verb_too(desk):
    await desk.act("rights_of", person=desk.eve.email, user=desk.bob)
    said = await desk.act("audit_search", did="looked", about=desk.eve.email)
    assert [(line.by, line.action_id) for line in said.data] == [("Bob Berry", "admin_rights_of")]


async def test_any_thing_of_a_sort_is_no_name(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    whole = await desk.act("audit_search", did="deactivated")
    for about in ("a person", "anybody", "an account"):
        assert (await desk.act("audit_search", did="deactivated", about=about)).data == whole.data, about


async def test_an_amount_is_no_number_of_a_thing(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    said = await desk.act("audit_search", did="deactivated", about="more than 500")
    assert said.text.startswith("Not narrowed by “more than 500”: the audit keeps no amounts") and said.data


async def test_refusals_are_there_too(desk):
    with pytest.raises(NotAllowed):
        await desk.act("plugins", user=desk.eve)
    said = await desk.act("audit_search", by="eve")
    assert [line.event for line in said.data] == ["refused"]


async def test_what_nobody_could_answer(desk):
    said = await desk.act("unanswered")
    assert said.text == "I had an answer to everything so far."
    async with desk.database.tenant(desk.tenant.id) as session:
        for _ in range(2):
            await do_count_unanswered(session, "reboot onu of …")
        await do_count_unanswered(session, "order pizza")
    said = await desk.act("unanswered", limit=1)
    assert [(line.words, line.asked) for line in said.data] == [("reboot onu of …", 2)]


async def test_about_somebody_by_name(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    said = await desk.act("audit_search", about="Eve", did="deactivated")
    assert ("person:eve.elder@bench.example",) in {line.things for line in said.data}
    assert (await desk.act("audit_search", about="Zebulon", did="deactivated")).data == ()


async def test_about_customers_narrows_nothing_down(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    whole = await desk.act("audit_search", did="deactivated")
    assert (await desk.act("audit_search", about="people", did="deactivated")).data == ()
    assert (await desk.act("audit_search", about="persons", did="deactivated")).data == whole.data


async def test_a_change_is_found_behind_however_many_looks(desk):
    await desk.approve(await desk.act("deactivate", person=desk.eve.email), user=desk.ann)
    async with desk.around.database.tenant(desk.tenant.id) as session:
        for _ in range(600):
            look = Entry(at=desk.now, user_id=desk.ann.id, action_id="admin_whoami", event="ran", body="{}")
            await do_append(session, look, quiet=True)
    for question in ({"by": "ann"}, {"by": "ann", "did": "deactivated"}, {"did": "blocked"}):
        said = await desk.act("audit_search", **question)
        assert "admin_deactivate" in {line.action_id for line in said.data}, question


async def test_any_thing_of_a_sort_is_found_behind_any_number_of_others(desk, monkeypatch):
    await desk.act("settings", plugin="admin", user=desk.ann)
    for _ in range(4):
        await desk.act("whoami", user=desk.ann)
    monkeypatch.setattr("bot.core.platform_audit.SCAN", 3)
    said = await desk.act("audit_search", about="any settings", looked=True)
    assert {line.action_id for line in said.data if line.action_id} == {"admin_settings"}


async def test_refusals_and_approvals_are_told_apart(desk):
    parked = await desk.act("deactivate", person=desk.eve.email)
    await desk.approve(parked, user=desk.ann)
    with pytest.raises(NotAllowed):
        await desk.act(
            "deactivate", user=await desk.person("Lea Lead", ["admin:self"]), person=desk.eve.email
        )
    refused = await desk.act("refusals")
    again = await desk.act("refusals")
    assert again.data == refused.data and again.text.endswith("1 in all.")
    agreed = await desk.act("approved")
    assert {line.event for line in refused.data} == {"refused"}
    assert {line.event for line in agreed.data} == {"approved"}
    assert (await desk.act("approved", by="bob")).text.startswith("The audit has nothing")
