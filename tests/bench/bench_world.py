"""The simulated ISP: how fast it is drawn and loaded, on a server with its ordinary settings.

Run: `python tests/bench/bench_world.py [SIZE ...]`; the default is 12,000 and 200,000 customers.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.app import App
from bot.config import Config
from bot.db.tenants import do_create_tenant
from bot.demo.load import Wish, load_world
from bot.demo.world.places import SAVANNA
from bot.demo.world.tell import tell
from bot.demo.world.world import build_world

SIZES = (12_000, 200_000)
NOW = datetime(2026, 11, 20, 12, 34, tzinfo=UTC)


def server_seconds(app: App) -> float:
    """Return the CPU the database server has used, ended backends included."""
    first = (app.config.home / "pg" / "cluster").rglob("postmaster.pid")
    post = psutil.Process(int(next(first).read_text().split()[0]))
    spent = post.cpu_times()
    total = spent.user + spent.system + spent.children_user + spent.children_system
    for child in post.children():
        used = child.cpu_times()
        total += used.user + used.system
    return total


def draw(size: int) -> tuple[int, float]:
    began, rows = time.process_time(), 0
    for batch in tell(build_world(SAVANNA, size, 1, NOW)):
        rows += len(batch.rows)
    return rows, time.process_time() - began


async def measure(size: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="backhaul-bench-"))
    home.chmod(0o755)
    app = await App.open(Config(home=home), migrate=True)
    try:
        async with app.database.system() as session:
            tenant = await do_create_tenant(session, slug="bench", name="Bench", currency="KES")
        ours, theirs = time.process_time(), server_seconds(app)
        load, began = os.getloadavg()[0], time.perf_counter()
        truth = await load_world(app.database, tenant, Wish(isp=SAVANNA, size=size, seed=1, now=NOW))
        wall = time.perf_counter() - began
        ours, theirs = time.process_time() - ours, server_seconds(app) - theirs
        async with app.database.tenant(tenant.id) as session:
            stored = (await session.execute(text("select pg_database_size(current_database())"))).scalar_one()
        rows = sum(n for name, n in truth.counts.items() if name.startswith("isp_"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        drawn, drawing = draw(size)
        assert drawn == rows
        print(
            f"{size:>9,} {rows:>10,} {wall:>8.1f} {rows / wall:>9,.0f} {ours:>9.1f} {theirs:>10.1f} "
            f"{rows / (ours + theirs):>11,.0f} {drawing:>8.1f} {peak:>8.0f} {stored / 2**20:>8,.0f} {load:>6.1f}"
        )
    finally:
        await app.close()
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:] if size.isdigit()] or SIZES
    if "--one" in sys.argv:
        asyncio.run(measure(sizes[0]))
        return
    print(
        "customers       rows   wall s    rows/s  ours cpu  server cpu  rows/cpu s   draw s  RSS MB  disk MB   load",
        flush=True,
    )
    for size in sizes:
        subprocess.run([sys.executable, __file__, str(size), "--one"], check=True)  # its own peak memory


if __name__ == "__main__":
    main()
