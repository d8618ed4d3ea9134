"""From a real mailbox to the log: what is proven marks its message once, and nothing else marks anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.db.database import Database
from plugins.email.port import Mail, Mailer, Returns
from tests.plugins.connectors.imap.crowded import Crowd, crowded
from tests.plugins.connectors.imap.server import ImapServer, imap_server
from tests.plugins.email import notices
from tests.plugins.email.mailing import AMINA, GRACE, Office


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


class Post:
    """A mailbox of the office's own."""

    def __init__(self, office: Office, server: ImapServer, folder: str) -> None:
        self.office, self.server, self.folder = office, server, folder

    async def put(self, *mails: str) -> None:
        await asyncio.to_thread(self.server.put, self.folder, *mails)

    async def read(self, *mails: str) -> timedelta | None:
        await self.put(*mails)
        return await self.office.bench.run_job("returns")

    async def backs(self) -> dict[str, int]:
        async with self.office.isp.sql() as session:
            from sqlalchemy import text

            rows = await session.execute(
                text("select back, count(*) as n from isp_mail_returns group by back")
            )
            return {row.back: row.n for row in rows}

    async def stopped(self) -> dict[str, str]:
        return {one.address: one.reason for one, _ in (await self.office.bench.act("stopped")).data}


@pytest.fixture
async def post(office: Office, imap: ImapServer) -> Post:
    folder = await asyncio.to_thread(imap.folder)
    await office.imap(imap, folder)
    await office.smtp(bounce_address="bounces@bench.example")
    return Post(office, imap, folder)


async def sent(office: Office, **args: str) -> tuple[str, str, str]:
    """Send a message; return its number, its Message-ID and the address it left from."""
    number = await office.send(**args)
    await office.work()
    mail, envelope = office.box.mails[-1], office.box.envelopes[-1]
    assert envelope.mail_from.startswith(f"bounces+{number.lower()}.")
    assert mail["X-Backhaul-Message"].lower() == envelope.mail_from.partition("+")[2].partition("@")[0]
    return number, mail["Message-ID"], envelope.mail_from


async def test_a_bounce_marks_message_and_address_once(office: Office, post: Post):
    number, _, verp = await sent(office)
    assert await post.read(notices.postfix(delivered=verp)) is None
    found = await office.look(number)
    assert (found.status, found.error) == ("bounced", notices.GONE)
    assert await post.stopped() == {"amina@example.com": "bounced"}
    assert "bounced" in (await office.bench.act("log", customer=AMINA)).text
    await office.bench.act("allow", customer=AMINA)
    await office.bench.run_job("returns")
    assert await post.stopped() == {}, "read once"


@pytest.mark.parametrize("proof", ["verp", "mark", "message_id"])
async def test_each_proof_is_enough(office: Office, post: Post, proof: str):
    number, message_id, verp = await sent(office)
    mark = verp.partition("+")[2].partition("@")[0]
    how = {
        "verp": {"delivered": verp.upper()},
        "mark": {"mark": mark},
        "message_id": {"message_id": message_id},
    }
    await post.read(notices.postfix(**how[proof]))
    assert (await office.look(number)).status == "bounced" and await post.stopped()


async def test_without_proof_nothing_happens(office: Office, post: Post):
    """A forged report names a customer's address, a number that exists, and what anybody can guess."""
    number, message_id, verp = await sent(office)
    other, _, other_verp = await sent(office, customer=GRACE)
    seal = verp.partition("+")[2].partition("@")[0].partition(".")[2]
    forged = [
        notices.postfix(nr=2),
        notices.postfix(message_id="<made-up@bench.example>", nr=3),
        notices.postfix(message_id=message_id.upper(), nr=4),
        notices.postfix(mark=f"{number}.{'a' * 20}", nr=5),
        notices.postfix(mark=f"{other}.{seal}", to="grace@example.com", nr=6),
        notices.postfix(delivered=verp.replace(number.lower(), "em-9999"), nr=7),
        notices.QMAIL.format(delivered="bounces@bench.example", to="amina@example.com"),
        f"From: a@b.example\nSubject: unsubscribe {number}.{seal}\n\n",
    ]
    await post.read(*forged)
    assert await post.backs() == {"stranger": len(forged)}
    assert await post.stopped() == {} and (await office.look(number)).status == "sent"
    await post.read(notices.postfix(delivered=other_verp, to="amina@example.com", nr=8))
    assert await post.stopped() == {}, "a proof about one address says nothing about another"
    assert (await office.look(number)).status == "sent" and (await office.look(other)).status == "bounced"
    assert "(forwarded to amina@example.com)" in (await office.look(other)).error


