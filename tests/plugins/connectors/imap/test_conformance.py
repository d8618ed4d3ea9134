"""The IMAP connector does what the returns port says, against a real server."""

from __future__ import annotations

import pytest

from bot.api import SecretStr
from bot.conformance import World
from bot.conformance.returns import ReturnsConformance
from bot.conformance.world import plain
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from tests.plugins.connectors.imap.server import PASSWORD, USER, ImapServer


class ImapRig:
    lacks: frozenset[str] = frozenset()
    numbers = staticmethod(plain)

    def __init__(self, server: ImapServer) -> None:
        self.server = server
        self.folder = server.folder()

    async def load(self, world: World) -> None:
        """There is nothing to put into a mail server."""

    def open(self, world: World, port: str) -> ImapBox:
        where = {"host": "127.0.0.1", "port": self.server.port, "tls": "none", "folder": self.folder}
        known = ImapSettings(username=USER, password=SecretStr(PASSWORD), timeout_seconds=5, **where)
        return ImapBox(world.context(known))

    def deliver(self, *mails: bytes) -> None:
        self.server.put(self.folder, *mails)

    def recount(self, *mails: bytes) -> None:
        self.server.again(self.folder, *mails)


@pytest.fixture
def rig(imap: ImapServer) -> ImapRig:
    return ImapRig(imap)


class TestReturns(ReturnsConformance):
    """`ImapBox`."""
