"""Switches, choices and settings as rows; nothing of one tenant is seen or touched by another."""

from __future__ import annotations

import pytest

from bot.db import plugins, settings


@pytest.fixture
async def switched(database, tenant):
    async with database.tenant(tenant.id) as session:
        await plugins.do_switch(session, "shop", enabled=True, offered={"noc shop:sell"}, by="t")
        await plugins.do_choose(session, "tickets", "rt", by="t")
        await settings.do_save_settings(session, "shop", body={"days": 7}, sealed={"token": "v1:x"}, by="t")


async def test_the_last_word_counts(database, tenant, switched):
    async with database.tenant(tenant.id) as session:
        await plugins.do_switch(session, "shop", enabled=False, offered=(), by="u")
        await plugins.do_choose(session, "tickets", "jira", by="t")
        await settings.do_save_settings(session, "shop", body={}, sealed={}, by="t")
        [switch] = await plugins.find_switches(session)
        assert (switch.enabled, switch.offered, switch.changed_by) == (False, frozenset(), "u")
        assert await plugins.find_choices(session) == {"tickets": "jira"}
        [saved] = await settings.find_settings(session)
        assert (saved.body, saved.sealed) == ({}, {})
        await plugins.do_choose(session, "tickets", None, by="t")
        assert await plugins.find_choices(session) == {}


async def test_another_tenant_sees_and_touches_no_switch(database, tenant, other_tenant, switched):
    async with database.tenant(other_tenant.id) as session:
        assert await plugins.find_switches(session) == []
        assert await plugins.find_choices(session) == {}
        assert await settings.find_settings(session) == []
        assert await settings.lock_settings(session, "shop") is None
        await plugins.do_switch(session, "shop", enabled=False, offered=(), by="thief")
        await plugins.do_choose(session, "tickets", None, by="thief")
        await settings.do_save_settings(session, "shop", body={}, sealed={}, by="thief")
    async with database.tenant(tenant.id) as session:
        [switch] = await plugins.find_switches(session)
        assert (switch.enabled, switch.changed_by) == (True, "t")
        assert await plugins.find_choices(session) == {"tickets": "rt"}
        [saved] = await settings.find_settings(session)
        assert (saved.body, saved.sealed) == ({"days": 7}, {"token": "v1:x"})
