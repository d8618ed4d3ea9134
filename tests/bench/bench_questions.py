"""Questions answered end to end on the simulated ISP: words in, reply out, through the one gate.

Run: `python tests/bench/bench_questions.py [SIZE ...]`; the default is 12,000 and 200,000 customers. Loaded worlds
are kept in the temporary folder (`backhaul-bench-SIZE`), so that a second run starts at once; delete them by hand.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import psutil
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.app import App
from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.demo import PERSONAS, load_demo
from bot.errors import UserError

SIZES = (12_000, 200_000)
QUESTIONS, CARDS, AT_ONCE = 1_000, 1_000, 8
MIX: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (24, "support", ("show me customer {number}", "who is {number}", "customer card for {number}")),
    (12, "support", ("who is {name}", "show me everything about {name}")),
    (6, "support", ("find {phone}", "find {ip}", "find {username}")),
    (5, "support", ("find {serial}",)),
    (12, "noc", ("is {number} online", "line status of {number}", "optical level of {number}")),
    (10, "support", ("tickets of {number}", "does {number} have open tickets")),
    (6, "support", ("show {ticket}", "history of {ticket}")),
    (5, "support", ("my tickets", "which of my tickets breach their SLA today")),
    (8, "billing", ("what does {number} owe", "balance of {number}")),
    (5, "billing", ("invoices of {number}", "payments of {number}")),
    (3, "noc", ("any outages", "who is affected by OUT-0040", "status of site CTR-01")),
    (2, "billing", ("who owes us money", "which payments failed today")),
    (2, "support", ("good morning", "the customer is angry, what now")),
)
"""Weight, who asks, and how: as in a day of first-line support with some NOC and billing."""
THINGS = """
select c.number, c.name, c.phone, host(s.ipv4) as ip, s.username, s.ont_serial as serial,
    coalesce((select t.number from isp_tickets t where t.customer_id = c.id order by t.opened_at desc limit 1),
        'TCK-10000') as ticket
from isp_customers c join isp_services s on s.customer_id = c.id and s.number like '%-1'
where c.status = 'active' and s.ont_serial is not null and c.number = any(:wanted)
"""


def server_seconds(home: Path) -> float:
    """Return the CPU the database server has used, ended backends included."""
    pid = next((home / "pg" / "cluster").rglob("postmaster.pid")).read_text().split()[0]
    post = psutil.Process(int(pid))
    spent = post.cpu_times()
    total = spent.user + spent.system + spent.children_user + spent.children_system
    return total + sum(t.user + t.system for t in (child.cpu_times() for child in post.children()))


def share(numbers: Sequence[float], part: float) -> float:
    return sorted(numbers)[min(int(len(numbers) * part), len(numbers) - 1)]


def rss() -> float:
    return psutil.Process().memory_info().rss / 2**20


class Session:
    """One opened bot with its world, and customers to ask about."""

    def __init__(self, app: App, tenant: Tenant, people: dict[str, User], things: list[dict]) -> None:
        self.app, self.tenant, self.people, self.things = app, tenant, people, things
        self.dice = random.Random(7)
        self.threads, self.began = 0, time.time_ns()
        self.tones: Counter[str] = Counter()
        self.forms: dict[str, list[float]] = {}

    @classmethod
    async def open(cls, home: Path, size: int) -> Session:
        app = await App.open(Config(home=home, database_pool=AT_ONCE + 2), migrate=True)
        await load_demo(app.database, app.around, size=size)
        tenant = await app.tenant("savanna")
        people = {role: await app.person(tenant, email) for role, email in PERSONAS.items()}
        dice = random.Random(3)
        wanted = [str(100_100 + dice.randrange(size)) for _ in range(600)]
        async with app.database.tenant(tenant.id) as session:
            rows = await session.execute(text(THINGS), {"wanted": wanted})
            things = [dict(row._mapping) for row in rows]
        return cls(app, tenant, people, things)

    async def ask_any(self) -> None:
        _, role, forms = self.dice.choices(MIX, weights=[weight for weight, *_ in MIX])[0]
        form = self.dice.choice(forms)
        began = time.perf_counter()
        await self.ask(role, form.format(**self.dice.choice(self.things)))
        self.forms.setdefault(form, []).append((time.perf_counter() - began) * 1_000)

    async def ask(self, role: str, words: str) -> Reply | None:
        self.threads += 1
        try:
            reply = await self.app.answer(
                self.tenant, self.people[role], words, thread=f"bench-{self.began}-{self.threads}"
            )
        except UserError as error:
            self.tones[type(error).__name__] += 1
            return None
        self.tones[reply.tone] += 1
        return reply


async def timed(work: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1_000)
    return taken


class Spent:
    """Wall time, our CPU and the server's since it was made."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.wall, self.ours, self.theirs = time.perf_counter(), time.process_time(), server_seconds(home)

    def line(self, title: str, count: int, taken: Sequence[float]) -> None:
        wall, ours = time.perf_counter() - self.wall, time.process_time() - self.ours
        theirs = server_seconds(self.home) - self.theirs
        latency = f"{share(taken, 0.5):>7.1f} {share(taken, 0.99):>7.1f}" if taken else f"{'':>15}"
        print(
            f"  {title:<42} {count / wall:>7.1f}/s {latency} {ours / count * 1e3:>8.2f} {theirs / count * 1e3:>9.2f}"
        )


