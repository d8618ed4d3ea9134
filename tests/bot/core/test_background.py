"""Jobs of plugins: run while the plugin is on, queued by a nudge, gone on with when they say so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from bot.api import Action, Context, Job, LeaseLost, NotFound, PluginInfo, Reply, action, hookimpl
from bot.core.background import jobs_of, kind_of, run_job
from bot.db import jobs
from bot.db.database import Database
from bot.jobs.job import Kind, Later
from bot.jobs.worker import Worker
from bot.testing import Bench


def make_plugin() -> ModuleType:
    """A plugin whose job counts down what its store holds, one a run."""
    import sys

    module = ModuleType("counting_plugin")

    @action(permission="counting:write", examples=["count {number}"])
    async def count(ctx: Context[Any], number: int) -> Reply:
        """Count down from a number."""
        await ctx.store.set("left", number)
        await ctx.enqueue("down")
        await ctx.enqueue("down")
        return Reply(f"Counting down from {number}.")

    async def down(ctx: Context[Any], payload: Mapping[str, Any]) -> timedelta | None:
        left = await ctx.store.get("left")
        await ctx.effect.check()
        await ctx.store.set("left", left - 1)
        return timedelta(milliseconds=1) if left > 1 else None

    def plugin_info() -> PluginInfo:
        return PluginInfo(name="counting", about="Counts.", permissions={"counting:write": "Count"})

    def register_actions() -> Sequence[Action]:
        return [count]

    def register_jobs() -> Sequence[Job]:
        return [Job(name="down", about="Counts down", run=down, every=timedelta(minutes=5))]

    for hook in (plugin_info, register_actions, register_jobs):
        hook.__module__ = module.__name__
        setattr(module, hook.__name__, hookimpl(hook))
    sys.modules[module.__name__] = module
    return module


@pytest.fixture
async def kit(database: Database):
    bench = await Bench.open(database, make_plugin())
    yield bench
    await bench.close()


async def test_a_nudge_queues_the_job_once(kit: Bench):
    await kit.act("count", number=3)
    async with kit.database.system() as session:
        waiting = {one.kind: one.queued for one in await jobs.find_backlog(session)}
    assert waiting == {"plugin_counting_down": 1}


async def test_the_worker_runs_it_until_it_is_done(kit: Bench):
    await kit.act("count", number=3)

    async def run(job) -> None:
        again = await run_job(kit.around, job.kind, job.payload, key=str(job.id), check=job.check)
        if again is not None:
            raise Later(again)

    worker = Worker(kit.database, {kind: Kind(run=run) for kind in jobs_of(kit.registry)})
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(30):
        while await kit.store().get("left"):
            await asyncio.sleep(0.01)
    worker.stop()
    await task


async def test_nothing_runs_once_the_plugin_is_off(kit: Bench):
    await kit.act("count", number=3)
    assert await kit.run_job("down") == timedelta(milliseconds=1)
    await kit.disable()
    assert await kit.run_job("down") is None
    assert await kit.store().get("left") == 2


async def test_a_lost_lease_stops_before_the_effect(kit: Bench):
    async def lost() -> None:
        raise LeaseLost("gone")

    await kit.act("count", number=3)
    with pytest.raises(LeaseLost):
        await run_job(kit.around, kind_of("counting_down"), {}, key="k", check=lost)
    assert await kit.store().get("left") == 3


async def test_a_job_nobody_declares_is_an_error(kit: Bench):
    with pytest.raises(NotFound):
        await kit.run_job("up")


async def test_the_service_runs_the_jobs_of_every_plugin():
    import plugins
    from bot.host.discovery import find_plugins
    from bot.host.loader import load_plugins
    from bot.serve import Process

    class Given:
        registry = load_plugins(find_plugins(plugins, installed=False)).registry

    process = Process.__new__(Process)
    process.slack, process.app = None, Given()  # type: ignore[assignment]
    Given.database = None
    assert "plugin_email_send" in process.handlers()
    assert "plugin_email_send" in {beat.name for beat in process.beats()}
