"""What an import does to the tables: again and again, in part, by several people, and what follows elsewhere."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.api import EVERYWHERE, Conflict, Money
from bot.db.tenants import do_create_tenant
from plugins.billing.port import InvoiceStatus, NewPayment
from plugins.connectors.local.billing import LocalBilling
from plugins.connectors.local.customers import LocalCustomers
from plugins.connectors.local.network import LocalNetwork
from plugins.connectors.local.tickets import LocalTickets
from plugins.network.port import Place
from tests.plugins.building import NOW, TODAY, Isp, effect
from tests.plugins.connectors.local.importing.conftest import Loader, counts, told

PEOPLE = "number,name,phone,city\n100,Ann Apple,+34600000001,Rota\n101,Bo Bean,+34600000002,Rota\n"
LINES = (
    "account,number,plan,price,download,login,status\n"
    "100,L1,Fibre 50,45.00,50,ann100,active\n101,L2,Fibre 50,45.00,50,bo101,blocked\n"
)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


async def test_again_changes_only_what_the_file_says(load, isp) -> None:
    assert counts(await load("customers", PEOPLE)) == {"customers": (2, 0, 0)}
    assert counts(await load("customers", PEOPLE)) == {"customers": (0, 0, 2)}
    changed = "number,phone,name\n101,,Bo Bean\n100,+34699999999,Ann Apple\n102,,Cy Corn\n"
    dry = await load("customers", changed, dry_run=True)
    assert counts(dry) == {"customers": (1, 1, 1)} and not dry.written
    (example,) = dry.effects[0].examples
    assert (example.row, example.key, example.fields) == (
        3,
        "100",
        (("phone", "+34600000001", "+34699999999"),),
    )
    assert await isp.count("isp_customers") == 2
    assert counts(await load("customers", changed)) == {"customers": (1, 1, 1)}
    assert await isp.count("isp_customers", "city = 'Rota' and phone = '+34699999999'") == 1
    assert await isp.count("isp_customers", "number = '101' and phone = '+34600000002'") == 1
    assert counts(await load("customers", changed, empty_clears=True)) == {"customers": (0, 1, 2)}
    assert await isp.count("isp_customers", "number = '101' and phone is null and city = 'Rota'") == 1


async def test_renamed_customers_are_found_by_their_new_names(load, isp) -> None:
    await load("customers", PEOPLE)
    await load("customers", "number,name\n100,Zoe Zest\n")
    port = LocalCustomers(isp.context())
    assert [f.customer.number for f in await port.find(EVERYWHERE, "zest", 5)] == ["100"]
    assert not await port.find(EVERYWHERE, "apple", 5)


async def test_names_in_two_columns_and_companies(load, isp) -> None:
    await load("customers", "client id,firstName,lastName,companyName\n1,Ann,Apple,\n2,Bo,Bean,Beans Ltd\n")
    assert await isp.count("isp_customers", "name = 'Ann Apple' and kind = 'individual'") == 1
    assert (
        await isp.count("isp_customers", "name = 'Beans Ltd' and contact = 'Bo Bean' and kind = 'business'")
        == 1
    )


async def test_two_tenants_have_each_their_own(load, load_elsewhere, isp) -> None:
    await load("customers", PEOPLE)
    assert counts(await load_elsewhere("customers", PEOPLE)) == {"customers": (2, 0, 0)}
    await load_elsewhere("customers", "number,name\n100,Somebody Else\n")
    assert await isp.count("isp_customers", "name = 'Ann Apple'") == 1
    assert "no customer 100" in told(await load_elsewhere("services", LINES.replace("100", "999")))[
        0
    ].replace("999", "100")


async def test_one_import_at_a_time(load, isp) -> None:
    async with isp.sql() as session:
        await session.execute(
            text(
                "select pg_advisory_xact_lock(hashtextextended('load ' || current_setting('app.tenant_id'), 0))"
            )
        )
        with pytest.raises(Conflict, match="under way"):
            await load("customers", PEOPLE)
    assert counts(await load("customers", PEOPLE)) == {"customers": (2, 0, 0)}


async def test_two_at_once_double_nothing(load, isp) -> None:
    async def one() -> object:
        try:
            return await load("customers", PEOPLE)
        except Conflict as error:
            return error

    await asyncio.gather(*(one() for _ in range(4)))
    assert await isp.count("isp_customers") == 2


async def test_services_bring_their_plans_and_where_customers_stand(load, isp) -> None:
    await load("customers", PEOPLE)
    assert counts(await load("services", LINES)) == {"plans": (1, 0, 0), "services": (2, 0, 0)}
    assert counts(await load("services", LINES)) == {"services": (0, 0, 2), "plans": (0, 0, 0)}
    assert await isp.count("isp_plans", "name = 'Fibre 50' and price_minor = 4500 and down_kbps = 50000") == 1
    assert await isp.count("isp_customers", "number = '101' and status = 'suspended'") == 1
    ended = "account,number,plan,status,end date\n101,L2,Fibre 50,stopped,2026-10-01\n"
    assert counts(await load("services", ended))["services"] == (0, 1, 0)
    assert (
        await isp.count(
            "isp_customers", "number = '101' and status = 'churned' and churned_on = '2026-10-01'"
        )
        == 1
    )
    assert counts(await load("customers", "number,name,status\n101,Bo Bean,active\n")) == {
        "customers": (0, 0, 1)
    }


async def test_services_by_username_get_numbers(load, isp) -> None:
    await load("customers", PEOPLE)
    raw = "customer,plan,price,pppoe user\n100,Home,10,ann\n100,Home,10,ann2\n101,Home,10,bo\n"
    assert counts(await load("services", raw))["services"] == (3, 0, 0)
    assert counts(await load("services", raw))["services"] == (0, 0, 3)
    assert await isp.count("isp_services", "number in ('SVC-100-1', 'SVC-100-2', 'SVC-101-1')") == 3
    assert counts(await load("services", raw + "100,Home,10,ann3\n"))["services"] == (1, 0, 3)
    assert await isp.count("isp_services", "number = 'SVC-100-3'") == 1


async def test_what_services_may_not(load, isp) -> None:
    await load("customers", PEOPLE)
    await load("services", LINES)
    raw = (
        "customer,number,plan,price,username,ont,port\n"
        "100,L1,Fibre 50,46.00,ann100,,\n"
        "101,L1,Fibre 50,45.00,x1,,\n"
        "777,L3,New,1.00,x2,,\n"
        "100,L4,New,2.00,bo101,,\n"
        "100,L5,New,1.00,x4,HWTC00000001,olt-1 PON 1/9\n"
        "100,L6,,,x5,hwtc 0000 0001,\n"
    )
    faults = told(await load("services", raw))
    text_ = "\n".join(faults)
    for words in (
        "2 price: plan “Fibre 50” costs 45.00 here", "L1 stands in row 2 already", "4 customer: there is no customer 777",
        "5 price: plan “New” costs 1.00 in row 4", "5 username: bo101 is in use on the service L2",
        "6 port: there is no port olt-1 PON 1/9", "7 plan: is empty", "7 ont: HWTC00000001 stands in row 6 already",
    ):  # fmt: skip
        assert words in text_, text_
    assert "there is no plan “Gold”" in told(await load("services", "customer,number,plan\n100,L9,Gold\n"))[0]
    made = await load("services", "customer,number,plan\n100,L9,Gold\n", create_plans=True)
    assert counts(made)["plans"] == (1, 0, 0) and "count nothing in the revenue" in made.notes[0]
    moved = told(await load("services", "customer,number,plan\n101,L9,Gold\n"))
    assert "belongs to another customer" in moved[0]


async def test_two_lines_may_swap_their_onts_in_one_file(load, isp) -> None:
    await load("customers", PEOPLE)
    raw = "customer,number,plan,price,ont\n100,L1,P,1,{}\n101,L2,P,1,{}\n"
    await load("services", raw.format("HWTC00000001", "HWTC00000002"))
    assert counts(await load("services", raw.format("HWTC00000002", "HWTC00000001")))["services"] == (0, 2, 0)


NET = (
    "name,type,site,region,uplink\ncore-1,router,Harbour,Coast,\nolt-1,olt,Harbour,coast,core-1\n"
    "ap-1,access point,Mast 2,north,core-1\n"
)
EDGES = (
    "parent_kind,parent,child_kind,child,capacity\n"
    "olt,olt-1,pon,PON 1/1,64\ndevice,ap-1,port,olt-x A,\npon,olt-1 PON 1/1,ont,HWTC00000001,\n"
    "ont,hwtc-0000-0001,service,L1,\nport,olt-1 PON 1/1,service,bo101,\nport,olt-1 PON 1/1,ont,HWTC99999999,\n"
)


async def test_the_network_from_site_to_service_and_who_is_hit(load, isp) -> None:
    assert counts(await load("devices", NET)) == {"sites": (2, 0, 0), "devices": (3, 0, 0)}
    assert counts(await load("devices", NET)) == {"sites": (0, 0, 2), "devices": (0, 0, 3)}
    await load("customers", PEOPLE.replace("city", "site").replace("Rota", "Harbour"))
    assert await isp.count("isp_customers", "site = 'HARBOUR'") == 2
    await load("services", LINES.replace("blocked", "active"))
    made = await load("topology", EDGES)
    assert counts(made) == {"ports": (2, 0, 0), "devices": (0, 0, 0), "services": (0, 2, 0)}
    assert "HWTC99999999" in made.notes[0]
    assert counts(await load("topology", EDGES)) == {
        "ports": (0, 0, 2),
        "devices": (0, 0, 0),
        "services": (0, 0, 2),
    }
    for kind, key in (
        ("device", "core-1"),
        ("device", "olt-1"),
        ("site", "HARBOUR"),
        ("port", "olt-1 PON 1/1"),
    ):
        hit = await LocalNetwork(isp.context()).impact(EVERYWHERE, Place(kind=kind, key=key), limit=9)
        assert (hit.customers, hit.services, hit.monthly) == (2, 2, eur(9_000)), key
    assert await isp.count("isp_ports", "device = 'ap-1' and kind = 'sector'") == 1
    await load(
        "topology",
        "parent_kind,parent,child_kind,child\ndevice,olt-1,device,ap-1\nsite,Mast 2,device,olt-1\n",
    )
    assert await isp.count("isp_devices", "name = 'ap-1' and parent = 'olt-1'") == 1
    assert await isp.count("isp_devices", "name = 'olt-1' and site = 'MAST-2'") == 1


async def test_what_a_network_may_not(load, isp) -> None:
    faults = told(
        await load(
            "devices", "name,kind,site,region,parent\na,olt,S,,\nb,olt,T,x,zz\nc,olt,T,y,d\nd,olt,T,x,c\n"
        )
    )
    said = "\n".join(faults)
    for words in ("2 region: the site S is new", "is in x in row 3 and in y elsewhere", "3 parent: there is no device zz",
                  "4 parent: c would hang on itself", "5 parent: d would"):  # fmt: skip
        assert words in said, said
    await load("devices", NET)
    raw = (
        "parent_kind,parent,child_kind,child\nsite,Harbour,service,L1\nolt,nope,pon,PON 1\nport,olt-1 PON 7,ont,X1234567\n"
        "device,olt-1,device,nope\ndevice,ap-1,device,core-1\nont,X1,service,L77\n"
    )
    said = "\n".join(told(await load("topology", raw)))
    for words in ("2 child_kind: a service does not hang on a site", "3 parent: there is no device nope",
                  "4 parent: there is no port olt-1 PON 7", "5 child: there is no device nope",
                  "core-1 would hang on itself", "7 child: there is no service L77"):  # fmt: skip
        assert words in said, said
    assert await isp.count("isp_ports") == 0


async def test_tickets_have_clocks_and_their_customers_area(load, isp) -> None:
    await load("customers", PEOPLE.replace("city", "region"))
    raw = (
        "Ticket ID,Customer ID,Title,Status,Priority,Created,Closed\n#77,100,Dark,Work in progress,High,2026-11-20 10:00,\n"
        "78,,Old,Archived,,2026-01-02,2026-01-03\n"
    )
    assert counts(await load("tickets", raw)) == {"tickets": (2, 0, 0)}
    assert counts(await load("tickets", raw)) == {"tickets": (0, 0, 2)}
    one = await LocalTickets(isp.context()).get(EVERYWHERE, "77")
    assert (one.status, one.priority, one.region, one.customer) == ("in_progress", "high", "rota", "100")
    assert (one.first_response_due - one.opened_at).total_seconds() == 120 * 60
    assert (one.resolve_due - one.opened_at).total_seconds() == 720 * 60
    teams = "number,subject,opened,team\n79,x,2026-11-20, Field \n"
    with_teams = await load("tickets", teams)
    assert "Teams: field (1)." in " ".join(with_teams.notes)
    assert (await LocalTickets(isp.context()).get(EVERYWHERE, "79")).team == "field"
    said = told(
        await load("tickets", "number,subject,opened,assignee,customer\n80,x,2026-01-01,Nobody Known,5\n")
    )
    assert "no colleague “Nobody Known”" in said[0] and "no customer 5" in said[1]


BILLS = (
    "Invoice #,Account No,Date,Date due,Amount\nA1,100,2026-09-01,2026-09-15,45.00\nA2,100,2026-10-01,2026-10-15,45.00\n"
    "A3,100,2026-11-01,2026-11-30,45.00\nB1,101,2026-11-01,2026-11-15,45.00\n"
)
MONEY = (
    "receipt,account,date,amount,type,invoice\nR1,100,2026-09-20,60.00,M-Pesa,\nR2,100,2026-10-20,45.00,cash,A3\n"
    "R3,101,2026-11-03,100.00,bank,\n"
)


async def standing(isp, who: str) -> tuple[int, int, dict[str, int]]:
    port = LocalBilling(isp.context())
    balance = await port.balance(EVERYWHERE, who, TODAY)
    ledger = await port.ledger(EVERYWHERE, who, 100)
    assert ledger.before.minor == 0 and ledger.after == balance.owed
    assert balance.owed.minor == sum(entry.amount.minor for entry in ledger.entries)
    invoices = await port.invoices(EVERYWHERE, who)
    for invoice in invoices:
        assert (invoice.status is InvoiceStatus.PAID) == (invoice.paid == invoice.total)
    return balance.owed.minor, balance.overdue.minor, {i.number: i.paid.minor for i in invoices}


async def test_payments_settle_as_if_each_had_been_booked(load, isp) -> None:
    await load("customers", PEOPLE)
    assert counts(await load("invoices", BILLS))["invoices"] == (4, 0, 0)
    assert counts(await load("payments", MONEY)) == {"payments": (3, 0, 0)}
    assert counts(await load("payments", MONEY)) == {"payments": (0, 0, 3)}
    assert counts(await load("invoices", BILLS))["invoices"] == (0, 0, 4)
    assert await standing(isp, "100") == (3_000, 3_000, {"A1": 4_500, "A2": 1_500, "A3": 4_500})
    assert await standing(isp, "101") == (-5_500, 0, {"B1": 4_500})
    await load("invoices", "number,customer,date,total\nB2,101,2026-11-10,30.00\n")
    assert await standing(isp, "101") == (-2_500, 0, {"B1": 4_500, "B2": 3_000})


async def test_invoices_come_with_what_was_paid_on_them(load, isp) -> None:
    await load("customers", PEOPLE)
    raw = (
        "number,customer,date,due,total,paid,status\nA1,100,2026-09-01,2026-09-15,45.00,45.00,paid\n"
        "A2,100,2026-10-01,2026-10-15,45.00,20.00,partially paid\nA3,100,2026-11-01,2026-11-30,0.00,,\n"
        "A4,100,2026-11-01,2026-11-30,9.00,,cancelled\n"
    )
    assert counts(await load("invoices", raw)) == {
        "invoices": (4, 0, 0), "payments booked from what was paid on them": (2, 0, 0),
    }  # fmt: skip
    assert counts(await load("invoices", raw))["invoices"] == (0, 0, 4)
    assert await isp.count("isp_payments") == 2
    owed, overdue, paid = await standing(isp, "100")
    assert (owed, overdue, paid["A2"]) == (2_500, 2_500, 2_000)
    said = told(await load("payments", "receipt,customer,date,amount,method\nR1,100,2026-09-20,45.00,cash\n"))
    assert "was booked with the invoices already" in said[0]
    later = raw.replace("20.00,partially paid", "45.00,paid")
    assert counts(await load("invoices", later))["payments booked from what was paid on them"] == (1, 0, 0)
    assert (await standing(isp, "100"))[0] == 0
    stale = await load("invoices", raw)
    assert "What is booked here stays" in stale.notes[0] and (await standing(isp, "100"))[0] == 0


async def test_payments_by_reference_and_what_they_may_not(load, isp) -> None:
    await load("customers", PEOPLE)
    await load("invoices", BILLS)
    raw = "transaction id,account,date,amount,method,status\nQX-1 2,100,2026-10-01,10,cash,\nQX3,100,2026-10-01,5,card,pending\n"
    assert counts(await load("payments", raw)) == {"payments": (2, 0, 0)}
    assert counts(await load("payments", raw.replace("QX-1 2", "qx12"))) == {"payments": (0, 1, 1)}
    assert await isp.count("isp_payments", "number in ('PAY-0000001', 'PAY-0000002')") == 2
    assert (await standing(isp, "100"))[0] == 13_500 - 1_000
    assert counts(await load("payments", raw.replace("pending", "success")))["payments"] == (0, 2, 0)
    assert (await standing(isp, "100"))[0] == 13_500 - 1_500
    bad = (
        "transaction id,account,date,amount,method,invoice,currency\nqx12,100,2026-10-01,11,cash,,\nqx3,101,2026-10-01,5,card,,\n"
        "n1,100,2026-10-01,0,cash,,\nn2,100,2026-10-01,5,cash,B1,\nn3,100,2026-10-01,5,cash,,USD\nn4,5,2026-10-01,5,cash,,\n"
    )
    said = "\n".join(told(await load("payments", bad)))
    for words in ("2 amount: PAY-0000001 is booked with 10.00", "3 account: PAY-0000002 belongs to another",
                  "4 amount: is nothing", "5 invoice: there is no invoice B1 of this customer",
                  "6 currency: the account is kept in EUR, so USD", "7 account: there is no customer 5"):  # fmt: skip
        assert words in said, said


amounts = st.integers(1, 9_000)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    owed=st.lists(st.tuples(st.integers(0, 90), amounts), max_size=5),
    paid=st.lists(st.tuples(st.integers(0, 90), amounts), max_size=5),
)
async def test_any_payments_settle_what_booking_them_one_by_one_settles(
    database, tmp_path, owed, paid
) -> None:
    ends = []
    for way in ("file", "desk"):
        async with database.system() as session:
            tenant = await do_create_tenant(
                session,
                slug=f"{way}-{os.urandom(5).hex()}",
                name="Books",
                timezone="Europe/Madrid",
                currency="EUR",
            )
        load = Loader(Isp(database, tenant), tmp_path)
        await load("customers", "number,name\n100,Ann\n")
        bills = [
            f"I{nr},100,{TODAY - timedelta(days=d + 14)},{TODAY - timedelta(days=d)},{m / 100:.2f}"
            for nr, (d, m) in enumerate(owed)
        ]
        await load("invoices", "\n".join(["number,customer,date,due,total", *bills]))
        if way == "file":
            rows = [
                f"R{nr},100,{TODAY - timedelta(days=d)},{m / 100:.2f},cash" for nr, (d, m) in enumerate(paid)
            ]
            await load("payments", "\n".join(["number,customer,date,amount,method", *rows]))
        else:
            port = LocalBilling(load.isp.context())
            for nr, (days, minor) in sorted(enumerate(paid), key=lambda one: -one[1][0]):
                new = NewPayment(
                    customer="100", amount=eur(minor), method="cash", at=NOW - timedelta(days=days)
                )
                await port.pay(effect(f"pay-{nr}"), new)
        ends.append(await standing(load.isp, "100"))
    assert ends[0] == ends[1]


WAITING = """
    select exists (select from pg_locks l join pg_stat_activity a using (pid)
        where not l.granted and a.datname = current_database())
"""


async def test_money_that_is_booked_meanwhile_stays_booked(load, isp) -> None:
    """The status of an invoice was worked out before somebody paid it, and written after."""
    await load("customers", PEOPLE)
    await load("invoices", "number,customer,date,due,total\nB1,101,2026-11-01,2026-11-10,100.00\n")
    async with isp.sql() as booking:
        await booking.execute(text("select from isp_customers where number = '101' for no key update"))
        await booking.execute(
            text("update isp_invoices set paid_minor = total_minor, status = 'paid' where number = 'B1'")
        )
        later = "number,customer,date,due,total\nB1,101,2026-11-01,2026-11-20,100.00\n"
        loading = asyncio.create_task(load("invoices", later))
        async with isp.sql() as watching:
            while not (await watching.execute(text(WAITING))).scalar_one():
                assert not loading.done()
                await asyncio.sleep(0.01)
    assert (await loading).written
    async with isp.sql() as session:
        row = (await session.execute(text("select status, paid_minor, due_on from isp_invoices"))).one()
    assert (row.status, row.paid_minor, f"{row.due_on}") == ("paid", 10_000, "2026-11-20")
