"""A bench that can send: the e-mail plugin, an ISP of a few customers, and a mail server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.api import Reply
from bot.core import settings
from bot.testing import Bench
from tests.plugins.building import TODAY, Isp
from tests.plugins.conftest import OpenBench
from tests.plugins.connectors.imap.server import PASSWORD, USER, ImapServer
from tests.plugins.connectors.smtp.servers import Mailbox, real_server

PLUGINS = ("customers", "tickets", "billing", "network", "email", "smtp", "imap")
AMINA, GRACE = "100234", "200100"


@dataclass
class Office:
    """What a test of sending needs at hand."""

    bench: Bench
    isp: Isp
    box: Mailbox

    async def smtp(self, **values: Any) -> None:
        """Set the mail server, as if typed."""
        typed = {name: str(value) for name, value in values.items()}
        b = self.bench
        await settings.change_settings(b.database, b.registry, b.cipher, b.tenant, "smtp", typed, by="test")
        b.around.forget()

    async def imap(self, server: ImapServer, folder: str, **values: Any) -> None:
        """Set the mailbox that takes bounces, as if typed."""
        b, known = self.bench, {"host": "127.0.0.1", "port": server.port, "tls": "none", "username": USER}
        known |= {"password": PASSWORD, "folder": folder, **values}
        typed = {name: str(value) for name, value in known.items()}
        await settings.change_settings(b.database, b.registry, b.cipher, b.tenant, "imap", typed, by="test")
        b.around.forget()

    async def yes(self, action: str, **args: Any) -> Reply:
        """Ask for something and agree to it."""
        return await self.bench.approve(await self.bench.act(action, **args), user=self.bench.ann)

    async def send(self, text: str = "Your line is repaired.", **args: Any) -> str:
        """Send Amina an e-mail; return its number."""
        reply = await self.yes("send", customer=args.pop("customer", AMINA), text=text, **args)
        return str(reply.data.number)

    async def look(self, number: str) -> Any:
        """Return a message."""
        return (await self.bench.act("show", message=number)).data

    async def work(self, **later: float) -> timedelta | None:
        """Let time pass, and the job run."""
        self.bench.now += timedelta(**later)
        return await self.bench.run_job("send")


@asynccontextmanager
async def open_office(open_bench: OpenBench) -> AsyncIterator[Office]:
    bench, isp = await open_bench("email", others=PLUGINS)
    await isp.plan()
    await isp.site("NTH-03", name="Harbour")
    await isp.device("olt-1", "NTH-03")
    await isp.port("olt-1")
    for number, name, email in (
        (AMINA, "Amina Bello", "amina@example.com"),
        (GRACE, "Grace Otieno", "grace@example.com"),
    ):
        await isp.customer(number, name, email=email, site="NTH-03")
        await isp.service(number, port="olt-1 PON 1/1")
    await isp.invoice("INV-1", AMINA, 4_500, due=TODAY - timedelta(days=40))
    async with real_server() as box:
        office = Office(bench=bench, isp=isp, box=box)
        await office.smtp(
            host="127.0.0.1",
            port=box.port,
            from_address="care@bench.example",
            per_minute=60_000,
            timeout_seconds=2,
        )
        yield office
