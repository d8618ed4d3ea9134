"""A slack-bolt app with what Backhaul promises of each message, written plainly: the equal of it in guarantees.

As `durable_bolt_peer.py` (each event and each answer in PostgreSQL before the ack and before the post; kill -9 loses
and doubles nothing), and besides, as a service for many workspaces needs it:

- any number of processes share the work: who works has a lease and a fence, keeps it alive, and what a dead one
  left is taken up by whoever looks next (each second), not at the next start;
- one message of a thread after the other, and one answer, whichever process has them;
- row-level security: each transaction says whose rows it may see, and the tables forget nothing else;
- turns of one post a second for each channel with a burst of three, and Slack's pauses, kept for all processes.

It has none of Backhaul's surfaces: no forms, approvals, Home tabs, streams, files, settings, audit or refused blocks.
Socket Mode, or HTTP when PEER_PORT is set.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

TABLES = """
create table shared_accounts (
    tenant text not null, team text not null, account text not null, role text not null, is_active bool not null,
    primary key (tenant, team, account));
create table shared_events (
    tenant text not null, id text not null, message text not null, team text not null, account text not null,
    channel text not null, thread text not null, lane text not null, said text not null, seq bigserial,
    state text not null default 'waiting', fence int not null default 0, lease_until timestamptz,
    primary key (tenant, id), unique (tenant, message));
create index on shared_events (tenant, lane, seq) where state <> 'done';
create table shared_answers (
    tenant text not null, id uuid not null, event text not null, channel text not null, thread text not null,
    lane text not null, said text not null, seq bigserial, state text not null default 'waiting',
    fence int not null default 0, lease_until timestamptz, not_before timestamptz not null default now(), ts text,
    primary key (tenant, id), unique (tenant, event));
create index on shared_answers (tenant, lane, seq) where state <> 'sent';
create table shared_paces (
    tenant text not null, what text not null, free_at timestamptz not null, primary key (tenant, what));
"""
GUARD = """
alter table {table} enable row level security;
create policy own on {table} using (tenant = current_setting('peer.tenant', true))
    with check (tenant = current_setting('peer.tenant', true));
grant select, insert, update, delete on {table} to {role};
"""
LEASE, EACH, PAUSE = 30.0, 1.0, 1.0
KEEP = """
insert into shared_events (tenant, id, message, team, account, channel, thread, lane, said)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id
"""
LOCK = "select pg_advisory_xact_lock(hashtextextended($1, 1))"
FREE = "state = 'waiting' or lease_until <= now()"
TAKE_EVENT = f"""
with head as (select * from shared_events where tenant = $1 and lane = $2 and state <> 'done' order by seq limit 1)
update shared_events e set state = 'working', fence = e.fence + 1, lease_until = now() + interval '{LEASE} s'
from head where e.tenant = head.tenant and e.id = head.id and (head.{FREE.replace("or ", "or head.")})
returning e.id, e.team, e.account, e.channel, e.thread, e.lane, e.said, e.fence
"""
FIND_ROLE = "select role from shared_accounts where tenant = $1 and team = $2 and account = $3 and is_active"
END = """
with ended as (
    update shared_events set state = 'done', lease_until = null
    where tenant = $1 and id = $2 and fence = $3 and state = 'working' returning tenant, id, channel, thread, lane)
insert into shared_answers (tenant, id, event, channel, thread, lane, said)
select tenant, $4, id, channel, thread, lane, $5 from ended returning id
"""
TAKE_ANSWER = f"""
with head as (select * from shared_answers where tenant = $1 and lane = $2 and state <> 'sent' order by seq limit 1)
update shared_answers a set state = 'sending', fence = a.fence + 1, lease_until = now() + interval '{LEASE} s'
from head where a.tenant = head.tenant and a.id = head.id and head.not_before <= now()
    and (head.{FREE.replace("or ", "or head.")})
