"""Debts of some customers, payments of a period, money paid twice, and what is never done in bulk: through the gate."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from bot.api import BadInput, Conflict, Money, NotFound, Via
from bot.contract import sheet
from bot.testing import Bench
from plugins.billing import accounts, dunning, many
from tests.plugins.building import TODAY, Isp, ago


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("billing")
    await isp.plan()
    await isp.customer("100234", "Amina Bello", region="coast", phone="+254712345678")
    await isp.service("100234")
    await isp.customer("100300", "Kano Ltd", kind="business", region="north")
    await isp.service("100300")
    await isp.invoice("INV-1", "100234", 4_500, due=TODAY - timedelta(days=40))
    await isp.invoice("INV-2", "100300", 90_000, due=TODAY - timedelta(days=70))
    await isp.payment("PAY-1", "100234", 4_500, at=ago(days=9), method="cash", reference="R1")
    return bench, isp


@pytest.mark.parametrize(
    ("args", "who", "said"),
    [
        ({}, ["100300", "100234"], "2 customers overdue, 945.00 EUR in all."),
        ({"over": Money(4_500, "EUR")}, ["100300"], "1 customer overdue with more than 45.00 EUR, 900.00 EUR in all."),
        ({"area": "the coast"}, ["100234"], "1 customer in coast overdue, 45.00 EUR in all."),
        ({"kind": "business", "days": 60}, ["100300"],
         "1 business customer overdue for 60 days or more, 900.00 EUR in all."),
        ({"over": Money(4_500, "EUR"), "at_least": True}, ["100300", "100234"],
         "2 customers overdue with at least 45.00 EUR, 945.00 EUR in all."),
        ({"days": 40}, ["100300", "100234"], "2 customers overdue for 40 days or more, 945.00 EUR in all."),
        ({"days": 40, "more_than": True}, ["100300"],
         "1 customer overdue for more than 40 days, 900.00 EUR in all."),
        ({"days": 1, "more_than": True}, ["100300", "100234"],
         "2 customers overdue for more than 1 day, 945.00 EUR in all."),
        ({"called": "Coast"}, ["100234"], "1 customer in Coast overdue, 45.00 EUR in all."),
        ({"called": "kano"}, ["100300"], "1 customer named “kano” overdue, 900.00 EUR in all."),
        ({"plan": "F100", "limit": 1}, ["100300"], "2 customers on Fibre 100 overdue, 945.00 EUR in all."),
    ],
)  # fmt: skip
async def test_debts_are_narrowed_to_whom_is_asked_about(world, args, who, said) -> None:
    reply = await world[0].act("overdue", **args)
    assert ([row[0] for row in reply.tables[1].rows], reply.text) == (who, said)


@pytest.mark.parametrize(
    ("args", "who", "said"),
    [
        ({"days": 40, "to_days": 69}, ["100234"], "1 customer overdue for 40 to 69 days, 45.00 EUR in all."),
        ({"days": 40, "to_days": 70}, ["100300", "100234"],
         "2 customers overdue for 40 to 70 days, 945.00 EUR in all."),
        ({"days": 41, "to_days": 69}, [], "Nobody is overdue for 41 to 69 days."),
        ({"to_days": 40}, ["100234"], "1 customer overdue for at most 40 days, 45.00 EUR in all."),
        ({"days": 40, "less_than": True}, [], "Nobody is overdue for less than 40 days."),
        ({"days": 70, "less_than": True}, ["100234"],
         "1 customer overdue for less than 70 days, 45.00 EUR in all."),
        ({"days": 40, "at_most": True}, ["100234"], "1 customer overdue for at most 40 days, 45.00 EUR in all."),
        ({"under": Money(90_000, "EUR")}, ["100234"],
         "1 customer overdue with less than 900.00 EUR, 45.00 EUR in all."),
        ({"over": Money(4_500, "EUR"), "at_most": True}, ["100234"],
         "1 customer overdue with at most 45.00 EUR, 45.00 EUR in all."),
        ({"over": Money(4_500, "EUR"), "under": Money(90_000, "EUR")}, ["100300", "100234"],
         "2 customers overdue with 45.00 EUR to 900.00 EUR, 945.00 EUR in all."),
        ({"days": 30, "to_days": 60, "under": Money(5_000, "EUR"), "less_than": True}, ["100234"],
         "1 customer overdue with less than 50.00 EUR for 30 to 60 days, 45.00 EUR in all."),
    ],
)  # fmt: skip
async def test_debts_of_a_range_of_days_and_amounts(world, args, who, said) -> None:
    reply = await world[0].act("overdue", **args)
    rows = reply.tables[1].rows if reply.tables else []
    assert ([row[0] for row in rows], reply.text) == (who, said)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"days": 60, "to_days": 30}, "Turn the two round"),
        ({"over": Money(2, "EUR"), "under": Money(1, "EUR")}, "Turn the two round"),
        ({"days": 1, "less_than": True}, "1 day or more"),
        ({"to_days": 40_000}, "Say fewer"),
    ],
)
async def test_a_range_that_holds_nothing_is_refused(world, args, why) -> None:
    with pytest.raises(BadInput, match=why):
        await world[0].act("overdue", **args)


@pytest.mark.parametrize(
    ("args", "count", "said"),
    [
        ({"under": Money(4_500, "EUR")}, 1, ", less than 45.00 EUR, 10.00 EUR came in:"),
        ({"under": Money(4_500, "EUR"), "at_most": True}, 2, ", at most 45.00 EUR, 55.00 EUR came in:"),
        ({"over": Money(1_000, "EUR"), "under": Money(4_500, "EUR")}, 2,
         ", 10.00 EUR to 45.00 EUR, 55.00 EUR came in:"),
        ({"over": Money(1_000, "EUR")}, 1, ", more than 10.00 EUR, 45.00 EUR came in:"),
        ({"over": Money(1_000, "EUR"), "at_least": True}, 2, ", at least 10.00 EUR, 55.00 EUR came in:"),
    ],
)  # fmt: skip
async def test_payments_of_a_range_of_amounts(world, args, count, said) -> None:
    bench, isp = world
    await isp.payment("PAY-2", "100234", 1_000, at=ago(days=8), method="cash")
    reply = await bench.act("payments", **args)
    assert (len(reply.data), reply.text.endswith(said)) == (count, True), reply.text


@pytest.mark.parametrize("action", ["payments", "invoices", "credits"])
async def test_of_days_to_come_there_is_nothing_yet(world, action) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match="still to come"):
        await bench.act(action, since=TODAY + timedelta(days=5), until=TODAY + timedelta(days=6))
    due = await bench.act("invoices", since=TODAY + timedelta(days=5), due=True)
    assert due.text.startswith("No invoices, due from")


async def test_invoices_of_a_range_of_amounts(world) -> None:
    bench, _ = world
    small = await bench.act("invoices", under=Money(90_000, "EUR"))
    assert small.text.startswith("1 invoice of less than 900.00 EUR, 45.00 EUR in all")
    both = await bench.act("invoices", over=Money(4_500, "EUR"), under=Money(90_000, "EUR"))
    assert both.text.startswith("2 invoices of 45.00 EUR to 900.00 EUR, 945.00 EUR in all")
    assert (await bench.act("invoices", over=Money(90_000, "EUR"), at_least=True)).data[0].number == "INV-2"
    assert not (await bench.act("invoices", over=Money(90_000, "EUR"))).data


async def test_debtors_as_a_file_and_none_at_all(world) -> None:
    bench, _ = world
    assert (await bench.act("overdue")).file is None
    file = (await bench.act("overdue", csv=True)).file
    head, first, second, end = file.text.removeprefix("\ufeff").split("\r\n")
    assert head == "Account,Name,Status,Days,Invoices,Owed EUR,Phone"
    assert (first, second, end) == (
        "100300,Kano Ltd,active,70,1,900.00,", "100234,Amina Bello,active,40,1,45.00,+254712345678", "",
    )  # fmt: skip
    cut = await bench.act("overdue", limit=1)
    assert (cut.tables[1].total, cut.file.about) == (2, "All 2 debtors")
    assert (await bench.act("overdue", kind="business", area="coast")).text == (
        "No business customer in coast is overdue."
    )
    assert "no customer in “atlantis” at all" in (await bench.act("overdue", area="atlantis")).text
    with pytest.raises(BadInput, match="in EUR"):
        await bench.act("overdue", over=Money(1, "USD"))


async def test_whether_somebody_paid_in_a_period_is_said_first(world) -> None:
    bench, isp = world
    november = {"customer": "100234", "since": date(2026, 11, 1), "until": date(2026, 11, 20)}
    assert (await bench.act("payments", **november)).text == (
        "Amina Bello paid 45.00 EUR from 1 Nov until 20 Nov, 1 payment:"
    )
    october = {"customer": "100234", "since": date(2026, 10, 1), "until": date(2026, 10, 31)}
    assert (await bench.act("payments", **october)).text == (
        "No payment from Amina Bello, from 1 Oct until 31 Oct. The last payment: 45.00 EUR on 11 Nov 17:55."
    )
    invoices = await bench.act("invoices", unpaid=True, csv=True)
    assert invoices.file.text.count("\r\n") == 3
    await isp.payment("PAY-7", "100300", 900, at=ago(days=2), method="card", status="pending")
    coming = (await bench.act("payments", **{**november, "customer": "100300"})).text
    assert "paid nothing" in coming and "none of it is on the account" in coming and "failed" not in coming


async def test_lists_of_money_say_why_there_is_no_file(world, monkeypatch) -> None:
    bench, _ = world
    (row,) = (await bench.act("payments", csv=True)).file.text.split("\r\n")[1:-1]
    assert "2026-11-11 17:55" in row
    monkeypatch.setattr(sheet, "OFFERED", 0)
    monkeypatch.setattr(sheet, "MOST_ROWS", 0)
    for action in ("overdue", "invoices", "payments"):
        long = await bench.act(action, csv=True)
        assert long.file is None and long.text.endswith("No file: 0 rows fit one. Narrow the list down.")


async def test_money_paid_twice_is_shown_with_the_ways_on_and_credited_only_knowingly(world) -> None:
    bench, isp = world
    alone = await bench.act("refund", customer="100234")
    assert "No two payments" in alone.text and "it is no refund" in alone.text
    asked = await bench.act("refund", customer="100234", amount=Money(700, "EUR"))
    assert "so 7.00 EUR neither" in asked.text
    assert "billing_credit" not in {b.action_id for b in asked.buttons}, "they owe nothing"
    asked = await bench.act("refund", customer="100300", amount=Money(700, "EUR"))
    offered = {b.action_id: b for b in asked.buttons}["billing_credit"]
    assert (offered.label, offered.args["amount"]) == ("Credit note of 7.00 EUR", "7.00 EUR")
    await isp.payment("PAY-2", "100234", 4_500, at=ago(days=8), method="cash", reference="R1b")
    await isp.payment("PAY-3", "100234", 4_500, at=ago(days=7), status="failed", failure="x")
    await isp.payment("PAY-4", "100234", 700, at=ago(days=7))
    twice = await bench.act("refund", customer="100234")
    assert [(row[0], row[5][:5]) for row in twice.table.rows] == [("PAY-2", "PAY-1")]
    assert "booked twice" in twice.text and "I pay nothing out" in twice.text
    assert ("Take PAY-2 back", "billing_reverse_payment") in [(b.label, b.action_id) for b in twice.buttons]
    asked = await bench.act("credit", customer="100234", amount=Money(700, "EUR"), reason="paid twice")
    assert "a second time" in asked.waiting.preview


async def test_nobody_is_suspended_in_bulk(world, monkeypatch) -> None:
    bench, _ = world
    both = await bench.act("suspend_many")
    assert both.text == (
        "I suspend nobody in bulk. 1 customer overdue for 1 day or more could be suspended now, one by one. "
        "Off already, held or spared: 1."
    )
    assert [b.label for b in both.buttons][:2] == ["Suspend Kano Ltd", "Who is next and why"]
    one = await bench.act("suspend_many", days=60)
    assert [row[0] for row in one.table.rows] == ["100300"]
    nobody = await bench.act("suspend_many", days=300)
    assert (
        nobody.text == "I suspend nobody in bulk. Nobody overdue for 300 days or more could be suspended now."
    )
    with pytest.raises(BadInput):
        await bench.act("suspend_many", days=0)
    monkeypatch.setattr(dunning, "MOST", 1)
    monkeypatch.setattr(many, "MOST", 1)
    cut = await bench.act("suspend_many")
    assert cut.text.startswith("I looked at the first 1 debtors only, so these are no totals. ")


async def test_payment_plans_are_told_from_promises(world) -> None:
    bench, isp = world
    await isp.invoice("INV-3", "100234", 4_500, due=TODAY - timedelta(days=5))
    await bench.act("promise", customer="100300", until=TODAY + timedelta(days=3))
    plan = await bench.act("payment_plan", customer="100234", instalments=2, amount=Money(1_000, "EUR"))
    if plan.waiting is not None:
        await bench.approve(plan, user=bench.ann)
    assert len((await bench.act("promises")).data) == 2
    only = await bench.act("promises", instalments=True)
    assert ([p.customer for p in only.data], only.text) == (["100234"], "1 payment plan: 1 open.")
    day = TODAY + timedelta(days=3)
    due = await bench.act("promises", since=day, until=day)
    assert [p.customer for p in due.data] == ["100300"] and due.text.startswith("1 promise, due ")
    assert not (await bench.act("promises", until=TODAY - timedelta(days=1))).data


async def test_lists_are_narrowed_by_due_date_amount_and_status(world) -> None:
    bench, isp = world
    await isp.payment("PAY-2", "100234", 90_000, at=ago(days=2), method="cash", status="failed")
    await isp.payment("PAY-3", "100300", 90_000, at=ago(days=2), method="card")
    due = {"since": TODAY - timedelta(days=45), "until": TODAY - timedelta(days=30), "due": True}
    reply = await bench.act("invoices", **due)
    assert [i.number for i in reply.data] == ["INV-1"]
    assert reply.text.startswith("1 invoice, due from 11 Oct until 26 Oct, ") or ", due from " in reply.text
    assert [i.number for i in (await bench.act("invoices", over=Money(4_500, "EUR"))).data] == ["INV-2"]
    assert [i.number for i in (await bench.act("invoices", biggest=True)).data] == ["INV-2", "INV-1"]
    for args, numbers in (
        ({"over": Money(4_500, "EUR")}, {"PAY-2", "PAY-3"}),
        ({"over": Money(4_500, "EUR"), "status": "succeeded"}, {"PAY-3"}),
        ({"amount": Money(4_500, "EUR")}, {"PAY-1"}),
        ({"status": "failed", "method": "cash"}, {"PAY-2"}),
    ):
        assert {p.number for p in (await bench.act("payments", **args)).data} == numbers, args
    none = await bench.act("payments", amount=Money(1_234, "EUR"))
    assert none.text == "No payments, 12.34 EUR each."
    with pytest.raises(BadInput, match="in EUR"):
        await bench.act("payments", over=Money(1, "USD"))


async def test_debts_and_revenue_of_some(world) -> None:
    bench, _ = world
    named = await bench.act("overdue", called="bello")
    assert named.text == "1 customer named “bello” overdue, 45.00 EUR in all."
    assert (await bench.act("overdue", called="Otieno")).text == "No customer is named “Otieno” overdue."
    everybody = (await bench.act("revenue")).data
    business = await bench.act("revenue", kind="business")
    assert business.text.startswith(f"**MRR of business customers {business.data.mrr}**")
    assert (business.data.services, everybody.services) == (1, 2)
    two = await bench.act("revenue", month=date(2026, 10, 1), other_month=date(2026, 9, 1))
    assert [name for name in two.facts if "2026" in name] == list(two.facts)
    assert "Collected in September 2026" in two.facts and "Collected in October 2026" in two.facts
    coast = await bench.act("revenue", area="the coast region")
    assert coast.text.startswith(f"**MRR of customers in coast {coast.data.mrr}**")
    assert (coast.data.services, coast.data.overdue) == (1, Money(4_500, "EUR"))
    with pytest.raises(NotFound, match="no customer in “Narnia” with a service"):
        await bench.act("revenue", area="Narnia")


async def test_lists_of_money_are_narrowed_to_whose_it_is(world) -> None:
    bench, isp = world
    listed = await bench.act("invoices", unpaid=True, kind="business")
    assert [i.number for i in listed.data] == ["INV-2"]
    assert listed.text.startswith("1 unpaid invoice of business customers, 900.00 EUR in all")
    assert (await bench.act("invoices", area="north", status="void")).text == (
        "No void invoices of customers in north."
    )
    paid = await bench.act("payments", area="coast")
    assert [p.number for p in paid.data] == ["PAY-1"]
    assert not (await bench.act("payments", kind="business")).data
    assert not (await bench.act("payments", twice=True)).data
    await isp.payment("PAY-2", "100234", 100, at=ago(days=2), method="card", status="failed")
    await isp.payment("PAY-3", "100234", 100, at=ago(days=2), method="cash", status="failed")
    await isp.payment("PAY-4", "100234", 100, at=ago(days=2), method="cash")
    twice = await bench.act("payments", twice=True)
    assert {p.number for p in twice.data} == {"PAY-1", "PAY-4"}
    card = await bench.act("failed", method="card")
    assert (card.text[:21], card.data.count, card.data.tried) == ("1 card payment failed", 1, 1)
    assert (await bench.act("failed", kind="business")).text.startswith(
        "No payment of business customers failed"
    )


async def test_debtors_who_promised_nothing_and_who_are_still_on(world) -> None:
    bench, _ = world
    assert (await bench.act("overdue", area="Bello")).text.startswith("1 customer named “Bello” overdue")
    assert "I know no customer in “Narnia”" in (await bench.act("overdue", area="Narnia")).text
    await bench.act("promise", customer="100300", until=TODAY + timedelta(days=3))
    left = await bench.act("overdue", unpromised=True)
    assert [d.customer for d in left.data.debtors] == ["100234"]
    assert left.text.startswith("1 customer overdue without an open promise")
    assert (await bench.act("overdue", status="suspended")).text == "No suspended customer is overdue."
    assert (await bench.act("overdue", status="active")).data.customers == 2
    for name in ("suspensions", "failed", "invoices", "payments"):
        slip = (await bench.act(name, area="Narnia")).text
        assert slip.startswith("I know no customer in “Narnia” at all."), f"{name}: no good news for a slip"
    held = await bench.act("suspensions", area="north")
    assert [v.debtor.customer for v in held.data] == ["100300"]
    assert held.text.startswith("0 customers in north would be suspended") and "1 more is held" in held.text
    assert (await bench.act("suspensions", area="coast", kind="business")).text.startswith(
        "No business customer in coast would be suspended"
    )


async def test_what_cannot_be_promised_is_said_before_the_yes(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Bola Ade")
    by = (TODAY + timedelta(days=3)).isoformat()
    asked = partial(bench.act, "promise", via=Via.MODEL, until=by)
    with pytest.raises(Conflict, match="nothing to promise"):
        await asked(customer="100400")
    assert "pays 900.00 EUR by" in (await asked(customer="100300")).waiting.preview
    await bench.act("promise", customer="100300", until=by)
    with pytest.raises(Conflict, match="open promise already"):
        await asked(customer="100300")


async def test_the_statement_of_a_period_ends_in_what_was_owed_then(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, _ = world
    whole = await bench.act("statement", customer="100234")
    assert whole.text == "Statement of **Amina Bello** (100234): nothing owed." or "owes" in whole.text
    then = TODAY - timedelta(days=10)
    before = await bench.act("statement", customer="100234", until=then)
    assert before.data.entries == whole.data.entries[:-1] and " on 10 Nov." in before.text
    since = await bench.act("statement", customer="100234", since=then)
    assert since.data.entries == whole.data.entries[-1:] and since.data.before == before.data.after
    assert "Shown are" not in since.text
    monkeypatch.setattr(accounts, "MAX_ROWS", 1)
    cut = await bench.act("statement", customer="100234", since=TODAY - timedelta(days=400))
    assert cut.text.endswith("Shown are the 1 last entry of it; name a shorter period for those before.")
    assert cut.data.entries == whole.data.entries[-1:] and cut.data.before == before.data.after
