"""Finding one customer among very many by every key, and who is hit by a core router: our time and the server's.

Run: `python tests/bench/bench_million.py [SIZE ...]`; the default is 12,000 customers, `1000000` takes half an hour
the first time and 8 GB. Above 100,000 the world is lean: no payments, e-mails, measurements and ticket events, and
of the invoices only open ones. Loaded worlds are kept (`backhaul-bench-lean-SIZE` in the temporary folder, which
TMPDIR sets): delete them by hand.

`port` is the connector's answer; `bare` the peer: the same row by plain SQL as the role that owns the database,
prepared, without row-level security, without our code.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.api import EVERYWHERE, ConnectorContext, NoSettings
from bot.app import App
from bot.config import Config
from bot.contract.people import Tenant
from bot.db.urls import connect_kwargs
from bot.demo import PERSONAS, load, load_demo
from bot.demo.world.batch import Batch
from bot.demo.world.tell import tell
from bot.demo.world.world import World
from plugins.connectors.local.customers import LocalCustomers
from plugins.connectors.local.network import LocalNetwork
from plugins.network.port import Place
from tests.bench.bench_questions import THINGS, rss, server_seconds, share

SIZES = (12_000,)
LEAN_ABOVE = 100_000
ROUNDS, CARDS, HITS = 400, 300, 25
SKIPPED = {
    "isp_payments", "isp_allocations", "isp_credit_notes", "isp_emails", "isp_measurements", "isp_ticket_events"
}  # fmt: skip
BARE = "select * from isp_customers c join isp_services s on s.customer_id = c.id and s.tenant_id = c.tenant_id where "
PEERS = {
    "account number": "c.tenant_id = $1 and c.number = $2",
    "phone, any form": "c.tenant_id = $1 and c.phone_key = reverse(ltrim($2, '+'))",
    "e-mail": "c.tenant_id = $1 and c.email_key = $2",
    "IP": "s.tenant_id = $1 and s.ipv4 = $2::text::inet",
    "MAC": "s.tenant_id = $1 and s.cpe_mac = $2::text::macaddr",
    "ONT serial": "s.tenant_id = $1 and s.ont_key = $2",
    "PPPoE username": "s.tenant_id = $1 and s.username_key = $2",
}


def lean(world: World) -> Iterator[Batch]:
    """Leave out what no look-up reads."""
    for batch in tell(world):
        if batch.table in SKIPPED:
            continue
        if batch.table == "isp_invoices":
            status = batch.columns.index("status")
            yield replace(batch, rows=[row for row in batch.rows if row[status] == "open"])
        else:
            yield batch


def spoiled(dice: random.Random, name: str) -> str:
    """Misspell a name: one letter of its longest word is another one."""
    word = max(name.split(), key=len)
    at = dice.randrange(1, len(word))
    return name.replace(word, word[:at] + dice.choice("aeiour") + word[at + 1 :], 1)


def spread(dice: random.Random, phone: str) -> str:
    """Write a phone number as people do."""
    return dice.choice(
        (phone, phone.replace("+254", "0"), f"{phone[:4]} {phone[4:7]}-{phone[7:]}", phone[4:])
    )


KEYS: dict[str, Callable[[random.Random, dict[str, Any]], str]] = {
    "account number": lambda _, t: t["number"],
    "exact name": lambda _, t: t["name"],
    "misspelt name": lambda dice, t: spoiled(dice, t["name"]),
    "phone, any form": lambda dice, t: spread(dice, t["phone"]),
    "e-mail": lambda _, t: t["email"],
    "address": lambda _, t: t["street"],
    "IP": lambda _, t: t["ip"],
    "MAC": lambda dice, t: dice.choice(
        (t["mac"], t["mac"].replace(":", "-").upper(), t["mac"].replace(":", ""))
    ),
    "ONT serial": lambda dice, t: dice.choice((t["serial"], t["serial"].lower())),
    "PPPoE username": lambda _, t: t["username"],
}
MORE = THINGS.replace("c.phone,", "c.phone, c.email, c.street, s.cpe_mac::text as mac,")
BIGGEST = """
with recursive top as (
    select name, name as root, site from isp_devices where parent is null and tenant_id = $1
    union all select d.name, top.root, top.site from isp_devices d
        join top on d.parent = top.name and d.tenant_id = $1
)
select root, top.site, count(*) as services,
    (select min(d.name) from isp_devices d where d.parent = root and d.kind = 'bng' and d.tenant_id = $1) as bng
