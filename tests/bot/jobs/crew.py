"""A worker or a scheduler as a process of its own, with a device outside the database: `python -m tests.bot.jobs.crew`."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import text

from bot.db.database import Database
from bot.jobs.job import Job, Kind
from bot.jobs.scheduler import Every, Scheduler
from bot.jobs.worker import Worker

TABLE = "create table crew_calls (id text primary key, done boolean not null default false)"
TICK = timedelta(seconds=1)


class Device:
    """The outside world: an append-only file. It remembers what was done to it, and by whom."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)

    def apply(self, key: str) -> None:
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{key} {os.getpid()} {time.time():.3f}\n".encode())
        os.close(file)

    def keys(self) -> list[str]:
        try:
            return [line.split(" ")[0] for line in Path(self.path).read_text().splitlines()]
        except FileNotFoundError:
            return []

    def has(self, key: str) -> bool:
        return key in self.keys()


@dataclass(kw_only=True)
class Crew:
    """Processes that can be killed and paused."""

    url: str
    device: Device
    heartbeat: float
    think: float
    processes: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def spawn(self, role: str) -> subprocess.Popen[bytes]:
        with Path(f"{self.device.path}.log").open("ab") as log:
            process = self._start(role, log)
        self.processes.append((role, process))
        return process

    def _start(self, role: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.bot.jobs.crew", role],
            env={
                **os.environ,
                "CREW_URL": self.url,
                "CREW_DEVICE": self.device.path,
                "CREW_HEARTBEAT": str(self.heartbeat),
                "CREW_THINK": str(self.think),
            },
            stdout=subprocess.DEVNULL,
            stderr=log,
        )

    def kill(self, index: int) -> None:
        role, process = self.processes.pop(index)
        process.kill()
        process.wait()
        self.spawn(role)

    def pause(self, index: int, seconds: float) -> None:
        _, process = self.processes[index]
        process.send_signal(signal.SIGSTOP)
        asyncio.get_running_loop().call_later(seconds, process.send_signal, signal.SIGCONT)

    def end(self) -> None:
        for _, process in self.processes:
            process.kill()
            process.wait()


async def work(database: Database, device: Device) -> None:
    heartbeat, think = float(os.environ["CREW_HEARTBEAT"]), float(os.environ["CREW_THINK"])

    async def act(job: Job) -> None:
        """Look, decide, check, act, note: what the gate does with a call."""
        key = job.payload.get("id") or f"D:{job.payload['schedule']}:{job.payload['slot'].split()[0]}"
        if not device.has(key):
            await asyncio.sleep(random.random() * think)
            await job.check()
            device.apply(key)
            await asyncio.sleep(random.random() * think)
        async with database.tenant(job.tenant) as session:
            await session.execute(
                text(
                    "insert into crew_calls (id, done) values (:id, true) on conflict (id) do update set done = true"
                ),
                {"id": key},
            )

    async def beat(job: Job) -> None:
        device.apply(f"B:{job.id}")

    kinds = {name: Kind(run=act, attempts=50) for name in ("act", "digest")}
    worker = Worker(
        database,
        {**kinds, "beat": Kind(run=beat, attempts=1, keep=False)},
        pools={"background": 12},
        heartbeat=timedelta(seconds=heartbeat),
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()


async def watch(database: Database) -> None:
    scheduler = Scheduler(
        database, [Every(name="beat", every=TICK, kind="beat")], refresh=timedelta(seconds=3)
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, scheduler.stop)
    await scheduler.run()


async def main() -> None:
    database = Database(runtime_url=os.environ["CREW_URL"], pool_size=5)
    device = Device(os.environ["CREW_DEVICE"])
    try:
        await (work(database, device) if sys.argv[1] == "worker" else watch(database))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
