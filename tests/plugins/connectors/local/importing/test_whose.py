"""Tickets, invoices and payments of customers who are told by telephone number or e-mail address only."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from plugins.connectors.local.importing.nouns import Stop
from tests.plugins.building import Isp
from tests.plugins.connectors.local.importing.conftest import Loader, counts, told

PEOPLE = (
    "number,name,phone,phone 2,email,status\n"
    "100,Ann Apple,+34600000001,,Ann@Mail.example,active\n"
    "101,Bo Bean,+34600000002,+34600000009,bo@mail.example,active\n"
    "102,Bo Bean,,,bo@mail.example,active\n"
    "103,Cy Corn,+34600000001,,,churned\n"
)
TICKETS = "number,customer,customer phone,customer email,subject,created\n"


@pytest.fixture
async def people(load: Loader) -> None:
    await load("customers", PEOPLE)


async def owners(isp: Isp, table: str) -> dict[str, str | None]:
    sql = (
        f"select t.number, c.number as owner from {table} t left join isp_customers c on c.id = t.customer_id"
    )
    async with isp.sql() as session:
        return {row.number: row.owner for row in await session.execute(text(sql))}


async def test_a_ticket_is_of_whom_the_phone_or_address_is(load: Loader, isp: Isp, people: None) -> None:
    file = TICKETS + (
        "T1,,+34 600 000 001,,No light,2026-11-01 09:30\n"
        "T2,,+34600000009,,Slow,2026-11-01 09:30\n"
        "T3,,,ANN@mail.example,Slow,2026-11-01 09:30\n"
        "T4,,+34600000002,nobody@mail.example,Slow,2026-11-01 09:30\n"
        "T5,102,+34600000001,,The account counts,2026-11-01 09:30\n"
        "T6,,,,Of nobody,2026-11-01 09:30\n"
    )
    assert counts(await load("tickets", file)) == {"tickets": (6, 0, 0)}
    assert await owners(isp, "isp_tickets") == {
        "T1": "100", "T2": "101", "T3": "100", "T4": "101", "T5": "102", "T6": None,
    }  # fmt: skip


async def test_nobody_and_several_are_asked_about(load: Loader, people: None) -> None:
    file = TICKETS + (
        "T1,,+34699999999,,No light,2026-11-01 09:30\n"
        "T2,,,bo@mail.example,Slow,2026-11-01 09:30\n"
        "T3,,+34600000001,bo@mail.example,Slow,2026-11-01 09:30\n"
        "T4,999,,,Slow,2026-11-01 09:30\n"
    )
    phone, email, both, sure = told(await load("tickets", file))
    assert phone.startswith(
        "2 customer phone: there is no customer with +34699999999. Load the customers first"
    )
    several = "is that of several customers: "
    assert email == f"3 customer email: bo@mail.example {several}101, 102. Say the account number."
    assert both.startswith(f"4 customer phone: +34600000001 or bo@mail.example {several}100, 101, 102. Say")
    assert sure == "5 customer: there is no customer 999. Load the customers first."


async def test_invoices_and_payments_by_phone_settle_each_other(load: Loader, isp: Isp, people: None) -> None:
    invoices = "number,customer phone,date,total\nI1,+34600000001,2026-11-01,45.00\n"
    assert counts(await load("invoices", invoices))["invoices"] == (1, 0, 0)
    payments = "receipt,customer email,date,amount,method\nR1,ann@mail.example,2026-11-10 14:05,45.00,cash\n"
    assert counts(await load("payments", payments, dry_run=True))["payments"] == (1, 0, 0)
    assert counts(await load("payments", payments))["payments"] == (1, 0, 0)
    assert await owners(isp, "isp_payments") == {"R1": "100"}
    assert await isp.count("isp_invoices", "number = 'I1' and status = 'paid'") == 1
    assert counts(await load("payments", payments))["payments"] == (0, 0, 1)


async def test_money_is_always_somebodys(load: Loader, people: None) -> None:
    with pytest.raises(Stop, match="no column for customer or customer_phone or customer_email"):
        await load("invoices", "number,date,total\nI1,2026-11-01,45.00\n")
    bare = "number,customer,customer phone,date,total\nI1,,,2026-11-01,45.00\n"
    assert told(await load("invoices", bare)) == ["2 customer: is empty."]
    bare = "number,customer,date,amount,method\nR1,,2026-11-01,45.00,cash\n"
    assert told(await load("payments", bare)) == ["2 customer: is empty."]
