"""kill -9 at every step between what people do and what they are told: all is done, and done once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.config import Config
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.scratch import Urls
from bot.slack.manifest import make_manifest
from bot.slack.sealed import Seals
from tests.bot.slack.drill.people import ROOM, USERS, People
from tests.bot.slack.drill.victim import ANSWERING, ARRIVING, NONE, SENDING
from tests.bot.slack.storm.fleet import environment
from tests.bot.slack.storm.run import found
from tests.slackd import Slackd

KILLS = int(os.environ.get("DRILL_KILLS", "40"))
ENDING, TO_DIE = 90.0, 20.0
"""Seconds in which a service comes to its step; one that does not is killed wherever it is."""


@dataclass
class Nursery:
    """The process that forks services; `died` counts where each died."""

    process: Process
    slack: Slackd
    died: Counter[str] = field(default_factory=Counter)
    alive: int = 0

    async def start(self, step: str) -> int:
        """Start a service that dies at the step; return its process id once Slack reaches it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{step}\n".encode())
        self.alive = pid = int(await self._line())
        await self.slack.until(lambda: self.slack.connections >= 2, 60)
        return pid

    async def wait(self, step: str, pid: int, seconds: float = TO_DIE) -> None:
        """Wait until it is dead; kill it when it does not come to its step."""
        try:
            ended = await asyncio.wait_for(
                asyncio.shield(line := asyncio.ensure_future(self._line())), seconds
            )
        except TimeoutError:
            with suppress(ProcessLookupError):  # it died at this moment
                os.kill(pid, signal.SIGKILL)
            ended, step = await line, f"idle, not {step}"
        self.alive = 0
        assert ended == "-9", ended
        self.died[step] += 1
        await self.slack.until(lambda: not self.slack.connections, 60)

    async def _line(self) -> str:
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def nursery(slack: Slackd, urls: Urls, home: Path) -> AsyncIterator[Nursery]:
    with (home / "victims.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bot.slack.drill.victim",
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env=environment(slack, urls, home, "socket"),
        )
    try:
        yield (born := Nursery(process, slack))
    finally:
        if born.alive:
            os.kill(born.alive, signal.SIGKILL)
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def make_slack() -> Slackd:
    slack = Slackd(manifest=make_manifest())
    for number, user in enumerate(USERS.values()):
        slack.world.add_person(user, f"agent{number}", f"agent{number}@acme.example")
    slack.world.add_channel(ROOM, "noc", *USERS.values())
    slack.delivery.delays = (0.0, 0.5, 5.0)
    return slack


async def one_round(born: Nursery, people: People, number: int, lot: random.Random) -> None:
    """Four changes at once, and services that die one after the other over them; the last one lives."""
    pid = await born.start(NONE)
    deeds = await people.prepare(number)
    os.kill(pid, signal.SIGKILL)
    await born.wait("idle", pid)
    steps = [lot.choice(ARRIVING), *lot.sample(ANSWERING, 2), *lot.sample(SENDING, 2)]
    doing: list[asyncio.Task[None]] = []
    for step in steps:
        pid = await born.start(step)
        doing = doing or [asyncio.create_task(people.do(deed)) for deed in deeds]
        await born.wait(step, pid)
    pid = await born.start(NONE)
    with suppress(TimeoutError):
        async with asyncio.timeout(ENDING):
            await asyncio.gather(*doing)
            while not all([await people.is_over(deed) for deed in deeds]):
                await asyncio.sleep(0.05)
    left = [await people.report(deed) for deed in deeds if not await people.is_over(deed)]
    if left:
        pytest.fail(f"{steps}: {left}")
    os.kill(pid, signal.SIGKILL)
    await born.wait("idle", pid)


@pytest.mark.deep
@pytest.mark.timeout(1800)
async def test_killed_at_every_step_all_is_done_once(urls: Urls, tmp_path: Path) -> None:
    tenant = await found(urls, tmp_path)
    database = Database(runtime_url=urls.runtime, pool_size=2)
    seals = Seals(Cipher.from_config(Config(home=tmp_path)))
    lot = random.Random(11)
    async with make_slack() as slack, nursery(slack, urls, tmp_path) as born:
        people = People(slack, database, tenant, seals)
        number = 0
        while sum(born.died.values()) < KILLS:
            await one_round(born, people, number, lot)
            number += 1
        pid = await born.start(NONE)
        await asyncio.sleep(9)  # longer than every lease: what would be said twice is said by now
        again = 0
        for deed in people.deeds:
            said = people.answers(deed)
            repeated = [m for m in said if deed.kind == "command" and people.is_direct(m)]
            again += len(repeated)
            first = len(said) - len(repeated)
            told = [m["text"] for m in said]
            assert (first, len(repeated)) in ENDS[deed.kind == "form", deed.kind == "command"], (deed, told)
            assert await people.done(deed) == 1, deed
        os.kill(pid, signal.SIGKILL)
        await born.wait("idle", pid)
    await database.close()
    lost = [each for each in slack.violations if not each.startswith(EXCUSED)]
    print(f"{sum(born.died.values())} kills {dict(born.died)}; {len(people.deeds)} changes")
    print(
        f"{again} command answers said again in private; {len(slack.violations)} clicks told to have failed"
    )
    assert lost == []


ENDS = {(True, False): {(0, 0)}, (False, False): {(1, 0)}, (False, True): {(1, 0), (1, 1), (0, 1)}}
"""How often something is answered, and how often once more in private where nobody can tell whether it arrived."""
EXCUSED = (
    "never acknowledged: interactive",  # Slack tells the person at once; they did it again, or the bot had it
    "never acknowledged: slash_commands",
)
