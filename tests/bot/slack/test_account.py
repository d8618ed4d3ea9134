"""Who is deactivated in Slack is cut off at once, in every process, whatever any of them remembers."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant, User
from bot.core import audit, identity, links
from bot.core.home import Home
from bot.core.people import add_person, set_active
from bot.db.database import Database
from bot.errors import NotAllowed
from bot.host.registry import Registry
from bot.slack.account import account_news
from bot.slack.manifest import EVENTS
from tests.bot.slack.conftest import Office, make_office
from tests.bot.slack.office import NOON
from tests.slackd import Slackd


def change(user: object, **more: object) -> dict:
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 5,
        "event": {"type": "user_change", "user": user},
    } | more


def test_the_news_of_an_account_are_read() -> None:
    news = account_news(change({"id": "UANN", "deleted": True, "updated": 60}))
    assert news is not None
    assert (news.user, news.gone, news.at) == ("UANN", True, datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    back = account_news(change({"id": "UANN", "deleted": False}))
    assert back is not None and not back.gone and back.at.timestamp() == 5


@pytest.mark.parametrize(
    "user",
    [
        "UANN",
        None,
        {},
        {"id": "UANN"},
        {"id": "x'; drop", "deleted": True},
        {"id": "UANN", "deleted": 1},
        {"id": "UANN", "deleted": True, "updated": 10**20},
        {"id": "UANN", "deleted": True, "updated": "soon"},
    ],
)  # fmt: skip - a table
def test_what_says_nothing_is_no_news(user: object) -> None:
    assert account_news(change(user)) is None


def test_the_manifest_asks_for_the_news() -> None:
    assert "user_change" in EVENTS


class People:
    """Real identity behind a room."""

    def __init__(self, database: Database) -> None:
        self.database, self.registry = database, Registry({}, ())

    async def __call__(self, tenant: Tenant, surface: str, external_id: str, email: str | None) -> User:
        return await identity.find_linked(self.database, self.registry, tenant, surface, external_id, email)


async def _open(slack: Slackd, database: Database, tenant: Tenant) -> Office:
    office = make_office(slack, database, tenant, slack_app_token=slack.world.app_token)
    office.room.reader._find_user = People(database)
    await office.room.start()
    return office


async def _tell(slack: Slackd, *, how: str, gone: bool, updated: int) -> None:
    person = dataclasses.replace(slack.world.people["UANN"], **{how: gone})
    event = {"type": "user_change", "user": {**person.info(), "updated": updated}}
    assert await slack.delivery.send(slack.seat("UANN").envelope(event))


@pytest.mark.parametrize("how", ["deleted", "is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_who_is_no_member_any_more_is_cut_off_in_every_process(
    slack: Slackd, database: Database, tenant: Tenant, how: str
) -> None:
    """Slack's profile is remembered for minutes; the second process never hears the news itself."""
    await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    deaf = make_office(slack, database, tenant)
    deaf.room.reader._find_user = People(database)
    await deaf.room.start(receive=False)
    hears = await _open(slack, database, tenant)
    hears.room.at_once.close()
    hears.queue.handlers = deaf.room.handlers  # the other process does the work
    ann = slack.seat("UANN")
    try:
        for updated, gone, answered in (
            (0, False, 1),
            (100, True, 1),
            (90, False, 1),
            (200, False, 2),
            (150, True, 3),
        ):
            if updated:
                await _tell(slack, how=how, gone=gone, updated=updated)
            await ann.say("CNOC", f"<@UBOT> hello {updated}")
            await hears.queue.idle()
            assert len(deaf.answers.asked) == answered, updated
    finally:
        for office in (hears, deaf):
            await office.queue.stop()
            await office.room.stop()
    told = [row.event for row in await audit.search(database, tenant.id) if row.event.startswith("link.")]
    assert told == ["link.restored", "link.cut", "link.made"]


FULL = Home(user=User.with_permissions("1", "Ann", frozenset()), at=NOON, questions=["what is down"])


async def test_a_tab_that_cannot_be_emptied_now_is_tried_by_and_by(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    """Every sweep of every process finds it: none may begin anew what waits for a failing Slack."""
    ann = await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    office = await _open(slack, database, tenant)
    office.room.members._find_user = People(database)
    office.answers.homes[ann.id] = FULL
    await slack.seat("UANN").open_home()
    await office.queue.idle()
    await set_active(database, tenant, ann.id, active=False, by="test")
    slack.faults.plan("views.publish", "500", times=20)
    office.queue.lose = True
    for _ in range(5):
        await office.room.sweep()
    async with database.tenant(tenant.id) as session:
        rows = await session.execute(text("select wanted, failures, due_at > now() from slack_homes"))
        assert [tuple(row) for row in rows] == [(2, 1, True)]
    await office.queue.stop()
    await office.room.stop()


@pytest.mark.parametrize("how", ["is_restricted", "is_stranger", "unlinked", "not active"])
async def test_the_home_tab_of_who_is_cut_off_is_emptied(
    slack: Slackd, database: Database, tenant: Tenant, how: str
) -> None:
    """Slack goes on showing what was drawn last, whatever its person may see by now."""
    ann = await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    office = await _open(slack, database, tenant)
    office.room.members._find_user = People(database)
    office.answers.homes[ann.id] = FULL
    seat = slack.seat("UANN")
    await seat.open_home()
    await office.queue.idle()
    assert "what is down" in str(seat.home.blocks)
    await office.room.sweep()
    assert slack.count("views.publish") == 1, "of who is not cut off nothing is drawn"
    if how == "unlinked":
        slack.world.people["UANN"].email = "other@acme.example"
        office.room.people.forget("T1", "UANN")
        await links.unlink(database, tenant, "slack", "T1:UANN", by="test")
        await office.room.sweep()
    elif how == "not active":
        await set_active(database, tenant, ann.id, active=False, by="test")
        await office.room.sweep()
    else:
        await _tell(slack, how=how, gone=True, updated=100)
    await office.queue.idle()
    assert "what is down" not in str(seat.home.blocks)
    published = slack.count("views.publish")
    await office.room.sweep()
    assert published == slack.count("views.publish") == 2
    await office.queue.stop()
    await office.room.stop()
    assert slack.violations == []


async def test_an_account_that_was_never_linked_is_cut_off_too(database: Database, tenant: Tenant) -> None:
    await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert await links.cut(database, tenant.id, "slack", "T1:UANN", gone=True, at=at)
    assert not await links.cut(database, tenant.id, "slack", "T1:UANN", gone=True, at=at), "told twice"
    assert not await links.cut(database, tenant.id, "slack", "T1:UBEN", gone=False, at=at), "never cut"
    with pytest.raises(NotAllowed, match="deactivated"):
        await People(database)(tenant, "slack", "T1:UANN", "ann@acme.example")
