"""The service's processes: `backhaul run`, killed with -9 and started again while people go on asking."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from pathlib import Path

from bot.db.scratch import Urls
from tests.slackd import Slackd

ROOT = Path(__file__).parents[4]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
STARTING = 60.0


@dataclass
class Ship:
    """One process."""

    process: Process
    log: Path

    @property
    def port(self) -> int:
        found = ADDRESS.search(self.log.read_text())
        assert found, self.log.read_text()
        return int(found[1])


@dataclass
class Fleet:
    """Processes of one installation; `way` is `socket` or `http`; `agent`: answers that take time grow."""

    slack: Slackd
    urls: Urls
    home: Path
    way: str
    agent: bool = False
    ships: list[Ship] = field(default_factory=list)
    _running: list[Process] = field(default_factory=list)

    async def start(self) -> Ship:
        """Start one more, and wait until Slack can reach it."""
        log = self.home / f"ship-{len(self._running)}.log"
        had = self.slack.connections
        env = environment(self.slack, self.urls, self.home, self.way)
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *self._command, env=env, cwd=ROOT, stdout=out, stderr=out
            )
        self._running.append(process)
        ship = Ship(process, log)
        async with asyncio.timeout(STARTING):
            while "service.running" not in log.read_text() or (
                self.way == "socket" and self.slack.connections < had + 2
            ):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        self.ships.append(ship)
        self._point()
        return ship

    @property
    def _command(self) -> tuple[str, ...]:
        return ("-m", "tests.bot.slack.storm.ship") if self.agent else ("-m", "bot", "run")

    @property
    def started(self) -> int:
        """How many processes there were."""
        return len(self._running)

    async def kill(self, ship: Ship) -> None:
        """Kill -9, and have the balancer (if there is one) ask another process."""
        self.ships.remove(ship)
        self._point()
        ship.process.kill()
        assert await ship.process.wait() == -9, ship.log.read_text()

    async def stop(self) -> None:
        """End every process the way an operator does."""
        for ship in self.ships:
            ship.process.terminate()
        for ship in self.ships:
            assert await asyncio.wait_for(ship.process.wait(), 40) == 0, ship.log.read_text()
        self.ships.clear()

    async def end(self) -> None:
        """Leave nothing running, however the test ended."""
        for process in self._running:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _point(self) -> None:
        if self.way == "http" and self.ships:
            self.slack.delivery.request_url = f"http://127.0.0.1:{self.ships[-1].port}/slack/events"


def environment(slack: Slackd, urls: Urls, home: Path, way: str) -> dict[str, str]:
    """What a process of the service is told; nothing of ours leaks in from outside."""
    world, own = slack.world, ("BACKHAUL_", "SLACK_", "DATABASE_")
    key = (
        {"SLACK_APP_TOKEN": world.app_token}
        if way == "socket"
        else {"SLACK_SIGNING_SECRET": world.signing_secret}
    )
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(own)},
        "BACKHAUL_HOME": str(home),
        "BACKHAUL_PORT": "0",
        "BACKHAUL_LOG_FORMAT": "json",
        "DATABASE_URL": urls.runtime,
        "SLACK_BOT_TOKEN": world.bot_token,
        "SLACK_API_URL": slack.api_url,
        **key,
    }
