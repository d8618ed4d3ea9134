"""Every kind of letter goes out once, in its way; what its way does not take is said in another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.db import outbox
from bot.db.database import Database
from bot.db.letters import Kind, Letter
from bot.slack.at_once import as_job
from bot.slack.calls import Calls
from bot.slack.places import Places
from bot.slack.remedies import GONE_HOW
from bot.slack.routes import Routes
from bot.slack.sealed import Seals
from bot.slack.sender import Sender
from bot.slack.teams import Team, Teams
from tests.bot.slack.conftest import KEY
from tests.slackd import Slackd
from tests.slackd.jobs import MemoryQueue

LANE = "T1:CNOC:"
ROWS = [[{"type": "raw_text", "text": f"{row}.{cell}"} for cell in range(2)] for row in range(151)]
TABLE = {"type": "data_table", "caption": "Customers", "rows": ROWS}
POINTS = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 4}]
CHART = {
    "type": "data_visualization",
    "title": "Tickets",
    "chart": {
        "type": "bar",
        "series": [{"name": "open", "data": POINTS}],
        "axis_config": {"categories": ["Mon", "Tue"]},
    },
}


@dataclass
class Post:
    """A sender at work, without anybody who answers."""

    slack: Slackd
    queue: MemoryQueue
    database: Database
    tenant: Tenant
    notices: list[dict[str, Any]]

    async def put(self, kind: Kind = Kind.POST, *, channel: str = "CNOC", **more: Any) -> str:
        """Keep one letter and let it go out; return its id."""
        more.setdefault("payload", {"text": "hello"})
        letter = Letter(lane=LANE, team_id="T1", channel=channel, kind=kind, **more)
        async with self.database.tenant(self.tenant.id) as session:
            [put] = await outbox.do_put(session, [letter])
            await self.queue.enqueue(session, "slack_send", {"lane": LANE}, tenant=self.tenant.id)
        await self.queue.idle()
        return put

    async def dead(self) -> list[str]:
        async with self.database.tenant(self.tenant.id) as session:
            return [one.error for one in await outbox.find_dead(session)]

    @property
    def said(self) -> list[dict[str, Any]]:
        return self.slack.world.replies("CNOC")

    @property
    def direct(self) -> list[str]:
        return [one["text"] for one in self.slack.world.replies(self.slack.world.direct("UANN").id)]

    def url(self, ts: str | None = None) -> str:
        team = self.slack.world.workspaces["T1"]
        channel = team.channels["CNOC"]
        return self.slack.responses.issue(team, channel, "UANN", "A1", ts=ts)


@pytest.fixture
async def post(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Post]:
    calls, teams, queue = Calls(slack.api_url), Teams(database, KEY), MemoryQueue()
    sender = Sender(
        database=database,
        teams=teams,
        calls=calls,
        enqueue=queue.enqueue,
        seals=Seals(KEY),
        came=Places(database, calls, Routes({})).came,
        first_retry=timedelta(milliseconds=20),
    )
    notices: list[dict[str, Any]] = []

    async def notice(_tenant: str, payload: dict[str, Any]) -> None:
        notices.append(payload)

    queue.handlers = {"slack_send": as_job(sender.drain), "call_notice": notice}
    token = slack.world.bot_token
    teams.welcome_home(Team(team_id="T1", tenant_id=tenant.id, bot_user_id="UBOT", bot_id="B1", token=token))
    slack.world.scopes.update({"files:read", "files:write", "reactions:write"})
    await calls.open()
    yield Post(slack, queue, database, tenant, notices)
    await queue.stop()
    await calls.close()
    assert queue.errors == []
    assert slack.violations == []


@pytest.mark.parametrize("fault", ["", "reset_before", "reset_after", "429"])
async def test_a_message_is_changed_whatever_happens_to_the_call(post: Post, fault: str) -> None:
    first = await post.put(payload={"text": "asked", "blocks": [{"type": "divider"}]})
    if fault:
        post.slack.faults.plan("chat.update", fault)
    await post.put(Kind.UPDATE, of_letter=first, payload={"text": "approved"})
    [message] = post.said
    assert message["text"] == "approved"
    assert [each["type"] for each in message["blocks"]] == ["rich_text"], "its buttons are gone"


async def test_of_several_changes_only_the_last_is_made(post: Post) -> None:
    first, other = await post.put(), await post.put()
    post.queue.lose = True
    for words in ("one", "two", "three"):
        await post.put(Kind.UPDATE, of_letter=first, payload={"text": words})
    await post.put(Kind.UPDATE, of_letter=other, payload={"text": "the other"})
    post.queue.lose = False
    await post.put(payload={"text": "next"})
    assert [one["text"] for one in post.said] == ["three", "the other", "next"]
    assert post.slack.count("chat.update") == 2


async def test_what_only_one_reads_is_repeated_once_at_most_and_then_said_directly(post: Post) -> None:
    post.slack.faults.plan("chat.postEphemeral", "reset_after", "reset_after")
    await post.put(Kind.EPHEMERAL, user="UANN")
    assert post.slack.count("chat.postEphemeral") == 2
    assert post.direct == ["You may have seen this already:\nhello"]
    assert post.said == []


async def test_who_is_not_in_the_channel_gets_it_directly(post: Post) -> None:
    post.slack.admin().kick("CNOC", "UANN")
    with post.slack.expect("user_not_in_channel"):
        await post.put(Kind.EPHEMERAL, user="UANN")
    assert post.direct == [f"{GONE_HOW['user_not_in_channel']}\nhello"]
    assert await post.dead() == []


async def test_a_channel_that_is_gone_and_nobody_to_tell_is_a_dead_letter(post: Post) -> None:
    post.slack.admin().archive("CNOC")
    with post.slack.expect("is_archived"):
        await post.put(user="UANN")
    with post.slack.expect("is_archived"):
        await post.put()
    assert post.direct == [f"{GONE_HOW['is_archived']}\nhello"]
    assert await post.dead() == ["chat.postMessage: is_archived"]


async def test_an_interaction_is_answered_at_its_address(post: Post) -> None:
    shown = await post.put()
    ts = post.said[0]["ts"]
    await post.put(Kind.RESPOND, target=post.url(), user="UANN", payload={"text": "for you"})
    await post.put(Kind.RESPOND, target=post.url(ts), user="UANN", payload={"text": "new", "replace": True})
    assert [one["text"] for one in post.said] == ["new"]
    assert post.slack.seat("UANN").sees("CNOC")[-1]["text"] == "for you"
    assert shown
    late = {"text": "late", "until": 1.0}
    await post.put(Kind.RESPOND, target=post.url(), user="UANN", payload=late)
    assert post.direct == ["late"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://hooks.slack.com.evil.example/x", "x"])
async def test_no_address_but_slacks_is_called(post: Post, url: str) -> None:
    await post.put(Kind.RESPOND, target=url)
    assert await post.dead() == ["response_url: not an address of Slack's"]


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", "reset_after"),
        ("files.completeUploadExternal", "reset_after"),
        ("files.completeUploadExternal", "500"),
        ("files.completeUploadExternal", "429"),
    ],
)
async def test_a_file_is_shown_once(post: Post, method: str, fault: str) -> None:
    root = await post.put()
    assert root
    post.slack.faults.plan(method, fault)
    thread = post.said[0]["ts"]
    payload = {"name": "customers.csv", "text": "All 3 customers", "alt": ""}
    if fault == "500":  # Slack cannot tell of a file that is not shown yet
        with post.slack.expect("file_not_found"):
            await post.put(Kind.UPLOAD, thread_ts=thread, payload=payload, content=b"a,b\n1,2\n")
    else:
        await post.put(Kind.UPLOAD, thread_ts=thread, payload=payload, content=b"a,b\n1,2\n")
    shown = [file for one in post.said for file in one.get("files", ())]
    assert [one["name"] for one in shown] == ["customers.csv"]
    assert post.slack.world.workspaces["T1"].files[shown[0]["id"]].data == b"a,b\n1,2\n"
    assert post.said[-1]["thread_ts"] == thread


async def test_without_the_scope_it_is_said_how_to_get_it(post: Post) -> None:
    post.slack.admin().withdraw("files:write")
    instead = {"text": "customers.csv: add the scope"}
    with post.slack.expect("missing_scope"):
        await post.put(Kind.UPLOAD, payload={"name": "c.csv", "instead": instead}, content=b"x")
    assert [one["text"] for one in post.said] == ["customers.csv: add the scope"]


async def test_a_reaction_is_put_once_and_taken_away(post: Post) -> None:
    await post.put()
    ts = post.said[0]["ts"]
    post.slack.faults.plan("reactions.add", "reset_before")
    await post.put(Kind.REACTION, target=ts, payload={"name": "eyes"})
    assert [one["name"] for one in post.said[0]["reactions"]] == ["eyes"]
    await post.put(Kind.REACTION, target=ts, payload={"name": "eyes", "remove": True})
    assert not post.said[0].get("reactions")


def kinds(message: dict[str, Any]) -> list[str]:
    return [each["type"] for each in message["blocks"]]


async def test_a_table_that_is_not_taken_becomes_an_older_one_and_text_at_the_cost_of_one_call(
    post: Post,
) -> None:
    post.slack.faults.plan("chat.postMessage", "error:invalid_blocks")
    await post.put(payload={"text": "t", "blocks": [TABLE]})
    await post.put(payload={"text": "t", "blocks": [TABLE]})
    assert post.slack.count("chat.postMessage") == 3, "refused once, and never asked again"
    for message in post.said:
        assert kinds(message) == ["section", "table", "rich_text"]
        assert all(f"{row}.1" in str(message["blocks"]) for row in range(151))


async def test_what_is_wrong_in_one_table_is_never_sent_again_and_other_tables_are(post: Post) -> None:
    post.slack.faults.plan("chat.postMessage", "error:invalid_blocks [json-pointer:/blocks/0/rows/3/0/text]")
    await post.put(payload={"text": "t", "blocks": [TABLE]})
    await post.put(payload={"text": "t", "blocks": [TABLE]})
    assert post.slack.count("chat.postMessage") == 3
    assert [kinds(message) for message in post.said] == [["section", "table", "rich_text"], ["data_table"]]


async def test_a_chart_that_is_not_taken_becomes_a_picture(post: Post) -> None:
    post.slack.faults.plan("chat.postMessage", "error:invalid_blocks")
    payload = {"text": "t", "blocks": [{"type": "divider"}, CHART], "alts": {"Tickets": "4 on Tuesday"}}
    await post.put(payload=payload)
    words, picture = post.said
    assert kinds(words) == ["divider"]
    assert picture["files"][0]["alt_txt"] == "4 on Tuesday"
    assert picture["files"][0]["mimetype"] == "image/png"


async def test_the_news_of_a_card_are_asked_for_when_it_stands(post: Post) -> None:
    await post.put(payload={"text": "asked", "card": "c-1"})
    assert post.notices == [{"call": "c-1", "event": "card"}]
