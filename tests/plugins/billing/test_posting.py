"""A reminder leaves by itself where something can send, once, and only then."""

from __future__ import annotations

from datetime import timedelta

from bot.core import settings
from tests.plugins.building import TODAY
from tests.plugins.conftest import OpenBench
from tests.plugins.connectors.smtp.servers import real_server

AMINA = "100234"


async def test_a_reminder_goes_out_as_it_was_shown(open_bench: OpenBench) -> None:
    bench, isp = await open_bench("billing", others=("customers", "tickets", "network", "email", "smtp"))
    await isp.plan()
    await isp.customer(AMINA, "Amina Bello", email="amina@mail.example")
    await isp.invoice("INV-1", AMINA, 4_500, due=TODAY - timedelta(days=40))
    asked = await bench.act("remind", customer=AMINA)
    assert "From:" not in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert "Nothing was sent from here" in done.text and not await isp.count("isp_emails")
    async with real_server() as box:
        typed = {"host": "127.0.0.1", "port": str(box.port), "from_address": "bills@bench.example"}
        await settings.change_settings(
            bench.database, bench.registry, bench.cipher, bench.tenant, "smtp", typed, by="test"
        )
        bench.around.forget()
        asked = await bench.act("remind", customer=AMINA)
        assert (
            "From: Bench Fiber <bills@bench.example>\nTo: amina@mail.example\nSubject: Your account 100234"
            in asked.waiting.preview
        )
        done = await bench.approve(asked, user=bench.ann)
        assert "EM-1001 leaves within half a minute, to amina@mail.example." in done.text
        bench.name = "email"
        await bench.run_job("send")
    (mail,) = box.mails
    plain = mail.get_body(("plain",))
    assert mail["Subject"] == "Your account 100234" and "INV-1: 45.00 EUR" in plain.get_content()
    bench.name = "billing"
    agent = await bench.person("Bea Billing", ["billing:read", "billing:remind", "customers:read"])
    asked = await bench.act("remind", user=agent, customer=AMINA)
    assert "From:" not in asked.waiting.preview
