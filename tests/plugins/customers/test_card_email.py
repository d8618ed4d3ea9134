"""Whether mail reaches a customer stands on their card, for those who may see what they were told."""

from __future__ import annotations

from tests.plugins.building import ago
from tests.plugins.conftest import OpenBench


async def test_what_is_known_of_their_address(open_bench: OpenBench) -> None:
    bench, isp = await open_bench("customers")
    await isp.customer("100234", "Amina Bello", email="Amina@example.com")
    assert "E-mail" not in (await bench.act("show", customer="100234")).facts
    stop = {"address": "amina@example.com", "at": ago(hours=1), "by": "themselves"}
    await isp.insert("isp_mail_stops", reason="unsubscribed", **stop)
    assert (await bench.act("show", customer="100234")).facts["E-mail"] == "wants no news, since 16:55"
    await isp.insert("isp_mail_stops", reason="bounced", detail="550 5.1.1 user unknown", **stop)
    facts = (await bench.act("show", customer="100234")).facts
    assert facts["E-mail"] == "bounced 16:55: 550 5.1.1 user unknown"
    reads = await bench.person("Rita Reader", ["customers:read"])
    assert "E-mail" not in (await bench.act("show", user=reads, customer="100234")).facts
