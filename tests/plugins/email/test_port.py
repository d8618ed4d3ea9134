"""What every connector behind the e-mail port has to do; `local` for now."""

from __future__ import annotations

import pytest

from bot.api import EVERYWHERE
from plugins.connectors.local.email import LocalMail
from plugins.email.port import Mail
from tests.plugins.building import NORTH, SOUTH, Isp, ago

CONNECTORS = {"local": LocalMail}


@pytest.fixture(params=CONNECTORS)
def connect(request: pytest.FixtureRequest):
    return lambda isp: CONNECTORS[request.param](isp.context())


@pytest.fixture
async def port(isp: Isp, connect) -> Mail:
    await isp.customer("100234", "Amina Bello")
    for hours, subject in ((30, "Your invoice"), (2, "Technician tomorrow at 10:00")):
        await isp.insert(
            "isp_emails", customer_id=isp.ids["100234"], to_address="amina@example.com", subject=subject, body="Hello",
            status="sent", at=ago(hours=hours), by="Ada",
        )  # fmt: skip
    await isp.insert("isp_email_templates", name="reminder", subject="Invoice {invoice}", body="Dear {name}")
    return connect(isp)


async def test_what_a_customer_was_told_newest_first(port: Mail) -> None:
    mails = await port.sent(EVERYWHERE, "100234")
    assert [mail.subject for mail in mails] == ["Technician tomorrow at 10:00", "Your invoice"]
    assert not await port.sent(EVERYWHERE, "999999")


async def test_templates(port: Mail) -> None:
    assert [(t.name, t.subject) for t in await port.templates()] == [("reminder", "Invoice {invoice}")]


async def test_reads_end_at_scope_and_tenant(port: Mail, other_isp: Isp, connect) -> None:
    assert await port.sent(NORTH, "100234") and not await port.sent(SOUTH, "100234")
    stranger: Mail = connect(other_isp)
    assert not await stranger.sent(EVERYWHERE, "100234") and not await stranger.templates()
    assert await stranger.applied("k") is False
