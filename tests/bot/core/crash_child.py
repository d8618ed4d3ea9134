"""Processes that die: for each step of a call one is killed there (SIGKILL), then another one takes up what is left.

Run as `python -m tests.bot.core.crash_child`; orders come as JSON on stdin, results go to stdout. Everything
is imported once and each process is a fork of that, so that a death costs little.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.contract.people import Tenant
from bot.contract.port import Effect
from bot.core.audit import search, verify
from bot.db.database import Database
from bot.db.tenants import do_create_tenant
from tests.bot.core.gate_world import Desk

LEASE = timedelta(seconds=30)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts the steps of a process and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        if self.left == 0:
            die()
        self.left -= 1


class FileDevice:
    """A system outside: what it did stands in a file, whatever happens to the process that asked."""

    def __init__(self, path: str, *, knows: bool, steps: Steps) -> None:
        self.path, self.knows, self.steps = Path(path), knows, steps
        self.state: dict[str, str] = {}

    @property
    def log(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    async def set(self, effect: Effect, number: str, value: str) -> None:
        self.steps.step()
        await effect.check()
        self.steps.step()
        if not (self.knows and effect.key in self.log):
            with self.path.open("a") as file:
                file.write(effect.key + "\n")
        self.steps.step()

    async def applied(self, key: str) -> bool | None:
        return key in self.log if self.knows else None


class Mortal:
    """A database whose every transaction has two places to die: before and after its commit."""

    def __init__(self, database: Database, steps: Steps) -> None:
        self._database, self._steps = database, steps

    @asynccontextmanager
    async def tenant(self, tenant_id: str) -> Any:
        async with self._database.tenant(tenant_id) as session:
            yield session
            self._steps.step()
        self._steps.step()


async def within(order: dict[str, Any], at: int, work: Any) -> Any:
    database = Database(runtime_url=order["url"], pool_size=2)
    try:
        steps = Steps(at)
        tenant = Tenant(**order["tenant"])
        device = FileDevice(order["ledger"], knows=order["knows"], steps=steps)
        desk = Desk(Mortal(database, steps), tenant, device=device, lease=LEASE)  # type: ignore[arg-type]
        return await work(desk)
    finally:
        await database.close()


async def ask_and_agree(desk: Desk) -> None:
    """What the processes die in: a person asks, another one agrees, it runs."""
    asked = await desk.ask("desk_credit", {"customer": "1001", "amount": "20"}, key="k")
    await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)


async def take_up(desk: Desk) -> dict[str, Any]:
    """What happens next: leases end, another process recovers, the people press their buttons again."""
    await desk.end_leases()
    recovered = await desk.gate.recover()
    said = []
    for again in range(2):
        try:
            await ask_and_agree(desk)
            said.append("done")
        except Exception as error:
            said.append(type(error).__name__)
        if again == 0:
            await desk.end_leases()
            await desk.gate.recover()
    rows = [[row.state, row.runs] for row in await desk.rows()]
    verdict = await verify(desk.database, desk.tenant.id)
    events = [one.event for one in reversed(await search(desk.database, desk.tenant.id, limit=100))]
    return {
        "recovered": vars(recovered),
        "rows": rows,
        "effects": desk.device.log,
        "whole": verdict.whole,
        "said": said,
        "events": events,
    }


def forked(work: Any) -> tuple[int, str]:
    """Run work in a fork; return its signal (0: it ended by itself) and what it wrote."""
    out, into = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(out)
        code = 1
        try:
            os.write(into, json.dumps(asyncio.run(work())).encode())
            code = 0
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out, "rb") as reader:
        told = reader.read().decode()
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a process failed instead of being killed")
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), told


async def make_tenant(order: dict[str, Any]) -> dict[str, Any]:
    database = Database(runtime_url=order["url"], pool_size=1)
    try:
        async with database.system() as session:
            slug = f"crash-{os.urandom(5).hex()}"
            tenant = await do_create_tenant(session, slug=slug, name="Crash", timezone="UTC", currency="EUR")
        return {"id": tenant.id, "slug": tenant.slug, "name": tenant.name, "currency": "EUR"}
    finally:
        await database.close()


def main() -> None:
    order = json.loads(sys.stdin.read())
    at = order["first"]
    while True:
        order["tenant"] = json.loads(forked(lambda: make_tenant(order))[1])
        order["ledger"] = f"{order['folder']}/{order['tenant']['slug']}"
        killed, _ = forked(lambda: within(order, at, ask_and_agree))  # noqa: B023 - runs at once
        _, told = forked(lambda: within(order, -1, take_up))
        print(json.dumps({"at": at, "killed": killed, **json.loads(told)}), flush=True)
        if not killed:
            return
        at += order["stride"]


if __name__ == "__main__":
    main()
