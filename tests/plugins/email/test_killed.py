"""Killed anywhere in sending: nothing is lost, nothing leaves twice, and what is in doubt is said to be."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from datetime import timedelta

import pytest

from bot.api import EVERYWHERE
from bot.db.database import Database
from plugins.email.port import MailQuery, NewEmail
from tests.databases import Urls
from tests.plugins.building import NOW, Isp, effect
from tests.plugins.connectors.smtp.servers import real_server
from tests.plugins.email.killed import PLACES, empty, parts

MANY = 6
QUICK = ("before", "handed", "accepted")
"""The places between which everything is decided; the others are asked by the deep tests."""
LATER = NOW + timedelta(minutes=11)


@pytest.mark.parametrize(
    "place", [one if one in QUICK else pytest.param(one, marks=pytest.mark.deep) for one in PLACES]
)
async def test_killed_while_sending(isp: Isp, database: Database, urls: Urls, place: str) -> None:
    await isp.customer("100234", "Amina Bello", email="amina@example.com")
    async with real_server() as box:
        mail, mailer = parts(database, isp.tenant, box.port, lambda: NOW)
        for nr in range(MANY):
            new = NewEmail(
                customer="100234",
                to="amina@example.com",
                subject=f"Nr {nr}",
                body="Hi",
                sender="care@acme.example",
            )
            await mail.queue(effect(f"call-{nr}"), new)
        words = (urls.runtime, isp.tenant.id, isp.tenant.slug, str(box.port), place)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.plugins.email.killed", *words
        )
        assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
        await empty(mail, mailer, lambda: NOW)
        later, mailer = parts(database, isp.tenant, box.port, lambda: LATER)
        await empty(later, mailer, lambda: LATER)
        page = await later.find(EVERYWHERE, MailQuery(), 20)
    arrived = Counter(one["Message-ID"] for one in box.mails)
    assert max(arrived.values()) == 1, "nothing leaves twice"
    doubt = 1 if place in {"handed", "accepted"} else 0
    assert page.counts == {"sent": MANY - doubt} | ({"unknown": 1} if doubt else {}), "nothing is lost"
    assert len(box.mails) == MANY - (place == "handed")
    for one in page.emails:
        assert one.status == "sent" or "it may have arrived" in (one.error or "")
