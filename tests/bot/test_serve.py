"""The whole service as a person starts it: `backhaul run` processes between a Slack and a database."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.app import App
from bot.config import Config
from bot.core import grants
from bot.core.people import add_person
from bot.core.switch import found_tenant
from bot.db.database import Database
from bot.db.grants import NewGrant
from bot.db.policies import Policy, do_add_policy
from bot.errors import BadInput, Unavailable
from bot.jobs.scheduler import Scheduler
from bot.serve import check_roles, serve
from tests.databases import Urls
from tests.slackd import Slackd
from tests.vectors import seed_vectors

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd() as slackd:
        slackd.world.add_person("UANN", "ann", "ann@acme.example")
        slackd.world.add_person("UNEW", "newcomer", "new@acme.example")
        slackd.world.add_channel("CNOC", "noc", "UANN", "UNEW", slackd.world.bot_user)
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def acme(urls: Urls, tmp_path: Path) -> str:
    """A tenant with one support agent, and the plugins on its own tables."""
    from bot.db.tenants import do_create_tenant

    seed_vectors(tmp_path)
    config = Config(home=tmp_path, database_url=urls.runtime, database_owner_url=urls.owner)
    app = await App.open(config)
    try:
        async with app.database.system() as session:
            tenant = await do_create_tenant(
                session, slug="acme", name="Acme", timezone="Africa/Nairobi", currency="KES"
            )
        await found_tenant(app.around(tenant), with_plugins=["customers", "tickets", "local"])
        ann = await add_person(app.database, tenant, name="Ann Support", email="ann@acme.example", by="test")
        await grants.grant(
            app.database, tenant, NewGrant(user_id=ann.id, role="support", by="test"), giver=None
        )
    finally:
        await app.close()
    return tenant.id


@asynccontextmanager
async def running(
    urls: Urls, home: Path, slack: Slackd | None, *words: str, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BACKHAUL_", "SLACK_", "DATABASE_"))},
        "BACKHAUL_HOME": str(home),
        "BACKHAUL_PORT": "0",
        "BACKHAUL_LOG_FORMAT": "json",
        "DATABASE_URL": urls.runtime,
        **more,
    }
    if slack is not None:
        env |= {"SLACK_BOT_TOKEN": slack.world.bot_token, "SLACK_API_URL": slack.api_url}
    log = home / f"log-{'-'.join(words) or 'all'}.txt"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", *words, env=env, cwd=ROOT, stdout=out, stderr=out
        )
    try:
        await until(lambda: "service.running" in log.read_text() or process.returncode is not None, log)
        assert process.returncode is None, log.read_text()
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0, log.read_text()


async def until(true: Callable[[], bool], log: Path | None = None) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(log.read_text() if log else "waited in vain")


def port_of(home: Path, name: str = "all") -> int:
    found = re.search(r"http://127\.0\.0\.1:(\d+)", (home / f"log-{name}.txt").read_text())
    assert found
    return int(found[1])


async def asked(slack: Slackd, user: str, text: str, sockets: int = 0) -> list[dict]:
    if sockets:
        await until(lambda: slack.connections >= sockets)
    before = len(slack.world.replies("CNOC"))
    ts = await slack.seat(user).say("CNOC", f"<@{slack.world.bot_user}> {text}")
    await until(lambda: len(slack.world.replies("CNOC")) > before)
    await asyncio.sleep(0.5)  # a second, wrong reply would come now
    return [m for m in slack.world.replies("CNOC")[before:] if m["thread_ts"] == ts]


async def test_a_mention_over_socket_mode_gets_one_answer(
    slack: Slackd, urls: Urls, acme: str, tmp_path: Path
) -> None:
    async with running(urls, tmp_path, slack, SLACK_APP_TOKEN=slack.world.app_token):
        [reply] = await asked(slack, "UANN", "my queue", sockets=2)
        assert "queue" in str(reply).lower()
        [stranger] = await asked(slack, "UNEW", "my queue")
        assert "answered you in our direct conversation" in stranger["text"]
        alone = slack.world.direct("UNEW").id
        await until(lambda: slack.world.replies(alone))
        assert "link" in str(slack.world.replies(alone))
        assert "queue" not in str(slack.world.replies(alone)).lower()
    assert slack.world.violations == []


async def test_signed_http_with_the_parts_in_processes_of_their_own(
    slack: Slackd, urls: Urls, acme: str, tmp_path: Path
) -> None:
    secret = {"SLACK_SIGNING_SECRET": slack.world.signing_secret}
    async with (
        running(urls, tmp_path, slack, "--only", "web", **secret),
        running(urls, tmp_path, slack, "--only", "agent,worker", **secret),
        running(urls, tmp_path, slack, "--only", "scheduler", **secret),
    ):
        port = port_of(tmp_path, "--only-web")
        slack.delivery.request_url = f"http://127.0.0.1:{port}/slack/events"
        [reply] = await asked(slack, "UANN", "my queue")
        assert "queue" in str(reply).lower()
        async with aiohttp.ClientSession() as http:
            ready = await (await http.get(f"http://127.0.0.1:{port}/readyz")).json()
            assert ready["ready"], ready
            forged = await http.post(
                f"http://127.0.0.1:{port}/slack/events", data=b"{}", headers={"x-slack-signature": "v0=00"}
            )
            assert forged.status == 401
            metrics = await (await http.get(f"http://127.0.0.1:{port}/metrics")).text()
            assert "backhaul_" in metrics
    assert slack.world.violations == []


async def test_traces_name_the_action_and_nothing_of_what_was_said(
    slack: Slackd, urls: Urls, acme: str, tmp_path: Path
) -> None:
    sent: list[bytes] = []

    async def collect(request: web.Request) -> web.Response:
        sent.append(gzip.decompress(body) if (body := await request.read())[:2] == b"\x1f\x8b" else body)
        return web.Response(content_type="application/x-protobuf")

    collector = web.Application()
    collector.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(collector)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        env = {"SLACK_APP_TOKEN": slack.world.app_token, "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        async with running(urls, tmp_path, slack, **env):
            await asked(slack, "UANN", "customers find query=Quux", sockets=2)
    finally:
        await runner.cleanup()
    traces = b"".join(sent)
    assert b"customers_find" in traces
    assert b"Quux" not in traces


async def test_a_call_that_waits_is_reminded_of_in_its_thread(
    slack: Slackd, urls: Urls, acme: str, tmp_path: Path
) -> None:
    policy = Policy(action="tickets_create", needs=2, remind_after=timedelta(seconds=1))
    database = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=1)
    async with database.tenant(acme) as session:
        await do_add_policy(session, policy, by="test")
    await database.close()
    async with running(urls, tmp_path, slack, SLACK_APP_TOKEN=slack.world.app_token):
        await until(lambda: slack.connections >= 2)
        ts = await slack.seat("UANN").say(
            "CNOC", f'<@{slack.world.bot_user}> tickets create subject="no light"'
        )
        await until(lambda: len(slack.world.replies("CNOC")) >= 2)
    asked, reminded = slack.world.replies("CNOC")
    assert "eeds a yes from one other person" in asked["text"], (
        "as it was said, or as its card shows it by now"
    )
    assert "still waits for a yes from one other person" in reminded["text"]
    assert asked["thread_ts"] == reminded["thread_ts"] == ts
    assert slack.world.violations == []


async def test_without_slack_the_rest_is_served(urls: Urls, acme: str, tmp_path: Path) -> None:
    async with running(urls, tmp_path, None), aiohttp.ClientSession() as http:
        answer = await http.get(f"http://127.0.0.1:{port_of(tmp_path)}/healthz")
        assert await answer.text() == "ok"


@pytest.mark.parametrize("raises", [True, False])
async def test_a_part_that_ends_by_itself_ends_the_service_in_failure(
    urls: Urls, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, raises: bool
) -> None:
    """Whoever supervises the process starts it anew only when it did not end well."""

    async def ends(_scheduler: Scheduler) -> None:
        if raises:
            raise RuntimeError("broken")

    monkeypatch.setattr(Scheduler, "run", ends)
    app = await App.open(Config(home=tmp_path, database_url=urls.runtime, database_owner_url=urls.owner))
    try:
        with pytest.raises(Unavailable, match="scheduler ended by itself"):
            await serve(app, ["scheduler"], lambda _step: None)
    finally:
        await app.close()


def test_where_there_is_no_slack_its_libraries_stay_out() -> None:
    looked = "import sys, bot.serve; sys.exit(any(m in sys.modules for m in ('slack_bolt', 'slack_sdk', 'aiohttp')))"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0


def test_parts_that_do_not_exist() -> None:
    assert check_roles([]) == ("web", "slack", "agent", "worker", "scheduler")
    with pytest.raises(BadInput, match="“kitchen” is no part"):
        check_roles(["web", "kitchen"])


async def test_a_process_killed_at_work_leaves_the_question_to_the_next(
    slack: Slackd, urls: Urls, acme: str, tmp_path: Path
) -> None:
    token = {"SLACK_APP_TOKEN": slack.world.app_token}
    awaited: Awaitable[str]
    async with running(urls, tmp_path, slack, "--only", "slack", **token) as front:
        await until(lambda: slack.connections >= 2)
        awaited = slack.seat("UANN").say("CNOC", f"<@{slack.world.bot_user}> my queue")
        await awaited
        front.kill()
        await front.wait()
    assert slack.world.replies("CNOC") == []
    async with running(urls, tmp_path, slack, "--only", "agent", **token):
        await until(lambda: len(slack.world.replies("CNOC")) == 1)
    assert slack.world.violations == []
