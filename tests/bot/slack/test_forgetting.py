"""What was said is forgotten when it was sent, but for what is still needed; and erasing a customer reaches the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core.erasure import erase
from bot.db import letter_words
from bot.db.database import Database
from bot.db.letters import Kind
from tests.bot.core.gate_world import Desk
from tests.bot.slack.conftest import KEY, Office, make_office
from tests.bot.slack.test_notices import CREDIT, desk, jobs
from tests.bot.slack.test_outage import do, rows, tried, waiting
from tests.bot.slack.test_sender import mention
from tests.slackd import Slackd

__all__ = ["desk", "jobs"]


async def arrivals(office: Office) -> list[Any]:
    async with office.database.tenant(office.tenant.id) as session:
        return list((await session.execute(text("select * from slack_inbox order by said_at"))).mappings())


async def test_words_and_bytes_are_gone_when_they_were_sent(office: Office) -> None:
    office.answers.replies["who owes"] = Reply("Amina owes 40")
    await mention(office, "who owes")
    await office.queue.idle()
    await waiting(office, kind=Kind.UPLOAD, payload={"name": "a.csv", "text": "list"}, content=b"Amina;40")
    office.slack.world.install.scopes.add("files:write")
    await tried(office)
    assert "Amina owes" in office.slack.world.replies("CNOC")[0]["text"]
    assert [(row["state"], row["payload"], row["content"]) for row in await rows(office)] == [
        ("sent", {}, None)
    ] * 2
    [row] = await arrivals(office)
    assert (row["state"], row["payload"]["text"], "told" in row["payload"]) == (
        "done",
        "<@UBOT> who owes",
        False,
    )


@pytest.mark.refused("channel_not_found")
async def test_what_cannot_be_delivered_is_kept_to_be_tried_again(office: Office) -> None:
    await waiting(office, channel="CNONE", payload={"text": "Amina owes 40"})
    await tried(office)
    assert [(row["state"], row["payload"]) for row in await rows(office)] == [
        ("dead", {"text": "Amina owes 40"})
    ]


async def test_an_answer_to_one_person_is_kept_an_hour_and_its_address_not_at_all(
    socket_office: Office,
) -> None:
    office = socket_office
    await office.slack.seat("UANN").command("CNOC", "/backhaul outages")
    await office.queue.idle()
    [row] = await rows(office)
    assert (row["payload"]["text"], row["target"]) == ("You said: outages", None)
    assert ["reply_at" in one["payload"] for one in await arrivals(office)] == [False]
    await do(office, "update slack_outbox set sent_at = now() - interval '61 minutes'")
    await office.room.forget()
    assert [row["payload"] for row in await rows(office)] == [{}]


async def test_the_address_of_a_command_lies_sealed_while_it_waits(socket_office: Office) -> None:
    """Whoever reads the tables, or a backup of them, could speak in the channel with it for half an hour."""
    office = socket_office
    office.queue.lose = True
    await office.slack.seat("UANN").command("CNOC", "/backhaul outages")
    [row] = await arrivals(office)
    kept = row["payload"]["reply_at"]
    await office.room.reader.drain(office.tenant.id, row["lane"])
    [letter] = await rows(office)
    assert (kept[:5], letter["target"]) == ("v1:t:", kept)
    await tried(office)
    assert [one["text"] for one in office.slack.seat("UANN").sees("CNOC")] == ["You said: outages"]


async def test_an_address_that_does_not_open_any_more_loses_no_answer(socket_office: Office) -> None:
    """Its key was thrown away, or somebody moved it here from another tenant's row."""
    office = socket_office
    elsewhere = KEY.seal(f"{office.slack.api_url}commands/x", row="other|slack_reply_at|T1")
    await waiting(office, kind=Kind.RESPOND, target=elsewhere, user="UANN", payload={"text": "for you"})
    await tried(office)
    direct = office.slack.world.direct("UANN").id
    assert [one["text"] for one in office.slack.world.replies(direct)] == ["for you"]
    assert office.slack.count("commands/x") == 0


async def test_the_card_of_an_open_call_stays_whatever_is_forgotten_or_erased(
    office: Office, desk: Desk
) -> None:
    asked = await desk.ask("desk_credit", CREDIT)
    await waiting(office, card=asked.call_id, payload={"text": "Credit Ann", "card": asked.call_id})
    await tried(office)
    await do(office, "update slack_outbox set sent_at = now() - interval '9 days'")
    thing = (await desk.row(asked.call_id)).things[0]
    for end in (False, True):
        if end:
            ended = "update calls set state = 'cancelled', ended_at = now()"
            await do(office, ended)
        async with office.database.tenant(office.tenant.id) as session:
            faded = await letter_words.do_fade(session, timedelta(hours=1), later=timedelta(days=1))
            erased = await letter_words.do_erase_words(session, thing)
            assert (faded, erased > 0) == (0, end), "the card, and a change of it if one was made meanwhile"


@pytest.mark.refused("channel_not_found")
async def test_erasing_a_customer_reaches_what_is_kept_of_them(office: Office) -> None:
    await waiting(office, channel="CNONE", payload={"text": "Owes:\n100234"})
    await waiting(office, channel="CNONE", payload={"text": "1002345 owes 50"})
    await tried(office)
    office.queue.lose = True
    await mention(office, "card 100234")
    await do(office, "update slack_inbox set state = 'dead', done_at = now(), error = 'x'")
    await mention(office, "bill 100234")
    await do(office, "update slack_inbox set state = 'done', done_at = now() where state = 'new'")
    await erase(office.database, office.tenant, "customer:100234", by="1", reason="asked for")
    assert [row["payload"]["text"] for row in await rows(office)] == ["1002345 owes 50"]
    assert [row["payload"] for row in await arrivals(office)] == [{}]


async def test_what_a_workspace_that_left_has_is_forgotten_too(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    before = make_office(slack, database, tenant)
    await before.room.start()
    await mention(before, "hello")
    await before.queue.idle()
    await before.room.stop()
    await before.queue.stop()
    office = make_office(slack, database, tenant, slack_bot_token=None, slack_app_token=slack.world.app_token)
    await office.room.start()
    assert await office.room.teams.find_tenants() == set()
    await office.room.forget(timedelta(seconds=-1))
    assert (await arrivals(office), await rows(office)) == ([], [])
    await office.queue.stop()
    await office.room.stop()
