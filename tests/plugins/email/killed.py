"""A process that sends the outbox and dies at its third message: `URL TENANT SLUG PORT PLACE`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import SimpleNamespace
from typing import Any

from bot.api import ConnectorContext, NoSettings, Tenant
from bot.core.seals import TenantSeals
from bot.db.cipher import Cipher
from bot.db.database import Database
from plugins.connectors.local.email import LocalMail
from plugins.connectors.smtp.mailer import SmtpMailer
from plugins.connectors.smtp.settings import SmtpSettings
from plugins.email.port import Batch, Mailer
from plugins.email.sending import send_due
from plugins.email.settings import EmailSettings
from tests.plugins.building import NOW, effect

PLACES = ("taken", "before", "handed", "accepted", "settled")
THIRD = 3


class Dying(LocalMail):
    """Our own tables, under a process that does not get old."""

    place = ""
    count = 0

    def _die(self, here: str) -> None:
        if here == self.place and self.count == THIRD:
            os.kill(os.getpid(), signal.SIGKILL)

    async def take_due(self, **how: Any) -> Batch:
        batch = await super().take_due(**how)
        if self.place == "taken":
            os.kill(os.getpid(), signal.SIGKILL)
        return batch

    async def hand_over(self, *args: Any) -> None:
        self.count += 1
        self._die("before")
        await super().hand_over(*args)
        self._die("handed")

    async def settle(self, *args: Any) -> None:
        self._die("accepted")
        await super().settle(*args)
        self._die("settled")


def parts(database: Database, tenant: Tenant, port: int, now: Any) -> tuple[Dying, SmtpMailer]:
    """Return the outbox and the mailer, outside any bench."""
    known = SmtpSettings(host="127.0.0.1", port=port, from_address="care@acme.example", per_minute=100_000)
    sql = lambda: database.tenant(tenant.id)  # noqa: E731 - as the host makes it
    mail = Dying(ConnectorContext(tenant=tenant, settings=NoSettings(), now=now, sql=sql))
    return mail, SmtpMailer(ConnectorContext(tenant=tenant, settings=known, now=now, sql=sql))


async def empty(mail: Dying, mailer: SmtpMailer, now: Any) -> None:
    """Run the job once, as the host would."""
    await send_due(worker_context(mail, mailer, now), {})


def worker_context(mail: Any, mailer: Any, now: Any, *, html: bool = True) -> Any:
    """Return what the job asks of its context, outside any bench."""
    seals = TenantSeals(cipher=Cipher(keys={"k": bytes(32)}, seals_with="k"), tenant="t", plugin="email")
    return SimpleNamespace(
        port=lambda protocol: mailer if protocol is Mailer else mail,
        effect=effect("job"),
        now=now(),
        seals=seals,
        link=lambda name, about: "",
        settings=EmailSettings(html=html),
        tenant=Tenant(id="t", slug="acme", name="Acme"),
    )


async def main(url: str, tenant_id: str, slug: str, port: str, place: str) -> None:
    database = Database(runtime_url=url, pool_size=2)
    tenant = Tenant(id=tenant_id, slug=slug, name="Acme", timezone="Europe/Madrid", currency="EUR")
    mail, mailer = parts(database, tenant, int(port), lambda: NOW)
    mail.place = place
    await empty(mail, mailer, lambda: NOW)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
