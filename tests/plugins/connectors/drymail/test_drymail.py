"""Pretending to send: everything as ever, except that nothing leaves, and that it says so."""

from __future__ import annotations

import pytest

from bot.api import Unavailable
from tests.plugins.conftest import OpenBench
from tests.plugins.email.mailing import AMINA


async def test_it_says_so_before_and_after(open_bench: OpenBench):
    bench, isp = await open_bench("email", others=("customers", "tickets", "billing", "network", "drymail"))
    await isp.customer(AMINA, "Amina Bello", email="amina@example.com")
    drafted = await bench.act("draft", customer=AMINA, text="Your line is repaired.")
    assert "only pretends to send" in drafted.text
    asked = await bench.act("send_draft", message="EM-1001")
    assert (
        "only pretends to send" in asked.waiting.preview
        and "> From: Bench Fiber <care@" in asked.waiting.preview
    )
    await bench.approve(asked, user=bench.ann)
    await bench.run_job("send")
    shown = await bench.act("show", message="EM-1001")
    assert "sent 17:55: only pretended, it would have gone to amina@example.com" in shown.text
    assert (
        "Only pretended, it would have gone to amina@example.com."
        in (await bench.act("log", customer=AMINA)).text
    )


async def test_beside_a_real_one_somebody_has_to_choose(open_bench: OpenBench):
    bench, isp = await open_bench(
        "email", others=("customers", "tickets", "billing", "network", "drymail", "smtp")
    )
    await isp.customer(AMINA, "Amina Bello", email="amina@example.com")
    with pytest.raises(Unavailable, match="Several systems could stand behind “mailer”: drymail, smtp"):
        await bench.act("send", customer=AMINA, text="Hello")
