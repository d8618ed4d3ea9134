"""Slack, side by side: Backhaul, two slack-bolt apps, errbot and slack-machine before the same emulated Slack.

Run: `python -m tests.bench.bench_side_by_side [DIR]`. Each bot is a process of its own that answers `echo WORD`,
said by many people in their direct conversations. errbot and slack-machine are looked for in DIR/errbot and
DIR/slack-machine (default: peers in the temp folder) and left out when they are not there; it says how to install.
ONLY=backhaul,durable runs those whose names have such a word, LATENCY=0 at this many milliseconds.

Equal in what they promise of a message are Backhaul and "shared bolt": it is in PostgreSQL before it is acknowledged
and its answer before that is posted, who asks is looked up there, kill -9 at any step loses and doubles nothing,
many processes share the work, rows are guarded by tenant, and Slack's pace is kept between all
(`peers/shared_bolt_peer.py`). "durable bolt" promises less: one process, one tenant, no pace
(`peers/durable_bolt_peer.py`). All three have the same server, the tests' own, which waits for no disk. The others
keep everything in memory and lose it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.core.links import do_link
from bot.db import users
from bot.db.database import Database
from bot.db.grants import NewGrant, do_grant
from bot.db.roles import do_add_role
from bot.db.tenants import do_create_tenant
from tests.bench.peers import durable_bolt_peer, shared_bolt_peer
from tests.databases import TestServer, Urls
from tests.slackd import Slackd

HERE = Path(__file__).parent / "peers"
ROOT = Path(__file__).parents[2]
PEOPLE, ONE_BY_ONE, TOGETHER, AT_ONCE = 200, 100, 600, 64
FIRST, PATIENCE = 30.0, 60.0
WIDE = {"team:read", "im:read", "mpim:history", "groups:history", "groups:read", "channels:read", "mpim:read"}
"""What other bots ask for beyond what ours does."""
PLACES = {"errbot": "errbot errbot-backend-slackv3", "slack-machine": "slack-machine"}


@dataclass(frozen=True)
class Bot:
    """A program and the way Slack reaches it."""

    name: str
    way: str
    program: Sequence[str]


def bots(peers: Path) -> list[Bot]:
    """Return those that are installed, ours first."""
    own = (sys.executable, "-m")
    durable = (sys.executable, str(HERE / "durable_bolt_peer.py"))
    shared = (sys.executable, str(HERE / "shared_bolt_peer.py"))
    found = [
        Bot("backhaul", "socket", (*own, "tests.bench.peers.backhaul_peer")),
        Bot("backhaul", "http", (*own, "tests.bench.peers.backhaul_peer")),
        Bot("durable bolt", "socket", durable),
        Bot("durable bolt", "http", durable),
        Bot("shared bolt", "socket", shared),
        Bot("shared bolt", "http", shared),
        Bot("bare slack-bolt", "socket", (sys.executable, str(HERE / "bolt_peer.py"))),
        Bot("bare slack-bolt", "http", (sys.executable, str(HERE / "bolt_peer.py"))),
    ]
    for name, script in (("errbot", "errbot_peer.py"), ("slack-machine", "machine_peer.py")):
        python = peers / name / "bin" / "python"
        if python.exists():
            found.append(Bot(name, "socket", (str(python), str(HERE / script))))
        else:
            print(f"{name} is not installed, so it is left out. To have it:")
            print(f"  python3 -m venv {peers / name} && {peers / name}/bin/pip install {PLACES[name]}")
    only = [word for word in os.environ.get("ONLY", "").split(",") if word]
    return [bot for bot in found if not only or any(word in bot.name for word in only)]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def at_work(bot: Bot, slack: Slackd, urls: Urls) -> AsyncIterator[Process]:
    """Run a bot until the block ends; it is ready when it answers."""
    world = slack.world
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BACKHAUL_", "SLACK_", "DATABASE_"))},
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": world.bot_token,
        "SLACK_APP_TOKEN": world.app_token,
        "SLACK_SIGNING_SECRET": world.signing_secret,
        "PEER_DATABASE": {"durable bolt": plain(urls.owner), "shared bolt": plain(urls.runtime)}.get(
            bot.name, urls.runtime
        ),
        "PYTHONPATH": str(ROOT) if bot.name == "backhaul" else str(HERE),
    }
    if bot.way == "http":
        port = free_port()
        env["PEER_PORT"] = str(port)
        slack.delivery.request_url = f"http://127.0.0.1:{port}/slack/events"
    with tempfile.TemporaryDirectory() as home:
        shown = None if os.environ.get("SHOW_PEERS") else DEVNULL
        process = await asyncio.create_subprocess_exec(
            *bot.program, home, env=env, cwd=home, stdout=shown, stderr=shown
        )
        try:
            if bot.way == "http":
                await listens(port, process)
            await first_answer(slack, process)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def listens(port: int, process: Process) -> None:
    """Wait until it takes connections: an event sent before that is lost to any bot, and no fault of its."""
    until = time.monotonic() + FIRST
    while time.monotonic() < until and process.returncode is None:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def first_answer(slack: Slackd, process: Process) -> None:
    """Ask until it answers."""
    until = time.monotonic() + FIRST
    while time.monotonic() < until and process.returncode is None:
        try:
            async with asyncio.timeout(3):
                await one(slack, "U0000", "first")
                return
        except TimeoutError:
            await asyncio.sleep(0.5)
    raise RuntimeError("it does not answer; SHOW_PEERS=1 shows what it says")


async def one(slack: Slackd, user: str, word: str) -> float:
    """Say something in private; return the seconds until the answer with this very word is there."""
    channel = slack.world.direct(user)
    had, began = len(channel.messages), time.perf_counter()
    saying = asyncio.ensure_future(slack.seat(user).say(channel.id, f"echo {word}"))
    try:
        while not any(m.get("bot_id") and word in m["text"] for m in channel.messages[had:]):
            await asyncio.sleep(0.001)
    finally:
        took = time.perf_counter() - began
        await saying
    return took


async def measure(slack: Slackd, count: int, at_once: int) -> tuple[list[float], list[float], float]:
    """Return the seconds of acknowledgements and of replies, and the replies per second."""
    room, taken = asyncio.Semaphore(at_once), list[float]()
    slack.delivery.acks.clear()

    async def turn(n: int) -> None:
        async with room, asyncio.timeout(PATIENCE):
            taken.append(await one(slack, f"U{n % PEOPLE:04}", f"w{at_once}x{n}y"))

    began = time.perf_counter()
    await asyncio.gather(*(turn(n) for n in range(count)))
    return slack.delivery.acks[:], taken, count / (time.perf_counter() - began)


def plain(url: str) -> str:
    """Return a database's URL as asyncpg itself reads it."""
    return url.replace("+asyncpg", "")