async def measure(size: int) -> None:
    home = Path(tempfile.gettempdir()) / f"backhaul-bench-{size}"
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    session = await Session.open(home, size)
    try:
        print(f"{size:,} customers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        loaded = rss()
        began = time.perf_counter()
        await session.ask("support", "show me customer 100234")
        print(
            f"  first answer {(time.perf_counter() - began) * 1e3:,.0f} ms; RSS {loaded:.0f} MB before, {rss():.0f} MB after it"
        )
        for _ in range(50):
            await session.ask_any()
        session.forms.clear()
        idle = rss()
        print(f"  {'':<42} {'':>9} {'p50 ms':>7} {'p99 ms':>7} {'our CPU':>8} {'server':>9}  (ms each)")
        await cards(session, home)
        await one_by_one(session, home)
        print(
            f"  RSS: {idle:.0f} MB warm, {rss():.0f} MB after {session.threads:,} questions; replies: {dict(session.tones)}"
        )
        slow = sorted(session.forms.items(), key=lambda item: -share(item[1], 0.5))[:6]
        print("  slowest by median: " + "; ".join(f"{form} {share(t, 0.5):.0f} ms" for form, t in slow))
        await many(session, home)
    finally:
        await session.app.close()


async def cards(session: Session, home: Path) -> None:
    """The customer 360, as an exact command and in words."""
    numbers = [thing["number"] for thing in session.things]
    spent = Spent(home)
    taken = await timed(
        lambda: session.ask("support", f"customers show customer={session.dice.choice(numbers)}"), CARDS
    )
    spent.line("customer 360, exact command", CARDS, taken)
    spent = Spent(home)
    taken = await timed(
        lambda: session.ask("support", f"show me customer {session.dice.choice(numbers)}"), CARDS
    )
    spent.line("customer 360, in words", CARDS, taken)


async def one_by_one(session: Session, home: Path) -> None:
    spent = Spent(home)
    taken = await timed(session.ask_any, QUESTIONS)
    spent.line("mixed questions, one after the other", QUESTIONS, taken)


async def many(session: Session, home: Path) -> None:
    taken: list[float] = []

    async def worker() -> None:
        taken.extend(await timed(session.ask_any, QUESTIONS // AT_ONCE))

    spent = Spent(home)
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    spent.line(f"mixed questions, {AT_ONCE} at once", QUESTIONS, taken)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:] if size.isdigit()] or SIZES
    if "--one" in sys.argv:
        asyncio.run(measure(sizes[0]))
        return
    for size in sizes:
        subprocess.run([sys.executable, __file__, str(size), "--one"], check=True)  # its own memory


if __name__ == "__main__":
    main()
