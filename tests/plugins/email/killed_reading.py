"""A process that reads the mailbox and dies at its third letter: `URL TENANT SLUG PORT FOLDER PLACE`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import SimpleNamespace
from typing import Any

from bot.api import EVERYWHERE, ConnectorContext, NoSettings, SecretStr, Tenant
from bot.db.database import Database
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from plugins.connectors.local.email import LocalMail
from plugins.email.port import Return, Returns
from plugins.email.returning import read_returns
from tests.plugins.building import NOW, effect
from tests.plugins.connectors.imap.server import PASSWORD, USER
from tests.plugins.email.killed import worker_context

THIRD = 3


class Dying(LocalMail):
    """Our own tables, under a process that does not get old."""

    place = ""
    count = 0

    async def take_return(self, returned: Return) -> bool:
        self.count += 1
        if self.place == "before" and self.count == THIRD:
            os.kill(os.getpid(), signal.SIGKILL)
        done = await super().take_return(returned)
        if self.place == "after" and self.count == THIRD:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def reader(database: Database, tenant: Tenant, port: int, folder: str) -> tuple[Dying, Any]:
    """Return the log, and what the job asks of its context."""
    known = ImapSettings(
        host="127.0.0.1", port=port, tls="none", username=USER, password=SecretStr(PASSWORD), folder=folder
    )
    sql = lambda: database.tenant(tenant.id)  # noqa: E731 - as the host makes it
    mail = Dying(ConnectorContext(tenant=tenant, settings=NoSettings(), now=lambda: NOW, sql=sql))
    box = ImapBox(ConnectorContext(tenant=tenant, settings=known, now=lambda: NOW, sql=sql))
    usual = worker_context(mail, box, lambda: NOW)
    ctx = SimpleNamespace(
        port=lambda protocol: box if protocol is Returns else mail,
        effect=effect("job"), scope=EVERYWHERE, seals=usual.seals,
    )  # fmt: skip
    return mail, ctx


async def main(url: str, tenant_id: str, slug: str, port: str, folder: str, place: str) -> None:
    database = Database(runtime_url=url, pool_size=2)
    tenant = Tenant(id=tenant_id, slug=slug, name="Acme", timezone="Europe/Madrid", currency="EUR")
    mail, ctx = reader(database, tenant, int(port), folder)
    mail.place = place
    await read_returns(ctx, {})


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