returning a.id::text as id, a.channel, a.thread, a.lane, a.said, a.fence, head.state <> 'waiting' as is_unsure
"""
TURN = """
insert into shared_paces as p (tenant, what, free_at) values ($1, $2, now() + interval '1 s')
on conflict (tenant, what) do update set free_at = greatest(p.free_at, now()) + interval '1 s'
where p.free_at <= now() + interval '2 s' returning true
"""
FROZEN = "select free_at - now() from shared_paces where tenant = $1 and what = 'chat.postMessage' and free_at > now()"
FREEZE = """
insert into shared_paces as p (tenant, what, free_at)
values ($1, 'chat.postMessage', now() + make_interval(secs => $2))
on conflict (tenant, what) do update set free_at = greatest(p.free_at, excluded.free_at)
"""
MARK = """
update shared_answers set state = 'sent', ts = $4, lease_until = null
where tenant = $1 and id = $2 and fence = $3 and state = 'sending' returning lane
"""
LATER = """
update shared_answers set state = $4, not_before = now() + make_interval(secs => $5), lease_until = null
where tenant = $1 and id = $2 and fence = $3 and state = 'sending'
"""
RENEW = f"""
update {{table}} set lease_until = now() + interval '{LEASE} s' where tenant = $1 and id = $2 and fence = $3
"""
DUE_EVENTS = f"select distinct lane from shared_events where tenant = $1 and state <> 'done' and ({FREE})"
DUE_ANSWERS = (
    f"select distinct lane from shared_answers where tenant = $1 and state <> 'sent' and ({FREE})"
    " and not_before <= now()"
)
STRANGER = "I do not know you."


async def prepare(url: str, role: str, team: str, people: Iterable[str]) -> None:
    """Make the tables, guard them, and give each of these people an account."""
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    for table in ("shared_accounts", "shared_events", "shared_answers", "shared_paces"):
        await connection.execute(GUARD.format(table=table, role=role))
    await connection.execute(f"grant usage on all sequences in schema public to {role}")
    rows = [(team, team, one, "operator", True) for one in people]
    await connection.executemany("insert into shared_accounts values ($1, $2, $3, $4, $5)", rows)
    await connection.close()


class Peer:
    """Keeps, answers and posts, beside others of its kind."""

    def __init__(self, pool: asyncpg.Pool, client: AsyncWebClient, tenant: str) -> None:
        self._pool, self._client, self._tenant = pool, client, tenant
        self._drains: dict[tuple[str, str], bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def _own(self) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('peer.tenant', $1, true)", self._tenant)
            yield connection

    async def sweep(self) -> None:
        """Take up what others left, for ever."""
        while True:
            with suppress(OSError, asyncpg.PostgresError):
                async with self._own() as connection:
                    events = await connection.fetch(DUE_EVENTS, self._tenant)
                    answers = await connection.fetch(DUE_ANSWERS, self._tenant)
                for row in events:
                    self._drain("events", row["lane"])
                for row in answers:
                    self._drain("answers", row["lane"])
            await asyncio.sleep(EACH)

    async def keep(self, body: dict[str, Any], next: Any) -> BoltResponse:  # noqa: A002 - Bolt's name
        """Keep what somebody says, before the ack; raising here makes Slack send it again."""
        event = body.get("event") or {}
        if event.get("type") not in {"message", "app_mention"} or event.get("subtype") or event.get("bot_id"):
            return BoltResponse(status=200)
        channel, ts = str(event["channel"]), str(event["ts"])
        thread = str(event.get("thread_ts") or ts)
        lane = f"{channel}:{thread}"
        told = (
            *(self._tenant, str(body["event_id"]), f"{channel}:{ts}", str(body["team_id"])),
            *(str(event["user"]), channel, thread, lane, str(event.get("text", ""))),
        )
        async with self._own() as connection:
            kept = await connection.fetchval(KEEP, *told)
        if kept is not None:
            self._drain("events", lane)
        return BoltResponse(status=200)

    def _drain(self, what: str, lane: str) -> None:
        """Work a lane in a task of its own; one that is at it already looks once more."""
        if (what, lane) in self._drains:
            self._drains[what, lane] = True
            return
        self._drains[what, lane] = False
        task = asyncio.create_task(self._drained(what, lane))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            print(f"left for the next look: {error!r}", file=sys.stderr)

    async def _drained(self, what: str, lane: str) -> None:
        work = self._work if what == "events" else self._send
        try:
            while await work(lane) or self._drains[what, lane]:
                self._drains[what, lane] = False
        finally:
            del self._drains[what, lane]

    @asynccontextmanager
    async def _held(self, table: str, row: Any) -> AsyncIterator[None]:
        """Keep the lease while it is worked on."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE / 3)
                async with self._own() as connection:
                    await connection.execute(RENEW.format(table=table), self._tenant, row["id"], row["fence"])

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()

    async def _work(self, lane: str) -> bool:
        async with self._own() as connection:
            await connection.execute(LOCK, lane)
            event = await connection.fetchrow(TAKE_EVENT, self._tenant, lane)
        if event is None:
            return False
        async with self._held("shared_events", event):
            async with self._own() as connection:
                role = await connection.fetchval(FIND_ROLE, self._tenant, event["team"], event["account"])
            said = f"You said: {event['said'].removeprefix('echo ')}" if role else STRANGER
            async with self._own() as connection:
                await connection.execute(LOCK, lane)
                await connection.fetchval(END, self._tenant, event["id"], event["fence"], uuid4(), said)
        self._drain("answers", lane)
        return True

    async def _send(self, lane: str) -> bool:
        async with self._own() as connection:
            await connection.execute(LOCK, f"{lane}:out")
            answer = await connection.fetchrow(TAKE_ANSWER, self._tenant, lane)
            if answer is None:
                return False
            wait = await connection.fetchval(FROZEN, self._tenant)
            has_turn = wait is None and await connection.fetchval(TURN, self._tenant, answer["channel"])
            if not has_turn:
                state = "unsure" if answer["is_unsure"] else "waiting"
                seconds = wait.total_seconds() if wait else 1.0
                await connection.execute(LATER, self._tenant, answer["id"], answer["fence"], state, seconds)
                return False
        async with self._held("shared_answers", answer):
            ts, pause = await self._posted(answer)
        async with self._own() as connection:
            known = (self._tenant, answer["id"], answer["fence"])
            if ts is not None:
                await connection.fetchval(MARK, *known, ts)
                return True
            if pause:
                await connection.execute(FREEZE, self._tenant, pause)
            await connection.execute(LATER, *known, "waiting" if pause else "unsure", pause or PAUSE)
        return False

    async def _posted(self, answer: Any) -> tuple[str | None, float]:
        """Return the ts, or for how long Slack wants a pause; neither where it is not known."""
        try:
            if answer["is_unsure"] and (ts := await self._found(answer)) is not None:
                return ts, 0.0
            posted = await self._client.chat_postMessage(
                channel=answer["channel"],
                thread_ts=answer["thread"],
                text=answer["said"],
                metadata={"event_type": "peer_answer", "event_payload": {"answer": answer["id"]}},
            )
            return str(posted["ts"]), 0.0
        except SlackApiError as error:
            status = error.response.status_code
            if status == web.HTTPTooManyRequests.status_code:
                return None, float(error.response.headers.get("Retry-After", "1"))
            if status < web.HTTPInternalServerError.status_code:
                return f"refused: {error.response['error']}", 0.0
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass
        return None, 0.0

    async def _found(self, answer: Any) -> str | None:
        cursor = ""
        while True:
            page = await self._client.conversations_replies(
                channel=answer["channel"],
                ts=answer["thread"],
                cursor=cursor or None,
                include_all_metadata=True,
                limit=200,
            )
            for one in page["messages"]:
                if ((one.get("metadata") or {}).get("event_payload") or {}).get("answer") == answer["id"]:
                    return str(one["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None


async def main() -> None:
    """Serve until killed."""
    async with (
        asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=4, max_size=20) as pool,
        aiohttp.ClientSession() as session,
    ):
        token, url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
        client = AsyncWebClient(token=token, base_url=url, session=session)
        team = (await client.auth_test())["team_id"]
        peer = Peer(pool, client, str(team))
        sweeping = asyncio.create_task(peer.sweep())
        app = AsyncApp(
            client=AsyncWebClient(token=token, base_url=url),
            signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        )
        app.use(peer.keep)
        if port := os.environ.get("PEER_PORT"):
            runner = web.AppRunner(app.web_app("/slack/events"))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", int(port)).start()
            await sweeping
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
