"""Sweeps away what jobs and schedules leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.web_sessions import IDLE
from bot.db.database import Database
from bot.db.handed import do_forget
from bot.db.jobs import do_forget_history
from bot.db.rates import do_forget_rates
from bot.db.schedules import do_forget_runs
from bot.db.sso import do_forget_states
from bot.db.tenants import find_tenants
from bot.db.web_sessions import do_forget_sessions
from bot.jobs.job import Job, Kind
from bot.jobs.scheduler import Every

HISTORY = timedelta(days=14)
RUNS = timedelta(days=90)
STATES = timedelta(hours=1)
"""A sign-in comes back within ten minutes or not at all."""
TIDY = Every(name="tidy-jobs", every=timedelta(hours=1), kind="tidy_jobs")


def tidying(database: Database) -> Kind:
    """The kind of the `TIDY` beat: old history, old slots, full buckets, past sign-ins, files."""

    async def run(job: Job) -> None:
        async with database.system() as session:
            await do_forget_history(session, older=HISTORY)
            tenants = await find_tenants(session)
        for tenant in tenants:
            await job.check()
            async with database.tenant(tenant.id) as session:
                await do_forget_runs(session, older=RUNS)
                await do_forget_rates(session)
                now = datetime.now(UTC)
                await do_forget_states(session, now - STATES)
                await do_forget(session, now)
                await do_forget_sessions(session, now=now, idle=now - IDLE)

    return Kind(run=run, pool="bulk", attempts=1, keep=False)
