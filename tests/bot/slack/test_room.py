"""Which workspace is whose; tokens; what start-up says."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bot.config import Config
from bot.contract.people import Tenant
from bot.db import inbox, outbox, slack_teams
from bot.db.database import Database
from bot.errors import ConfigError, Conflict, NotAllowed, Unavailable
from bot.slack import home_team
from bot.slack.gate import signing_secrets
from bot.slack.room import SlackRoom
from tests.bot.slack.conftest import KEY, Office, make_office
from tests.slackd import Slackd
from tests.slackd.world import World

LONG = 20
"""Times that Slack does not answer: longer than a start waits for it."""


def row(tenant: Tenant, team_id: str = "T2", token: str = "xoxb-T2") -> slack_teams.TeamRow:
    sealed = KEY.seal(token, row=slack_teams.token_row(tenant.id, team_id))
    return slack_teams.TeamRow(
        team_id=team_id,
        tenant_id=tenant.id,
        name="Globex",
        bot_token=sealed,
        bot_user_id="UBOT",
        bot_id="BBOT",
    )


async def test_installed_workspace_answers_for_its_own_tenant(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with Slackd(World("T2")) as slack:
        slack.world.add_person("UANN", "ann", "ann@acme.example")
        slack.world.add_channel("CNOC", "noc", "UANN")
        async with database.tenant(other_tenant.id) as session:
            await slack_teams.do_install(session, row(other_tenant))
        office = make_office(
            slack, database, tenant, slack_bot_token=None, slack_app_token=slack.world.app_token
        )
        await office.room.start()
        await slack.seat("UANN").say("CNOC", "<@UBOT> hello")
        await office.queue.idle()
        assert [q.tenant.slug for q in office.answers.asked] == ["globex"]
        assert len(slack.world.replies()) == 1
        assert slack.world.violations == []
        await slack.delivery.send(slack.seat("UANN").envelope({"type": "app_uninstalled"}))
        assert await office.room.teams.find("T2") is not None, (
            "news of an older installation: the token works"
        )
        slack.faults.plan("auth.test", "503")
        await slack.delivery.send(slack.seat("UANN").envelope({"type": "app_uninstalled"}))
        assert await office.room.teams.find("T2") is not None, "nobody knows"
        slack.faults.plan("auth.test", "error:token_revoked")
        await slack.delivery.send(slack.seat("UANN").envelope({"type": "app_uninstalled"}))
        assert await office.room.teams.find("T2") is None
        await office.room.stop()


async def test_another_tenants_workspace_cannot_be_taken(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.tenant(other_tenant.id) as session:
        await slack_teams.do_install(session, row(other_tenant))
    with pytest.raises(Conflict, match="another tenant"):
        async with database.tenant(tenant.id) as session:
            await slack_teams.do_install(session, row(tenant))
    async with database.tenant(tenant.id) as session:
        assert await slack_teams.get_team(session, "T2") is None
        assert not await slack_teams.do_remove(session, "T2")
    async with database.system() as session:
        found = await slack_teams.get_team(session, "T2")
    assert found is not None
    assert found.tenant_id == other_tenant.id


async def test_token_moved_to_another_row_does_not_open(office: Office, other_tenant: Tenant) -> None:
    stolen = row(other_tenant)
    async with office.database.tenant(office.tenant.id) as session:
        moved = slack_teams.TeamRow(**{**vars(stolen), "tenant_id": office.tenant.id, "team_id": "T3"})
        await slack_teams.do_install(session, moved)
    with pytest.raises(Exception, match="sealed secret"):
        await office.room.teams.find("T3")


async def test_other_tenants_see_and_move_nothing(office: Office, other_tenant: Tenant) -> None:
    new = inbox.Arrival(
        event_key="Ev1",
        message_key="T1:C1:1.1",
        lane="T1:C1:1.1",
        team_id="T1",
        said_at="1.1",
        payload={"text": "x"},
    )
    letter = outbox.Letter(lane="L", team_id="T1", channel="C1", payload={"text": "x"})
    lease, none = timedelta(seconds=30), timedelta(seconds=-1)
    async with office.database.tenant(office.tenant.id) as session:
        assert await inbox.do_receive(session, new)
        await outbox.do_put(session, [letter])
    async with office.database.tenant(office.tenant.id) as session:
        heard, sent = await inbox.do_take(session, new.lane, lease), await outbox.do_take(session, "L", lease)
    assert heard is not None
    assert sent is not None
    async with office.database.tenant(other_tenant.id) as session:
        assert not await inbox.do_renew(session, heard, lease)
        assert await inbox.do_finish(session, heard) is None
        assert await outbox.do_mark_sent(session, [(sent, "1.1")]) == [None]
        assert not await outbox.do_bury(session, sent, "x")
        assert await inbox.do_take(session, new.lane, lease) is None
        assert await outbox.do_take(session, "L", lease) is None
        assert await inbox.find_due_lanes(session) == await outbox.find_due_lanes(session) == []
        assert await inbox.do_forget(session, none) == await outbox.do_forget(session, none) == 0
        assert await inbox.do_receive(session, new), "the same ids elsewhere are no duplicate"
    async with office.database.system() as session:
        assert await inbox.find_due_lanes(session) == []
    async with office.database.tenant(office.tenant.id) as session:
        assert await inbox.do_receive(session, new) is None
        assert await inbox.do_finish(session, heard, error="x") is False
        assert [one.error for one in await inbox.find_dead(session)] == ["x"]
        assert await inbox.do_forget(session, none) == 1


@pytest.mark.refused("invalid_auth")
async def test_start_says_what_is_wrong_with_the_token(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    office = make_office(slack, database, tenant, slack_bot_token="xoxb-wrong")
    with pytest.raises(ConfigError, match=r"SLACK_BOT_TOKEN \(invalid_auth\)"):
        await office.room.start()


async def test_several_tenants_need_a_choice(
    slack: Slackd, database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    office = make_office(slack, database, tenant, slack_tenant="")
    with pytest.raises(ConfigError, match=r"SLACK_TENANT.*acme, globex"):
        await office.room.start()


async def test_slack_out_of_reach_at_start_is_asked_again(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    slack.faults.plan("auth.test", "500", times=LONG)
    office = make_office(slack, database, tenant)
    await office.room.start()
    with pytest.raises(Unavailable):
        await office.room.teams.find("T1")
    slack.faults.waiting.clear()
    await office.room.home_team.learn()
    assert await office.room.teams.find("T1") is not None
    await office.room.stop()


async def test_nothing_is_let_in_before_slack_tells_whose_the_token_is(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    slack.faults.plan("auth.test", "500", "reset_before", "503")
    office = make_office(slack, database, tenant)
    await office.room.start()
    assert await office.room.teams.find("T1") is not None
    await office.room.stop()


@pytest.mark.parametrize("trouble", ["500", "429", "reset_after"])
async def test_what_comes_before_slack_tells_whose_the_token_is_waits_for_it(
    slack: Slackd, database: Database, tenant: Tenant, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command is never sent twice: the person would be told that it failed."""
    monkeypatch.setattr(home_team, "BEFORE", 0.0)
    slack.faults.plan("auth.test", trouble)
    office = make_office(
        slack,
        database,
        tenant,
        slack_app_token=slack.world.app_token,
        sweep_every=timedelta(hours=1),
    )
    await office.room.start()
    assert await slack.seat("UANN").command("CNOC", "/backhaul hello"), slack.world.violations
    await office.queue.idle()
    assert len(office.answers.asked) == 1
    await office.room.stop()