from top join isp_below b on b.tenant_id = $1 and b.device = top.name and b.active
group by 1, 2 order by 3 desc
"""


class Clock:
    """CPU of this process, CPU of the server, and wall time of many calls; medians and the 99th of a hundred."""

    def __init__(self, home: Path) -> None:
        self.home = home

    async def line(
        self, title: str, rounds: int, ask: Callable[[int], Awaitable[Any]], bare: float | None
    ) -> None:
        """Ask so often and print one line; misses are counted by what comes back empty."""
        await ask(0)
        wall: list[float] = []
        own: list[float] = []
        misses, theirs = 0, server_seconds(self.home)
        for nr in range(rounds):
            began, cpu = time.perf_counter(), time.process_time()
            misses += not await ask(nr)
            own.append((time.process_time() - cpu) * 1e3)
            wall.append((time.perf_counter() - began) * 1e3)
        theirs = (server_seconds(self.home) - theirs) * 1e3 / rounds
        peer = "" if bare is None else f"{bare:>7.2f} {statistics.median(wall) / bare:>6.1f}"
        print(
            f"  {title:<34} {share(own, 0.5):>7.1f} {share(own, 0.99):>7.1f} {theirs:>7.1f} "
            f"{share(wall, 0.5):>7.1f} {share(wall, 0.99):>7.1f} {misses:>6} {peer}",
            flush=True,
        )


async def things_of(app: App, tenant: Tenant, size: int) -> list[dict[str, Any]]:
    """Return customers to look for, drawn evenly."""
    dice = random.Random(3)
    wanted = [str(100_100 + dice.randrange(size)) for _ in range(900)]
    async with app.database.tenant(tenant.id) as session:
        rows = await session.execute(text(MORE), {"wanted": wanted})
        return [
            row for row in (dict(row._mapping) for row in rows) if all(row[k] for k in ("ip", "mac", "email"))
        ]


async def bare_ms(connection: Any, tenant: Tenant, key: str, values: list[str]) -> float | None:
    """Return the median wall time of the peer."""
    if key not in PEERS:
        return None
    statement = await connection.prepare(BARE + PEERS[key])
    taken = []
    for value in values:
        began = time.perf_counter()
        await statement.fetch(tenant.id, value)
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


async def measure(size: int) -> None:
    home = Path(tempfile.gettempdir()) / f"backhaul-bench-{'lean-' if size > LEAN_ABOVE else ''}{size}"
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    if size > LEAN_ABOVE:
        load.tell = lean
    app = await App.open(Config(home=home), migrate=True)
    bare = None
    try:
        began = time.perf_counter()
        await load_demo(app.database, app.around, size=size)
        print(f"{size:,} customers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, RSS {rss():.0f} MB; "
              f"loaded or found in {time.perf_counter() - began:,.0f} s")  # fmt: skip
        tenant = await app.tenant("savanna")
        person = await app.person(tenant, PERSONAS["support"])
        things = await things_of(app, tenant, size)
        bare = await asyncpg.connect(**superuser(app))
        context = ConnectorContext(
            tenant=tenant,
            settings=NoSettings(),
            now=app.around(tenant).now,
            sql=lambda: app.database.tenant(tenant.id),
        )
        await ask_all(Clock(home), app, tenant, person, context, things, bare)
    finally:
        if bare is not None:
            await bare.close()
        await app.close()


def superuser(app: App) -> dict[str, Any]:
    """Return how to connect as the role that owns the embedded server, whom no policy binds."""
    assert app.database.server is not None
    return connect_kwargs(app.database.server.url(database=app.database.engine.url.database or ""))


async def ask_all(
    clock: Clock,
    app: App,
    tenant: Tenant,
    person: Any,
    context: ConnectorContext,
    things: list[Any],
    bare: Any,
) -> None:
    print(f"  {'(ms each)':<34} {'own p50':>7} {'p99':>7} {'server':>7} {'wall':>7} {'p99':>7} {'misses':>6} "
          f"{'bare':>7} {'ratio':>6}")  # fmt: skip
    port, network, dice = LocalCustomers(context), LocalNetwork(context), random.Random(7)
    for key, form in KEYS.items():
        texts = [form(dice, things[nr % len(things)]) for nr in range(ROUNDS)]
        exact = [t.lower() if key in {"e-mail", "PPPoE username"} else t for t in texts]
        if key == "phone, any form":
            exact = [things[nr % len(things)]["phone"] for nr in range(ROUNDS)]
        elif key == "ONT serial":
            exact = [t.upper() for t in texts]
        peer = await bare_ms(bare, tenant, key, exact)
        await clock.line(f"find by {key}", ROUNDS, lambda nr, t=texts: port.find(EVERYWHERE, t[nr], 5), peer)
    stamp = time.time_ns()
    for key in ("account number", "phone, any form", "exact name"):
        words = [KEYS[key](dice, things[nr % len(things)]) for nr in range(CARDS)]

        async def card(nr: int, words: list[str] = words, key: str = key) -> Any:
            thread = f"bench-{stamp}-{key}-{nr}"
            return await app.answer(tenant, person, f"customers show customer={words[nr]!r}", thread=thread)

        await clock.line(f"the 360 card by {key}", CARDS, card, None)
    roots = await bare.fetch(BIGGEST, tenant.id)
    for root in (roots[0], roots[-1]):
        places = (("device", root["root"]), ("site", root["site"]), ("device", root["bng"]))
        print(f"  below {root['root']}: {root['services']:,} services")
        for place in (Place(kind=kind, key=name) for kind, name in places):
            await clock.line(
                f"who is hit: {place.key}", HITS, lambda _, p=place: network.impact(EVERYWHERE, p), None
            )
        await clock.line(
            f"status of site {root['site']}",
            HITS,
            lambda _, r=root: network.site(EVERYWHERE, r["site"]),
            None,
        )


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:] if size.isdigit()] or SIZES
    if "--one" in sys.argv:
        asyncio.run(measure(sizes[0]))
        return
    for size in sizes:
        subprocess.run([sys.executable, __file__, str(size), "--one"], check=True)  # its own memory


if __name__ == "__main__":
    main()
