"""E-mail: how fast the outbox is filled and emptied against a real SMTP server on loopback; run it by hand."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from bot.api import EVERYWHERE
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from plugins.email.port import MailQuery, NewEmail, NewMailing
from plugins.email.returning import read_returns
from plugins.email.sending import send_due
from tests.databases import TestServer
from tests.plugins.building import Isp, effect
from tests.plugins.connectors.imap.server import imap_server
from tests.plugins.connectors.smtp.servers import real_server
from tests.plugins.email import notices
from tests.plugins.email.killed import parts, worker_context
from tests.plugins.email.killed_reading import reader

MANY = 2_000
BACK = 200


def now() -> datetime:
    return datetime.now(UTC)


async def empty(mail: Any, mailer: Any, now: Any, *, html: bool = True) -> None:
    """Run the job until nothing is left."""
    while await send_due(worker_context(mail, mailer, now, html=html), {}) is not None:
        pass


async def measure(database: Database) -> None:
    async with database.system() as session:
        tenant = await do_create_tenant(
            session, slug="acme", name="Acme", timezone="Europe/Madrid", currency="EUR"
        )
    isp = Isp(database, tenant)
    await isp.customer("100234", "Amina Bello", email="amina@example.com")
    new = NewEmail(
        customer="100234",
        to="amina@example.com",
        subject="Planned work",
        body="Dear Amina, " + "word " * 200,
        sender="care@acme.example",
    )
    async with real_server() as box:
        mail, mailer = parts(database, tenant, box.port, now)
        began = time.perf_counter()
        for nr in range(100):
            await mail.queue(effect(f"one-{nr}"), new)
        print(f"queued one by one: {100 / (time.perf_counter() - began):,.0f}/s")
        began = time.perf_counter()
        await mail.queue_mailing(
            effect("many"),
            NewMailing(audience="all", subject="x", body="x", starts_at=now(), messages=(new,) * MANY),
        )
        print(f"a mailing of {MANY:,} queued: {time.perf_counter() - began:.2f} s")
        began = time.perf_counter()
        await empty(mail, mailer, now)
        spent = time.perf_counter() - began
        print(
            f"sent over one line, each written down three times: {len(box.mails) / spent:,.0f}/s ({len(box.mails):,} in {spent:.1f} s, {box.sessions} sessions)"
        )
        assert len({one["Message-ID"] for one in box.mails}) == len(box.mails) == MANY + 100
        await mail.queue_mailing(
            effect("plain"),
            NewMailing(audience="all", subject="x", body="x", starts_at=now(), messages=(new,) * (MANY // 2)),
        )
        began, before = time.perf_counter(), len(box.mails)
        await empty(mail, mailer, now, html=False)
        spent = time.perf_counter() - began
        print(f"the same without HTML: {(len(box.mails) - before) / spent:,.0f}/s")
        for start in range(2):
            await mail.queue_mailing(
                effect(f"more-{start}"),
                NewMailing(
                    audience="all", subject="x", body="x", starts_at=now(), messages=(new,) * (MANY // 2)
                ),
            )
        began, before = time.perf_counter(), len(box.mails)
        await asyncio.gather(*(empty(mail, mailer, now) for _ in range(4)))
        spent = time.perf_counter() - began
        print(f"sent over four lines: {(len(box.mails) - before) / spent:,.0f}/s")
        assert len({one["Message-ID"] for one in box.mails}) == len(box.mails)
    await read_back(database, tenant, mail, [str(one["Message-ID"]) for one in box.mails[:BACK]])


async def read_back(database: Database, tenant: Any, mail: Any, sent: list[str]) -> None:
    """Read reports about messages from a real IMAP server, each proven and written down."""
    with imap_server() as server:
        folder = server.folder()
        reports = [notices.postfix(message_id=one, nr=nr) for nr, one in enumerate(sent)]
        await asyncio.to_thread(server.put, folder, *reports)
        ctx = reader(database, tenant, server.port, folder)[1]
        began = time.perf_counter()
        while await read_returns(ctx, {}) is not None:
            pass
        print(f"bounces read, {BACK} over lines of 20: {BACK / (time.perf_counter() - began):,.0f}/s")
    assert (await mail.find(EVERYWHERE, MailQuery(statuses=("bounced",)), 1)).total == BACK


async def main(server: TestServer) -> None:
    urls = await server.take()
    database = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=10)
    try:
        await measure(database)
    finally:
        await database.close()
        server.give_back(urls)


if __name__ == "__main__":
    shared = TestServer().start()
    try:
        asyncio.run(main(shared))
    finally:
        shared.stop()
