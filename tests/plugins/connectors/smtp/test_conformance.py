"""The SMTP connector does what the mailer port says, against a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from bot.conformance import World
from bot.conformance.mailer import Arrived, MailerConformance
from bot.conformance.world import plain
from plugins.connectors.smtp.mailer import SmtpMailer
from plugins.connectors.smtp.settings import SmtpSettings
from plugins.email.port import Outcome
from tests.plugins.connectors.smtp.servers import Mailbox, real_server

ANSWERS = {Outcome.BOUNCED: "550 5.1.1 no such user", Outcome.LATER: "451 4.7.1 come back later"}


class SmtpRig:
    lacks: frozenset[str] = frozenset()

    def __init__(self, box: Mailbox) -> None:
        self.box = box

    def numbers(self, kind: str, nr: int) -> str:
        return plain(kind, nr)

    async def load(self, world: World) -> None:
        """There is nothing to put into a mail server."""

    def open(self, world: World, port: str) -> SmtpMailer:
        where = {"host": "127.0.0.1", "port": self.box.port, "from_address": "care@acme.example"}
        return SmtpMailer(world.context(SmtpSettings(timeout_seconds=5, **where)))

    def arrived(self) -> Sequence[Arrived]:
        return [
            Arrived(to=m["To"], subject=m["Subject"], body=m.get_content(), message_id=m["Message-ID"])
            for m in self.box.mails
        ]

    def answer(self, outcome: Outcome) -> None:
        self.box.rcpt = [ANSWERS[outcome]]


@pytest.fixture
async def rig() -> AsyncIterator[SmtpRig]:
    async with real_server() as box:
        yield SmtpRig(box)


class TestMailer(MailerConformance):
    """`SmtpMailer`."""
