"""Plans, new lines, new customers and ends through the gate: the sum with its formula, what is refused, the way back."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.api import EVERYWHERE, Ambiguous, Approval, Area, BadInput, Conflict, Money, NotAllowed, NotFound
from bot.db.policies import Policy, do_add_policy
from bot.errors import LimitExceeded
from bot.testing import Bench
from plugins.connectors.local.billing import LocalBilling
from plugins.connectors.local.customers import LocalCustomers
from plugins.connectors.local.queries_plan_change import period_of
from plugins.customers.port import NewCustomer, ServiceOrder, ServiceStatus, prorated
from tests.plugins.building import TODAY, Isp, effect

WHO = "100234"
LINE = "SVC-100234-1"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    """Amina was billed on 11 November for a month: 21 of its 30 days are left."""
    bench, isp = await open_bench("customers")
    await isp.plan("F50", name="Fibre 50", price=3_000, down_kbps=50_000)
    await isp.plan("F100", price=4_501)
    await isp.plan("W10", kind="wireless", name="Air 10", price=2_000)
    await isp.site("NTH-01")
    await isp.device("olt-nth-01-1", "NTH-01")
    await isp.port("olt-nth-01-1", "PON 1/1", capacity=2)
    await isp.customer(WHO, "Amina Bello", phone="+254712345678", street="1 Fibre Rd")
    await isp.service(
        WHO, plan="F50", port="olt-nth-01-1 PON 1/1", ont_serial="ZTEG00000001", username="abello"
    )
    await isp.invoice("INV-1", WHO, 3_000, due=date(2026, 11, 25), issued_on=date(2026, 11, 11))
    return bench, isp


async def yes(bench: Bench, action: str, **args: object):
    asked = await bench.act(action, **args)
    assert asked.waiting is not None, asked.text
    return await bench.approve(asked, user=bench.ann)


async def owed(isp: Isp) -> int:
    return (await LocalBilling(isp.context()).balance(EVERYWHERE, WHO, TODAY)).owed.minor


async def plan_of(isp: Isp) -> str:
    return (await LocalCustomers(isp.context()).services(EVERYWHERE, WHO))[0].plan.code


@given(price=st.integers(0, 10**9), length=st.integers(28, 31), data=st.data())
def test_a_share_of_a_month_is_rounded_half_up_and_never_more_than_the_month(price, length, data) -> None:
    days = data.draw(st.integers(0, length))
    part = prorated(Money(price, "EUR"), days, length).minor
    assert abs(Decimal(part) - Decimal(price) * days / length) <= Decimal("0.5")
    assert 0 <= part <= price and (days < length or part == price)
    assert prorated(Money(1, "EUR"), 15, 30).minor == 1


def test_a_month_after_the_31st_is_the_last_day_and_the_next_the_31st_again() -> None:
    first = date(2027, 1, 31)
    assert period_of(first, first) == (first, date(2027, 2, 28))
    assert period_of(first, date(2027, 3, 15)) == (date(2027, 2, 28), date(2027, 3, 31))
    assert period_of(first, date(2027, 3, 31)) == (date(2027, 3, 31), date(2027, 4, 30))
    assert period_of(date(2026, 12, 5), date(2026, 12, 6)) == (date(2026, 12, 5), date(2027, 1, 5))


async def test_an_upgrade_charges_the_rest_of_the_period_and_can_be_taken_back(world) -> None:
    bench, isp = world
    quote = await bench.act("quote_plan", customer=WHO, plan="Fibre 100")
    # 30.00 × 21/30 = 21.00; 45.01 × 21/30 = 31.507, half up 31.51
    assert quote.text == (
        "**Amina Bello** (100234), SVC-100234-1: Fibre 50 to Fibre 100 from 20 Nov, now 10.51 EUR to pay, "
        "then 45.01 EUR a month."
    )
    assert quote.facts["Not used of Fibre 50"] == "30.00 EUR × 21/30 days → -21.00 EUR"
    asked = await bench.press(quote.buttons[0])
    assert "No router or ONT is touched" in asked.waiting.preview and "+31.51 EUR" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert "10.51 EUR to pay: INV-2026-000001." in done.text
    assert await owed(isp) == 4_051 and await plan_of(isp) == "F100"
    back = await bench.undo(done)
    assert "is on Fibre 50 again. INV-2026-000001 is void." in back.text
    assert await owed(isp) == 3_000 and await plan_of(isp) == "F50"


async def test_what_was_paid_on_a_charge_taken_back_goes_to_other_invoices(world) -> None:
    bench, isp = world
    done = await yes(bench, "change_plan", customer=WHO, plan="F100")
    await bench.call(
        "billing_record_payment",
        {"customer": WHO, "invoice": "INV-2026-000001", "amount": "10.51", "method": "cash"},
    )
    asked = await bench.call(
        "billing_record_payment",
        {"customer": WHO, "invoice": "INV-2026-000001", "amount": "10.51", "method": "cash"},
    )
    await bench.approve(asked, user=bench.ann)
    assert await owed(isp) == 3_000
    await bench.undo(done)
    assert await owed(isp) == 3_000 - 1_051
    assert (await LocalBilling(isp.context()).get_invoice(EVERYWHERE, "INV-1")).paid.minor == 1_051


async def test_a_change_taken_back_by_hand_says_which_document_is_void_and_what_it_comes_to(world) -> None:
    bench, isp = world
    await yes(bench, "change_plan", customer=WHO, plan="F100")
    asked = await bench.act("revert_plan", service=LINE)
    assert "Plan: Fibre 100 → Fibre 50" in asked.waiting.preview
    assert "INV-2026-000001: 10.51 EUR to pay → void" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert "INV-2026-000001 is void." in done.text
    assert await owed(isp) == 3_000 and await plan_of(isp) == "F50"
    with pytest.raises(Conflict, match="No plan change of SVC-100234-1"):
        await bench.act("revert_plan", service=LINE)


@pytest.mark.parametrize("plan", ["F100", "F20"])
async def test_nobody_takes_a_change_back_over_their_limit(world, plan: str) -> None:
    bench, isp = world
    await isp.plan("F20", name="Fibre 20", price=1_000)
    done = await yes(bench, "change_plan", customer=WHO, plan=plan)
    rights = ["customers:read", "customers:provision"]
    clerk = await bench.person("Lim Limited", rights, max_amount=1)
    with pytest.raises(LimitExceeded, match="is over your limit of"):
        await bench.act("revert_plan", user=clerk, service=LINE)
    with pytest.raises(LimitExceeded, match="is over your limit of"):
        await bench.undo(done, user=clerk)
    assert await plan_of(isp) == plan


async def test_who_may_change_a_plan_within_a_limit_may_take_it_back(world) -> None:
    bench, isp = world
    clerk = await bench.person("Cara Clerk", ["customers:read", "customers:provision"], max_amount=1_051)
    asked = await bench.act("change_plan", user=clerk, customer=WHO, plan="F100")
    done = await bench.approve(asked, user=clerk)
    await bench.undo(done, user=clerk)
    assert await plan_of(isp) == "F50" and await owed(isp) == 3_000


async def test_a_policy_over_an_amount_holds_for_a_change_taken_back(world) -> None:
    bench, isp = world
    await yes(bench, "change_plan", customer=WHO, plan="F100")
    rule = Policy(action="customers_revert_plan", needs=int(Approval.OTHER), min_amount=1_000)
    async with bench.database.tenant(bench.tenant.id) as session:
        await do_add_policy(session, rule, by="the boss")
    asked = await bench.act("revert_plan", service=LINE)
    with pytest.raises(NotAllowed, match="someone else"):
        await bench.approve(asked, user=bench.ann)
    await bench.approve(asked, user=bench.bob)
    assert await plan_of(isp) == "F50"


async def test_what_was_paid_is_said_before_a_change_is_taken_back(world) -> None:
    bench, _ = world
    await yes(bench, "change_plan", customer=WHO, plan="F100")
    asked = await bench.call(
        "billing_record_payment",
        {"customer": WHO, "invoice": "INV-2026-000001", "amount": "10.51", "method": "cash"},
    )
    await bench.approve(asked, user=bench.ann)
    asked = await bench.act("revert_plan", service=LINE)
    assert "10.51 EUR paid on INV-2026-000001 goes to other invoices" in asked.waiting.preview


async def test_an_old_change_is_not_taken_back_with_its_invoice(world) -> None:
    bench, isp = world
    await yes(bench, "change_plan", customer=WHO, plan="F100")
    asked = await bench.act("revert_plan", service=LINE)
    isp.now = bench.now = bench.now + timedelta(days=1, minutes=1)
    with pytest.raises(Conflict, match="more than a day old; change its plan instead"):
        await bench.act("revert_plan", service=LINE)
    with pytest.raises(Conflict, match="more than a day old"):
        await LocalCustomers(isp.context()).revert_plan(effect("late"), LINE)
    with pytest.raises((Conflict, NotFound)):
        await bench.approve(asked, user=bench.ann)
    assert await plan_of(isp) == "F100" and await isp.count("isp_invoices", "status = 'void'") == 0


async def test_a_change_that_was_billed_since_is_not_taken_back(world) -> None:
    bench, isp = world
    await yes(bench, "change_plan", customer=WHO, plan="F100")
    await isp.invoice("INV-2", WHO, 4_501, due=date(2026, 12, 5), issued_on=date(2026, 11, 21))
    isp.now = bench.now = bench.now + timedelta(hours=20)
    with pytest.raises(Conflict, match="was billed on Fibre 100 since"):
        await bench.act("revert_plan", service=LINE)


async def test_a_change_that_has_not_begun_is_cancelled_any_day_before(world) -> None:
    bench, isp = world
    await yes(bench, "change_plan", customer=WHO, plan="F100", start="next period")
    isp.now = bench.now = bench.now + timedelta(days=10)
    asked = await bench.act("revert_plan", service=LINE)
    assert "Coming plan: Fibre 100 from 11 Dec 2026 → none, it stays on Fibre 50" in asked.waiting.preview
    assert "No money is moved" in asked.waiting.preview
    await bench.approve(asked, user=bench.ann)
    isp.now = bench.now = bench.now + timedelta(days=20)
    assert await plan_of(isp) == "F50"


async def test_a_downgrade_credits_and_can_be_taken_back(world) -> None:
    bench, isp = world
    await isp.plan("F20", name="Fibre 20", price=1_000)
    done = await yes(bench, "change_plan", customer=WHO, plan="F20")
    assert "14.00 EUR credit: CN-000001." in done.text and await owed(isp) == 1_600
    await bench.undo(done)
    assert await owed(isp) == 3_000 and await plan_of(isp) == "F50"


async def test_a_downgrade_whose_credit_is_void_by_now_can_be_taken_back(world) -> None:
    bench, isp = world
    await isp.plan("F20", name="Fibre 20", price=1_000)
    done = await yes(bench, "change_plan", service=LINE, plan="F20")
    await LocalBilling(isp.context()).void_credit(effect("void"), done.data.document, "wrong")
    await bench.undo(done)
    assert await plan_of(isp) == "F50" and await owed(isp) == 3_000


@pytest.mark.parametrize("start", ["next period", "next month", "next bill"])
async def test_from_the_next_period_nothing_is_settled_and_the_day_brings_it(world, start: str) -> None:
    bench, isp = world
    done = await yes(bench, "change_plan", customer=WHO, plan="F100", start=start)
    assert "moves to Fibre 100 on 11 Dec." in done.text and await owed(isp) == 3_000
    assert await plan_of(isp) == "F50"
    assert "SVC-100234-1 moves to Fibre 100 on 11 Dec" in (await bench.act("show", customer=WHO)).text
    isp.now = bench.now = bench.now + timedelta(days=21)
    assert await plan_of(isp) == "F100"
    revenue = await LocalBilling(isp.context()).revenue(EVERYWHERE, date(2026, 12, 1), date(2026, 12, 11))
    assert revenue.mrr.minor == 4_501
    await yes(bench, "provision", customer=WHO, plan="F50", address="2 Fibre Rd")
    assert await isp.count("isp_services", "plan_code = 'F100' and next_plan_on is null") == 1


async def test_a_period_that_was_not_billed_is_not_settled(world) -> None:
    bench, isp = world
    await isp.customer("100500", "New Person")
    await isp.service("100500", plan="F50")
    quote = await bench.act("quote_plan", customer="100500", plan="F100")
    assert "now nothing to settle, then 45.01 EUR a month" in quote.text
    done = await yes(bench, "change_plan", customer="100500", plan="F100")
    assert done.data.document is None and await isp.count("isp_invoices") == 1


@pytest.mark.parametrize(
    ("args", "error", "said"),
    [
        ({"customer": WHO, "plan": "F50"}, Conflict, "is on Fibre 50 already"),
        ({"customer": WHO, "plan": "W10"}, Conflict, "is a fiber line and Air 10 is wireless"),
        ({"customer": WHO, "plan": "F999"}, NotFound, "no plan"),
        ({"plan": "F100"}, BadInput, "name one customer or one service"),
        ({"customer": "100600", "plan": "F100"}, Conflict, "has no active or pending or suspended service"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(world, args, error, said) -> None:
    bench, isp = world
    await isp.customer("100600", "No Lines")
    with pytest.raises(error, match=f"(?i){said}"):
        await bench.act("change_plan", **args)


async def test_several_lines_are_asked_about(world) -> None:
    bench, isp = world
    await isp.service(WHO, 2, plan="F50")
    with pytest.raises(Ambiguous, match="has 2 lines") as asked:
        await bench.act("change_plan", customer=WHO, plan="F100")
    assert [c.words for c in asked.value.choices] == [LINE, "SVC-100234-2"]
    assert "SVC-100234-2" in (await yes(bench, "change_plan", service="SVC-100234-2", plan="F100")).text


async def test_a_quote_that_no_longer_holds_changes_nothing(world) -> None:
    _, isp = world
    port = LocalCustomers(isp.context())
    quote = await port.quote(EVERYWHERE, LINE, "F100")
    ends = await asyncio.gather(
        port.change_plan(effect("a"), quote), port.change_plan(effect("b"), quote), return_exceptions=True
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1 and await owed(isp) == 4_051
    await port.change_plan(effect("a"), quote)
    assert await owed(isp) == 4_051


async def test_a_new_line_is_pending_until_it_is_put_into_use(world) -> None:
    bench, isp = world
    asked = await bench.act(
        "provision", customer=WHO, plan="F100", port="olt-nth-01-1 PON 1/1", ont_serial="zteg-0000-0002"
    )
    for part in ("1 Fibre Rd", "1 of 2 places are taken", "ZTEG00000002", "No router or ONT is touched"):
        assert part in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text.startswith(
        "SVC-100234-2: Fibre 100 (100/50 Mbit/s) for Amina Bello (100234) is pending, username abello100234-2."
    )
    asked = await bench.act("activate", service="SVC-100234-2")
    assert "pending → active from today, 45.01 EUR a month" in asked.waiting.preview
    used = await bench.approve(asked, user=bench.ann)
    assert "SVC-100234-2 is active from today" in used.text
    with pytest.raises(Conflict, match="full: 2 of 2"):
        await bench.act("provision", customer=WHO, plan="F100", port="olt-nth-01-1 PON 1/1")
    with pytest.raises(Conflict, match="only a pending service"):
        await bench.act("activate", service="SVC-100234-2")
    assert await isp.count("isp_services", "port_id is not null and status = 'active'") == 2


@pytest.mark.parametrize(
    ("args", "error", "said"),
    [
        ({"ont_serial": "ZTEG00000001"}, Conflict, "in use on SVC-100234-1"),
        ({"ont_serial": "banana"}, BadInput, "no ONT serial"),
        ({"username": "a b"}, BadInput, "no username"),
        ({"port": "olt-nowhere PON 9"}, BadInput, "no port"),
    ],
)
async def test_a_new_line_that_cannot_be_is_refused(world, args, error, said) -> None:
    bench, _ = world
    with pytest.raises(error, match=said):
        await bench.act("provision", customer=WHO, plan="F100", **args)


async def test_two_cannot_take_the_last_place_of_a_port(world) -> None:
    _, isp = world
    port = LocalCustomers(isp.context())
    order = ServiceOrder(customer=WHO, plan="F100", address="x", port="olt-nth-01-1 PON 1/1")
    ends = await asyncio.gather(
        *(port.provision(effect(f"p-{nr}"), order) for nr in range(3)), return_exceptions=True
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 2
    taken = ServiceOrder(customer=WHO, plan="F100", address="x", username="ABello")
    with pytest.raises(Conflict, match="ABello is taken by another line"):
        await port.provision(effect("q"), taken)


async def test_two_cannot_set_up_lines_with_one_ont_or_username(world) -> None:
    _, isp = world
    port = LocalCustomers(isp.context())
    await isp.customer("100301", "Chidi Obi")
    for nr, same in enumerate(({"ont_serial": "ZTEG12AB34CD"}, {"username": "both"})):
        orders = [ServiceOrder(customer=one, plan="F100", address="x", **same) for one in (WHO, "100301")]
        ends = await asyncio.gather(
            *(port.provision(effect(f"o-{nr}-{order.customer}"), order) for order in orders),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 1, ends


async def test_what_a_line_out_of_reach_has_is_taken_and_no_more_is_said(world) -> None:
    bench, isp = world
    far = await isp.customer("100302", "Zed Far", region="coast")
    await isp.service(far, username="zfar", ont_serial="ZTEG00000009")
    north = Area(region=frozenset({"north"}))
    near = await bench.person("Nea", ["customers:provision", "customers:read"], area=north)
    for same in ({"ont_serial": "ZTEG00000009"}, {"username": "zfar"}):
        asked = await bench.act("provision", user=near, customer=WHO, plan="F100", **same)
        with pytest.raises(Conflict, match="is taken by another line") as told:
            await bench.approve(asked, user=near)
        assert "100302" not in str(told.value)


async def test_the_tables_themselves_refuse_doubles_but_let_two_lines_swap(world) -> None:
    _, isp = world
    port = LocalCustomers(isp.context())
    orders = [
        ServiceOrder(customer=WHO, plan="F100", address="x", ont_serial=f"ZTEG0000001{n}") for n in "12"
    ]
    one, two = [await port.provision(effect(f"s-{nr}"), order) for nr, order in enumerate(orders)]
    change = text("update isp_services set ont_serial = :ont, username = :user where number = :number")
    async with isp.sql() as session:
        for line, other in ((one, two), (two, one)):
            binds = {"number": line.number, "ont": other.ont_serial, "user": other.username}
            await session.execute(change, binds)
    for what in ({"ont": "ZTEG00000011", "user": "other"}, {"ont": "ZTEG0000009", "user": one.username}):
        with pytest.raises(Exception, match="isp_services_one_"):
            async with isp.sql() as session:
                await session.execute(change, {"number": one.number, **what})


async def test_a_line_does_not_come_back_on_what_another_has_by_now(world) -> None:
    bench, isp = world
    port = LocalCustomers(isp.context())
    await yes(bench, "terminate", service=LINE, reason="moves away")
    order = ServiceOrder(customer=WHO, plan="F100", address="x", ont_serial="ZTEG00000001", active=True)
    other = await port.provision(effect("other"), order)
    with pytest.raises(Conflict, match="ZTEG00000001 is taken by another line"):
        await port.keep(effect("keep"), LINE)
    await port.terminate(effect("end"), other.number, TODAY, "again")
    for nr in range(2):
        full = ServiceOrder(customer=WHO, plan="F100", address="x", port="olt-nth-01-1 PON 1/1")
        await port.provision(effect(f"full-{nr}"), full)
    with pytest.raises(Conflict, match="is full"):
        await port.keep(effect("keep"), LINE)
    assert await isp.count("isp_services", f"number = '{LINE}' and status = 'terminated'") == 1


async def test_a_line_that_goes_on_forgets_why_it_was_to_end_and_was_never_cut(world) -> None:
    bench, isp = world
    await isp.session(LINE)
    await bench.undo(await yes(bench, "terminate", service=LINE, reason="moves away"))
    assert await isp.count("isp_sessions", "ended_at is null") == 1, "no router was told to end it"
    (line,) = await LocalCustomers(isp.context()).services(EVERYWHERE, WHO)
    assert line.status is ServiceStatus.ACTIVE and line.suspend_reason is None


async def test_the_last_line_that_ends_makes_the_customer_churned_and_back(world) -> None:
    bench, isp = world
    asked = await bench.act("terminate", customer=WHO, reason="moves away")
    assert (
        "they will count as churned" in asked.waiting.preview
        and "Balance: owes 30.00 EUR" in asked.waiting.preview
    )
    done = await bench.approve(asked, user=bench.ann)
    assert done.text.startswith("SVC-100234-1 of Amina Bello (100234) has ended: moves away.")
    assert await isp.count("isp_customers", "status = 'churned'") == 1
    await bench.undo(done)
    assert await isp.count("isp_customers", "status = 'active'") == 1
    with pytest.raises(BadInput, match="is past"):
        await bench.act("terminate", customer=WHO, reason="x", on="2026-11-01")


async def test_a_line_ends_on_the_day_written_down(world) -> None:
    bench, isp = world
    done = await yes(bench, "terminate", service=LINE, reason="moves away", on="2026-11-30")
    assert "ends on 30 Nov" in done.text and done.data.status is ServiceStatus.ACTIVE
    assert "SVC-100234-1 ends on 30 Nov" in (await bench.act("show", customer=WHO)).text
    with pytest.raises(Conflict, match="ends on 30 Nov already"):
        await bench.act("terminate", service=LINE, reason="again")
    asked = await bench.act("keep", service=LINE)
    assert "active, ends on 30 Nov → active, does not end" in asked.waiting.preview
    isp.now = bench.now = bench.now + timedelta(days=10)
    (line,) = await LocalCustomers(isp.context()).services(EVERYWHERE, WHO)
    assert line.status is ServiceStatus.TERMINATED
    asked = await bench.act("keep", service=LINE)
    assert "ended on 30 Nov → goes on as it was before it ended" in asked.waiting.preview
    kept = await bench.approve(asked, user=bench.ann)
    assert "goes on: Fibre 50, active" in kept.text


async def test_a_new_customer_is_a_prospect_under_the_next_number(world) -> None:
    bench, _ = world
    for name, phone in (
        ("John Doe phone 0712000111 in north", "0712000111"),
        ("Jane Roe", "phone 0712000111, region north"),
        ("Phone House", "0712 000 111"),
    ):
        shown = (await bench.act("create", name=name, phone=phone, region="north")).waiting.preview
        assert f"Name: {' '.join(name.split()[:2])}" in shown.splitlines()[1].removeprefix("• ").replace(
            "→ ", ""
        )
        assert "Phone: 0712" in shown and "in north" not in shown
    asked = await bench.act("create", name="  Chipo   Dube ", phone="+254 712 345 678", region="north")
    assert "There is Amina Bello (100234) with this phone, active" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == "Chipo Dube is customer 100235 now, a prospect until the first line is active."
    line = await yes(bench, "provision", customer="100235", plan="F50", address="3 Fibre Rd", active=True)
    assert line.data.username == "cdube100235"
    assert (await bench.act("show", customer="100235")).data.customer.status.value == "active"


@pytest.mark.parametrize(
    ("args", "said"),
    [({"name": " "}, "name of the new customer"), ({"name": "A"}, "a way to reach"), ({"name": "A", "email": "x"}, "no e-mail"),
     ({"name": "A", "phone": "call me"}, "no phone number")],
)  # fmt: skip
async def test_a_customer_nobody_could_reach_is_refused(world, args, said) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match=said):
        await bench.act("create", **args)


async def test_nobody_adds_customers_outside_their_area_or_without_the_right(world) -> None:
    bench, _ = world
    north = Area(region=frozenset({"north"}))
    clerk = await bench.person("Nora North", ["customers:read", "customers:provision"], area=north)
    with pytest.raises(NotAllowed, match="your own area"):
        await bench.act("create", user=clerk, name="A", phone="0712345678", region="south")
    reader = await bench.person("Rita Reader", ["customers:read"])
    with pytest.raises(NotAllowed):
        await bench.act("change_plan", user=reader, customer=WHO, plan="F100")


async def test_a_new_customer_is_made_once(world) -> None:
    _, isp = world
    port = LocalCustomers(isp.context())
    new = NewCustomer(name="Chipo Dube", phone="+254700000001", region="north")
    made = await asyncio.gather(*(port.create(effect(f"c-{nr % 3}"), new) for nr in range(9)))
    assert len({one.number for one in made}) == 3
