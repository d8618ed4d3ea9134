"""What the gate costs: per read, per write, per approval, and per audit row. Run: `python -m tests.bench.bench_gate`."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.core.audit import verify
from bot.core.gate_check import check_call
from bot.core.gate_setup import Asked
from bot.db.audit import Entry, do_append
from bot.db.database import Database
from tests.bot.core.conftest import new_tenant
from tests.bot.core.gate_world import Desk
from tests.databases import TestServer

ROUNDS = 400


async def median_ms(work: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> tuple[float, float]:
    taken = []
    for n in range(rounds):
        began = time.perf_counter()
        await work(n)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.99)]


async def appends(database: Database, tenant_id: str, *, workers: int, seconds: float, quiet: bool) -> float:
    """Return audit rows a second with this many transactions at once on one tenant's chain."""
    entry = Entry(at=datetime.now(UTC), user_id="u", action_id="desk_card", event="ran", body='{"a":1}' * 20)
    count, until = 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal count
        while time.perf_counter() < until:
            async with database.tenant(tenant_id) as session:
                await do_append(session, entry, quiet=quiet)
            count += 1

    await asyncio.gather(*(work() for _ in range(workers)))
    return count / seconds


async def main() -> None:
    server = TestServer().start()
    try:
        urls = await server.take()
        database = Database(runtime_url=urls.runtime, pool_size=12)
        desk = Desk(database, await new_tenant(database))

        async def nothing(_n: int) -> None:
            async with database.tenant(desk.tenant.id):
                pass

        async def approve(_n: int) -> None:
            desk.device.state.clear()
            asked = await desk.ask("desk_suspend", {"customer": "1001"})
            await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)

        owned = desk.view.action("desk_card")
        for name, work in {
            "an empty transaction (4 round trips)": nothing,
            "checks alone: right, arguments, entity": lambda _n: check_call(
                desk.gate._setup, desk.ann, owned, {"customer": "1001"}, Asked()
            ),
            "a read through the gate": lambda _n: desk.ask("desk_card", {"customer": "1001"}),
            "a write through the gate": lambda n: desk.ask("desk_note", {"customer": "1001", "text": str(n)}),
            "a write asked for, confirmed and run": approve,
        }.items():
            await median_ms(work, 30)
            middle, worst = await median_ms(work)
            print(f"{name:45} median {middle:7.3f} ms   p99 {worst:7.3f} ms")
        cpu = time.process_time()
        await median_ms(lambda _n: desk.ask("desk_card", {"customer": "1001"}), 500)
        print(f"{'our own CPU per read':45} {(time.process_time() - cpu) * 2:14.3f} ms")
        for workers in (1, 8):
            for quiet in (True, False):
                rate = await appends(database, desk.tenant.id, workers=workers, seconds=3, quiet=quiet)
                print(
                    f"audit rows/s, one chain, {workers} at once, {'quiet' if quiet else 'durable'}: {rate:,.0f}"
                )
        tenants = [await new_tenant(database) for _ in range(8)]
        rates = await asyncio.gather(
            *(appends(database, t.id, workers=1, seconds=3, quiet=False) for t in tenants)
        )
        print(f"audit rows/s, 8 chains at once, durable: {sum(rates):,.0f}")
        began = time.perf_counter()
        verdict = await verify(database, desk.tenant.id)
        print(f"verify: {verdict.rows:,} rows in {time.perf_counter() - began:.2f} s, whole: {verdict.whole}")
        await database.close()
        server.give_back(urls)
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(main())
