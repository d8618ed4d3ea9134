"""Plugins are found in their folders, connectors below theirs."""

from __future__ import annotations

import plugins
from bot.host.discovery import find_plugins


def test_domains_first_then_connectors() -> None:
    found = {one.name: one for one in find_plugins(plugins, installed=False)}
    assert {"customers", "billing", "tickets", "email", "network", "admin", "local"} <= set(found)
    assert "connectors" not in found
    assert found["local"].path == "plugins.connectors.local"
    assert found["customers"].origin == "plugins/customers"
    assert all(one.ours for one in found.values())
