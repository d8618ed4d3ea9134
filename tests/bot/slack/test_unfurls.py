"""Links to customers, tickets and the bot's own calls: who sees what of them, and where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.contract.channel import ChannelRule
from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.db import slack_links
from bot.db.channels import do_set_rule
from bot.db.database import Database
from bot.errors import Unavailable
from bot.slack.manifest import make_manifest
from bot.slack.unfurls import NOT_NOW, NOTHING
from tests.bot.core.gate_world import Desk
from tests.bot.slack.conftest import make_office
from tests.bot.slack.form_office import FormOffice, opened
from tests.bot.slack.gated import AtGate, Staff, hire, only_notices
from tests.bot.understand import isp
from tests.slackd import Slackd

PAGES = {
    "ticket": "https://tickets.isp.example/t/{key}",
    "customer": "https://crm.isp.example/c?id={key}&tab=1",
}
TICKET = "https://tickets.isp.example/t/TCK-10234"
CUSTOMER = "https://crm.isp.example/c?id=100777&tab=1"
BOT = "https://bot.isp.example"


@dataclass(frozen=True)
class Known(isp.Thing):
    """A thing of which more is known than its name."""

    status: str = "open"
    priority: str = "urgent"
    assignee: str = "nils"
    opened_at: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)
    phone: str = "+234 801 234 5678"


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    """Where the app was made with `--links`, and nothing was left out when it was installed."""
    manifest = make_manifest(links=("isp.example",))
    async with Slackd(manifest=manifest) as slackd:
        world = slackd.world
        for scopes in manifest["oauth_config"]["scopes"].values():
            world.install.scopes.update(scopes)
        world.add_person("UANN", "ann", "ann@acme.example")
        world.add_person("UBEN", "ben", "ben@acme.example")
        world.add_person("UNEW", "newcomer", "new@acme.example")
        world.add_person("UGUS", "gus", "ann@acme.example", is_restricted=True)
        for name in ("CNOC", "COTHER"):
            world.add_channel(name, name.lower(), "UANN", "UBEN", "UNEW")
        yield slackd
        assert slackd.violations == []


async def know_pages(database: Database, tenant: Tenant, pages: dict[str, str] = PAGES) -> None:
    async with database.tenant(tenant.id) as session:
        for kind, page in pages.items():
            await slack_links.do_set_page(session, kind, page, by="test")


@pytest.fixture
async def office(
    slack: Slackd, database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FormOffice]:
    await know_pages(database, tenant)
    tickets = [Known("TCK-10234", "No light"), Known("TCK-10235", "Slow in the evening")]
    monkeypatch.setitem(isp.THINGS, "ticket", tickets)
    async with opened(slack, database, tenant) as made:
        made.gate.reply = Reply("TCK-10234", facts={"Phone": "+234 801 234 5678", "Due": "17:00"})
        yield made


async def say(office: FormOffice, user: str, words: str, channel: str = "CNOC") -> str:
    ts = await office.slack.seat(user).say(channel, words)
    await office.queue.idle()
    return ts


def shown(office: Any, ts: str, channel: str = "CNOC") -> list[dict[str, Any]]:
    message = office.slack.world.home.find_channel(channel).find(ts)
    return [each.get("work_object_entity") or each for each in message.get("attachments", ())]


def nothing(office: FormOffice) -> bool:
    return not office.slack.count("chat.unfurl") and not office.slack.world.replies("CNOC")


async def test_a_ticket_is_shown_as_an_incident_without_what_is_personal(office: FormOffice) -> None:
    ts = await say(office, "UANN", f"look at <{TICKET}> please")
    [entity] = shown(office, ts)
    assert entity["entity_type"] == "slack#/entities/incident"
    payload = entity["entity_payload"]
    assert payload["attributes"]["title"]["text"] == "TCK-10234 No light"
    assert payload["fields"] == {
        "status": {"value": "open", "tag_color": "yellow"},
        "priority": {"value": "urgent", "tag_color": "red"},
        "assigned_to": {"type": "slack#/types/user", "user": {"text": "nils"}},
        "date_created": {"value": 1795424400},
    }
    assert "801" not in str(entity)
    assert office.gate.done == [("tickets_show", {"ticket": "TCK-10234"})], "looked up as `show` does"
    assert office.slack.world.replies("CNOC") == [], "not a word is said"


async def test_a_customer_is_an_item_and_two_links_are_one_call(office: FormOffice) -> None:
    ts = await say(office, "UANN", f"<{TICKET}> of <{CUSTOMER}>, again <{TICKET}>")
    assert [each["entity_type"].split("/")[-1] for each in shown(office, ts)] == ["incident", "item"]
    assert office.slack.count("chat.unfurl") == 1
    assert "801" not in str(shown(office, ts))


@pytest.mark.parametrize(
    "link",
    [
        "https://tickets.isp.example/t/TCK-99999",
        "https://tickets.isp.example/t/light",
        "https://tickets.isp.example/t/TCK-10234/edit",
        "https://tickets.isp.example/t/../t/TCK-10234",
        "http://tickets.isp.example/t/TCK-10234",
        "https://tickets.isp.example:444/t/TCK-10234",
        "https://evil.isp.example/t/TCK-10234",
        "https://bot.isp.example/t/acme/calls/3f2a0000-0000-4000-8000-000000000000",
    ],
)
async def test_what_leads_to_nothing_known_is_left_alone(office: FormOffice, link: str) -> None:
    await say(office, "UANN", f"see <{link}>")
    assert nothing(office)


@pytest.mark.parametrize("user", ["UNEW", "UGUS", "UBEN"])
async def test_who_may_not_see_it_shows_it_to_nobody(office: FormOffice, user: str) -> None:
    """A stranger, a guest with an address of ours, and a colleague without the right to tickets."""
    office.slack.world.home.find_channel("CNOC").members.add(user)
    await say(office, user, f"see <{TICKET}>")
    assert nothing(office)
    assert (office.gate.done, office.gate.refused) == ([], []), "and nobody is written down for a link"
    assert office.slack.world.replies(office.slack.world.home.direct(user).id) == []


@pytest.mark.parametrize(
    "rule",
    [
        ChannelRule(channel="CNOC", only=("billing",)),
        ChannelRule(channel="CNOC", closed=True),
        ChannelRule(channel="CNOC", roles=("boss",)),
    ],
)
async def test_rules_of_the_channel_hold(office: FormOffice, rule: ChannelRule) -> None:
    office.gate.rules.append(rule)
    await say(office, "UANN", f"see <{TICKET}>")
    assert nothing(office)
    ts = await say(office, "UANN", f"see <{TICKET}>", "COTHER")
    assert len(shown(office, ts, "COTHER")) == 1


@pytest.mark.parametrize("outside", ["shared", "guest"])
async def test_outsiders_read_it_only_where_a_rule_was_made_for_them(
    office: FormOffice, outside: str
) -> None:
    channel = office.slack.world.home.find_channel("CNOC")
    channel.shared, channel.members = outside == "shared", channel.members | {"UGUS"}
    await say(office, "UANN", f"see <{TICKET}>")
    assert nothing(office)
    office.gate.rules.append(ChannelRule(channel="CNOC", outsiders=True, only=("tickets",)))
    ts = await say(office, "UANN", f"see <{TICKET}>")
    assert len(shown(office, ts)) == 1


async def test_what_is_private_is_not_shown_to_others(office: FormOffice) -> None:
    office.gate.reply = Reply("secret", private=True)
    await say(office, "UANN", f"see <{TICKET}>")
    assert nothing(office)


async def test_where_the_bot_is_not_nothing_is_shown(office: FormOffice) -> None:
    office.slack.admin().kick("COTHER", "UBOT")
    await say(office, "UANN", f"see <{TICKET}>", "COTHER")
    between = office.slack.world.direct("UANN", "UBEN")
    between.members.discard("UBOT")
    await say(office, "UANN", f"see <{TICKET}>", between.id)
    assert nothing(office)


async def test_nothing_is_shown_while_somebody_writes(office: FormOffice) -> None:
    await office.slack.seat("UANN").type_link("CNOC", TICKET)
    await office.queue.idle()
    assert nothing(office)
    assert len(shown(office, await say(office, "UANN", TICKET))) == 1


async def test_the_same_event_twice_is_one_preview(office: FormOffice) -> None:
    team = await office.room.teams.find("T1")
    assert team is not None
    ts = office.slack.seat("UANN").write("CNOC", TICKET)["ts"]
    event = {
        "type": "link_shared",
        "channel": "CNOC",
        "user": "UANN",
        "message_ts": ts,
        "is_bot_user_member": True,
        "links": [{"url": TICKET, "domain": "isp.example"}],
    }
    body = {"type": "event_callback", "event_id": "EvLINK", "event": event}
    assert [await office.room.ingest.receive(team, body) for _ in range(2)] == ["kept", "twice"]
    await office.queue.idle()
    assert (office.slack.count("chat.unfurl"), len(shown(office, ts))) == (1, 1)


@pytest.mark.parametrize("fault", ["429", "500", "reset_before", "reset_after", "ok_500"])
async def test_a_fault_between_is_got_over(office: FormOffice, fault: str) -> None:
    office.slack.faults.retry_after = 1
    office.slack.faults.plan("chat.unfurl", fault)
    ts = await office.slack.seat("UANN").say("CNOC", f"see <{TICKET}>")
    await office.slack.until(lambda: office.slack.count("chat.unfurl") >= 1)
    for _ in range(100):
        await office.queue.idle()
        await office.room.sweep()
        if len(shown(office, ts)) == 1:
            break
    assert len(shown(office, ts)) == 1


async def test_where_work_objects_are_refused_blocks_are_shown(office: FormOffice) -> None:
    office.slack.faults.plan("chat.unfurl", "error:invalid_metadata_format")
    ts = await say(office, "UANN", f"see <{TICKET}>")
    [block] = shown(office, ts)
    assert block["blocks"][0]["text"]["text"] == "TCK-10234 No light"
    assert "Priority: urgent" in block["blocks"][1]["elements"][0]["text"]


async def test_a_message_that_is_gone_is_let_be(office: FormOffice) -> None:
    office.slack.faults.plan("chat.unfurl", "error:cannot_find_message")
    await say(office, "UANN", f"see <{TICKET}>")
    assert office.slack.count("chat.unfurl") == 1
    assert office.slack.world.replies(office.slack.world.home.direct("UANN").id) == []


async def test_a_system_that_is_away_is_no_trouble_of_who_posted(office: FormOffice) -> None:
    office.gate.fails = Unavailable("away")
    await say(office, "UANN", f"see <{TICKET}>")
    assert nothing(office)


async def test_who_opens_it_reads_what_their_own_rights_allow(office: FormOffice) -> None:
    ts = await say(office, "UANN", f"see <{TICKET}>")
    opened_by = await office.slack.seat("UANN").open_entity("CNOC", ts)
    await opened_by.presented.wait()
    custom = opened_by.entity["entity_payload"]["custom_fields"]
    assert {one["label"]: one["value"] for one in custom} == {"Phone": "+234 801 234 5678", "Due": "17:00"}
    office.slack.world.home.find_channel("CNOC").members.add("UGUS")
    for user, why in (("UBEN", NOTHING), ("UNEW", "do not know who you are"), ("UGUS", "guests")):
        details = await office.slack.seat(user).open_entity("CNOC", ts)
        await details.presented.wait()
        assert details.entity is None
        assert why in details.error["custom_message"]
    office.gate.fails = RuntimeError("broken")
    broken = await office.slack.seat("UANN").open_entity("CNOC", ts)
    await broken.presented.wait()
    assert broken.error["custom_message"] == NOT_NOW


async def test_another_tenants_pages_are_not_ours(
    office: FormOffice, database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    await know_pages(database, other_tenant, {"ticket": "https://other.isp.example/{key}"})
    await say(office, "UANN", "see <https://other.isp.example/TCK-10234>")
    assert nothing(office)


@pytest.fixture
async def staff(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Staff]:
    """The room before a real gate, which knows its public address."""
    answers = AtGate(database=database)
    made = make_office(
        slack,
        database,
        tenant,
        answers,
        lease=timedelta(seconds=60),
        slack_app_token=slack.world.app_token,
        public_url=BOT,
    )
    desk = Desk(database, tenant, enqueue=only_notices(made.queue), notices=True)
    answers.gate = desk.gate
    await made.room.start()
    yield await hire(made, desk, "ann", "ben")
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []


async def link_to_call(staff: Staff, user: str) -> list[dict[str, Any]]:
    call, slug = await staff.ask(), staff.office.tenant.slug
    ts = await staff.office.slack.seat(user).say("CNOC", f"<{BOT}/t/{slug}/calls/{call}>")
    await staff.office.queue.idle()
    return shown(staff.office, ts)


async def test_a_call_of_the_bot_is_shown_to_whom_it_concerns(staff: Staff) -> None:
    [entity] = await link_to_call(staff, "UANN")
    assert entity["entity_type"] == "slack#/entities/item"
    fields = {one["label"]: one["value"] for one in entity["entity_payload"]["custom_fields"]}
    assert fields["Status"].startswith("waits for")
    assert fields["Asked by"] == "Ann"


async def test_a_call_is_not_told_of_where_the_rules_forbid_it(staff: Staff) -> None:
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        await do_set_rule(session, ChannelRule(channel="CNOC", only=("billing",)), by="1")
    assert await link_to_call(staff, "UANN") == []


async def test_a_call_is_none_of_a_strangers_business(staff: Staff) -> None:
    assert await link_to_call(staff, "UNEW") == []