async def test_what_is_no_bounce_marks_nothing(office: Office, post: Post):
    number, message_id, verp = await sent(office)
    known = {"delivered": verp, "message_id": message_id}
    mails = [one.format(**known) for one in (notices.VACATION, notices.READ_RECEIPT, notices.PERSON)]
    await post.read(*mails)
    assert await post.backs() == {"reply": 2, "other": 1}
    assert (await office.look(number)).status == "sent" and await post.stopped() == {}


async def test_a_delay_is_told_and_a_refusal_leaves_the_address_alone(office: Office, post: Post):
    number, _, verp = await sent(office)
    await post.read(notices.postfix(delivered=verp, action="delayed", status="4.4.1", said="timed out"))
    assert (await office.look(number)).status == "sent"
    shown = (await office.bench.act("show", message=number)).text
    assert "sent 17:55: Delayed on its way: 4.4.1 timed out" in shown
    await post.read(notices.postfix(delivered=verp, status="5.2.2", said="552 mailbox full", nr=2))
    found = await office.look(number)
    assert (found.status, found.error) == ("bounced", "5.2.2 552 mailbox full")
    assert await post.stopped() == {}


async def test_a_report_about_what_was_sent_again_changes_nothing(office: Office, post: Post):
    number, _, verp = await sent(office)
    await post.read(notices.postfix(delivered=verp, status="5.7.1", said="554 spam"))
    await office.yes("retry", message=number)
    await post.read(notices.postfix(delivered=verp, status="5.7.1", said="554 spam", nr=2))
    assert (await office.look(number)).status == "queued"


async def test_two_read_at_once_and_the_server_counts_anew(office: Office, post: Post, imap: ImapServer):
    verps = [(await sent(office))[2] for _ in range(3)]
    mails = [notices.postfix(delivered=verp, nr=nr) for nr, verp in enumerate(verps)]
    await post.put(*mails)
    await asyncio.gather(*(office.bench.run_job("returns") for _ in range(3)))
    assert await post.backs() == {"bounced": 3}
    await office.bench.act("allow", customer=AMINA)
    await asyncio.to_thread(imap.again, post.folder, *mails)
    await office.bench.run_job("returns")
    assert await post.backs() == {"bounced": 6} and await post.stopped() == {}, "known by their text"


async def test_more_than_one_run_takes(office: Office, post: Post):
    await post.put(*(notices.PERSON.format(delivered="x@bench.example") + str(nr) for nr in range(21)))
    assert await office.bench.run_job("returns") == timedelta(milliseconds=1)
    assert await office.bench.run_job("returns") is None
    assert await post.backs() == {"other": 21}


async def test_no_mailbox_and_a_mailbox_that_is_away(office: Office, post: Post):
    await office.bench.disable("imap")
    assert await office.bench.run_job("returns") is None
    await office.bench.enable("imap")
    from bot.core.plugin_health import check_health

    well = {one.plugin: one for one in await check_health(office.bench.around)}
    assert well["imap"].ok and well["imap"].detail == f"{post.folder} of bounces can be read"
    await office.imap(post.server, post.folder, port=1)
    assert await office.bench.run_job("returns") is None
    unwell = {one.plugin: one for one in await check_health(office.bench.around)}
    assert not unwell["imap"].ok and unwell["imap"].detail == "127.0.0.1:1 refused the connection."


