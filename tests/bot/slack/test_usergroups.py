"""Slack's user groups give roles while what Slack told of them is fresh, and nothing otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.contract.people import Tenant, User
from bot.core import audit, identity, links
from bot.core.group_roles import TRUSTED, clear_group_role, set_group_role
from bot.core.people import add_person, set_active
from bot.core.roles import do_add_built_in
from bot.db import slack_groups, users
from bot.db.database import Database
from bot.db.links import do_link
from bot.db.roles import RolePermission, do_allow
from bot.db.slack_groups import GroupRole
from bot.errors import NotAllowed, NotFound, Unavailable
from bot.host.registry import Registry
from bot.slack.calls import Calls
from bot.slack.routes import Routes
from bot.slack.teams import Team, Teams
from bot.slack.usergroups import PAUSE, Usergroups, group_news
from tests.bot.slack.conftest import KEY, make_office
from tests.slackd import Slackd

NOTHING = Registry({}, ())


@dataclass
class Ward:
    """A tenant whose Slack has the group @noc with Ann in it."""

    slack: Slackd
    database: Database
    tenant: Tenant
    groups: Usergroups
    team: Team
    ann: users.Person

    async def map(self, role: str = "noc", *, even_power: bool = False) -> None:
        new = GroupRole(team_id="T1", group_id="SNOC", role=role, handle="noc", even_power=even_power)
        await set_group_role(self.database, self.tenant, new, by="cli:root")

    async def who(self, after: timedelta = timedelta(0)) -> User:
        now = datetime.now(UTC) + after
        return await identity.get_user(self.database, NOTHING, self.tenant, self.ann.id, now=now)

    async def roles(self, after: timedelta = timedelta(0)) -> set[str]:
        return set((await self.who(after)).roles)

    async def refresh(self) -> None:
        await self.groups.refresh(self.tenant.id)

    async def due(self) -> None:
        """Let it be time to ask again."""
        async with self.database.tenant(self.tenant.id) as session:
            await slack_groups.do_stale(session, "T1", "SOTHER")


@pytest.fixture
async def ward(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Ward]:
    slack.world.install.scopes.add("usergroups:read")
    slack.world.add_usergroup("SNOC", "noc", "UANN")
    slack.world.add_usergroup("SFIELD", "field", "UBEN")
    async with database.tenant(tenant.id) as session:
        await do_add_built_in(session)
        for role, permission in (("noc", "admin:self"), ("noc", "network:read"), ("admin", "admin:grants")):
            await do_allow(session, role, RolePermission(permission=permission))
    ann = await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    async with database.tenant(tenant.id) as session:
        await do_link(session, surface="slack", external_id="T1:UANN", user_id=ann.id, how="grant", by="test")
    calls, teams = Calls(slack.api_url), Teams(database, KEY)
    team = Team(
        team_id="T1",
        tenant_id=tenant.id,
        bot_user_id="UBOT",
        bot_id="BBOT",
        token=slack.world.bot_token,
    )
    teams.welcome_home(team)
    await calls.open()
    groups = Usergroups(database, teams, calls, Routes({}))
    yield Ward(slack, database, tenant, groups, team, ann)
    await calls.close()


async def test_a_group_gives_its_role_once_slack_was_asked(ward: Ward) -> None:
    await ward.map()
    assert await ward.roles() == set()
    await ward.refresh()
    assert await ward.roles() == {"noc"}
    await ward.refresh()
    assert ward.slack.count("usergroups.list") == 1, "asked again at once"


async def test_a_group_is_listed_as_slack_calls_it(ward: Ward) -> None:
    lie = GroupRole(team_id="T1", group_id="SFIELD", role="noc", handle="noc")
    await set_group_role(ward.database, ward.tenant, lie, by="cli:root")
    await ward.refresh()
    async with ward.database.tenant(ward.tenant.id) as session:
        [found] = await slack_groups.find_group_roles(session)
    assert (found.group_id, found.handle) == ("SFIELD", "field")


async def test_a_group_is_looked_up_at_slack_in_no_others_workspace(ward: Ward, other_tenant: Tenant) -> None:
    find = ward.groups.find_handle
    assert [await find(ward.tenant, "T1", one) for one in ("SNOC", "SFIELD", "SNONE")] == [
        "noc",
        "field",
        None,
    ]
    assert [await find(other_tenant, "T1", "SNOC"), await find(ward.tenant, "T2", "SNOC")] == [None, None]
    ward.slack.faults.plan("usergroups.list", "error:plan_upgrade_required")
    with pytest.raises(Unavailable, match="paid plans only"):
        await find(ward.tenant, "T1", "SNOC")


async def test_nothing_is_asked_where_nothing_is_mapped(ward: Ward) -> None:
    await ward.refresh()
    assert ward.slack.count("usergroups.list") == 0


async def test_an_old_reading_gives_nothing(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    assert await ward.roles(TRUSTED - timedelta(minutes=1)) == {"noc"}
    assert await ward.roles(TRUSTED + timedelta(minutes=1)) == set()


async def test_who_is_taken_out_is_out_before_slack_is_asked(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    body = {"event": {"type": "subteam_members_changed", "subteam_id": "SNOC", "removed_users": ["UANN"]}}
    await ward.groups.heed(ward.team, body)
    assert await ward.roles() == set()
    ward.slack.admin().set_group("SNOC", "UBEN")
    await ward.groups.follow(ward.team, body)
    assert await ward.roles() == set()
    assert ward.slack.count("usergroups.list") == 2


async def test_a_group_that_is_switched_off_gives_nothing_at_once(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    body = {"event": {"type": "subteam_updated", "subteam": {"id": "SNOC", "date_delete": 7}}}
    await ward.groups.heed(ward.team, body)
    assert await ward.roles() == set()


@pytest.mark.parametrize("refusal", ["plan", "scope"])
async def test_when_slack_refuses_nobody_keeps_a_role_and_it_is_said_once(ward: Ward, refusal: str) -> None:
    await ward.map()
    await ward.refresh()
    if refusal == "plan":
        ward.slack.world.home.is_paid = False
    else:
        ward.slack.world.install.scopes.discard("usergroups:read")
    with ward.slack.expect("plan_upgrade_required" if refusal == "plan" else "missing_scope"):
        for _ in range(2):
            await ward.due()
            await ward.refresh()
            assert await ward.roles() == set()
    said = await audit.search(ward.database, ward.tenant.id)
    assert [row.event for row in said].count("slack.groups_refused") == 1
    ward.slack.world.home.is_paid = True
    ward.slack.world.install.scopes.add("usergroups:read")
    await ward.due()
    await ward.refresh()
    assert await ward.roles() == {"noc"}


async def test_slack_out_of_order_leaves_the_last_reading_for_its_time(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    ward.slack.faults.plan("usergroups.list", "429", times=1)
    await ward.due()
    await ward.refresh()
    assert await ward.roles() == {"noc"}
    asked = ward.slack.count("usergroups.list")
    await ward.refresh()
    assert ward.slack.count("usergroups.list") == asked, "asked again although Slack wants a pause"
    assert await ward.roles(TRUSTED + PAUSE) == set()


async def test_a_late_answer_does_not_undo_a_later_one(ward: Ward) -> None:
    await ward.map()
    async with ward.database.tenant(ward.tenant.id) as session:
        late = slack_groups.Claimed(team_id="T1", at=datetime.now(UTC) - timedelta(seconds=9))
    await ward.refresh()
    async with ward.database.tenant(ward.tenant.id) as session:
        assert not await slack_groups.do_read(session, late, [])
    assert await ward.roles() == {"noc"}


async def test_power_over_the_workspace_is_given_only_where_the_owner_says_so(ward: Ward) -> None:
    with pytest.raises(NotAllowed, match="even-admin"):
        await ward.map("admin")
    async with ward.database.tenant(ward.tenant.id) as session:  # it gained power after it was mapped
        admin = GroupRole(team_id="T1", group_id="SNOC", role="admin", handle="noc")
        await slack_groups.do_map(session, admin, by="test")
    await ward.refresh()
    assert await ward.roles() == set()
    await ward.map("admin", even_power=True)
    assert await ward.roles() == {"admin"}


async def test_who_is_deactivated_or_cut_off_has_nothing(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    at = datetime.now(UTC)
    await links.cut(ward.database, ward.tenant.id, "slack", "T1:UANN", gone=True, at=at)
    assert await ward.roles() == set()
    await set_active(ward.database, ward.tenant, ward.ann.id, active=False, by="test")
    with pytest.raises(NotAllowed, match="deactivated"):
        await ward.who()


async def test_a_mapping_that_is_cleared_gives_nothing_at_once(ward: Ward) -> None:
    await ward.map()
    await ward.refresh()
    assert await clear_group_role(ward.database, ward.tenant, "@noc", "", by="cli:root") == 1
    assert await ward.roles() == set()
    with pytest.raises(NotFound, match="@noc gives no role"):
        await clear_group_role(ward.database, ward.tenant, "noc", "", by="cli:root")
    with pytest.raises(NotFound, match="There is no role"):
        await ward.map("pilot")
    told = [row.event for row in await audit.search(ward.database, ward.tenant.id)]
    assert told[:2] == ["slack.group_unmapped", "slack.group_mapped"]


async def test_another_tenants_mapping_gives_nothing_here(ward: Ward, other_tenant: Tenant) -> None:
    async with ward.database.tenant(other_tenant.id) as session:
        await do_add_built_in(session)
    new = GroupRole(team_id="T1", group_id="SNOC", role="noc", handle="noc")
    await set_group_role(ward.database, other_tenant, new, by="cli:root")
    await ward.groups.refresh(other_tenant.id)
    await ward.refresh()
    assert await ward.roles() == set()
    assert ward.slack.count("usergroups.list") == 0, "asked for a tenant the workspace is not of"


async def test_the_room_hears_of_groups_and_asks_in_its_rounds(ward: Ward) -> None:
    """Over a real socket: who joins holds the role, who leaves does not, and nobody is asked about twice."""
    office = make_office(ward.slack, ward.database, ward.tenant, slack_app_token=ward.slack.world.app_token)
    await office.room.start()
    try:
        await ward.map()
        await office.room.sweep()
        assert await ward.roles() == {"noc"}
        ward.slack.admin().leave_group("SNOC", "UANN")
        await ward.slack.until(lambda: ward.slack.count("usergroups.list") >= 2)
        assert await ward.roles() == set()
        ward.slack.admin().join_group("SNOC", "UANN")
        async with asyncio.timeout(5):
            while await ward.roles() != {"noc"}:
                await asyncio.sleep(0.02)
    finally:
        await office.queue.stop()
        await office.room.stop()
    assert ward.slack.violations == []


@pytest.mark.parametrize(
    "event",
    [None, {}, {"type": "subteam_updated"}, {"type": "subteam_updated", "subteam": {"id": "x' or 1"}}],
)
def test_what_says_nothing_is_no_news(event: object) -> None:
    assert group_news({"event": event}) is None
