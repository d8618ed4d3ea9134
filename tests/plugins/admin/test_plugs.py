"""Plugins are listed, switched, set, and asked how they are."""

from __future__ import annotations

import pytest

from bot.api import BadInput, Conflict, NotFound
from tests.plugins.admin import shed


@pytest.fixture
async def desk(bench):
    opened = await bench("admin", ("shed", shed.__name__), ("tools", shed.tools.__name__))
    await opened.disable("tools")
    await opened.disable("shed")
    return opened


async def yes(desk, action, **args):
    return await desk.approve(await desk.act(action, **args), user=desk.ann)


async def test_plugins_are_listed(desk):
    states = {row[0]: row[1] for row in (await desk.act("plugins")).table.rows}
    assert states == {"admin": "on", "shed": "off", "tools": "off"}


async def test_enabling_brings_what_is_needed_and_is_audited(desk):
    asked = await desk.act("enable_plugin", name="tools")
    assert "shed" in asked.waiting.preview
    done = await desk.approve(asked, user=desk.ann)
    assert done.text == "Turned on: shed, tools."
    assert (await desk.call("tools_lend", {})).text == "Lent."
    assert [row.by for row in await desk.audit(event="plugin.enabled", user=desk.ann.id)] == ["Ann Apple"]


async def test_disabling_what_others_need_is_refused(desk):
    await yes(desk, "enable_plugin", name="tools")
    with pytest.raises(Conflict, match=r"Turn off first: tools\."):
        await desk.act("disable_plugin", name="shed")  # before anybody is asked whether it is right
    await yes(desk, "disable_plugin", name="tools")
    with pytest.raises(NotFound, match="tools_lend"):
        await desk.call("tools_lend", {})


async def test_the_switch_can_be_undone(desk):
    done = await yes(desk, "enable_plugin", name="shed")
    await desk.undo(done)
    assert "shed" not in (await desk.view()).enabled


async def test_a_plugin_that_is_not_there(desk):
    with pytest.raises(NotFound, match="no plugin"):
        await desk.act("enable_plugin", name="spaceship")


async def test_health_tells_the_bad_from_the_good(desk):
    await yes(desk, "enable_plugin", name="shed")
    said = await desk.act("health")
    states = {row[1]: (row[2], row[3]) for row in said.table.rows}
    assert states["door"] == ("ok", "closed")
    assert states["roof"][0] == "FAILED"
    assert "RuntimeError" in states["roof"][1]
    assert "rain" not in states["roof"][1]


async def test_settings_are_set_and_secrets_hidden(desk):
    said = await yes(desk, "set_setting", plugin="shed", name="size", value="12")
    assert ("size", "12") in said.table.rows
    said = await yes(desk, "set_setting", plugin="shed", name="key", value="hunter2-secret")
    assert "hunter2" not in str(said)
    assert (await desk.around.settings("shed")).key.get_secret_value() == "hunter2-secret"
    assert not await desk.audit(text="hunter2")
    with pytest.raises(BadInput, match="size"):
        await yes(desk, "set_setting", plugin="shed", name="size", value="huge")
    assert "hunter2" not in str(await desk.act("settings", plugin="shed"))


async def test_a_connector_is_chosen(desk):
    await yes(desk, "enable_plugin", name="shed")
    await yes(desk, "choose_connector", port="spades", connector="iron")
    assert await desk.around.port("spades") == "iron spade"
    with pytest.raises(NotFound, match="iron"):
        await yes(desk, "choose_connector", port="spades", connector="gold")


async def test_what_cannot_be_done_is_not_proposed(desk):
    with pytest.raises(NotFound, match="There are no settings “business”"):
        await desk.act("set_setting", plugin="business", name="hours 8", value="18")
    with pytest.raises(Conflict, match="admin is on already"):
        await desk.act("enable_plugin", name="admin")
    with pytest.raises(Conflict, match="shed is off already"):
        await desk.act("disable_plugin", name="shed")


async def test_nobody_turns_off_what_turns_things_on(desk):
    with pytest.raises(
        Conflict, match=r"nobody in this workspace could turn it on again.*backhaul plugins disable admin"
    ):
        await desk.act("disable_plugin", name="admin")
    assert "admin" in (await desk.view()).enabled
