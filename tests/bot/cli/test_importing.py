"""`backhaul import` as a clerk types it: templates, a dry run, errors, a mapping kept, and dying in between."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from bot.db.urls import connect_kwargs
from tests.bot.cli.conftest import Backhaul

ROOT = Path(__file__).parents[3]
KINDS = ("devices", "customers", "services", "topology", "invoices", "payments", "tickets")
ANN = "ann@acme.example"


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> str:
    made = backhaul(
        "tenants", "create", "acme", "Acme Fibre", "--timezone", "Africa/Nairobi", "--currency", "KES"
    )
    assert made.code == 0, made.err
    backhaul("users", "add", ANN, "Ann Admin", "--role", "admin", "--role", "support", "--role", "billing")
    return "acme"


def count(backhaul: Backhaul, table: str, tenant: str = "acme") -> int:
    async def ask() -> int:
        connection = await asyncpg.connect(**connect_kwargs(backhaul.urls.runtime))
        try:
            async with connection.transaction():
                known = await connection.fetchval("select id::text from tenants where slug = $1", tenant)
                await connection.execute("select set_config('app.tenant_id', $1, true)", known)
                return int(await connection.fetchval(f"select count(*) from {table}"))
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_a_new_isp_from_templates_to_answers(backhaul: Backhaul, acme: str, tmp_path: Path) -> None:
    for kind in KINDS:
        path = tmp_path / f"{kind}.csv"
        path.write_text(backhaul("import", kind, "--template").out)
        dry = backhaul("import", kind, str(path), "--dry-run")
        assert dry.code == 0 and "Nothing was written" in dry.out, dry.err
        real = backhaul("import", kind, str(path))
        assert real.code == 0 and "1 new" in real.out, real.err
        assert "0 new, 0 changed, 1 the same" in backhaul("import", kind, str(path)).out
    assert "Amina Bello" in backhaul("ask", "find Amina", "--as", ANN).out
    card = backhaul("ask", "show customer 100234", "--as", ANN).out
    assert "owes 2,500.00 KES" in card and "Home Fibre 50" in card and "TCK-9001" in card
    told = backhaul("audit", "search", "imported", "--json").json
    assert len(told) == 2 * len(KINDS) and all(row["event"] == "imported" for row in told)
    assert "sha256" in json.dumps(told[0]) and "customers.csv" in json.dumps(told)
    assert backhaul("audit", "verify").code == 0


def test_errors_are_listed_written_and_told_by_the_exit_code(
    backhaul: Backhaul, acme: str, tmp_path: Path
) -> None:
    before = count(backhaul, "isp_customers")
    path, errors = tmp_path / "bad.csv", tmp_path / "errors.csv"
    rows = "".join(f"{n},N{n},=nobody\n" for n in range(30))
    path.write_text(f"number,name,email,Fax\n{rows.replace(',=nobody', ',=nobody,')}")
    ran = backhaul("import", "customers", str(path), "--errors", str(errors))
    assert ran.code == 1 and "Row 2, email: “=nobody” is no e-mail address" in ran.err
    assert "… and 10 more. They are in" in ran.err.replace("\n", " ")
    assert "30 errors in 30 rows of bad.csv. Nothing was written." in ran.err and "“Fax”" in ran.err
    listed = list(csv.reader(io.StringIO(errors.read_text(encoding="utf-8-sig"))))
    assert len(listed) == 31 and listed[1][:2] == ["2", "email"]
    assert count(backhaul, "isp_customers") == before
    assert backhaul("import", "customers", str(path), "--json").json["faults"][0]["row"] == 2


def test_a_mapping_is_kept_for_the_next_time(backhaul: Backhaul, acme: str, tmp_path: Path) -> None:
    path, kept = tmp_path / "odd.csv", tmp_path / "odd.json"
    path.write_text("Nummer;Wer;Seit;Stand\n900;Zed;03/04/2026;eingefroren\n")
    ran = backhaul("import", "customers", str(path))
    assert ran.code == 2 and 'say --map "Nummer=number"' in ran.err and '"Their header=name"' in ran.err
    words = ("--map", "Nummer=number", "--map", "Wer=name", "--map", "Seit=since", "--map", "Stand=status",
             "--value", "status:eingefroren=suspended", "--dates", "dmy", "--set", "region=North")  # fmt: skip
    made = backhaul("import", "customers", str(path), *words, "--save-mapping", str(kept))
    assert made.code == 0 and "1 new" in made.out, made.err
    assert "1 the same" in backhaul("import", "customers", str(path), "--mapping", str(kept)).out
    for wrong in (("--value", "status:x=y"), ("--value", "phone"), ("--map", "x"), ("--decimal", ";"),
                  ("--calling-code", "KE"), ("--mapping", str(path)), ("--encoding", "klingon"),
                  ("--delimiter", "ab"), ("--set", "nope=1")):  # fmt: skip
        ran = backhaul("import", "customers", str(path), *wrong)
        assert ran.code == 2 and len(ran.err) < 600, (wrong, ran.err)


def test_who_keeps_data_elsewhere_is_told_so(backhaul: Backhaul, acme: str, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("number,name\n1,Ann\n")
    assert backhaul("import", "customers").code == 2
    assert backhaul("import", "customers", str(tmp_path / "none.csv")).code == 2
    assert "phone number" in backhaul("import", "customers", "--columns").out
    backhaul("tenants", "create", "remote", "Remote")
    for plugin in ("customers", "tickets", "billing", "network", "email"):
        backhaul("plugins", "disable", plugin, "--tenant", "remote")
    assert backhaul("plugins", "disable", "local", "--tenant", "remote").code == 0
    ran = backhaul("import", "customers", str(path), "--tenant", "remote")
    assert ran.code == 1 and "plugins enable local --tenant remote" in ran.err.replace("\n", " ")


def begun(backhaul: Backhaul, home: Path, *words: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "BACKHAUL_HOME": str(home), "DATABASE_URL": backhaul.urls.runtime,
           "DATABASE_OWNER_URL": backhaul.urls.owner}  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "bot", *words], cwd=ROOT, env=env, stderr=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL)  # fmt: skip


@pytest.mark.deep
def test_killed_at_any_moment_it_leaves_nothing_or_all(backhaul: Backhaul, acme: str, tmp_path: Path) -> None:
    backhaul("tenants", "create", "killed", "Killed")
    rows = 60_000
    path = tmp_path / "many.csv"
    path.write_text("number,name\n" + "".join(f"{n},Amina Bello {n}\n" for n in range(rows)))
    words = ("import", "customers", str(path), "--tenant", "killed")
    for part in (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        began = time.monotonic()
        process = begun(backhaul, tmp_path, *words, "--dry-run")
        process.wait(300)
        took = time.monotonic() - began  # of a dry run: the real one takes longer
        process = begun(backhaul, tmp_path, *words)
        try:
            process.wait(took * 2.5 * part)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait(60)
        deadline = time.monotonic() + 60
        while (there := count(backhaul, "isp_customers", "killed")) not in {
            0,
            rows,
        } and time.monotonic() < deadline:
            continue
        assert there in {0, rows}
        if there:
            break
    assert begun(backhaul, tmp_path, *words).wait(300) == 0
    assert count(backhaul, "isp_customers", "killed") == rows


@pytest.mark.deep
def test_two_hundred_thousand_rows_take_little_memory(backhaul: Backhaul, acme: str, tmp_path: Path) -> None:
    backhaul("tenants", "create", "large", "Large")
    rows = 200_000
    path = tmp_path / "many.csv"
    path.write_text(
        "number,name,email,phone,city\n"
        + "".join(f"{n},Amina Bello {n},a{n}@x.example,+2547{n:08d},Town {n % 90}\n" for n in range(rows))
    )
    process = begun(backhaul, tmp_path, "import", "customers", str(path), "--tenant", "large")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0 and count(backhaul, "isp_customers", "large") == rows
    assert used.ru_maxrss < 400 * 1024
