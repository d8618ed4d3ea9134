"""A ticket summed up and its reply drafted: what the records say, nothing else, and nothing is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.api import BadInput
from bot.testing import Bench
from plugins.connectors.local import queries_tickets_write as writes
from plugins.email.port import Sender
from plugins.tickets.port import TicketEvent
from plugins.tickets.summing import gist
from tests.plugins.building import NOW, Isp, ago

AMINA = "100234"
READS = ("tickets:read", "customers:read")


class Mailer:
    """Stands where e-mail leaves."""

    def sender(self) -> Sender:
        return Sender(address="care@bench.example", name="Bench")


@pytest.fixture
async def world(open_bench: Any) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("tickets", others=("customers", "network", "reminders", "email", "billing"))
    await isp.plan()
    await isp.site("NTH-03", region="north")
    await isp.device("olt-nth-03-1", "NTH-03")
    await isp.port("olt-nth-03-1")
    await isp.customer(AMINA, "Amina Bello", site="NTH-03", region="north", email="amina@mail.example")
    await isp.service(AMINA, port="olt-nth-03-1 PON 1/1")
    await isp.session(f"SVC-{AMINA}-1")
    await isp.ticket(
        "TCK-10100",
        "No light {now}",
        AMINA,
        body="Good morning. The red light is on since 8. I need it for work! Thanks, Amina.",
        opened_at=ago(hours=5),
        opened_by="customer",
        resolve_due=NOW + timedelta(hours=1),
    )
    return bench, isp


async def say(isp: Isp, body: str, by: str, minutes: int, *, internal: bool = False) -> None:
    async with isp.sql() as session:
        event = TicketEvent(at=ago(minutes=minutes), by=by, kind="comment", body=body, internal=internal)
        await writes.do_comment(session, "TCK-10100", event)


async def lines(bench: Bench, **more: Any) -> str:
    return (await bench.act("summary", ticket="TCK-10100", **more)).text


async def test_what_it_is_about_without_the_greetings(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    text = await lines(bench)
    assert text.startswith("**TCK-10100** No light {now} (1 h left)")
    assert "- About: “The red light is on since 8. I need it for work!”" in text
    assert "Waits for somebody to take it, for 5 h" in text
    assert f"Line SVC-{AMINA}-1 now: up since" in text


async def test_who_waits_for_whom(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await bench.act("assign", ticket="TCK-10100", to=bench.bob.email)
    assert "Waits for bob.berry: the customer has no answer for 5 h" in await lines(bench)
    await say(isp, "We look at it.", "bob.berry@bench.example", 60)
    assert "Waits for bob.berry; the customer was answered 1 h ago" in await lines(bench)
    await say(isp, "Still dark!", "Amina Bello", 30)
    text = await lines(bench)
    assert "Customer, 17:25: “Still dark!”" in text
    assert "bob.berry, to the customer, 16:55: “We look at it.”" in text
    assert "Waits for bob.berry: the customer has no answer for 30 min" in text
    await bench.act("set_status", ticket="TCK-10100", status="pending")
    assert "Waits for the customer or a third party" in await lines(bench)


async def test_an_outage_is_what_it_waits_for_and_what_the_reply_says(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await isp.insert(
        "isp_outages", number="OUT-1", title="Feeder cut", site="NTH-03", started_at=ago(hours=2),
        eta=NOW + timedelta(hours=3),
    )  # fmt: skip
    text = await lines(bench)
    assert "Waits for the end of OUT-1" in text
    assert "OUT-1 Feeder cut: since 15:55, back by 20:55" in text
    draft = await bench.act("draft_reply", ticket="TCK-10100")
    assert "due to an outage in your area since Friday 20 November, 15:55." in draft.data["text"]
    assert "We expect your service back by Friday 20 November, 20:55." in draft.data["text"]
    noseeing = await bench.person("Tom Tickets", READS)
    assert "OUT-1" not in await lines(bench, user=noseeing), "who may not see the network"


async def test_a_draft_goes_nowhere_and_its_buttons_lead_to_a_yes(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await bench.call(
        "reminders_add",
        {"at": (NOW + timedelta(hours=2)).isoformat(), "text": "tell the rude one", "ticket": "TCK-10100"},
    )
    draft = await bench.act("draft_reply", ticket="TCK-10100")
    body = draft.data["text"]
    assert body.startswith("Dear Amina Bello,\n\nThank you for your report “No light (now)” (TCK-10100).")
    assert "Your line is connected at the moment." in body
    assert "You hear from us by Friday 20 November, 19:55." in body
    assert "rude" not in body
    assert await isp.count("isp_emails") == 0 and await isp.count("isp_ticket_events") == 0
    bench.port("mailer", Mailer())
    asked = await bench.press(draft.buttons[0])
    assert asked.waiting and "amina@mail.example" in asked.waiting.preview
    kept = await bench.press(draft.buttons[1])
    assert kept.data.status == "draft"
    said = await bench.press(draft.buttons[2])
    assert await isp.count("isp_ticket_events") == 0, "the customer would read it: it waits for a yes"
    await bench.approve(said, user=bench.ann)
    assert await isp.count("isp_ticket_events", "kind = 'comment' and not internal") == 1


async def test_a_closed_ticket_says_what_was_done(world: tuple[Bench, Isp]) -> None:
    bench, _ = world
    asked = await bench.act("close", ticket="TCK-10100", resolution="Fibre spliced anew.")
    if asked.waiting:
        await bench.approve(asked, user=bench.ann)
    assert "Waits for nobody: it is" in await lines(bench)
    draft = await bench.act("draft_reply", ticket="TCK-10100")
    assert (
        "We have closed your report “No light (now)” (TCK-10100): Fibre spliced anew." in draft.data["text"]
    )


async def test_without_a_customer_there_is_nobody_to_answer(world: tuple[Bench, Isp]) -> None:
    bench, isp = world
    await isp.ticket("TCK-7", "Mast light broken", region="north")
    assert "no customer" in (await bench.act("summary", ticket="TCK-7")).text
    with pytest.raises(BadInput, match="no customer to answer"):
        await bench.act("draft_reply", ticket="TCK-7")


def test_a_gist_is_whole_sentences_of_the_text() -> None:
    assert gist("Hello. One two three. Four five six. Seven.", 30) == "One two three. Four five six."
    assert gist("Hi there!", 30) == "Hi there!", "nothing else was said"
    assert gist("x" * 50, 10) == "xxxxxxxxx…"
    assert gist("", 10) == ""
