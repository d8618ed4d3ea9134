"""kill -9 at every step between what people do and what they are told: all is done, and done once."""

from __future__ import annotations

import asyncio
import json
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
from sqlalchemy import text

from bot.config import Config
from bot.contract.action import Approval
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.grants import NewGrant, do_grant
from bot.db.policies import Policy, do_add_policy
from bot.db.scratch import Urls
from bot.slack.manifest import make_manifest
from bot.slack.sealed import Seals
from tests.bot.slack.drill.people import APPROVER_ROLE, NEEDS_A_YES, ROOM, USERS, People
from tests.bot.slack.drill.victim import ANSWERING, ARRIVING, NONE, SENDING
from tests.bot.slack.storm.fleet import environment
from tests.bot.slack.storm.judge import AGAIN
from tests.bot.slack.storm.run import found
from tests.slackd import Slackd

KILLS = int(os.environ.get("DRILL_KILLS", "40"))
SEED = int(os.environ.get("DRILL_SEED", "11"))
TO_COME_TO_ALL = 40
"""Kills after which there was one at every step, whoever was faster."""
ENDING, TO_DIE = 90.0, 20.0
"""Seconds in which a service comes to its step; one that does not is killed wherever it is."""


def lives(pid: int) -> bool:
    """Say whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Nursery:
    """The process that forks services; `died` counts where each died."""

    process: Process
    slack: Slackd
    died: Counter[str] = field(default_factory=Counter)
    alive: int = 0

    async def start(self, step: str) -> int:
        """Start a service that dies at the step; return its process id once Slack reaches it, or it is dead.

        Slack lets few connections be opened a minute: it may come to its step by what the last one left.
        """
        assert self.process.stdin is not None
        await self.slack.until(self._may_connect, 60)
        self.process.stdin.write(f"{step}\n".encode())
        self.alive = pid = int(await self._line())
        await self.slack.until(lambda: self.slack.connections >= 2 or not lives(pid), 60)
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

    def _may_connect(self) -> bool:
        """Say whether no pause runs that Slack told the last one, who is dead: a new one cannot know."""
        pace = self.slack.pace
        return not any(pace.wait(key) for key in pace.blocked if key[2] == "apps.connections.open")

    async def _line(self) -> str:
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()


@dataclass
class Decks:
    """Steps by lot, but each once before any comes again."""

    lot: random.Random
    left: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def deal(self, steps: tuple[str, ...], count: int) -> list[str]:
        """Return the next steps of these."""
        left = self.left.setdefault(steps, [])
        while len(left) < count:
            left += self.lot.sample(steps, len(steps))
        self.left[steps] = left[count:]
        return left[:count]


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
        if born.alive and lives(born.alive):
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


async def need_a_yes(database: Database, tenant: str) -> None:
    """Let tickets of one priority wait for a yes, which one of the people may give."""
    async with database.tenant(tenant) as session:
        policy = Policy(
            action="tickets_create",
            needs=Approval.OTHER,
            given=f"priority={NEEDS_A_YES}",
            approver_role=APPROVER_ROLE,
        )
        await do_add_policy(session, policy, by="test")
        name = f"Agent {list(USERS).index('approve')}"
        user_id = await session.execute(text("select id::text from users where name = :name"), {"name": name})
        new = NewGrant(user_id=user_id.scalar_one(), role=APPROVER_ROLE, by="test")
        await do_grant(session, new)


async def one_round(born: Nursery, people: People, number: int, decks: Decks) -> None:
    """Changes of every kind at once, and services that die one after the other over them; the last one lives."""
    pid = await born.start(NONE)
    deeds = await people.prepare(number)
    os.kill(pid, signal.SIGKILL)
    await born.wait("idle", pid)
    # One fewer than the tries after which the bot takes it for poison: all may die over one and the same.
    steps = [*decks.deal(ARRIVING, 1), *decks.deal(ANSWERING, 2), *decks.deal(SENDING, 1)]
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
    await need_a_yes(database, tenant)
    seals = Seals(Cipher.from_config(Config(home=tmp_path)))
    decks = Decks(random.Random(SEED))
    async with make_slack() as slack, nursery(slack, urls, tmp_path) as born:
        people = People(slack, database, tenant, seals)
        number = 0
        while sum(born.died.values()) < KILLS:
            await one_round(born, people, number, decks)
            number += 1
        pid = await born.start(NONE)
        await asyncio.sleep(9)  # longer than every lease: what would be said twice is said by now
        again = 0
        for deed in people.deeds:
            said = people.answers(deed)
            repeated = [m for m in said if deed.kind == "command" and AGAIN in json.dumps(m)]
            again += len(repeated)
            first = len(said) - len(repeated)
            told = [m["text"] for m in said]
            assert (first, len(repeated)) in ENDS[deed.kind == "form", deed.kind == "command"], (deed, told)
            assert await people.done(deed) == 1, deed
        assert (beside := people.beside()) == [], beside
        os.kill(pid, signal.SIGKILL)
        await born.wait("idle", pid)
    await database.close()
    lost = [each for each in slack.violations if not each.startswith(EXCUSED)]
    never = set(ARRIVING + ANSWERING + SENDING) - set(born.died)
    print(
        f"seed {SEED}: {sum(born.died.values())} kills {dict(born.died)}, none at {sorted(never) or 'no step'};"
    )
    print(f"{len(people.deeds)} changes {dict(Counter(deed.kind for deed in people.deeds))}")
    print(
        f"{again} command answers said again in private; {len(slack.violations)} clicks told to have failed"
    )
    assert lost == [], lost
    assert not never or KILLS < TO_COME_TO_ALL, f"nobody was killed at {never}"


ENDS = {(True, False): {(0, 0)}, (False, False): {(1, 0)}, (False, True): {(1, 0), (1, 1), (0, 1)}}
"""How often something is answered, and how often once more in private where nobody can tell whether it arrived."""
EXCUSED = (
    "never acknowledged: interactive",  # Slack tells the person at once; they did it again, or the bot had it
    "never acknowledged: slash_commands",
)