async def test_they_answer_a_mailing_to_unsubscribe(office: Office, post: Post, database: Database):
    del database
    from tests.plugins.email.test_mailings import agreed

    await agreed(office, customers=[AMINA], text="News.")
    await office.work(seconds=61)
    (mail,) = office.box.mails
    to = mail["List-Unsubscribe"].strip("<>")
    assert to.startswith("mailto:bounces@bench.example?subject=unsubscribe%20ML-1001-1.")
    assert "List-Unsubscribe-Post" not in mail, "one click needs a link"
    wish = to.partition("subject=")[2].replace("%20", " ")
    await post.read(f"From: whoever@else.example\nTo: bounces@bench.example\nSubject: {wish}\n\n")
    assert await post.stopped() == {"amina@example.com": "unsubscribed"}
    for port in (Mail, Mailer, Returns):
        assert await office.bench.around.port(port.port_name) is not None


@pytest.mark.parametrize("proof", ["mark", "message_id"])
async def test_a_report_of_spam_unsubscribes_whom_we_wrote_to(office: Office, post: Post, proof: str):
    number, message_id, verp = await sent(office)
    mark = verp.partition("+")[2].partition("@")[0]
    await post.read(
        notices.feedback(mark=f"{number}.{'a' * 20}", nr=1),
        notices.feedback(message_id="<made-up@bench.example>", nr=2),
        notices.feedback(nr=3),
        notices.feedback(kind="not-spam", mark=mark, nr=4),
    )
    assert await post.stopped() == {} and await post.backs() == {"stranger": 3, "other": 1}
    await post.read(notices.feedback(**{proof: {"mark": mark, "message_id": message_id}[proof]}, nr=5))
    assert await post.stopped() == {"amina@example.com": "unsubscribed"}
    assert (await office.look(number)).status == "sent", "it arrived"
    ((stop, _),) = (await office.bench.act("stopped")).data
    assert stop.detail == f"{number} reported as spam"


async def test_what_cannot_be_fetched_is_given_up_after_some_runs(office: Office, post: Post):
    """Twenty that no server hands out, and a bounce behind them; a server that hands out nothing is waited for."""
    number, _, verp = await sent(office)
    crowd = Crowd(21, int, dict.fromkeys(range(1, 21), "NO"))
    bounce = notices.postfix(delivered=verp).replace("\n", "\r\n").encode()
    crowd.mail = lambda uid: bounce
    async with crowded(crowd):
        await office.imap(post.server, "INBOX", port=crowd.port)
        for _ in range(2):
            assert await office.bench.run_job("returns") is None
            assert await post.backs() == {}
        crowd.bad = dict.fromkeys(range(1, 22), "NO")
        assert await office.bench.run_job("returns") is None
        assert await post.backs() == {}, "a run in which nothing can be fetched counts for nothing"
        crowd.bad = dict.fromkeys(range(1, 21), "NO")
        await office.bench.run_job("returns")
    assert await post.backs() == {"other": 20, "bounced": 1}
    assert (await office.look(number)).status == "bounced"


async def test_what_was_about_nothing_of_ours_is_forgotten_in_time(office: Office, post: Post):
    _, _, verp = await sent(office)
    strangers = [notices.postfix(nr=nr) for nr in range(3)]
    await post.read(notices.postfix(delivered=verp), *strangers)
    await office.bench.run_job("forget_returns")
    assert await post.backs() == {"bounced": 1, "stranger": 3}
    office.bench.now += timedelta(days=91)
    await office.bench.run_job("forget_returns")
    assert await post.backs() == {"bounced": 1, "stranger": 1}, "the highest says where to go on"
    assert await office.bench.run_job("returns") is None
    assert await post.backs() == {"bounced": 1, "stranger": 1}, "nothing is read again"
