"""What roles may do is said in words, and rights belong to roles."""

from __future__ import annotations

import pytest

from bot.api import Ambiguous, BadInput, NotFound


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


@pytest.mark.parametrize("words", ["delete customers", "refund customers", "change tickets"])
async def test_words_that_name_no_right_give_and_take_none_but_offer_the_nearest(desk, words):
    for verb in ("allow", "forbid"):
        with pytest.raises(Ambiguous, match=f"nothing here that is called “{words}”") as asked:
            await desk.act(verb, role="support", permission=words)
        calls = [choice.words for choice in asked.value.choices]
        assert calls
        assert all(one.startswith(f'admin {verb} role="support" permission="') for one in calls)
        assert not any("admin:" in one for one in calls)


async def test_a_choice_says_the_whole_call_again(desk):
    with pytest.raises(Ambiguous) as asked:
        await desk.act("allow", role="support", permission="add", max_amount="50 EUR", max_count=3)
    assert all(one.words.endswith(' max_amount="50.00 EUR" max_count=3') for one in asked.value.choices)


async def test_a_right_over_the_workspace_goes_by_its_exact_name_only(desk):
    with pytest.raises(BadInput, match="`admin:roles`"):
        await desk.act("allow", role="support", permission="remove a role")


async def test_what_is_taken_from_a_role_is_shown_with_whom_it_concerns(desk):
    await desk.approve(await desk.act("grant", person="eve", role="billing"), user=desk.ann)
    asked = await desk.act("forbid", role="billing", permission="suspend customers")
    assert "1 person holds it" in asked.waiting.preview
    await desk.approve(asked, user=desk.ann)
    with pytest.raises(BadInput, match="may not do that anyway"):
        await desk.act("forbid", role="billing", permission="customers:suspend")


async def test_what_a_role_is_allowed_or_forbidden_can_be_taken_back_to_what_it_was(desk):
    async def held():
        card = next(one for one in (await desk.act("roles")).data if one.name == "support")
        return next((one for one in card.permissions if one.permission == "billing:credit"), None)

    async def done(action, **args):
        reply = await desk.act(action, role="support", permission="billing:credit", **args)
        return await desk.approve(reply, user=desk.ann) if reply.waiting else reply

    async def undone(reply):
        back = await desk.undo(reply)
        return await desk.approve(back, user=desk.ann) if back.waiting else back

    await undone(await done("allow", max_amount="500 EUR"))
    assert await held() is None
    await done("allow", max_amount="500 EUR", max_count=2)
    before = await held()
    await undone(await done("allow", max_amount="900 EUR"))
    assert await held() == before
    await undone(await done("forbid"))
    assert await held() == before
