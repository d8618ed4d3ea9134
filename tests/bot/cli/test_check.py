"""What `backhaul check` says of a tenant's plugins."""

from __future__ import annotations

from types import SimpleNamespace

from bot.cli import check
from bot.contract.people import Tenant
from bot.contract.platform import HealthLine

ACME = Tenant(id="0b9d3a52-6f5e-4b0a-9a55-1f3f6b7c8d9e", slug="acme", name="Acme")


async def test_a_plugin_that_is_unwell_and_does_not_say_why_is_not_well(monkeypatch):
    lines = [
        HealthLine(plugin="local", check="tables", ok=True, detail="our own tables answer"),
        HealthLine(plugin="radius", check="server", ok=False, detail=""),
        HealthLine(plugin="splynx", check="api", ok=False, detail="no answer within 5 s"),
    ]

    async def found(_around):
        return lines

    monkeypatch.setattr("bot.core.plugin_health.check_health", found)
    app = SimpleNamespace(around=lambda tenant: tenant)
    said = {line.says: line.mend for line in await check._health(app, ACME)}
    assert said["local, tables: well"] == ""
    assert "does not say why" in said["radius, server: unwell"]
    assert said["splynx, api: unwell"] == "no answer within 5 s"