async def furnish(urls: Urls, team_id: str) -> None:
    """Give everybody an account with a role, in the tables of both bots that look them up."""
    people = [f"U{number:04}" for number in range(PEOPLE)]
    await durable_bolt_peer.prepare(plain(urls.owner), team_id, people)
    role = str(urlsplit(plain(urls.runtime)).username)
    await shared_bolt_peer.prepare(plain(urls.owner), role, team_id, people)
    database = Database(runtime_url=urls.runtime, pool_size=1)
    async with database.system() as session:
        tenant = await do_create_tenant(session, slug="acme", name="Acme")
    async with database.tenant(tenant.id) as session:
        await do_add_role(session, name="operator")
        for each in people:
            person = await users.do_add_person(session, name=each, email=f"{each}@acme.example")
            account = f"{team_id}:{each}"
            await do_link(session, "slack", account, person.id, how="email", by=person.id)
            await do_grant(session, NewGrant(user_id=person.id, role="operator", by=person.id))
    await database.close()


def ms(values: Sequence[float], percent: int) -> str:
    """Return a percentile in milliseconds."""
    if len(values) < 2:
        return "      -"
    return f"{1000 * statistics.quantiles(values, n=100)[percent - 1]:7.1f}"


def resident(process: Process) -> float:
    """Return the megabytes a process holds."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def spent(process: Process) -> float:
    """Return the processor seconds a process has used: what a busy machine does not change much."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def compare(bot: Bot, latency: float, server: TestServer) -> None:
    """Measure one bot and print its line."""
    urls = await server.take()
    try:
        async with Slackd(paced=False, strict=False) as slack:
            slack.world.install.scopes |= WIDE
            for number in range(PEOPLE):
                slack.world.add_person(f"U{number:04}", f"p{number}", f"p{number}@acme.example")
                slack.world.direct(f"U{number:04}")
            await furnish(urls, slack.world.team_id)
            slack.faults.latency = latency
            async with at_work(bot, slack, urls) as process:
                await measure(slack, PEOPLE, 16)
                calls = len(slack.calls)
                acks, replies, _ = await measure(slack, ONE_BY_ONE, 1)
                before = spent(process)
                busy_acks, busy, pace = await measure(slack, TOGETHER, AT_ONCE)
                cost = 1000 * (spent(process) - before) / TOGETHER
                made = Counter(record.method for record in slack.calls[calls:])
                each = sum(made.values()) / (ONE_BY_ONE + TOGETHER)
                print(
                    f"{bot.name:16}{bot.way:7}{1000 * latency:3.0f} ms |"
                    f" {ms(acks, 50)} {ms(acks, 99)} | {ms(replies, 50)} {ms(replies, 99)} |"
                    f" {ms(busy_acks, 50)} {ms(busy_acks, 99)} | {ms(busy, 50)} {ms(busy, 99)} |"
                    f" {pace:6.0f} | {cost:6.1f} | {each:5.2f} | {resident(process):4.0f} | {len(slack.delivery.unacked)}",
                    flush=True,
                )
    except (TimeoutError, RuntimeError) as error:
        print(
            f"{bot.name:16}{bot.way:7}{1000 * latency:3.0f} ms | {error or 'a reply never came'}", flush=True
        )
    finally:
        server.give_back(urls)


async def main() -> None:
    """Compare all at both latencies."""
    peers = Path(sys.argv[1] if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "peers")
    found, server = bots(peers), TestServer().start()
    print("                    Slack's   | one at a time, ms                   | 64 at once, ms")
    print(
        "bot             way    calls  |  ack p50     p99 |  reply p50   p99 |  ack p50     p99 |  reply p50   p99 |"
        " rep./s | CPU ms | calls | MB   | lost"
    )
    try:
        for latency in [float(each) / 1000 for each in os.environ.get("LATENCY", "0,80").split(",")]:
            for bot in found:
                await compare(bot, latency, server)
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(main())
