"""A form of settings is saved at once, or not at all."""

from __future__ import annotations

import json

import pytest

from bot.api import BadInput, Conflict
from tests.plugins.admin import shed


@pytest.fixture
async def desk(bench):
    return await bench("admin", ("shed", shed.__name__))


async def version(desk):
    from bot.core.settings_sheet import version_of

    return version_of((await desk.around.state()).saved.get("shed"))


def form(**values):
    return json.dumps(values)


async def save(desk, seen="", **values):
    asked = await desk.act("save_settings", plugin="shed", values=form(**values), seen=seen)
    return await desk.approve(asked, user=desk.ann), asked


async def test_several_settings_are_saved_after_a_preview_and_no_secret_is_told(desk):
    done, asked = await save(desk, size="12", key="hunter2")
    assert "size: 3 → 12" in asked.waiting.preview
    assert "hunter2" not in str(asked) + str(done)
    kept = await desk.around.settings("shed")
    assert (kept.size, kept.key.get_secret_value()) == (12, "hunter2")
    assert not await desk.audit(text="hunter2")


async def test_null_goes_back_to_the_default_and_the_rest_stays(desk):
    await save(desk, size="12", key="hunter2")
    await save(desk, size=None)
    kept = await desk.around.settings("shed")
    assert (kept.size, kept.key.get_secret_value()) == (3, "hunter2")


async def test_one_wrong_field_saves_nothing(desk):
    with pytest.raises(BadInput, match="size"):
        await save(desk, key="hunter2", size="huge")
    assert (await desk.around.settings("shed")).key.get_secret_value() == ""


async def test_who_saw_older_settings_is_told(desk):
    seen = await version(desk)
    asked = await desk.act("save_settings", plugin="shed", values=form(size="5"), seen=seen)
    await save(desk, seen=seen, key="theirs")
    with pytest.raises(Conflict, match="Somebody else changed the settings of shed"):
        await desk.approve(asked, user=desk.ann)
    with pytest.raises(Conflict, match="Somebody else"):
        await save(desk, seen=seen, size="6")
    assert (await desk.around.settings("shed")).size == 3


@pytest.mark.parametrize("values", ["{", "[]", "{}", '{"size": 4}'])
async def test_what_is_no_form_is_refused(desk, values):
    with pytest.raises(BadInput, match="no list of settings"):
        await desk.act("save_settings", plugin="shed", values=values)


async def test_a_plugin_that_is_off_can_be_set_and_it_is_said(desk):
    await desk.disable("shed")
    _, asked = await save(desk, size="4")
    assert "The plugin is off" in asked.waiting.preview
