"""Connecting workspaces by OAuth, through the pages and an emulated Slack; tokens that are renewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx2
import pytest
from pydantic import SecretStr

from bot.contract.people import Tenant
from bot.core.web_links import slack_install
from bot.db import slack_teams
from bot.db.audit import find_rows
from bot.db.database import Database
from bot.slack.calls import Calls
from bot.slack.install import Installing, Link, make_link
from bot.slack.manifest import make_manifest
from bot.slack.renewal import AHEAD, Renewal
from bot.slack.teams import Team, Teams
from bot.slack.usergroups import find_groups
from bot.web.site import Probes, make_site
from bot.web.site_pages import make_pages
from tests.bot.slack.conftest import KEY, config_for, make_office
from tests.bot.web.conftest import HERE, TestHouse
from tests.slackd import Slackd

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by slack_sdk, of aiohttp
CLIENT = {"slack_client_id": "1.2", "slack_client_secret": SecretStr("c" * 32), "slack_bot_token": None}


@dataclass
class Desk:
    """The pages of one process, a Slack, and a browser in front."""

    slack: Slackd
    house: TestHouse
    teams: Teams
    calls: Calls
    installing: Installing
    renewal: Renewal
    browser: httpx2.AsyncClient

    def link(self, tenant: Tenant, **more: Any) -> str:
        made = {"agent": False, "minimal": False, **more}
        return make_link(self.house.cipher, tenant, self.house.clock(), **made)

    async def go(self, tenant: Tenant, key: str, **chosen: str) -> str:
        """Open the page, press its button, choose at Slack; return where Slack sends back to."""
        front = await self.browser.get(slack_install(tenant), params={"key": key})
        assert front.status_code == 200, front.text
        assert tenant.name in front.text
        start = await self.browser.get(f"{slack_install(tenant)}/start", params={"key": key})
        assert start.status_code == 303, start.text
        async with aiohttp.ClientSession() as http:
            where = start.headers["location"]
            async with http.get(where, params=chosen, allow_redirects=False) as answer:
                assert answer.status == 302, await answer.text()
                return answer.headers["Location"]

    async def install(self, tenant: Tenant, **chosen: str) -> httpx2.Response:
        return await self.browser.get(await self.go(tenant, self.link(tenant), **chosen))


async def make_desk(slack: Slackd, database: Database, **more: Any) -> Desk:
    config, house = config_for(slack, **{**CLIENT, **more}), TestHouse(database)
    house.cipher = KEY
    teams, calls = Teams(database, house.cipher), Calls(slack.api_url)
    await calls.open()
    parts = (config, database, house.cipher, teams, calls)
    installing = Installing(*parts)

    async def ping() -> bool:
        return True

    site = make_site(Probes(ping=ping), pages=lambda: make_pages(house, installing=installing))
    browser = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=site), base_url=HERE)
    return Desk(slack, house, teams, calls, installing, Renewal(*parts), browser)


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(manifest=make_manifest(HERE, org=True)) as slackd:
        slackd.world.add_workspace("T2", "Second")
        slackd.world.workspaces["T2"].add_person("UBOSS", "boss")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def desk(slack: Slackd, database: Database) -> AsyncIterator[Desk]:
    made = await make_desk(slack, database)
    yield made
    await made.browser.aclose()
    await made.calls.close()


async def rows(database: Database, tenant: Tenant) -> list[slack_teams.TeamRow]:
    async with database.tenant(tenant.id) as session:
        return await slack_teams.find_teams(session)


async def found(desk: Desk, *ids: str) -> Team:
    team = await desk.teams.find(*ids)
    assert team is not None
    return team


async def test_a_link_connects_a_workspace(desk: Desk, database: Database, tenant: Tenant) -> None:
    done = await desk.install(tenant, team="T2")
    assert done.status_code == 200
    assert "Second is connected" in done.text
    assert "Not everything was granted" not in done.text
    team = await found(desk, "T2")
    assert team.tenant_id == tenant.id
    assert (await desk.calls.who_am_i(team.token)).team_id == "T2"
    (row,) = await rows(database, tenant)
    assert row.installed_by == "UBOSS"
    assert "chat:write" in row.scopes.split(",")
    assert team.token not in row.bot_token
    async with database.tenant(tenant.id) as session:
        events = [one.event for one in await find_rows(session, limit=5)]
    assert "slack.installed" in events


async def test_what_was_left_out_is_said(desk: Desk, tenant: Tenant) -> None:
    done = await desk.install(tenant, team="T2", _drop="files:write")
    assert "Charts come as text where Slack does not draw them" in done.text


@pytest.mark.parametrize("links", [True, False])
async def test_who_shows_links_is_asked_for_that_too(desk: Desk, links: bool) -> None:
    address = desk.installing.address(Link(nonce="n", links=links), redirect=f"{HERE}/x", state="s")
    [scopes] = parse_qs(urlsplit(address).query)["scope"]
    assert ({"links:read", "links:write"} <= set(scopes.split(","))) is links


async def test_an_organisation_is_one_installation(desk: Desk, database: Database, tenant: Tenant) -> None:
    desk.slack.world.add_enterprise("E1", "Group", "T2")
    done = await desk.install(tenant, team="E1", _user="UBOSS")
    assert "Group is connected" in done.text
    assert "adds the app to its workspaces" in done.text
    assert (await found(desk, "T2", "E1")).team_id == "E1"
    assert [one.team_id for one in await rows(database, tenant)] == ["E1"]


async def test_people_and_groups_of_an_organisation_are_its_own(desk: Desk, tenant: Tenant) -> None:
    world = desk.slack.world
    world.add_workspace("T3", "Third")
    world.add_workspace("T4", "Elsewhere")
    world.add_enterprise("E1", "Group", "T2", "T3")
    world.workspaces["T2"].add_person("UANN", "ann", "ann@acme.example")
    world.workspaces["T2"].add_person("UOUT", "out", "out@else.example", team_id="T4")
    world.workspaces["T2"].add_usergroup("SNOC", "noc", "UANN")
    world.workspaces["T3"].add_usergroup("SFIELD", "field", "UANN")
    await desk.install(tenant, team="E1", _user="UBOSS")
    token = (await found(desk, "T2", "E1")).token
    assert (await desk.calls.profile(token, "E1", "UANN")).email == "ann@acme.example"
    assert (await desk.calls.profile(token, "E1", "UOUT")).email is None, "of another organisation"
    groups = await find_groups(desk.calls, token, "E1")
    assert {one.id: one.users for one in groups} == {"SNOC": ("UANN",), "SFIELD": ("UANN",)}


async def test_an_organisation_is_answered_in_each_of_its_workspaces(
    desk: Desk, database: Database, tenant: Tenant
) -> None:
    world = desk.slack.world
    world.add_workspace("T3", "Third")
    world.add_enterprise("E1", "Group", "T2", "T3")
    await desk.install(tenant, team="E1", _user="UBOSS")
    for number, (team, user) in enumerate((("T2", "UANN"), ("T3", "UBEN"))):
        place = world.workspaces[team]
        place.add_person(user, user, f"{user[1:].lower()}@acme.example")
        place.add_channel(f"CNOC{number}", "noc", user)
    world.app.manifest["settings"]["socket_mode_enabled"] = True
    office = make_office(desk.slack, database, tenant, **CLIENT, slack_app_token=world.app_token)
    await office.room.start()
    bot = (await found(desk, "T2", "E1")).bot_user_id
    for number, (team, user) in enumerate((("T2", "UANN"), ("T3", "UBEN"))):
        await desk.slack.seat(user, world.workspaces[team]).say(f"CNOC{number}", f"<@{bot}> hello")
    await office.queue.idle()
    await office.queue.stop()
    await office.room.stop()
    assert sorted(one.user.name for one in office.answers.asked) == ["Ann", "Ben"]
    rooms = [world.workspaces["T2"].channels["CNOC0"], world.workspaces["T3"].channels["CNOC1"]]
    assert [[m["user"] for m in room.messages if m.get("bot_id")] for room in rooms] == [[bot], [bot]]


async def test_a_link_is_good_once(desk: Desk, database: Database, tenant: Tenant) -> None:
    key = desk.link(tenant)
    assert (await desk.browser.get(await desk.go(tenant, key, team="T2"))).status_code == 200
    again = await desk.browser.get(await desk.go(tenant, key))
    assert again.status_code == 400
    assert "used already" in again.text
    assert [one.team_id for one in await rows(database, tenant)] == ["T2"]


async def test_a_link_is_good_for_an_hour_and_one_tenant(
    desk: Desk, tenant: Tenant, other_tenant: Tenant
) -> None:
    key = desk.link(tenant)
    for wrong in (key[:-6], "", "x" * 3_000):
        refused = await desk.browser.get(slack_install(tenant), params={"key": wrong})
        assert (refused.status_code, "older than an hour" in refused.text) == (400, True)
    elsewhere = await desk.browser.get(slack_install(other_tenant), params={"key": key})
    assert elsewhere.status_code == 400
    desk.house.shift = timedelta(minutes=61)
    for path in (slack_install(tenant), f"{slack_install(tenant)}/start"):
        assert (await desk.browser.get(path, params={"key": key})).status_code == 400


async def test_who_comes_back_must_have_gone(desk: Desk, database: Database, tenant: Tenant) -> None:
    """Somebody else's code must not connect their workspace: that is how a stranger would get answers."""
    back = await desk.go(tenant, desk.link(tenant), team="T2")
    elsewhere = httpx2.AsyncClient(transport=desk.browser._transport, base_url=HERE)
    stolen = await elsewhere.get(back)
    await elsewhere.aclose()
    assert (stolen.status_code, "another browser" in stolen.text) == (400, True)
    query = urlsplit(back).query
    for wrong in (
        query.replace("state=acme", "state=globex"),
        query.replace("state=acme.", "state=acme.x"),
        "code=1",
        "state=../x&code=1",
        query.partition("&state")[0] + "&state=" + "a" * 5000,
    ):
        answer = await desk.browser.get(f"/slack/oauth?{wrong}")
        assert answer.status_code in {400, 404}, wrong
    assert await rows(database, tenant) == []


