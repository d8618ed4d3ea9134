"""Slack groups give roles, when two people want it and neither gives what they do not hold."""

from __future__ import annotations

import pytest

from bot.api import Area, Conflict, NotAllowed, NotFound, Unavailable

NOC = {"team": "T1", "group": "SNOC", "handle": "noc", "role": "noc"}


THERE = {"SNOC": "noc", "SMYFRIENDS": "friends"}


@pytest.fixture
async def desk(bench):
    made = await bench("admin")

    async def find(tenant, team, group):
        assert (tenant, team) == (made.tenant, "T1")
        return THERE.get(group)

    made.around.groups.find = find
    return made


async def test_mapping_takes_another_persons_yes(desk):
    asked = await desk.act("map_group", **NOC)
    assert "Whoever manages @noc in Slack decides" in asked.waiting.preview
    with pytest.raises(NotAllowed):
        await desk.approve(asked, user=desk.ann)
    await desk.approve(asked, user=desk.bob)
    [row] = (await desk.act("groups")).data
    assert (row.handle, row.role, row.group_id) == ("noc", "noc", "SNOC")
    assert len(await desk.audit(event="slack.group_mapped")) == 1


async def test_a_group_is_taken_by_no_name_but_slacks(desk):
    with pytest.raises(Conflict, match="calls the user group SMYFRIENDS @friends, not @noc"):
        await desk.act("map_group", **{**NOC, "group": "SMYFRIENDS"})
    with pytest.raises(NotFound, match="no user group SNONE"):
        await desk.act("map_group", **{**NOC, "group": "SNONE"})


async def test_a_group_renamed_before_the_yes_gives_nothing(desk, monkeypatch):
    asked = await desk.act("map_group", **NOC)
    monkeypatch.setitem(THERE, "SNOC", "lunch")
    with pytest.raises(Conflict, match="@lunch, not @noc"):
        await desk.approve(asked, user=desk.bob)
    assert (await desk.act("groups")).data == ()


async def test_where_slack_is_not_asked_no_group_is_taken(desk):
    desk.around.groups.find = None
    with pytest.raises(Unavailable, match="not connected to Slack here"):
        await desk.act("map_group", **NOC)


async def test_a_role_with_power_is_for_the_operator(desk):
    with pytest.raises(NotAllowed, match="Only the operator"):
        await desk.act("map_group", **{**NOC, "role": "admin"})


async def test_nobody_hands_out_beyond_their_own_area(desk):
    cid = await desk.person(
        "Cid",
        permissions={"admin:grants", "admin:self", "admin:break_glass"},
        area=Area(region=frozenset({"north"})),
    )
    with pytest.raises(NotAllowed, match="within your own area"):
        await desk.act("map_group", user=cid, **NOC)


async def test_unmapping_takes_ones_own_yes(desk):
    await desk.approve(await desk.act("map_group", **NOC), user=desk.bob)
    asked = await desk.act("unmap_group", group="SNOC", role="noc")
    await desk.approve(asked, user=desk.ann)
    assert (await desk.act("groups")).data == ()
    with pytest.raises(NotFound):
        await desk.act("unmap_group", group="SNOC", role="noc")


async def test_a_role_there_is_not(desk):
    with pytest.raises(NotFound, match="no role"):
        await desk.act("map_group", **{**NOC, "role": "wizard"})
