"""What roles may do is said in words, and rights belong to roles."""

from __future__ import annotations

import pytest

from bot.api import BadInput, NotFound


@pytest.fixture
async def desk(bench):
    return await bench("admin", "customers", "billing", "local")


async def test_a_limit_is_set_by_what_the_right_is_for(desk):
    asked = await desk.act("allow", role="support people", permission="credits", max_amount="500 EUR")
    assert "billing:credit: not allowed → up to 500.00 EUR" in asked.waiting.preview
    assert "may not do this at all today" in asked.waiting.preview
    assert "billing:credit" in {row[0] for row in (await desk.approve(asked, user=desk.ann)).table.rows}


async def test_rights_are_no_persons(desk):
    with pytest.raises(BadInput, match=r"Rights belong to roles.*Eve Elder holds"):
        await desk.act("allow", role="eve", permission="credits")
    with pytest.raises(NotFound, match="There are: admin"):
        await desk.act("allow", role="nobody", permission="credits")


async def test_what_is_taken_from_a_role_is_shown_with_whom_it_concerns(desk):
    await desk.approve(await desk.act("grant", person="eve", role="billing"), user=desk.ann)
    asked = await desk.act("forbid", role="billing", permission="suspend customers")
    assert "1 person holds it" in asked.waiting.preview
    await desk.approve(asked, user=desk.ann)
    with pytest.raises(BadInput, match="may not do that anyway"):
        await desk.act("forbid", role="billing", permission="customers:suspend")
