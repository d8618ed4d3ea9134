"""Somebody leaves: what is still in their hands is named."""

from __future__ import annotations


async def test_what_is_in_somebodys_hands_is_named_and_can_be_looked_at(bench):
    desk = await bench("admin", "tickets", "customers", "local")
    amy = await desk.person("Amy Agent", ["tickets:read", "tickets:write"])
    await desk.call("tickets_create", {"subject": "no light", "assignee": "me"}, user=amy)
    asked = await desk.act("deactivate", person="amy")
    assert "to be handed over" in asked.waiting.preview
    done = await desk.approve(asked, user=desk.ann)
    assert "Still in their hands: 1 open ticket; somebody has to take over." in done.text
    assert "no light" in str(done.tables[0].rows) and done.tables[0].title == "Open tickets"


async def test_without_other_plugins_nothing_is_promised(bench):
    desk = await bench("admin")
    asked = await desk.act("deactivate", person="eve")
    assert "handed over" not in asked.waiting.preview
    assert not (await desk.approve(asked, user=desk.ann)).tables
