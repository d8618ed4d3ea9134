"""Who am I, what may I do, what waits for me, and the glass to break."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Area, BadInput, NotAllowed


@pytest.fixture
async def desk(bench):
    return await bench("admin")


async def test_whoami_says_role_and_place(desk):
    carl = await desk.person("Carl Cole", ["admin:self"], area=Area(region=frozenset({"coast"})))
    said = await desk.act("whoami", user=carl)
    assert "Carl Cole" in said.text
    assert said.private
    assert said.table.rows[0][1] == "region coast"


async def test_rights_lists_reach_and_limits(desk):
    carl = await desk.person("Carl Cole", ["admin:self"], max_amount=5_000, max_count=3)
    said = await desk.act("rights", user=carl)
    [(meaning, where, limits, name)] = said.table.rows
    assert (where, name) == ("everywhere", "admin:self")
    assert "50.00 EUR" in limits
    assert "3 customers" in limits
    assert meaning


async def test_nothing_waits(desk):
    assert (await desk.act("waiting")).text == "Nothing waits for you."


async def test_break_glass_needs_somebody_else_and_ends_by_itself(desk):
    noc = await desk.person("Nora Night", ["admin:self", "admin:break_glass"])
    asked = await desk.act("break_glass", user=noc, role="admin", reason="core router down, nobody awake")
    waiting = await desk.act("waiting", user=desk.bob)
    assert asked.waiting.call_id.startswith(waiting.table.rows[0][0])
    with pytest.raises(NotAllowed):
        await desk.approve(asked, user=noc)
    await desk.approve(asked, user=desk.bob)
    now_admin = await desk.around.user(noc.id, fresh=True)
    assert now_admin.may("admin:plugins")
    listed = await desk.act("grants")
    first = listed.data[0]
    assert (first.person, first.break_glass, first.reason) == (
        "Nora Night",
        True,
        "core router down, nobody awake",
    )
    desk.now += timedelta(hours=3)
    assert not (await desk.around.user(noc.id, fresh=True)).may("admin:plugins")
    assert [row.by for row in await desk.audit(event="grant.break_glass")] == ["Nora Night"]


async def test_break_glass_is_not_for_everybody(desk):
    carl = await desk.person("Carl Cole", ["admin:self"])
    with pytest.raises(NotAllowed):
        await desk.act("break_glass", user=carl, role="admin", reason="I would like to look around")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"role": "admin", "reason": "short"}, "reason"),
        ({"role": "admin", "reason": "a good long reason", "lasts": timedelta(days=2)}, "12 hours"),
        ({"role": "king", "reason": "a good long reason"}, "no role"),
    ],
)
async def test_break_glass_refuses_nonsense(desk, args, why):
    with pytest.raises(BadInput, match=why):
        await desk.act("break_glass", **args)
