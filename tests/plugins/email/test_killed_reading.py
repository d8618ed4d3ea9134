"""Killed while it reads what came back: each report counts, and counts once."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta

import pytest

from bot.db.database import Database
from plugins.email.port import Delivery, NewEmail, Outcome
from plugins.email.returning import read_returns
from tests.databases import Urls
from tests.plugins.building import Isp, effect
from tests.plugins.connectors.imap.server import imap_server
from tests.plugins.email import notices
from tests.plugins.email.killed import parts
from tests.plugins.email.killed_reading import NOW, reader

MANY = 5
LEASE = timedelta(minutes=5)


@pytest.mark.parametrize("place", ["before", "after"])
async def test_killed_while_reading(isp: Isp, database: Database, urls: Urls, place: str) -> None:
    mail, _ = parts(database, isp.tenant, 1, lambda: NOW)
    reports = []
    for nr in range(MANY):
        to = f"amina{nr}@example.com"
        await isp.customer(f"10{nr}", "Amina Bello", email=to)
        new = NewEmail(customer=f"10{nr}", to=to, subject="Hi", body="Hi", sender="care@acme.example")
        made = await mail.queue(effect(f"call-{nr}"), new)
        reports.append(notices.postfix(to=to, message_id=made.message_id or "", nr=nr))
    batch = await mail.take_due(most=MANY, per_minute=60_000, lease=LEASE)
    for message in batch.messages:
        await mail.hand_over(message, LEASE)
        await mail.settle(message, Delivery(outcome=Outcome.SENT))
    with imap_server() as imap:
        folder = imap.folder()
        imap.put(folder, *reports)
        words = (urls.runtime, isp.tenant.id, isp.tenant.slug, str(imap.port), folder, place)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.plugins.email.killed_reading", *words
        )
        assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
        assert await isp.count("isp_mail_returns") == (2 if place == "before" else 3)
        two = [reader(database, isp.tenant, imap.port, folder)[1] for _ in range(2)]
        await asyncio.gather(*(read_returns(ctx, {}) for ctx in two))
    assert await isp.count("isp_mail_returns", "back = 'bounced'") == MANY
    assert await isp.count("isp_emails", "status = 'bounced'") == MANY
    assert await isp.count("isp_mail_stops") == MANY
