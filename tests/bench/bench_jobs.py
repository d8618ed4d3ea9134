"""Jobs: how fast they are queued and run, and how soon one is started. Run with `python -m tests.bench.bench_jobs`."""

from __future__ import annotations

import asyncio
import resource
import time
from datetime import UTC, datetime, timedelta

from bot.db.database import Database
from bot.db.jobs import enqueue, enqueue_many
from bot.db.schedules import Schedule, do_save_schedule
from bot.db.tenants import do_create_tenant
from bot.jobs.job import Job, Kind
from bot.jobs.scheduler import Scheduler
from bot.jobs.wall import WallClock
from bot.jobs.worker import Worker
from tests.databases import TestServer

MANY, SOME = 5_000, 300


def share(numbers: list[float], part: float) -> float:
    return sorted(numbers)[min(int(len(numbers) * part), len(numbers) - 1)]


async def queueing(database: Database, tenant: str) -> None:
    began = time.perf_counter()
    for n in range(SOME):
        async with database.tenant(tenant) as session:
            await enqueue(session, "noop", {"n": n}, tenant=tenant, dedupe=str(n))
    print(f"queued one per transaction: {SOME / (time.perf_counter() - began):,.0f}/s")

    async def one(n: int) -> None:
        async with database.tenant(tenant) as session:
            await enqueue(session, "noop", {"n": n}, tenant=tenant)

    began = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(SOME * 3)))
    print(f"queued one per transaction, 10 at a time: {SOME * 3 / (time.perf_counter() - began):,.0f}/s")
    began = time.perf_counter()
    for _ in range(MANY // 500):
        async with database.tenant(tenant) as session:
            await enqueue_many(session, "noop", [{"n": n} for n in range(500)], tenant=tenant)
    print(f"queued 500 per transaction: {MANY / (time.perf_counter() - began):,.0f}/s")


async def running(database: Database, tenant: str) -> None:
    """Run what `queueing` left, then send jobs one by one and see how soon they start."""
    started: dict[int, float] = {}
    all_done = asyncio.Event()
    many = SOME * 4 + MANY

    async def noop(job: Job) -> None:
        started[len(started)] = time.perf_counter()
        if len(started) == many:
            all_done.set()

    soon: dict[int, float] = {}
    arrived = asyncio.Event()

    async def quick(job: Job) -> None:
        soon[job.payload["n"]] = time.perf_counter()
        arrived.set()

    worker = Worker(
        database,
        {"noop": Kind(run=noop), "quick": Kind(run=quick, pool="interactive")},
        pools={"background": 40, "interactive": 16},
    )
    began, cpu = time.perf_counter(), time.process_time()
    task = asyncio.create_task(worker.run())
    await all_done.wait()
    took = time.perf_counter() - began
    print(
        f"ran {many:,} jobs that do nothing: {many / took:,.0f}/s, {(time.process_time() - cpu) / many * 1e3:.2f} ms CPU each"
    )
    sent, committed = {}, {}
    for n in range(SOME):
        arrived.clear()
        sent[n] = time.perf_counter()
        async with database.tenant(tenant) as session:
            await enqueue(session, "quick", {"n": n}, tenant=tenant)
        committed[n] = time.perf_counter()
        await arrived.wait()
        await asyncio.sleep(0.005)
    from_asked = [(soon[n] - sent[n]) * 1e3 for n in range(SOME)]
    from_commit = [(soon[n] - committed[n]) * 1e3 for n in range(SOME)]
    print(
        f"started after: p50 {share(from_asked, 0.5):.1f} ms, p99 {share(from_asked, 0.99):.1f} ms; "
        f"of that after the commit: p50 {share(from_commit, 0.5):.1f} ms, p99 {share(from_commit, 0.99):.1f} ms"
    )
    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.sleep(5)
    print(
        f"an idle worker uses {(time.process_time() - cpu) / (time.perf_counter() - began) * 100:.1f} % of a core"
    )
    worker.stop()
    await task


async def watching(database: Database) -> None:
    """Many tenants' schedules: how long one look at all of them takes."""
    for n in range(200):
        async with database.system() as session:
            await do_create_tenant(session, slug=f"bench{n}", name=f"Bench {n}")
            for k in range(10):
                await do_save_schedule(
                    session,
                    Schedule(name=f"s{k}", kind="noop", cron=f"{k} 8 * * *", timezone="Europe/Madrid"),
                )
    scheduler = Scheduler(database, refresh=timedelta(hours=1))
    began, cpu = time.perf_counter(), time.process_time()
    await scheduler._look()
    first, first_cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    await scheduler._look()
    print(
        f"2,000 schedules of 200 tenants: first look {first:.2f} s ({first_cpu:.2f} s CPU), the next {time.perf_counter() - began:.2f} s"
    )
    await scheduler._wire.close()
    clock, began = WallClock("0 8 * * mon-fri", "Europe/Madrid"), time.perf_counter()
    at = datetime.now(UTC)
    for _ in range(1_000):
        slot = clock.next(at)
        at = slot.due if slot else at
    print(f"next slot of a schedule: {(time.perf_counter() - began) * 1e3:.0f} µs")


async def main(server: TestServer) -> None:
    urls = await server.take()
    database = Database(runtime_url=urls.runtime, owner_url=urls.owner, pool_size=10)
    try:
        async with database.system() as session:
            tenant = await do_create_tenant(session, slug="acme", name="Acme Fiber")
        await queueing(database, tenant.id)
        await running(database, tenant.id)
        await watching(database)
        print(f"memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    finally:
        await database.close()
        server.give_back(urls)


if __name__ == "__main__":
    shared = TestServer().start()
    try:
        asyncio.run(main(shared))
    finally:
        shared.stop()