async def test_the_pause_slack_wants_is_not_begun_anew_by_who_goes_on_waiting(
    slack: Slackd, database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_team, "BEFORE", 0.1)
    slack.faults.retry_after = 30
    slack.faults.plan("auth.test", "429")
    office = make_office(slack, database, tenant, sweep_every=timedelta(hours=1))
    began = time.monotonic()
    await office.room.start()
    assert began + 30 <= office.room.home_team.due <= time.monotonic() + 30
    await office.room.stop()


@pytest.mark.refused("invalid_auth")
async def test_token_refused_later_is_told_and_others_go_on(
    slack: Slackd, database: Database, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.faults.plan("auth.test", "500", times=LONG)
    office = make_office(slack, database, tenant, slack_bot_token="xoxb-wrong")
    await office.room.start()
    slack.faults.waiting.clear()
    await office.room.home_team.meet()
    said = capsys.readouterr()
    assert "token_refused" in said.out + said.err
    assert "invalid_auth" in said.out + said.err
    await office.room.sweep()
    await office.room.stop()


@pytest.mark.parametrize("words", ["new,old", " new , old ,", ",new,,old"])
def test_a_comma_too_many_makes_no_empty_secret(words: str) -> None:
    assert signing_secrets(words) == ["new", "old"]


@pytest.mark.parametrize("words", [",", " ", " , "])
def test_no_signing_secret_at_all_is_refused(words: str) -> None:
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET"):
        signing_secrets(words)


async def test_only_the_asked_for_ways_in_are_opened(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    office = make_office(
        slack, database, tenant, slack_app_token=slack.world.app_token, slack_signing_secret="x"
    )
    await office.room.start(receive=False)
    assert await office.room.health() == {"workspace": "T1", "sockets": None, "http": False}
    await office.room.stop()


async def test_unset_slack_starts_and_does_nothing(database: Database) -> None:
    async def never(*_: object) -> object:
        raise AssertionError

    room = SlackRoom(
        Config(slack_bot_token=None),
        database=database,
        cipher=KEY,
        counter=never,
        find_user=never,
        enqueue=never,
    )
    await room.start()
    await room.sweep()
    await room.stop()


@pytest.mark.parametrize(
    ("change", "seen", "said"),
    [
        ({}, "ann@acme.example", "You said"),
        ({"is_stranger": True}, "", "only for members"),
        ({"team_id": "TELSEWHERE"}, "", "only for members"),
        ({"is_restricted": True}, "", "only for members"),
        ({"is_ultra_restricted": True}, "", "only for members"),
        ({"is_email_confirmed": False}, None, "ask an admin for a code"),
    ],
)
async def test_only_own_members_are_known_and_by_a_confirmed_e_mail(
    office: Office, change: dict, seen: str | None, said: str
) -> None:
    """The admin of a connected foreign workspace could write any address into a profile."""
    slack = office.slack
    for name, value in change.items():
        setattr(slack.world.people["UANN"], name, value)
    team = await office.room.teams.find("T1")
    assert team is not None
    seat = slack.seat("UANN")
    await office.room.ingest.receive(team, seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[0])
    await office.queue.idle()
    assert office.links.seen == ([] if seen == "" else [("slack", "T1:UANN", seen)])
    assert len(office.answers.asked) == (said == "You said")
    everywhere = [*slack.world.replies("CNOC"), *slack.world.replies(slack.world.direct("UANN").id)]
    assert [said in one["text"] for one in everywhere].count(True) == 1


async def test_somebody_slack_does_not_show_is_no_member(office: Office) -> None:
    office.slack.faults.plan("users.info", "error:user_not_visible")
    team = await office.room.teams.find("T1")
    assert team is not None
    with pytest.raises(NotAllowed, match="only for members"):
        await office.room.members(office.tenant, "slack", "T1:UANN", "ann@acme.example")
    assert office.links.seen == []


async def test_deactivated_person_gets_no_answer(office: Office) -> None:
    office.slack.world.people["UANN"].deleted = True
    team = await office.room.teams.find("T1")
    assert team is not None
    seat = office.slack.seat("UANN")
    await office.room.ingest.receive(team, seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))[0])
    await office.queue.idle()
    assert (office.answers.asked, office.slack.world.replies()) == ([], [])
