"""A slack-bolt app that loses nothing, as an engineer who knows the trade writes it in an afternoon.

What it does, in PostgreSQL by asyncpg: the event is kept (once, whichever of `message` and `app_mention` tells of
it) and committed before Slack hears that we have it; who asks is looked up in a table of accounts and roles, by
workspace; one message of a thread is worked after the other; the answer is kept in the statement that ends the
work, posted with its id as message metadata, and marked as sent. After kill -9 the next start works what is
unfinished, and finds in the channel's history what was perhaps posted before it posts it.

What it does not do, and Backhaul does: share the work with other processes (what it lets lie waits for its next
start), row-level security, forms, approvals, Home tabs, streaming, settings, leases, limits of pace per channel
(it waits where Slack says so), long or refused answers, several workspaces' tokens, files, follow-ups.
Socket Mode, or HTTP when PEER_PORT is set.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

TABLES = """
create table if not exists peer_accounts (
    team text, account text, role text not null, is_active bool not null, primary key (team, account));
create table if not exists peer_events (
    id text primary key, message text unique, team text not null, account text not null,
    channel text not null, thread text not null, ts text not null, said text not null,
    is_done bool not null default false);
create index if not exists peer_events_open on peer_events (ts) where not is_done;
create table if not exists peer_answers (
    id uuid primary key, event text not null unique, channel text not null, thread text not null,
    said text not null, ts text, made_at timestamptz not null default now());
create index if not exists peer_answers_open on peer_answers (made_at) where ts is null;
"""
KEEP = """
insert into peer_events (id, message, team, account, channel, thread, ts, said)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id
"""
FIND_ROLE = "select role from peer_accounts where team = $1 and account = $2 and is_active"
END = """
with ended as (update peer_events set is_done = true where id = $2 and not is_done returning id, channel, thread)
insert into peer_answers (id, event, channel, thread, said) select $1, id, channel, thread, $3 from ended
returning id
"""
SENT = "update peer_answers set ts = $2 where id = $1"
UNFINISHED = "select * from peer_events where not is_done order by ts"
UNSENT = "select id::text as id, channel, thread, said from peer_answers where ts is null order by made_at"
PAUSE = 1.0
STRANGER = "I do not know you."

Work = Callable[[], Awaitable[None]]


async def prepare(url: str, team: str, people: Iterable[str]) -> None:
    """Make the tables, and an account for each of these people."""
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    rows = [(team, one, "operator", True) for one in people]
    await connection.executemany("insert into peer_accounts values ($1, $2, $3, $4)", rows)
    await connection.close()


class Lanes:
    """One piece of work of a thread after the other, many threads at once."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}

    def add(self, lane: str, work: Work) -> None:
        """Do it when what was added to this lane before is done."""
        task = asyncio.create_task(self._after(self._last.get(lane), work))
        self._last[lane] = task
        task.add_done_callback(lambda done: self._forget(lane, done))

    async def _after(self, before: asyncio.Task[None] | None, work: Work) -> None:
        if before is not None:
            await asyncio.wait([before])
        await work()

    def _forget(self, lane: str, task: asyncio.Task[None]) -> None:
        if self._last.get(lane) is task:
            del self._last[lane]
        if not task.cancelled() and (error := task.exception()):
            print(f"left for the next start: {error!r}", file=sys.stderr)  # the row is still open


class Peer:
    """Keeps, answers and posts."""

    def __init__(self, pool: asyncpg.Pool, client: AsyncWebClient) -> None:
        self._pool, self._client, self._lanes = pool, client, Lanes()

    async def take_up(self) -> None:
        """Go on with what the last run left."""
        for row in await self._pool.fetch(UNSENT):
            answer = dict(row)
            self._add(answer, lambda answer=answer: self._post(**answer, is_unsure=True))
        for row in await self._pool.fetch(UNFINISHED):
            event = dict(row)
            self._add(event, lambda event=event: self._work(event))

    async def keep(self, body: dict[str, Any], next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:  # noqa: A002 - Bolt's name
        """Keep what somebody says, before the ack; raising here makes Slack send it again."""
        event = body.get("event") or {}
        if event.get("type") not in {"message", "app_mention"} or event.get("subtype") or event.get("bot_id"):
            return BoltResponse(status=200)
        said = {
            "id": str(body["event_id"]),
            "message": f"{body['team_id']}:{event['channel']}:{event['ts']}",
            "team": str(body["team_id"]),
            "account": str(event["user"]),
            "channel": str(event["channel"]),
            "thread": str(event.get("thread_ts") or event["ts"]),
            "ts": str(event["ts"]),
            "said": str(event.get("text", "")),
        }
        if await self._pool.fetchval(KEEP, *said.values()) is not None:
            self._add(said, lambda: self._work(said))
        return BoltResponse(status=200)

    def _add(self, told: dict[str, Any], work: Work) -> None:
        self._lanes.add(f"{told['channel']}:{told['thread']}", work)

    async def _work(self, event: dict[str, Any]) -> None:
        role = await self._pool.fetchval(FIND_ROLE, event["team"], event["account"])
        answer, said = str(uuid4()), _answer(event["said"]) if role else STRANGER
        if await self._pool.fetchval(END, answer, event["id"], said) is not None:
            await self._post(answer, event["channel"], event["thread"], said)

    async def _post(self, id: str, channel: str, thread: str, said: str, *, is_unsure: bool = False) -> None:  # noqa: A002 - the column's name
        ts = await self._found(id, channel, thread) if is_unsure else None
        while ts is None:
            try:
                posted = await self._client.chat_postMessage(
                    channel=channel,
                    thread_ts=thread,
                    text=said,
                    metadata={"event_type": "peer_answer", "event_payload": {"answer": id}},
                )
                ts = str(posted["ts"])
            except SlackApiError as error:
                if error.response.status_code < 500:
                    ts = f"refused: {error.response['error']}"
                    break
                ts = await self._after_doubt(id, channel, thread)
            except (TimeoutError, aiohttp.ClientError, OSError):
                ts = await self._after_doubt(id, channel, thread)
        await self._pool.execute(SENT, id, ts)

    async def _after_doubt(self, answer: str, channel: str, thread: str) -> str | None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                return await self._found(answer, channel, thread)
            except (SlackApiError, TimeoutError, aiohttp.ClientError, OSError):
                continue

    async def _found(self, answer: str, channel: str, thread: str) -> str | None:
        """Return the ts under which Slack has it."""
        cursor = ""
        while True:
            page = await self._client.conversations_replies(
                channel=channel, ts=thread, cursor=cursor or None, include_all_metadata=True, limit=200
            )
            for one in page["messages"]:
                if ((one.get("metadata") or {}).get("event_payload") or {}).get("answer") == answer:
                    return str(one["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None


def _answer(said: str) -> str:
    return f"You said: {said.removeprefix('echo ')}"


async def main() -> None:
    """Serve until killed."""
    async with (
        asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=4, max_size=10) as pool,
        aiohttp.ClientSession() as session,
    ):
        token, url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
        retries = [AsyncRateLimitErrorRetryHandler(max_retry_count=10)]
        client = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=retries)
        peer = Peer(pool, client)
        await peer.take_up()
        app = AsyncApp(
            client=AsyncWebClient(token=token, base_url=url),
            signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        )
        app.use(peer.keep)
        if port := os.environ.get("PEER_PORT"):
            runner = web.AppRunner(app.web_app("/slack/events"))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", int(port)).start()
            await asyncio.Event().wait()
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
