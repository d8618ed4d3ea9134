"""The SMTP connector against a real server, and against one that misbehaves in every way we know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.api import ConnectorContext, SecretStr, Tenant, Unavailable
from bot.testing import NOON
from plugins.connectors.smtp.mailer import SmtpMailer
from plugins.connectors.smtp.settings import SmtpSettings
from plugins.email.port import Delivery, Outcome, Outgoing
from tests.plugins.connectors.smtp.servers import HELLO, certificate, nasty_server, real_server

MESSAGE = Outgoing(
    number="EM-1001", message_id="<1@acme.example>", sender="care@acme.example", reply_to="", to="amina@example.com",
    subject="Ihre Rechnung – 12 €", body="Dear Amina,\n.a dot first\nGrüße", html=None, attempts=1, at=NOON,
    give_up_at=NOON + timedelta(days=1),
)  # fmt: skip
UP_TO_DATA = (*HELLO, "250 sender", "250 rcpt")


@pytest.fixture
def make(tenant: Tenant):
    def mailer(port: int, **settings: Any) -> SmtpMailer:
        settings = {
            "host": "127.0.0.1",
            "port": port,
            "from_address": "care@acme.example",
            "timeout_seconds": 2,
        } | settings
        context = ConnectorContext(
            tenant=tenant, settings=SmtpSettings(**settings), now=lambda: NOON, sql=None
        )  # type: ignore[arg-type]
        return SmtpMailer(context)

    return mailer


async def handed() -> None:
    """The outbox has written it down."""


async def send(mailer: SmtpMailer, message: Outgoing = MESSAGE, hand_over=handed) -> Delivery:
    async with mailer.open() as line:
        return await line.send(message, hand_over)


async def test_a_message_arrives_as_it_was_written(make):
    async with real_server() as box:
        assert (
            await send(make(box.port), replace(MESSAGE, html="<p>Grüße</p>", reply_to="help@acme.example"))
        ) == Delivery(outcome=Outcome.SENT)
    (mail,) = box.mails
    assert mail["Subject"] == MESSAGE.subject and mail["Message-ID"] == MESSAGE.message_id
    assert mail["From"] == "Acme Fiber <care@acme.example>" and mail["To"] == "amina@example.com"
    assert mail["Reply-To"] == "help@acme.example"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == MESSAGE.body
    assert "Grüße" in mail.get_body(("html",)).get_content()


async def test_one_line_carries_many(make):
    async with real_server() as box, make(box.port).open() as line:
        box.rcpt = ["250 fine", "550 5.1.1 no such user"]
        for _ in range(3):
            await line.send(MESSAGE, handed)
        assert box.sessions == 1
        outcome = await line.send(MESSAGE, handed)
    assert outcome.outcome is Outcome.SENT and len(box.mails) >= 2


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        ("451 4.7.1 greylisted, come back", Outcome.LATER, "greylisted"),
        ("452 4.2.2 mailbox full for now", Outcome.LATER, "mailbox full"),
        (
            "550 5.1.1 no such user",
            Outcome.BOUNCED,
            "does not take mail for amina@example.com: 550 5.1.1 no such user",
        ),
        ("550 unknown user", Outcome.BOUNCED, "unknown user"),
        ("550 5.7.1 you are blocked", Outcome.FAILED, "you are blocked"),
        ("552 5.2.2 over quota", Outcome.FAILED, "It is too big for the mail server or the mailbox"),
        ("554 5.7.1 spam\x00\x1b[31m" + "x" * 400, Outcome.FAILED, "spam"),
    ],
)
async def test_a_recipient_that_is_refused(make, answer: str, outcome: Outcome, said: str):
    async with real_server() as box:
        box.rcpt = [answer]
        delivery = await send(make(box.port))
    assert (delivery.outcome, delivery.trouble) == (outcome, False)
    assert (
        said in delivery.said and len(delivery.said) < 350 and "\x1b" not in delivery.said and not box.mails
    )


async def test_a_message_that_is_too_big_or_refused_after_its_text(make):
    async with real_server() as box:
        box.data = ["552 5.3.4 message too big", "451 4.3.0 try later"]
        first, second = await send(make(box.port)), await send(make(box.port))
    assert first.outcome is Outcome.FAILED and first.said.startswith("It is too big")
    assert second.outcome is Outcome.LATER and not box.mails


async def test_lost_before_the_text_is_not_in_doubt(make):
    async with nasty_server(*UP_TO_DATA) as (port, heard):
        delivery = await send(make(port))
    assert (delivery.outcome, delivery.trouble) == (Outcome.LATER, True) and heard[-1] == "DATA"


async def test_lost_after_the_final_dot_is_in_doubt(make):
    async with nasty_server(*UP_TO_DATA, "354 go") as (port, heard):
        delivery = await send(make(port))
    assert delivery.outcome is Outcome.UNKNOWN and "may have arrived" in delivery.said
    assert heard[-1].endswith("\r\n.")


async def test_silence_after_the_final_dot_is_in_doubt(make):
    async with nasty_server(*UP_TO_DATA, "354 go", None) as (port, _):
        assert (await send(make(port, timeout_seconds=1))).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((None,), "did not answer in time"),
        (("554 we are closed",), "turned us away: 554 we are closed"),
        (("421 too busy",), "turned us away: 421 too busy"),
        (("220 x", "250 x", "421 going down"), "421 going down"),
        (("220 x", "250 x", "250 fine", None), "did not answer in time"),
        (("220 x", "250 x", "530 log in first"), "refuses the sender: 530 log in first"),
        (("gibberish",), "127.0.0.1"),
    ],
)
async def test_a_server_that_cannot_be_spoken_to(make, answers, said: str):
    async with nasty_server(*answers) as (port, _):
        delivery = await send(make(port, timeout_seconds=1))
    assert (delivery.outcome, delivery.trouble) == (Outcome.LATER, True)
    assert said in delivery.said


async def test_no_server_and_no_name(make):
    async with nasty_server() as (port, _):
        pass
    assert (await send(make(port))).said == f"127.0.0.1:{port} refused the connection."
    nowhere = await send(make(25, host="no-such-host.invalid"))
    assert nowhere.said == "The name no-such-host.invalid is not known (DNS)." and nowhere.trouble


async def test_the_text_does_not_leave_when_it_may_not(make):
    async def no() -> None:
        raise LookupError("not ours any more")

    async with real_server() as box:
        with pytest.raises(LookupError):
            await send(make(box.port), hand_over=no)
        assert not box.mails


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": "Hi\r\nBcc: all@acme.example"}, "The subject has a line break in it"),
        ({"to": "a@b.example\r\nRCPT TO:<x@y.example>"}, "is no e-mail address"),
        ({"to": "nobody"}, "is no e-mail address"),
        ({"to": "a b@c.example"}, "is no e-mail address"),
    ],
)
async def test_headers_stay_one_line(make, changes, said: str):
    async with real_server() as box:
        delivery = await send(make(box.port), replace(MESSAGE, **changes))
        assert delivery.outcome is Outcome.FAILED and said in delivery.said and not box.mails


async def test_addresses_beyond_ascii(make):
    async with real_server() as box:
        assert (
            await send(make(box.port), replace(MESSAGE, to="info@bücher.example"))
        ).outcome is Outcome.SENT
        assert box.envelopes[0].rcpt_tos == ["info@xn--bcher-kva.example"]
        assert (
            await send(make(box.port), replace(MESSAGE, to="jürgen@acme.example"))
        ).outcome is Outcome.SENT
        assert box.envelopes[1].rcpt_tos == ["jürgen@acme.example"]
    async with real_server(enable_SMTPUTF8=False) as plain:
        delivery = await send(make(plain.port), replace(MESSAGE, to="jürgen@acme.example"))
        assert (
            delivery.outcome is Outcome.FAILED and "letters before the @" in delivery.said and not plain.mails
        )


async def test_tls_is_asked_for_and_checked(make, tmp_path: Path):
    context, pem = certificate(tmp_path)
    async with real_server(tls=context, require_starttls=True) as box:
        assert (await send(make(box.port, ca_certificate=pem))).outcome is Outcome.SENT
        untrusted = await send(make(box.port))
        assert untrusted.trouble and untrusted.said.startswith(
            "The certificate of 127.0.0.1 is not to be trusted"
        )
    (tmp_path / "other").mkdir()
    wrong, wrong_pem = certificate(tmp_path / "other", ("mail.other.example",))
    async with real_server(tls=wrong, require_starttls=True) as box:
        misnamed = await send(make(box.port, ca_certificate=wrong_pem))
        assert misnamed.trouble and "certificate" in misnamed.said and not box.mails


async def test_no_starttls_means_no_mail_except_to_this_machine(make, monkeypatch):
    monkeypatch.setattr(SmtpSettings, "loopback", False)
    async with real_server() as box:
        delivery = await send(make(box.port))
        assert delivery.trouble and "no STARTTLS, and nothing is sent unencrypted" in delivery.said
        assert (await send(make(box.port, tls="none"))).outcome is Outcome.SENT
    with pytest.raises(Unavailable, match="password is not sent"):
        make(25, tls="none", username="care", password=SecretStr("right")).sender()


async def test_login(make):
    async with real_server() as box:
        right = make(box.port, username="care", password=SecretStr("right"))
        assert (await send(right)).outcome is Outcome.SENT and box.logins == ["care"]
        assert await right.greet() == f"127.0.0.1:{box.port} lets us in"
    refusing = ("220 x", "250-x\r\n250 AUTH PLAIN", "535 5.7.8 no")
    async with nasty_server(*refusing) as (port, _heard):
        wrong = make(port, username="care", password=SecretStr("wrong"))
        delivery = await send(wrong)
        assert delivery.trouble and "does not accept the user name or password: 535 5.7.8 no" in delivery.said
        with pytest.raises(Unavailable, match="user name or password"):
            await wrong.greet()


def test_what_is_not_set_is_said(make):
    with pytest.raises(Unavailable, match="host is not set"):
        make(25, host="").sender()
    with pytest.raises(Unavailable, match="from_address is not set"):
        make(25, from_address="").sender()
    with pytest.raises(Unavailable, match="no e-mail address"):
        make(25, from_address="care").sender()
