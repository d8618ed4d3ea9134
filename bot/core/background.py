"""Running the jobs of plugins, for as long as the plugin is on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.contract.job import Job
from bot.contract.people import User
from bot.contract.port import Effect
from bot.contract.scope import EVERYWHERE
from bot.core.surroundings import Surroundings
from bot.errors import NotFound
from bot.host.registry import Registry
from bot.trouble import warn

NOBODY = User(id="background", name="Backhaul")
"""Who does it: no person. What is done for somebody says so in its own rows."""
PREFIX = "plugin_"
BEFORE_ANSWER = timedelta(seconds=2)


def kind_of(job_id: str) -> str:
    """Return the kind of the queue's jobs that stand for this job, e.g. `plugin_email_send`."""
    return f"{PREFIX}{job_id}"


def jobs_of(registry: Registry) -> Mapping[str, Job]:
    """Return every job that plugins of this installation declare, by the kind of the queue's jobs."""
    everything = registry.view(frozenset(registry.plugins))
    return {kind_of(owned.id): owned.item for owned in everything.all(Job)}


async def run_job(
    around: Surroundings,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str = "job",
    check: Callable[[], Awaitable[None]],
) -> timedelta | None:
    """Run it once, unless the plugin is off by now; return in how long it wants to go on."""
    if kind not in jobs_of(around.registry):
        raise NotFound(f"No plugin here declares the job {kind}.")
    found = [owned for owned in (await around.view()).all(Job) if kind_of(owned.id) == kind]
    if not found:
        return None
    owned = found[0]
    effect = Effect(key=key, check=check, by=NOBODY.name, at=around.now())
    ctx = await around.context(owned.plugin, NOBODY, scope=EVERYWHERE, effect=effect)
    async with asyncio.timeout(owned.item.timeout.total_seconds()):
        return await owned.item.run(ctx, payload)


async def run_before_answer(around: Surroundings) -> None:
    """Run the jobs that are about what the next answer may have to tell; a failed one does not keep it."""
    for owned in (await around.view()).all(Job):
        if owned.item.before_answers:
            try:
                async with asyncio.timeout(BEFORE_ANSWER.total_seconds()):
                    await run_job(around, kind_of(owned.id), {}, check=_nothing_lost)
            except Exception as error:  # noqa: BLE001 - the answer is worth more than what may go along with it
                warn("job_before_answer_failed", error, job=owned.id)


async def _nothing_lost() -> None:
    """Say that it is ours: what such a job does, it does once whoever else does it too."""
