"""From the first word to the mail server: drafts, previews, the outbox, and everything that goes wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Area, BadInput, Conflict, NotAllowed, NotFound, Unavailable, Unsaid
from tests.plugins.conftest import OpenBench
from tests.plugins.connectors.smtp.servers import HELLO, nasty_server
from tests.plugins.email.mailing import AMINA, GRACE, Office

UP_TO_DATA = (*HELLO, "250 sender", "250 rcpt")


async def test_what_is_shown_is_what_arrives(office: Office):
    asked = await office.bench.act(
        "send",
        customer=AMINA,
        text="Dear {name},\nyou owe {balance}, due {due}. Account {number}.",
        subject="Your account",
    )
    shown = asked.waiting.preview
    for line in (
        "> From: Bench Fiber <care@bench.example>",
        "> To: amina@example.com",
        "> Subject: Your account",
        "> Dear Amina Bello,",
        "> you owe 45.00 EUR, due 11 Oct 2026. Account 100234.",
    ):
        assert line in shown
    assert not await office.isp.count("isp_emails")
    done = await office.bench.approve(asked, user=office.bench.ann)
    assert done.text == "On its way: EM-1001 to Amina Bello (100234), amina@example.com: **Your account**"
    assert await office.work() is None
    (mail,) = office.box.mails
    sent = await office.look("EM-1001")
    assert (sent.status, mail["Message-ID"], mail["To"]) == ("sent", sent.message_id, "amina@example.com")
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text.strip() == sent.body
    assert await office.work(minutes=5) is None and len(office.box.mails) == 1


async def test_a_draft_is_shown_changed_and_sent(office: Office):
    await office.isp.insert(
        "isp_email_templates",
        name="payment_reminder",
        subject="{overdue} is overdue",
        body="Dear {name}, pay {overdue}.",
    )
    drafted = await office.bench.act("draft", customer="amina bello", template="payment reminder")
    assert "> Subject: 45.00 EUR is overdue" in drafted.text and drafted.text.startswith(
        "Draft EM-1001, not sent:"
    )
    changed = await office.bench.act("edit", message="EM-1001", text="Dear Amina, please pay.")
    assert "> Dear Amina, please pay." in changed.text
    await office.bench.undo(changed)
    assert (await office.look("EM-1001")).body == "Dear Amina Bello, pay 45.00 EUR."
    await office.yes("send_draft", message="em-1001")
    await office.work()
    assert len(office.box.mails) == 1 and (await office.look("EM-1001")).template == "payment_reminder"
    with pytest.raises(Conflict, match="no draft any more"):
        await office.bench.act("send_draft", message="EM-1001")
    with pytest.raises(Conflict, match="no draft any more"):
        await office.bench.act("edit", message="EM-1001", text="late")


async def test_a_message_can_be_taken_back_before_it_leaves(office: Office):
    done = await office.yes("send", customer=AMINA, text="Too early.")
    await office.bench.undo(done)
    await office.work()
    assert not office.box.mails and (await office.look("EM-1001")).status == "cancelled"
    number = await office.send()
    await office.work()
    with pytest.raises(Conflict, match="is sent, so there is nothing left to cancel"):
        await office.bench.act("cancel", message=number)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"text": "Hello {nickname}"}, "I don't know what to put for {nickname}"),
        ({"text": "Your plan ends, {ticket}"}, "Amina Bello has nothing for {ticket}"),
        ({"text": "Hello", "subject": "Hi\r\nBcc: everybody@bench.example"}, "line break in it"),
        ({"text": "Hello", "subject": "x" * 201}, "has 201 letters"),
        ({"text": "x" * 20_001}, "20,001 characters long; at most 20,000 fit"),
        ({"text": ""}, "Say what to write"),
    ],
)
async def test_what_cannot_be_sent_is_said_before_anything_is_done(office: Office, args, said: str):
    with pytest.raises(BadInput, match=said.replace("{", r"\{").replace("}", r"\}")):
        await office.bench.act("send", customer=AMINA, **args)
    assert not await office.isp.count("isp_emails")


async def test_a_text_that_is_the_name_of_a_template_is_that_template(office: Office):
    await office.isp.insert(
        "isp_email_templates", name="payment_reminder", subject="Reminder", body="Dear {name}, please pay."
    )
    asked = await office.bench.act("send", customer=AMINA, text="use the payment reminder template")
    assert "Subject: Reminder" in asked.waiting.preview and "use the" not in asked.waiting.preview
    asked = await office.bench.act("send", customer=AMINA, text="payment reminder follows by post")
    assert "Payment reminder follows by post." in asked.waiting.preview
    with pytest.raises(Unsaid, match="Say what to write") as lacking:
        await office.bench.act("send", customer=AMINA)
    assert lacking.value.argument == "text"


async def test_a_long_text_goes_whole(office: Office):
    text = "Hello, Grüße aus Nairobi. " * 385
    await office.send(text, subject="Long")
    await office.work()
    assert (
        office.box.mails[0].get_body(("plain",)).get_content().split() == text.split() and len(text) > 9_990
    )


async def test_nobody_is_written_to_who_has_no_address(office: Office):
    await office.isp.customer("300", "Paul Mboya")
    await office.isp.customer("301", "Ruth Wanjiru", email="ruth at example.com")
    with pytest.raises(BadInput, match=r"We have no e-mail address of Paul Mboya"):
        await office.bench.act("send", customer="300", text="Hello")
    with pytest.raises(BadInput, match=r"is no e-mail address"):
        await office.bench.act("send", customer="301", text="Hello")


async def test_rights_end_where_they_end(office: Office):
    reads = await office.bench.person("Rita Reader", ["customers:read", "email:read"])
    with pytest.raises(NotAllowed):
        await office.bench.act("send", user=reads, customer=AMINA, text="Hello")
    coast = Area(region=frozenset({"coast"}))
    far = await office.bench.person("Carl Coast", ["customers:read", "email:read", "email:send"], area=coast)
    with pytest.raises((NotFound, NotAllowed)):
        await office.bench.act("send", user=far, customer=AMINA, text="Hello")
    number = await office.send()
    with pytest.raises((NotFound, NotAllowed)):
        await office.bench.act("show", user=far, message=number)
    assert (await office.bench.act("sent", user=far)).data == ()
    blind = await office.bench.person("Nora Narrow", ["customers:read", "email:read", "email:send"])
    with pytest.raises(BadInput, match=r"You may not see what stands for \{balance\} \(billing:read\)"):
        await office.bench.act("draft", user=blind, customer=AMINA, text="You owe {balance}.")


async def test_greylisting_is_waited_out(office: Office):
    office.box.rcpt = ["451 4.7.1 greylisted"] * 2
    number = await office.send()
    await office.work()
    waiting = await office.look(number)
    assert waiting.status == "queued" and "greylisted" in waiting.error and not office.box.mails
    assert "again at" in (await office.bench.act("show", message=number)).text
    await office.work(seconds=30)
    assert (await office.look(number)).attempts == 1
    await office.work(seconds=31)
    await office.work(minutes=3)
    done = await office.look(number)
    assert (done.status, done.attempts, len(office.box.mails)) == ("sent", 3, 1)


async def test_a_day_of_noes_is_a_failure(office: Office):
    office.box.rcpt = ["451 4.7.1 later"] * 100
    number = await office.send()
    for _ in range(40):
        await office.work(hours=1)
    failed = await office.look(number)
    assert failed.status == "failed" and failed.error.startswith("Given up after a day: ")
    assert 20 <= failed.attempts <= 30
    office.box.rcpt = []
    await office.yes("retry", message=number)
    await office.work()
    assert office.box.mails[0]["Message-ID"] == failed.message_id


async def test_a_refusal_is_final_and_a_dead_address_is_remembered(office: Office):
    office.box.rcpt = ["554 5.7.1 spam", "550 5.1.1 no such user"]
    first, second = await office.send(), await office.send()
    await office.work()
    assert [(await office.look(n)).status for n in (first, second)] == ["failed", "bounced"]
    asked = await office.bench.act("send", customer=AMINA, text="Hello")
    assert "amina@example.com bounced" in asked.waiting.preview
    assert (await office.bench.act("bounced")).table.rows[0][0] == second
    assert {row[0] for row in (await office.bench.act("outbox")).table.rows} == {first}
    await office.bench.act("allow", customer=AMINA)
    assert "bounced" not in (await office.bench.act("send", customer=AMINA, text="Hello!")).waiting.preview


async def test_doubt_is_told_and_never_resolved_by_sending_again(office: Office):
    async with nasty_server(*UP_TO_DATA, "354 go") as (port, heard):
        await office.smtp(port=port)
        number = await office.send()
        await office.work()
        await office.work(hours=2)
        doubt = await office.look(number)
        assert doubt.status == "unknown" and sum(line == "DATA" for line in heard) == 1
    shown = await office.bench.act("show", message=number)
    assert "Whether it arrived is not known" in shown.text
    asked = await office.bench.act("retry", message=number)
    assert "Whether it arrived is not known" in asked.waiting.preview


async def test_a_server_that_is_away_holds_everything_and_loses_nothing(office: Office):
    await office.smtp(port=1)
    numbers = [await office.send(f"Hello {nr}") for nr in range(3)]
    again = await office.work()
    assert again == timedelta(seconds=30)
    held = [await office.look(number) for number in numbers]
    assert {one.status for one in held} == {"queued"} and "refused the connection" in held[0].error
    await office.smtp(port=office.box.port)
    await office.work(minutes=2)
    assert len(office.box.mails) == 3


async def test_off_is_off(office: Office):
    await office.send()
    await office.bench.disable("smtp")
    assert await office.work() is None and not office.box.mails
    with pytest.raises(Unavailable, match="Nothing here can send e-mail yet"):
        await office.bench.act("send", customer=AMINA, text="Hello")
    await office.bench.enable("smtp")
    await office.bench.disable("smtp")
    await office.bench.disable("imap")
    await office.bench.disable("email")
    assert await office.work() is None and not office.box.mails
    await office.bench.enable("smtp")
    await office.work()
    assert len(office.box.mails) == 1


async def test_a_draft_needs_no_server(open_bench: OpenBench):
    bench, isp = await open_bench("email")
    await isp.customer(AMINA, "Amina Bello", email="amina@example.com")
    drafted = await bench.act("draft", customer=AMINA, text="Hello.")
    assert "> From: not set yet" in drafted.text and "plugins settings smtp" in drafted.text


async def test_the_pace_holds(office: Office):
    await office.smtp(per_minute=120)
    for nr in range(5):
        await office.send(f"Hello {nr}", customer=GRACE)
    mail = office.bench.around
    port = await mail.port("email")
    taken = [await port.take_due(most=20, per_minute=120, lease=timedelta(minutes=1)) for _ in range(2)]
    assert [len(one.messages) for one in taken] == [2, 0] and timedelta() < taken[1].again <= timedelta(
        seconds=1
    )
    office.bench.now += timedelta(seconds=1)
    assert len((await port.take_due(most=20, per_minute=120, lease=timedelta(minutes=1))).messages) == 2
