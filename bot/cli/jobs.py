"""The queue: `jobs list`, `jobs dead`, `jobs requeue` and `jobs drop`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson

app = typer.Typer(no_args_is_help=True, help="The durable queue: what waits, runs and lies dead.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show what waits, runs and lies dead, by kind."""
    run(_list(as_json=as_json))


async def _list(*, as_json: bool) -> None:
    from bot.cli.opened import opened, show
    from bot.db.jobs import find_backlog

    async with opened(quiet=as_json) as main, main.database.system() as session:
        found = await find_backlog(session)
    rows = [[b.kind, b.queued, b.running, b.dead, b.oldest] for b in found]
    show(found, ["Kind", "Waiting", "Running", "Dead", "Oldest waits"], rows, as_json=as_json)


@app.command()
def dead(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, as_json: AsJson = False) -> None:
    """Show jobs that were given up, with the reason."""
    run(_dead(limit, as_json=as_json))


async def _dead(limit: int, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show
    from bot.db.jobs import find_dead

    async with opened(quiet=as_json) as main, main.database.system() as session:
        found = await find_dead(session, limit=limit)
    rows = [[d.id, d.kind, d.attempts, d.died_at, d.reason] for d in found]
    show(found, ["No.", "Kind", "Tries", "Died (UTC)", "Reason"], rows, as_json=as_json)


@app.command()
def requeue(job: int) -> None:
    """Give a dead job all its attempts again."""
    run(_change(job, again=True))


@app.command()
def drop(job: int) -> None:
    """Throw a dead job away."""
    run(_change(job, again=False))


async def _change(job: int, *, again: bool) -> None:
    from bot.cli.opened import opened, out
    from bot.db.jobs import do_drop, do_requeue

    change = do_requeue if again else do_drop
    async with opened() as main, main.database.system() as session:
        done = await change(session, job)
    if not done:
        fail(f"There is no dead job {job}. `backhaul jobs dead` lists them.", Exit.NOT_FOUND)
    out.print(f"Job {job} {'waits again' if again else 'is gone'}.")
