"""What a mailbox gets back, told apart; and nothing that a stranger writes stops the reading."""

from __future__ import annotations

import random
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.email import reports
from plugins.email.port import Back
from plugins.email.reports import read_report
from tests.plugins.email import notices

KNOWN = {
    "delivered": "bounces@bench.example",
    "message_id": "<1@bench.example>",
    "to": "amina@example.com",
    "nr": 1,
}


@pytest.mark.parametrize(
    ("status", "said", "action", "back"),
    [
        ("5.1.1", "550 no such user", "failed", Back.BOUNCED),
        ("5.0.0", "550 user unknown", "failed", Back.BOUNCED),
        ("5.0.0", "550 5.7.1 spam", "failed", Back.REFUSED),
        ("5.2.1", "550 mailbox disabled", "failed", Back.BOUNCED),
        ("5.2.2", "552 mailbox full", "failed", Back.REFUSED),
        ("5.7.1", "554 blocked", "failed", Back.REFUSED),
        ("5.1.8", "553 your domain does not exist", "failed", Back.REFUSED),
        ("5.4.4", "no such domain", "failed", Back.BOUNCED),
        ("4.4.7", "given up after five days", "failed", Back.REFUSED),
        ("4.4.1", "connection timed out", "delayed", Back.DELAYED),
        ("2.0.0", "250 OK", "delivered", Back.OTHER),
        ("2.0.0", "250 OK", "relayed", Back.OTHER),
        ("gibberish", "", "failed", Back.BOUNCED),
    ],
)
def test_what_a_status_means(status: str, said: str, action: str, back: Back):
    report = read_report(notices.postfix(status=status, said=said, action=action).encode())
    assert report.back is back and report.recipients == ("amina@example.com",)


@pytest.mark.parametrize(
    ("mail", "back"),
    [
        (notices.EXCHANGE, Back.BOUNCED),
        (notices.QMAIL, Back.BOUNCED),
        (notices.VACATION, Back.REPLY),
        (notices.READ_RECEIPT, Back.REPLY),
        (notices.PERSON, Back.OTHER),
        ("", Back.OTHER),
    ],
)
def test_reports_answers_and_letters(mail: str, back: Back):
    for ends in ("\n", "\r\n"):
        report = read_report(mail.format(**KNOWN).replace("\n", ends).encode())
        assert report.back is back
    if mail is notices.EXCHANGE:
        assert report.message_id == "<1@bench.example>"
        assert report.told.startswith("5") and "Recipient amina@example.com not found" in report.told


@pytest.mark.parametrize(
    ("kind", "back", "said"),
    [
        ("abuse", Back.UNSUBSCRIBED, "reported as spam"),
        ("Fraud", Back.UNSUBSCRIBED, "reported as fraud"),
        ("opt-out", Back.UNSUBSCRIBED, "opted out at their provider"),
        ("not-spam", Back.OTHER, ""),
        ("auth-failure", Back.OTHER, ""),
        ("", Back.OTHER, ""),
    ],
)
def test_what_is_reported_as_spam(kind: str, back: Back, said: str):
    for ends in ("\n", "\r\n"):
        mail = notices.feedback(kind=kind, message_id="<1@bench.example>").replace("\n", ends)
        report = read_report(mail.encode())
        assert (report.back, report.said, report.complaint) == (back, said, bool(said))
        assert report.message_id == ("<1@bench.example>" if said else None)


def test_of_several_recipients_the_failed_one_counts():
    late = "Final-Recipient: rfc822; a@far.example\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient"
    mail = notices.postfix().replace("Final-Recipient", late, 1)
    report = read_report(mail.encode())
    assert report.back is Back.BOUNCED and set(report.recipients) == {"a@far.example", "amina@example.com"}


def test_words_of_strangers_are_one_short_clean_line():
    report = read_report(notices.postfix(said="550 5.1.1 \x1b[31mno\x00 \u202eway" + "x" * 900).encode())
    assert report.said.startswith("550 5.1.1 [31mno way") and len(report.said) <= 300


def test_international_reports_are_read():
    mail = notices.postfix(to="jürgen@example.com").replace(
        "message/delivery-status", "message/global-delivery-status"
    )
    report = read_report(mail.encode())
    assert report.back is Back.BOUNCED and report.recipients == ("jürgen@example.com",)


def test_nothing_breaks_the_reading():
    nested = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3_000))
    headers = "".join(f"X-{n}: " + "(" * 50 + "\n" for n in range(500))
    for mail in (
        nested,
        headers,
        "Subject: =?utf-8?q?" + "=" * 5_000 + "?=\n\n",
        "\x00" * 1_000,
        "Content-Type: " + ";" * 9_999,
    ):
        assert read_report(mail.encode()).back is Back.OTHER


@given(st.data())
def test_a_report_with_holes_in_it_never_raises(data: st.DataObject):
    whole = notices.postfix(message_id="<1@bench.example>").encode()
    pieces = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 20))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        pieces[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(pieces)))
    report = read_report(bytes(pieces[:cut]))
    report.said.encode()
    assert "\x00" not in report.said


def test_long_ones_take_no_time_to_speak_of():
    words = random.Random(1).randbytes(200_000)
    assert read_report(notices.postfix().encode() + words).back is Back.BOUNCED


STATUS = (
    b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
    b"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n"
)


def test_what_is_packed_in_deep_is_not_written_out(monkeypatch):
    """250 KB nested a hundred times took ten seconds while every message in it was written out again."""
    written = []
    whole = Message.as_bytes
    monkeypatch.setattr(Message, "as_bytes", lambda self, *a, **b: written.append(1) or whole(self, *a, **b))
    head = b"Content-Type: multipart/mixed; boundary=Q\n\n--Q\n" + STATUS + b"\n--Q\n"
    nested = b"Content-Type: message/rfc822\n\n" * 100 + b"Message-ID: <in@b.example>\n\n" + b"x y\n" * 60_000
    report = read_report(head + nested)
    assert report.back is Back.BOUNCED and report.recipients == ("a@b.example",)
    assert len(written) == 0


@pytest.mark.parametrize("much", [b"\n" * 20_000, b"A: b\r\n\r\n" * 9_000, b"; boundary=x" * 200])
def test_what_no_real_report_has_is_not_taken_apart(monkeypatch, much):
    monkeypatch.setattr(reports, "message_from_bytes", lambda *_a, **_b: pytest.fail("taken apart"))
    assert read_report(STATUS + much).back is Back.OTHER
