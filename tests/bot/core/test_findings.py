"""What there is to say of how a tenant is set up."""

from __future__ import annotations

from types import SimpleNamespace

from bot.contract.people import Tenant
from bot.contract.platform import HealthLine
from bot.core import findings

ACME = Tenant(id="0b9d3a52-6f5e-4b0a-9a55-1f3f6b7c8d9e", slug="acme", name="Acme")


async def test_a_plugin_that_is_unwell_and_does_not_say_why_is_not_well(monkeypatch):
    lines = [
        HealthLine(plugin="local", check="tables", ok=True, detail="our own tables answer"),
        HealthLine(plugin="radius", check="server", ok=False, detail=""),
        HealthLine(plugin="splynx", check="api", ok=False, detail="no answer within 5 s"),
    ]

    async def found(_around):
        return lines

    monkeypatch.setattr("bot.core.findings.check_health", found)
    said = {line.says: line.mend for line in await findings._health(SimpleNamespace(tenant=ACME))}
    assert said["local, tables: well"] == ""
    assert "does not say why" in said["radius, server: unwell"]
    assert said["splynx, api: unwell"] == "no answer within 5 s"
