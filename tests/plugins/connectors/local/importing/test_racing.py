"""Two processes at once with the same invoice number or the same payment: one of them has it, for one customer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.databases import Urls
from tests.plugins.building import Isp
from tests.plugins.connectors.local.importing.conftest import Loader

PEOPLE = "number,name\n100,Ann Apple\n101,Bo Bean\n"
PAYMENTS = "transaction id,account,date,amount,method\nQX1,{},2026-11-10,5.00,cash\n"
INVOICES = "number,customer,date,due,total\nB1,{},2026-11-01,2026-11-10,100.00\n"
WAITING = """
    select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and a.datname = current_database()
"""
HOLD = text("select from isp_customers where number = :number for no key update")
Child = Callable[..., Coroutine[Any, Any, str]]


@pytest.fixture
def child(isp: Isp, urls: Urls) -> Child:
    async def run(*words: str) -> str:
        told = (urls.runtime, isp.tenant.id, isp.tenant.slug, *words)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.plugins.connectors.local.importing.racing", *told,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        return said.decode().strip()

    return run


async def until_waiting(isp: Isp, many: int, *tasks: asyncio.Task[str]) -> None:
    """Return once so many sessions wait for a lock."""
    while True:
        async with isp.sql() as watching:  # anew each time: within one transaction the sessions stay the same
            if (await watching.execute(text(WAITING))).scalar_one() >= many:
                return
        assert not (ended := [task.result() for task in tasks if task.done()]), ended
        await asyncio.sleep(0.01)


def kept(tmp_path: Path, content: str) -> str:
    path = tmp_path / f"{abs(hash(content))}.csv"
    path.write_text(content)
    return str(path)


async def owner(isp: Isp, table: str) -> list[str]:
    async with isp.sql() as session:
        rows = await session.execute(
            text(f"select c.number from {table} t join isp_customers c on c.id = t.customer_id")
        )
        return list(rows.scalars())


async def test_a_payment_is_booked_while_a_file_brings_it_for_somebody_else(
    load: Loader, isp: Isp, child: Child, tmp_path: Path
) -> None:
    """The file got as far as the customers that it names when the other process begins to book."""
    await load("customers", PEOPLE)
    async with isp.sql() as holding:
        await holding.execute(HOLD, {"number": "100"})
        loading = asyncio.create_task(child("import", "payments", kept(tmp_path, PAYMENTS.format(100))))
        await until_waiting(isp, 1, loading)
        booking = asyncio.create_task(child("pay", "101", "qx-1"))
        await until_waiting(isp, 2, loading, booking)
    assert await loading == "written True"
    assert "A payment with the reference qx-1 is booked already" in await booking
    assert await owner(isp, "isp_payments") == ["100"]


@pytest.mark.deep
async def test_a_file_brings_a_payment_while_it_is_booked_for_somebody_else(
    load: Loader, isp: Isp, child: Child, tmp_path: Path
) -> None:
    await load("customers", PEOPLE)
    async with isp.sql() as holding:
        await holding.execute(HOLD, {"number": "101"})
        booking = asyncio.create_task(child("pay", "101", "qx-1"))
        await until_waiting(isp, 1, booking)
        loading = asyncio.create_task(child("import", "payments", kept(tmp_path, PAYMENTS.format(100))))
        await until_waiting(isp, 2, loading, booking)
    assert await booking == "booked"
    assert "belongs to another customer here" in await loading
    assert await owner(isp, "isp_payments") == ["101"]


async def test_two_files_bring_the_same_invoice_for_two_customers(
    load: Loader, isp: Isp, child: Child, tmp_path: Path
) -> None:
    await load("customers", PEOPLE)
    files = [kept(tmp_path, INVOICES.format(number)) for number in ("100", "101")]
    async with isp.sql() as holding:
        await holding.execute(HOLD, {"number": "100"})
        first = asyncio.create_task(child("import", "invoices", files[0]))
        await until_waiting(isp, 1, first)
        assert "Another import into this workspace is under way" in await child(
            "import", "invoices", files[1]
        )
    assert await first == "written True"
    assert "B1 belongs to another customer here" in await child("import", "invoices", files[1])
    assert await owner(isp, "isp_invoices") == ["100"]
