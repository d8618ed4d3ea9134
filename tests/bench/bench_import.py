"""CSV import: rows a second and the most memory the process took, for files of customers, invoices and payments.

Run: `python tests/bench/bench_import.py [ROWS ...]`; the default is 100,000. Each file is loaded by the command
itself, on an embedded server with its ordinary settings, and then once more, when nothing changes. Of the last file
of customers one in ten is there already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIZES = (100_000,)
FIRST = ("Amina", "Brian", "Chipo", "Dalila", "Esther", "Faith", "Grace", "Hodan", "Ivy", "Joseph")
LAST = (
    "Bello",
    "Wekesa",
    "Moyo",
    "Otieno",
    "Kamau",
    "Mwangi",
    "Nair",
    "Adeyemi",
    "Katana",
    "Njeri",
    "Achieng",
)
ROADS = ("Harbour", "Market", "Kenyatta", "Moi", "Station", "Palm", "Hospital", "Mosque")
PER_CUSTOMER = 20
"""Payments of each customer."""


def customers(rows: int) -> Iterator[str]:
    yield "Account No,Full name,E-mail,Phone number,Street,City,Status,Date added\n"
    for n in range(rows):
        name = f"{FIRST[n % 10]} {LAST[n // 10 % 11]}"
        yield (
            f"{100_000 + n},{name},c{n}@mail.example,+2547{n:08d},{n % 300} {ROADS[n % 8]} Road,Town {n % 50},"
            f"active,2024-{1 + n % 12:02d}-{1 + n % 28:02d}\n"
        )


def invoices(rows: int) -> Iterator[str]:
    yield "Invoice #,Account No,Date,Date due,Amount (KES)\n"
    for n in range(rows):
        month = 1 + n % 10
        yield f'INV-{n:08d},{100_000 + n // 10},2026-{month:02d}-01,2026-{month:02d}-15,"1,500.00"\n'


def payments(rows: int) -> Iterator[str]:
    yield "Receipt,Account No,Date,Amount,Method,Reference\n"
    for n in range(rows):
        yield (
            f"RCP-{n:08d},{100_000 + n // PER_CUSTOMER},2026-{1 + n % 10:02d}-{1 + n % 28:02d} 10:{n % 60:02d},"
            f"{500 + n % 1000}.50,M-Pesa,QX{n:08d}\n"
        )


def run(env: dict[str, str], *words: str) -> tuple[float, float]:
    """Run a command; return its seconds and the most MB it took."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return time.perf_counter() - began, used.ru_maxrss / 1024


def measure(folder: Path, env: dict[str, str], kind: str, rows: int, lines: Iterator[str]) -> None:
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8-sig", newline="\r\n") as file:  # as spreadsheets on Windows write it
        file.writelines(lines)
    size = path.stat().st_size / 2**20
    for way in ("new", "again"):
        took, peak = run(env, "import", kind, str(path))
        print(
            f"{kind:>10} {rows:>10,} {size:>7.0f} {way:>6} {took:>8.1f} {rows / took:>9,.0f} {peak:>8.0f}",
            flush=True,
        )
    path.unlink()


def main() -> None:
    print(f"{'kind':>10} {'rows':>10} {'MB':>7} {'':>6} {'seconds':>8} {'rows/s':>9} {'peak MB':>8}")
    for rows in [int(one) for one in sys.argv[1:]] or SIZES:
        home = Path(tempfile.mkdtemp(prefix="backhaul-bench-", dir="/var/tmp"))
        home.chmod(0o755)
        env = {**os.environ, "BACKHAUL_HOME": str(home)}
        try:
            run(env, "tenants", "create", "bench", "Bench", "--currency", "KES")
            known = max(rows // 10, 1)
            measure(home, env, "customers", known, customers(known))
            measure(home, env, "invoices", rows, invoices(rows))
            measure(home, env, "payments", rows, payments(rows))
            measure(home, env, "customers", rows, customers(rows))
        finally:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
