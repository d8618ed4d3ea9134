"""The e-mail plugin through the gate."""

from __future__ import annotations

from bot.api import Tone
from tests.plugins.building import ago


async def test_what_did_we_last_tell_them(open_bench) -> None:
    bench, isp = await open_bench("email")
    await isp.customer("100234", "Amina Bello")
    assert (await bench.act("log", customer="100234")).text == "We have not written to Amina Bello yet."
    for hours, status in ((30, "sent"), (2, "bounced")):
        await isp.insert(
            "isp_emails", customer_id=isp.ids["100234"], to_address="amina@example.com", subject="Technician",
            body="Dear Amina,\ntomorrow at 10.", status=status, at=ago(hours=hours), by="Ada",
        )  # fmt: skip
    reply = await bench.act("log", customer="amina bello")
    assert reply.text.startswith(
        "The last message to Amina Bello, 15:55, bounced: **Technician**\n> Dear Amina,\n> tomorrow"
    )
    assert reply.tone is Tone.WARN and [row[3] for row in reply.table.rows] == ["bounced", "sent"]


async def test_templates(open_bench) -> None:
    bench, isp = await open_bench("email")
    assert (await bench.act("templates")).text == "There are no e-mail templates yet."
    await isp.insert("isp_email_templates", name="reminder", subject="Invoice {invoice}", body="Dear {name}")
    assert (await bench.act("templates")).table.rows == [("reminder", "Invoice {invoice}")]
