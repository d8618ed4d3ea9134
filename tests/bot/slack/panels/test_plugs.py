"""Plugins are looked at, switched and tested from Slack, as from anywhere else."""

from __future__ import annotations

import copy

from bot.core import switch
from tests.bot.slack.panels.conftest import Office, leading_to, pressable, shown


async def test_plugin_is_turned_on_after_its_preview(office: Office) -> None:
    ann = await office.open("plugins")
    assert "*visits* · :white_circle: off" in shown(ann)
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    assert "Nothing is changed yet" in shown(ann)
    assert "visits" not in await office.enabled()
    assert ann.view.content["submit"]["text"] == "Turn on"
    await office.submit(ann)
    await office.settled(ann)
    assert "visits" in await office.enabled()
    assert "Turned on: " in shown(ann)
    assert "large_green_circle" in shown(ann)
    assert "panel:plugin-off" in pressable(ann)
    [told] = await office.said("UANN")
    assert "Turned on: " in told
    assert (await office.audit("plugin.enabled"))[-1] == office.ids["UANN"]


async def test_closing_the_preview_or_going_back_changes_nothing_and_leaves_nothing_waiting(
    office: Office,
) -> None:
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    await office.press(ann, "panel:let-go")
    assert "panel:plugin-on" in pressable(ann)
    await office.press(ann, "panel:plugin-on")
    assert await ann.close_view()
    await office.queue.idle()
    assert len(await office.audit("cancelled")) == 2
    assert "visits" not in await office.enabled()
    assert await office.said("UANN") == []


async def test_what_was_closed_is_gone_from_the_home_tab_at_once(office: Office) -> None:
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    await office.room.home.opened(await office.team(), {"user": {"id": "UANN"}})
    await office.queue.idle()
    assert "“visits”" in str(ann.home.blocks)
    assert await ann.close_view()
    await office.queue.idle()
    assert "“visits”" not in str(ann.home.blocks)
    assert len(await office.audit("home")) == 2, "drawn as when it is opened, not some seconds later"


async def test_sent_twice_it_is_done_once(office: Office) -> None:
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    old = copy.deepcopy(ann.view)
    await ann.submit()
    await ann.resubmit(old)
    await office.queue.idle()
    assert len(await office.audit("approved")) == 1
    assert len(await office.said("UANN")) == 1


async def test_second_admin_with_the_same_change_is_told(office: Office) -> None:
    ann, ben = await office.open("plugins"), await office.open("plugins", "UBEN")
    for seat in (ann, ben):
        await office.press(seat, leading_to(seat, "plugin", "visits"))
        await office.press(seat, "panel:plugin-on")
    await office.submit(ann)
    await office.submit(ben)
    await office.settled(ben)
    assert "on already" in shown(ben)
    assert "Turned on" not in str(await office.said("UBEN"))


async def test_what_others_need_stays_on_and_it_is_said(office: Office) -> None:
    await switch.enable(office.app.around(office.tenant), "visits")
    needed = office.app.registry.plugins["visits"].needs[0]
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", needed))
    await office.press(ann, "panel:plugin-off")
    await office.submit(ann)
    await office.settled(ann)
    assert "cannot be turned off" in shown(ann)  # before anybody said yes to it
    assert "visits" in shown(ann)
    assert needed in await office.enabled()