async def test_a_state_ends_after_ten_minutes(desk: Desk, tenant: Tenant) -> None:
    back = await desk.go(tenant, desk.link(tenant), team="T2")
    desk.house.shift = timedelta(minutes=11)
    assert (await desk.browser.get(back)).status_code == 400


async def test_who_does_not_agree_is_told_so(desk: Desk, database: Database, tenant: Tenant) -> None:
    refused = await desk.install(tenant, team="T2", _deny="1")
    assert (refused.status_code, "You did not agree" in refused.text) == (400, True)
    assert await rows(database, tenant) == []


async def test_a_code_that_slack_does_not_take(desk: Desk, database: Database, tenant: Tenant) -> None:
    back = await desk.go(tenant, desk.link(tenant), team="T2")
    forged = back.replace("code=code.", "code=forged.")
    with desk.slack.expect("invalid_code"):
        answer = await desk.browser.get(forged)
    assert "did not take its own code" in answer.text
    desk.slack.faults.plan("oauth.v2.access", "500")
    slow = await desk.browser.get(back)
    assert (slow.status_code, "does not answer at the moment" in slow.text) == (503, True)
    assert await rows(database, tenant) == []
    assert (await desk.browser.get(back)).status_code == 200, "the link is not used up by what failed"


async def test_a_workspace_belongs_to_one_tenant(
    desk: Desk, database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    await desk.install(tenant, team="T2")
    refused = await desk.install(other_tenant, team="T2")
    assert (refused.status_code, "connected to another tenant" in refused.text) == (409, True)
    assert (await found(desk, "T2")).tenant_id == tenant.id
    async with database.tenant(tenant.id) as session:
        assert await slack_teams.do_delete(session, "T2")
    assert (await desk.install(other_tenant, team="T2")).status_code == 200
    assert (await found(desk, "T2")).tenant_id == other_tenant.id


async def test_the_workspace_of_the_environment_stays_what_it_is(
    desk: Desk, database: Database, tenant: Tenant
) -> None:
    desk.teams.welcome_home(Team(team_id="T2", tenant_id=tenant.id, bot_user_id="U", bot_id="B", token="x"))
    refused = await desk.install(tenant, team="T2")
    assert (refused.status_code, "SLACK_BOT_TOKEN" in refused.text) == (409, True)
    assert await rows(database, tenant) == []


async def test_without_oauth_there_is_nothing(slack: Slackd, database: Database, tenant: Tenant) -> None:
    desk = await make_desk(slack, database, slack_client_id="")
    answer = await desk.browser.get(slack_install(tenant), params={"key": desk.link(tenant)})
    assert answer.status_code == 404
    await desk.browser.aclose()
    await desk.calls.close()


async def test_a_wrong_secret_is_said_to_whoever_runs_this(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    desk = await make_desk(slack, database, slack_client_secret=SecretStr("wrong"))
    with slack.expect("bad_client_secret"):
        answer = await desk.install(tenant, team="T2")
    assert "does not take SLACK_CLIENT_ID and SLACK_CLIENT_SECRET" in answer.text
    await desk.browser.aclose()
    await desk.calls.close()


# Renewal


@pytest.fixture
async def rotated(desk: Desk, database: Database, tenant: Tenant) -> Desk:
    """A workspace whose token ends soon."""
    desk.slack.world.app.manifest["settings"]["token_rotation_enabled"] = True
    assert (await desk.install(tenant, team="T2")).status_code == 200
    return desk


async def ends_in(database: Database, tenant: Tenant, left: timedelta) -> slack_teams.TeamRow:
    """Bring the token's end near; its pause is over."""
    (row,) = await rows(database, tenant)
    async with database.tenant(tenant.id) as session:
        assert await slack_teams.do_renew(
            session,
            row,
            token=row.bot_token,
            refresh=row.refresh_token,
            expires_at=datetime.now(UTC) + left,
        )
    return (await rows(database, tenant))[0]


async def test_a_token_is_renewed_before_it_ends(rotated: Desk, database: Database, tenant: Tenant) -> None:
    first = await found(rotated, "T2")
    await rotated.renewal.renew(tenant.id)
    assert (await found(rotated, "T2")).token == first.token, "hours are left"
    await ends_in(database, tenant, AHEAD - timedelta(minutes=1))
    await rotated.renewal.renew(tenant.id)
    second = await found(rotated, "T2")
    assert second.token != first.token
    assert (await rotated.calls.who_am_i(second.token)).team_id == "T2"
    assert (await rotated.calls.who_am_i(first.token)).team_id == "T2", "others may still use it"
    (row,) = await rows(database, tenant)
    assert row.expires_at is not None
    assert row.expires_at > datetime.now(UTC) + timedelta(hours=11)


async def test_many_processes_renew_once(rotated: Desk, database: Database, tenant: Tenant) -> None:
    await ends_in(database, tenant, timedelta(minutes=5))
    before = rotated.slack.count("oauth.v2.access")
    await asyncio.gather(*(rotated.renewal.renew(tenant.id) for _ in range(10)))
    assert rotated.slack.count("oauth.v2.access") == before + 1
    team = await found(rotated, "T2")
    assert (await rotated.calls.who_am_i(team.token)).team_id == "T2"
    assert (await rows(database, tenant))[0].refused == "", "a second try would have been refused"


async def test_a_process_that_died_with_the_new_tokens_is_told_of(
    rotated: Desk, database: Database, tenant: Tenant
) -> None:
    row = await ends_in(database, tenant, timedelta(minutes=30))
    rotated.slack.faults.plan("oauth.v2.access", "reset_after")  # Slack renewed; nobody heard
    await rotated.renewal.renew(tenant.id)
    await ends_in(database, tenant, timedelta(minutes=29))
    with rotated.slack.expect("invalid_refresh_token"):
        await rotated.renewal.renew(tenant.id)
    (after,) = await rows(database, tenant)
    assert (after.refused, after.bot_token) == ("invalid_refresh_token", row.bot_token)
    assert (await rotated.calls.who_am_i((await found(rotated, "T2")).token)).team_id == "T2"
    rotated.slack.world.app.manifest["settings"]["token_rotation_enabled"] = True
    assert (await rotated.install(tenant, team="T2")).status_code == 200
    assert (await rows(database, tenant))[0].refused == "", "connected again, all is well"


async def test_slack_away_is_asked_again(rotated: Desk, database: Database, tenant: Tenant) -> None:
    row = await ends_in(database, tenant, timedelta(minutes=30))
    rotated.slack.faults.plan("oauth.v2.access", "500")
    await rotated.renewal.renew(tenant.id)
    await rotated.renewal.renew(tenant.id)
    assert (await rows(database, tenant))[0].bot_token == row.bot_token, "not within the pause"
    await ends_in(database, tenant, timedelta(minutes=29))
    await rotated.renewal.renew(tenant.id)
    assert (await rows(database, tenant))[0].bot_token != row.bot_token
