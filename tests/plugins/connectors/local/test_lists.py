"""Long lists: what is shown and counted fits, in order, for whom it is; indexes serve them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import text

from bot.api import EVERYWHERE, Area, Scope
from plugins.billing.port import InvoiceQuery, PaymentQuery
from plugins.connectors.local import queries_accounts, queries_choice, queries_onts
from plugins.connectors.local.queries_accounts import find_invoice_page, find_payment_page
from plugins.connectors.local.queries_choice import find_chosen
from plugins.connectors.local.queries_onts import find_onts, find_weak
from plugins.connectors.local.queries_scope import OWNED, WITHIN
from plugins.customers.port import CustomerQuery, CustomerStatus
from plugins.network.port import Place
from tests.plugins.building import NOW, TODAY, Isp, ago

NORTH = Scope(frozenset({Area(region=frozenset({"north"}))}))


async def onts(isp: Isp) -> None:
    """Two sites; one line in the north is of a customer of the south."""
    await isp.plan()
    for region, number in (("north", "1"), ("south", "2")):
        await isp.customer(number, f"C{number}", region=region, site=region)
        await isp.site(region, region=region)
        await isp.device(f"olt-{region}", region)
        await isp.port(f"olt-{region}")
    lines = (
        ("A1", "north", "1", "online", -20),
        ("A2", "north", "1", "los", None),
        ("A3", "north", "2", "offline", None),
        ("A4", "south", "2", "online", -29),
        ("A5", "south", "2", "dying_gasp", -27),
    )
    for nr, (serial, region, customer, status, level) in enumerate(lines):
        await isp.service(customer, nr)
        await isp.ont(serial, f"olt-{region} PON 1/1", f"SVC-{customer}-{nr}", status=status, rx_dbm=level)


@pytest.mark.parametrize(
    ("status", "area", "scope", "serials"),
    [
        ("", "", EVERYWHERE, ["A2", "A3", "A5", "A4", "A1"]),
        ("not up", "", EVERYWHERE, ["A2", "A3", "A5"]),
        ("los", "", EVERYWHERE, ["A2"]),
        ("online", "", EVERYWHERE, ["A4", "A1"]),
        ("not up", "south", EVERYWHERE, ["A5"]),
        ("not up", "", NORTH, ["A2"]),
        ("online", "", NORTH, ["A1"]),
        ("not up", "south", NORTH, []),
    ],
)
async def test_onts_are_those_of_the_status_the_area_and_the_asker(
    isp: Isp, status: str, area: str, scope: Scope, serials: Sequence[str]
) -> None:
    await onts(isp)
    async with isp.sql() as session:
        page = await find_onts(session, scope, None, NOW, 9, status=status, area=area)
        first = await find_onts(session, scope, None, NOW, 1, status=status, area=area)
    assert [line.ont.serial for line in page.lines] == serials
    assert page.total == len(serials)
    assert [line.ont.serial for line in first.lines] == serials[:1]
    assert first.total == page.total or not serials
    named = {line.ont.serial: (line.customer, line.name) for line in page.lines}
    assert named.get("A2", ("1", "C1")) == ("1", "C1")


async def test_onts_below_a_place_and_weak_ones(isp: Isp) -> None:
    await onts(isp)
    place = Place(kind="device", key="olt-north")
    async with isp.sql() as session:
        below = await find_onts(session, EVERYWHERE, place, NOW, 9, status="not up")
        weak = await find_weak(session, EVERYWHERE, -19.0, None, NOW, 9)
        here = await find_weak(session, EVERYWHERE, -19.0, place, NOW, 9)
        mine = await find_weak(session, NORTH, -19.0, None, NOW, 9)
    assert [line.ont.serial for line in below.lines] == ["A2", "A3"]
    assert [line.ont.serial for line in weak.lines] == ["A4", "A1"]
    assert [line.ont.serial for line in here.lines] == [line.ont.serial for line in mine.lines] == ["A1"]


async def plan_of(isp: Isp, statement: str, **binds: object) -> str:
    async with isp.sql() as session:
        for setting in ("enable_seqscan = off", "plan_cache_mode = force_generic_plan"):
            await session.execute(text(f"set local {setting}"))
        plan = await session.execute(
            text("explain " + OWNED.sub("true", WITHIN.sub("true", statement))), binds
        )
        return "\n".join(plan.scalars())


@pytest.mark.parametrize("status", ["not up", "los"])
async def test_onts_that_are_not_up_are_found_in_their_index(isp: Isp, status: str) -> None:
    sql = queries_onts._statement([queries_onts._stands(status)], queries_onts.DARK_FIRST, whose=False)
    plan = await plan_of(isp, sql, limit=9, **({"status": status} if status == "los" else {}))
    assert re.search(r"using isp_onts_not_up|on isp_onts_not_up", plan), plan


async def money(isp: Isp) -> str:
    """Invoices and payments of each standing, in two currencies, of two regions; return the currency."""
    await isp.customer("1", "North")
    await isp.customer("2", "South", region="south")
    own = isp.tenant.currency
    bills = (
        ("I1", "1", 500, "open", 0, own),
        ("I2", "1", 700, "open", 200, own),
        ("I3", "2", 900, "paid", 900, own),
        ("I4", "2", 110, "void", 0, own),
        ("I5", "2", 130, "draft", 0, own),
        ("I6", "2", 170, "open", 0, "XOF"),
        ("I7", "1", 190, "open", 190, own),
        ("I8", "2", 60, "open", 0, own),
    )
    for nr, (number, customer, total, status, paid, currency) in enumerate(bills):
        due = TODAY + timedelta(days=nr // 2 * 5 - 5)
        more = {"status": status, "paid_minor": paid, "currency": currency}
        await isp.invoice(number, customer, total, due=due, **more)
    paid_in = (
        ("P1", "1", 100, "succeeded", 5),
        ("P2", "1", 200, "failed", 5),
        ("P3", "2", 400, "succeeded", 2),
    )
    for number, customer, amount, status, days in paid_in:
        await isp.payment(number, customer, amount, status=status, at=ago(days=days))
    return own


def days(**of: int) -> dict[str, date]:
    return {name: TODAY + timedelta(days=by) for name, by in of.items()}


@pytest.mark.parametrize("scope", [EVERYWHERE, NORTH])
async def test_invoices_are_summed_and_listed_alike_in_both_ways(
    isp: Isp, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    currency = await money(isp)
    spans = ({}, {"since": -18}, {"until": -10}, {"since": 50}, {"since": -18, "until": -12})
    for standing, span in product((None, "unpaid", "overdue", "paid"), spans):
        query = InvoiceQuery(standing=standing, **days(**span))
        assert queries_accounts._are_many(query)
        async with isp.sql() as session:
            apart = await find_invoice_page(session, scope, query, TODAY, currency, 2)
            with monkeypatch.context() as other:
                other.setattr(queries_accounts, "_are_many", lambda _: False)
                at_once = await find_invoice_page(session, scope, query, TODAY, currency, 2)
        assert apart == at_once, query


@pytest.mark.parametrize(
    ("query", "many"),
    [
        (InvoiceQuery(), True),
        (InvoiceQuery(whose=CustomerQuery(), standing="unpaid"), True),
        (InvoiceQuery(whose=CustomerQuery(kind="business")), False),
        (InvoiceQuery(standing="void"), False),
        (InvoiceQuery(customer="1"), False),
        (InvoiceQuery(biggest=True), False),
        (InvoiceQuery(since=TODAY, is_due=True), False),
        (PaymentQuery(whose=CustomerQuery()), True),
        (PaymentQuery(whose=CustomerQuery(area="north")), False),
        (PaymentQuery(method="card"), False),
        (PaymentQuery(twice=True), False),
    ],
)
def test_what_few_rows_fit_is_not_looked_for_through_all(
    query: InvoiceQuery | PaymentQuery, *, many: bool
) -> None:
    if isinstance(query, PaymentQuery):
        assert queries_accounts._are_all(query) is many
    else:
        assert queries_accounts._are_many(query) is many


async def test_all_invoices_and_payments_are_counted_newest_first(isp: Isp) -> None:
    currency = await money(isp)
    async with isp.sql() as session:
        bills = await find_invoice_page(session, EVERYWHERE, InvoiceQuery(), TODAY, currency, 3)
        mine = await find_invoice_page(session, NORTH, InvoiceQuery(), TODAY, currency, 9)
        got = await find_payment_page(session, EVERYWHERE, PaymentQuery(), TODAY, currency, 2)
    assert [one.number for one in bills.invoices] == ["I8", "I7", "I6"]
    assert (bills.count, bills.total.minor, bills.owed.minor) == (7, 2_460, 1_060)
    assert [one.number for one in mine.invoices] == ["I7", "I2", "I1"]
    assert [one.number for one in got.payments] == ["P3", "P2"]
    assert (got.count, got.failed, got.total.minor) == (3, 1, 500)


@pytest.mark.parametrize("scope", [EVERYWHERE, NORTH])
async def test_payments_are_summed_and_listed_alike_in_both_ways(
    isp: Isp, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    currency = await money(isp)
    for span in ({}, {"since": ago(days=3)}, {"until": ago(days=3)}, {"since": ago(days=1)}):
        query = PaymentQuery(**span)
        assert queries_accounts._are_all(query)
        async with isp.sql() as session:
            apart = await find_payment_page(session, scope, query, TODAY, currency, 2)
            with monkeypatch.context() as other:
                other.setattr(queries_accounts, "_are_all", lambda _: False)
                at_once = await find_payment_page(session, scope, query, TODAY, currency, 2)
        assert apart == at_once, query


async def test_customers_stand_by_status_and_by_their_whole_names(isp: Isp) -> None:
    long = "A" * 200
    people = (
        ("1", f"{long}b", "active"),
        ("2", f"{long}a", "active"),
        ("3", "Zed", "active"),
        ("4", "Abel", "suspended"),
        ("5", "Abel", "churned"),
        ("6", "Abel", "prospect"),
    )
    for number, name, status in people:
        await isp.customer(number, name, status=status)
    await isp.customer("7", "South", region="south")

    async def page(scope: Scope, limit: int, **of: CustomerStatus) -> tuple[list[str], dict[str, int]]:
        async with isp.sql() as session:
            found = await find_chosen(session, scope, CustomerQuery(**of), TODAY, limit)
        return [one.number for one in found.customers], dict(found.by_status)

    counts = {"active": 4, "suspended": 1, "prospect": 1, "churned": 1}
    assert await page(EVERYWHERE, 9) == (["2", "1", "7", "3", "4", "6", "5"], counts)
    assert await page(EVERYWHERE, 2) == (["2", "1"], counts)
    assert await page(NORTH, 4) == (["2", "1", "3", "4"], {**counts, "active": 3})
    assert await page(NORTH, 1, status=CustomerStatus.ACTIVE) == (["2"], {"active": 3})
    assert await page(Scope(frozenset()), 9) == ([], {})


async def test_long_lists_are_read_from_their_indexes(isp: Isp) -> None:
    every = {"where": "i.status <> 'draft'", "order": "i.issued_on desc, i.number desc"}
    bills = await plan_of(isp, queries_accounts.ALL_INVOICES.format(**every), currency="EUR", limit=9)
    for way in ("Index Only Scan using isp_invoices_listed", "Scan Backward using isp_invoices_listed"):
        assert way in bills, bills
    assert "isp_invoices_unpaid" in bills
    paid = await plan_of(isp, queries_accounts.ALL_PAYMENTS.format(where="true"), currency="EUR", limit=9)
    for way in ("Index Only Scan using isp_payments_at", "Scan Backward using isp_payments_at"):
        assert way in paid, paid
    people = await plan_of(isp, queries_choice.EVERYBODY.format(chosen="true"), limit=9)
    assert "Index Scan using isp_customers_standing" in people, people
    assert re.search(r"Presorted Key: .*left", people), people
