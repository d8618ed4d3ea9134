"""Every phase of SMTP going wrong, as the log tells it; and what messages look like on the wire."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from bot.api import Conflict
from plugins.connectors.smtp.mime import as_bytes, make_mime
from plugins.email.port import Outcome
from tests.plugins.connectors.smtp.servers import nasty_server, real_server
from tests.plugins.connectors.smtp.test_smtp import MESSAGE, handed, make, send  # noqa: F401 - a fixture
from tests.plugins.email.conftest import office  # noqa: F401 - a fixture
from tests.plugins.email.mailing import AMINA, Office

UP_TO = ("220 x", "250 x", "250 sender", "250 rcpt", "354 go")


@pytest.mark.parametrize("phase", range(5), ids=("greeting", "EHLO", "MAIL", "RCPT", "DATA"))
@pytest.mark.parametrize("how", ["silence", "hang-up"])
async def test_lost_in_any_phase_before_the_text_it_is_sent_once_later(
    office: Office,  # noqa: F811 - the fixture
    phase: int,
    how: str,
):
    answers = UP_TO[:phase] + ((None,) if how == "silence" else ())
    async with nasty_server(*answers, ends=bool(phase)) as (port, heard):
        await office.smtp(port=port, timeout_seconds=1)
        number = await office.send()
        await office.work()
        waits = await office.look(number)
    assert waits.status == "queued" and not any(line.startswith("From:") for line in heard)
    said = "did not answer in time." if how == "silence" else "ended the connection"
    assert said in waits.error and "\n" not in waits.error
    await office.smtp(port=office.box.port)
    await office.work(minutes=2)
    assert (await office.look(number)).status == "sent" and len(office.box.mails) == 1


@pytest.mark.parametrize("how", ["silence", "hang-up"])
async def test_lost_after_the_text_it_is_told_and_not_sent_again(office: Office, how: str):  # noqa: F811 - the fixture
    answers = (*UP_TO, *((None,) if how == "silence" else ()))
    async with nasty_server(*answers) as (port, _):
        await office.smtp(port=port, timeout_seconds=1)
        number = await office.send()
        await office.work()
    await office.smtp(port=office.box.port)
    await office.work(hours=3)
    assert (await office.look(number)).status == "unknown" and not office.box.mails
    log = (await office.bench.act("log", customer=AMINA)).text
    assert (
        "The connection ended before the server said whether it took the message: it may have arrived." in log
    )


@pytest.mark.parametrize(
    ("rcpt", "data", "status", "said"),
    [
        (["550 5.1.1 no such user"], [], "bounced", "does not take mail for amina@example.com: 550 5.1.1"),
        (["554 5.7.1 blocked"], [], "failed", "does not take mail for amina@example.com: 554 5.7.1 blocked"),
        ([], ["554 5.6.0 spam"], "failed", "The mail server refuses the message: 554 5.6.0 spam"),
        (["450 4.7.1 greylisted"], [], "queued", "450 4.7.1 greylisted"),
        ([], ["451 4.3.0 later"], "queued", "451 4.3.0 later"),
    ],
)
async def test_each_refusal_is_one_sentence_in_the_log(office: Office, rcpt, data, status: str, said: str):  # noqa: F811 - the fixture
    office.box.rcpt, office.box.data = rcpt, data
    number = await office.send()
    await office.work()
    found = await office.look(number)
    assert (found.status, office.box.mails) == (status, [])
    assert said in (await office.bench.act("log", customer=AMINA)).text
    if status == "queued":
        await office.work(minutes=2)
        assert (await office.look(number)).status == "sent" and len(office.box.mails) == 1


async def test_left_out_on_an_open_line_the_next_one_goes(make):  # noqa: F811 - the fixture
    async def stopped() -> None:
        raise Conflict("Left out")

    async with real_server() as box, make(box.port).open() as line:
        await line.send(MESSAGE, handed)
        with pytest.raises(Conflict):
            await line.send(MESSAGE, stopped)
        assert (await line.send(MESSAGE, handed)).outcome is Outcome.SENT
        assert box.sessions == 1 and len(box.mails) == 2


@pytest.mark.parametrize(
    "body",
    [
        "x" * 5_000,
        "é" * 5_000,
        "word " * 3_000,
        ".\n..\n.\nend",
        "From here\nFrom there",
        "a\n" * 3_000,
        "\u2028😀" * 900,
    ],
)
async def test_any_text_fits_lines_and_seven_bits(make, body: str):  # noqa: F811 - the fixture
    """No server has to offer 8BITMIME, no line is longer than RFC 5321 allows, and nothing is lost."""
    message = replace(MESSAGE, body=body, html=f"<p>{body}</p>")
    raw = as_bytes(make_mime(message, "Acme", MESSAGE.at), utf8=False)
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998
    async with real_server(decode_data=False, enable_SMTPUTF8=False) as box:
        assert (await send(make(box.port), message)).outcome is Outcome.SENT
    (mail,) = box.mails
    for kind, wanted in (("plain", body), ("html", f"<p>{body}</p>")):
        text = mail.get_body((kind,)).get_content().replace("\r\n", "\n")
        assert text.rstrip("\n") == wanted.rstrip("\n")


async def test_names_in_every_script(make):  # noqa: F811 - the fixture
    name, subject = 'Größe & Söhne "Net" (東京)', "Ünïcode – " * 18
    async with real_server() as box:
        mailer = make(box.port, from_name=name)
        assert (await send(mailer, replace(MESSAGE, subject=subject))).outcome is Outcome.SENT
        utf8 = replace(MESSAGE, to="jürgen@bücher.example", subject=subject)
        assert (await send(mailer, utf8)).outcome is Outcome.SENT
    plain, wide = box.mails[0], (box.envelopes[1].content or b"").decode()
    assert plain["From"].addresses[0].display_name == name and plain["Subject"].split() == subject.split()
    assert "Größe & Söhne" in wide.partition("\r\n")[0] and "To: jürgen@xn--bcher-kva.example" in wide
    assert box.envelopes[1].rcpt_tos == ["jürgen@xn--bcher-kva.example"]
    assert "SMTPUTF8" in box.envelopes[1].mail_options and "SMTPUTF8" not in box.envelopes[0].mail_options


LINKS = (
    "<https://bot.savanna-fibre.example/l/savanna/email/unsubscribe/ML-100000-00001/abcdefghijklmnopqrst>, "
    "<mailto:bounces@savanna-fibre.example?subject=unsubscribe%20ML-100000-00001.abcdefghijklmnopqrst>"
)


async def test_headers_and_envelope_travel_as_they_are(make):  # noqa: F811 - the fixture
    headers = {"List-Unsubscribe": LINKS, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = replace(MESSAGE, headers=headers, envelope="bounces+em-1.x@acme.example")
    async with real_server() as box:
        await send(make(box.port), message)
    raw = box.envelopes[0].content or b""
    assert box.envelopes[0].mail_from == "bounces+em-1.x@acme.example"
    assert b"=?utf-8?" not in raw.partition(b"List-Unsubscribe")[2].partition(b"MIME-Version")[0]
    assert message_from_bytes(raw, policy=policy.default)["List-Unsubscribe"] == LINKS
    assert box.mails[0]["From"] == "Acme Fiber <care@acme.example>"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "b\r\nBcc: all@acme.example"},
        {"X-A\r\nBcc": "x"},
        {"X-A": ""},
        {"X-A": "é"},
        {"X-A": "x" * 1_000},
    ],
)
async def test_no_header_makes_another_one(make, headers):  # noqa: F811 - the fixture
    async with real_server() as box:
        delivery = await send(make(box.port), replace(MESSAGE, headers=headers))
    assert delivery.outcome is Outcome.FAILED and "cannot be sent as it is" in delivery.said and not box.mails


@pytest.mark.parametrize("place", ["subject", "to", "reply_to", "sender"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"])
async def test_no_field_makes_a_header(make, place: str, end: str):  # noqa: F811 - the fixture
    evil = f"a{end}Bcc: all@acme.example" if place == "subject" else f"a@b.example{end}Bcc: all@acme.example"
    async with real_server() as box:
        delivery = await send(make(box.port), replace(MESSAGE, **{place: evil}))
    for mail in box.mails:
        assert mail["Bcc"] is None and [one.addr_spec for one in mail["To"].addresses] == [
            "amina@example.com"
        ]
    assert delivery.outcome in {Outcome.FAILED, Outcome.SENT}
    assert all(envelope.rcpt_tos == ["amina@example.com"] for envelope in box.envelopes)
