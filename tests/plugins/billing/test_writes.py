"""Booking, crediting, promising and dunning through the gate: what is asked first, what is said, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.api import Approval, Area, BadInput, Conflict, Money, NotAllowed, Tone
from bot.contract.people import User
from bot.db.policies import Policy, do_add_policy
from bot.errors import LimitExceeded
from bot.testing import Bench
from tests.plugins.building import TODAY, Isp, ago


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def day(n: int) -> str:
    return (TODAY + timedelta(days=n)).isoformat()


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("billing")
    await isp.plan()
    await isp.customer("100234", "Amina Bello", phone="+254712345678", email="amina@mail.example")
    await isp.service("100234")
    await isp.customer("100300", "Bola Ade", region="south")
    await isp.service("100300")
    await isp.invoice("INV-1", "100234", 4_500, due=TODAY - timedelta(days=40))
    await isp.invoice("INV-2", "100234", 4_500, due=TODAY - timedelta(days=9))
    return bench, isp


async def yes(bench: Bench, action: str, user: User | None = None, **args: object):
    """Ask for something and say yes to it."""
    asked = await bench.act(action, user=user, **args)
    assert asked.waiting is not None, asked.text
    return await bench.approve(asked, user=user or bench.ann)


async def owed(bench: Bench, customer: str = "100234") -> int:
    return (await bench.act("balance", customer=customer)).data.owed.minor


async def test_a_payment_settles_the_oldest_invoice_first_and_leaves_the_rest_as_credit(world) -> None:
    bench, _ = world
    asked = await bench.act("record_payment", customer="amina bello", amount="100", method="cash")
    assert "INV-1: owed 45.00 EUR → paid" in asked.waiting.preview
    assert "+ 10.00 EUR" in asked.waiting.preview and "10.00 EUR more than is owed" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == (
        "Booked PAY-0000001: 100.00 EUR by cash from Amina Bello (100234). It goes to INV-1, INV-2. "
        "Now in credit by 10.00 EUR."
    )
    assert done.tone is Tone.GOOD and await owed(bench) == -1_000
    back = await bench.undo(done)
    assert "is taken back by PAY-0000002" in back.text and await owed(bench) == 9_000
    statuses = [row[-1] for row in (await bench.act("payments", customer="100234")).table.rows]
    assert len(statuses) == 2


async def test_a_payment_for_an_invoice_names_its_customer(world) -> None:
    bench, isp = world
    done = await yes(
        bench, "record_payment", invoice="INV-2", amount="20 EUR", method="mobile_money", reference="QX-12 a"
    )
    assert done.data.invoice == "INV-2" and done.data.customer == "100234"
    await isp.invoice("INV-9", "100300", 1_000, due=TODAY)
    with pytest.raises(BadInput, match="an invoice of Bola Ade"):
        await bench.act("record_payment", customer="100234", invoice="INV-9", amount="5", method="cash")
    with pytest.raises(BadInput, match="name the customer or the invoice"):
        await bench.act("record_payment", amount="5", method="cash")


async def test_the_same_reference_is_refused_with_the_earlier_one(world) -> None:
    bench, isp = world
    await yes(bench, "record_payment", customer="100234", amount="20", method="cash", reference="QX-12 a")
    with pytest.raises(Conflict, match=r"QX12A is booked already: PAY-0000001, 20\.00 EUR of Amina Bello"):
        await bench.act("record_payment", customer="100300", amount="20", method="cash", reference="QX12A")
    area = Area(region=frozenset({"south"}))
    lea = await bench.person("Lea Lead", ["billing:pay", "billing:read", "customers:read"], area=area)
    await isp.customer("100400", "Dayo Eze", region="south", site="STH-01")
    mine = {"customer": "100400", "amount": "20", "method": "cash", "reference": "QX12A"}
    asked = await bench.act("record_payment", user=lea, **mine)
    with pytest.raises(Conflict, match="booked already: PAY-0000001, ") as refused:
        await bench.approve(asked, user=lea)
    assert "Amina" not in str(refused.value) and "20.00" not in str(refused.value)
    again = await bench.act("record_payment", customer="100234", amount="20", method="cash")
    assert "The same amount was booked 17:55: PAY-0000001" in again.waiting.preview


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"amount": "0", "method": "cash"}, "makes no sense"),
        ({"amount": "-5", "method": "cash"}, "makes no sense"),
        ({"amount": "5 USD", "method": "cash"}, "account of Amina Bello is in EUR"),
        ({"amount": "5", "method": "cash", "received": day(1)}, "still to come"),
    ],
)
async def test_a_payment_that_cannot_be_is_refused_in_one_sentence(world, args, said) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match=said):
        await bench.act("record_payment", customer="100234", **args)
    assert await owed(bench) == 9_000


async def test_a_credit_note_for_days_without_service_shows_its_formula(world) -> None:
    bench, _ = world
    asked = await bench.act("credit", customer="100234", days=3, reason="outage")
    assert "45.00 EUR a month × 3 of 30 days = 4.50 EUR" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text.startswith(
        "Credit note CN-000001: 4.50 EUR for 3 days for Amina Bello (100234), outage."
    )
    assert await owed(bench) == 8_550
    back = await bench.undo(done)
    assert "is void: taken back." in back.text, "nobody is accused of anything"
    assert await owed(bench) == 9_000
    listed = await bench.act("credits", customer="100234")
    assert (
        listed.text == "1 credit note of Amina Bello, 0.00 EUR in all:" and listed.table.rows[0][-1] == "void"
    )
    with pytest.raises(Conflict, match="voided already by Ann Apple"):
        await bench.act("void_credit", credit_note="CN-000001", reason="again")


async def test_a_credit_on_an_invoice_is_not_more_than_it(world) -> None:
    bench, _ = world
    done = await yes(bench, "credit", invoice="INV-2", amount="40", reason="late installation")
    assert done.data.invoice == "INV-2"
    with pytest.raises(BadInput, match="came to 45"):
        await bench.act("credit", invoice="INV-2", amount="46", reason="x")
    over = await bench.act("credit", invoice="INV-2", amount="6", reason="x")
    with pytest.raises(Conflict, match=r"40\.00 EUR of it is credited already"):
        await bench.approve(over, user=bench.ann)
    assert await owed(bench) == 5_000


async def test_a_clerks_credit_has_a_limit_per_note_and_per_month(world) -> None:
    bench, _ = world
    rights = ["billing:read", "billing:credit", "customers:read"]
    clerk = await bench.person("Clara Clerk", rights, max_amount=1_000)
    with pytest.raises(LimitExceeded, match=r"over your limit of 10\.00 EUR"):
        await bench.act("credit", user=clerk, customer="100234", amount="11", reason="goodwill")
    await yes(bench, "credit", clerk, customer="100234", amount="7", reason="goodwill")
    with pytest.raises(NotAllowed, match=r"was credited 7\.00 EUR this month already; .* 3\.00 EUR is left"):
        await bench.act("credit", user=clerk, customer="100234", amount="4", reason="goodwill")
    await yes(bench, "credit", customer="100234", amount="40", reason="the boss says so")
    bench.now += timedelta(days=20)
    await yes(bench, "credit", clerk, customer="100234", amount="10", reason="next month")


async def test_one_colleague_has_a_limit_a_day_over_all_customers(world) -> None:
    bench, _ = world
    rights = ["billing:read", "billing:credit", "customers:read"]
    clerk = await bench.person("Clara Clerk", rights, max_amount=1_000)
    await bench.set(credit_day_limit=15, credit_month_limit=50)
    asked = await bench.act("credit", user=clerk, customer="100234", amount="9", reason="goodwill")
    assert (
        "Credited by Clara Clerk today, with this the 1st: 0.00 EUR → 9.00 EUR of at most 15.00 EUR"
        in asked.waiting.preview
    )
    await bench.approve(asked, user=clerk)
    with pytest.raises(
        NotAllowed, match=r"credited 9\.00 EUR today already \(1 note\); .* 6\.00 EUR is left"
    ):
        await bench.act("credit", user=clerk, customer="100300", amount="7", reason="goodwill")
    two = [
        await bench.act("credit", user=clerk, customer=who, amount="5", reason="goodwill")
        for who in ("100300", "100234")
    ]
    assert "Credited by Clara Clerk today, with this the 2nd: 9.00 EUR → 14.00 EUR" in two[1].waiting.preview
    await bench.approve(two[0], user=clerk)
    with pytest.raises(NotAllowed, match=r"credited 14\.00 EUR today already \(2 notes\)"):
        await bench.approve(two[1], user=clerk)
    await yes(bench, "credit", customer="100234", amount="40", reason="the boss is not limited")
    bench.now += timedelta(days=1)
    await yes(bench, "credit", clerk, customer="100234", amount="1", reason="tomorrow")


async def test_credits_far_above_the_usual_are_shown_and_told(world) -> None:
    bench, _ = world
    clerk = await bench.person("Clara Clerk", ["billing:read", "billing:credit", "customers:read"])
    for _nr in range(6):
        await yes(bench, "credit", clerk, customer="100300", amount="2", reason="goodwill")
        bench.now += timedelta(days=1)
    usual = await bench.act("credit", user=clerk, customer="100300", amount="6", reason="goodwill")
    assert "far above" not in usual.waiting.preview
    asked = await bench.act("credit", user=clerk, customer="100300", amount="6.50", reason="goodwill")
    said = "6.50 EUR credited in one day by Clara Clerk is far above the usual: 2.00 EUR on 6 days before"
    assert said in asked.waiting.preview
    await bench.approve(asked, user=clerk)
    await bench.set(credit_alert_role=min(bench.ann.roles))
    for _again in range(2):
        await bench.run_job("watch_credits")
    async with bench.database.tenant(bench.tenant.id) as session:
        said = (await session.execute(text("select reply ->> 'text' from nudges"))).scalars().all()
    assert said == [
        "Clara Clerk gave 1 credit note today, 6.50 EUR in all: far above the usual, 2.00 EUR on 6 days before."
    ]
    listed = await bench.act("credits", by_agent=True)
    assert listed.text.startswith("7 credit notes by 1 colleague") and listed.text.endswith(
        "18.50 EUR in all. 1 colleague far above the usual today."
    )
    assert listed.table.rows[0][:6] == ("Clara Clerk", 7, eur(1_850), 7, 0, eur(650))
    assert (await bench.act("credits", over="6")).data[0].amount == eur(650)
    narrowed = await bench.act("credits", over="6", by_agent=True)
    assert narrowed.text.startswith("1 credit note of more than 6.00 EUR by 1 colleague")
    assert len((await bench.act("credits", by_agent=True, customer="100300")).data) == 7
    assert not (await bench.act("credits", by_agent=True, customer="100234")).data
    assert len((await bench.act("credits", my=True, user=clerk)).data) == 7
    assert (await bench.act("credits", my=True)).text.startswith("No credit notes by you")
    assert len((await bench.act("credits", agent=clerk.email, user=clerk)).data) == 7
    nameless = replace(bench.ann, email="")
    assert len((await bench.act("credits", user=nameless)).data) == 7, "who has no address sees them too"
    assert not (await bench.act("credits", agent="lerk")).data, "no part of a word"
    assert len((await bench.act("credits", agent="Clerk")).data) == 7
    assert "Those who gave some then: Clara" in (await bench.act("credits", agent="Bob")).text
    assert len((await bench.act("credits", agent="clara")).data) == 7


async def test_what_was_credited_in_one_currency_is_not_added_to_another(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Dola Usd")
    await isp.invoice("INV-9", "100400", 9_000, due=TODAY, currency="USD")
    asked = await bench.act("credit", customer="100400", amount="10 USD", reason="goodwill")
    assert "Credited this month: 0.00 USD → 10.00 USD" in asked.waiting.preview
    await bench.approve(asked, user=bench.ann)
    listed = await bench.act("credits")
    assert listed.text.endswith("20 Oct, 10.00 USD in all:")
    await yes(bench, "credit", bench.ann, customer="100300", amount="2", reason="goodwill")
    assert (await bench.act("credits")).text.endswith("2.00 EUR and 10.00 USD in all:")
    grouped = await bench.act("credits", by_agent=True)
    assert grouped.text.startswith("2 credit notes by 1 colleague")
    assert grouped.text.endswith("2.00 EUR and 10.00 USD in all.")
    assert [row[2] for row in grouped.table.rows] == [eur(200), Money(1_000, "USD")]
    again = await bench.act("credit", customer="100400", amount="5 USD", reason="goodwill")
    assert "Credited this month: 10.00 USD → 15.00 USD" in again.waiting.preview
    assert (
        "with this the 2nd" in again.waiting.preview
        and "the 2nd: 10.00 USD → 15.00 USD" in again.waiting.preview
    )


async def test_a_limit_in_another_currency_refuses_before_the_yes(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Dola Usd")
    await isp.invoice("INV-9", "100400", 9_000, due=TODAY, currency="USD")
    await bench.set(credit_day_limit=50, credit_month_limit=100)
    clerk = await bench.person("Clara Clerk", ["billing:read", "billing:credit", "customers:read"])
    with pytest.raises(BadInput, match="limit is in EUR and this is in USD"):
        await bench.act("credit", user=clerk, customer="100400", amount="10 USD", reason="goodwill")


async def test_the_alert_says_each_doubling_once_and_goes_with_what_was_voided(world) -> None:
    bench, _ = world
    clerk = await bench.person("Clara Clerk", ["billing:read", "billing:credit", "customers:read"])
    await bench.set(credit_alert_role=min(bench.ann.roles))
    for _nr in range(5):
        await yes(bench, "credit", clerk, customer="100300", amount="1", reason="goodwill")
        bench.now += timedelta(days=1)
    told = []
    for amount in ("3.50", "0.10", "2.30", "0.30"):  # 3.50, 3.60, 5.90, 6.20: twice the threshold of 3 once
        await yes(bench, "credit", clerk, customer="100300", amount=amount, reason="goodwill")
        await bench.run_job("watch_credits")
        told.append(await waiting(bench))
    assert [[one.split(" in all")[0].split(", ")[-1] for one in each] for each in told] == [
        ["3.50 EUR"], ["3.50 EUR"], ["3.50 EUR"], ["6.20 EUR"],
    ]  # fmt: skip
    for note in (await bench.act("credits", since=TODAY + timedelta(days=5))).data:
        await yes(bench, "void_credit", bench.ann, credit_note=note.number, reason="wrong")
    await bench.run_job("watch_credits")
    assert await waiting(bench) == []


async def test_the_alert_is_never_told_to_whom_it_is_about(world) -> None:
    bench, _ = world
    for _nr in range(5):
        await yes(bench, "credit", bench.ann, customer="100300", amount="1", reason="goodwill")
        bench.now += timedelta(days=1)
    await yes(bench, "credit", bench.ann, customer="100300", amount="9", reason="goodwill")
    await bench.set(credit_alert_role=min(bench.ann.roles))
    await bench.run_job("watch_credits")
    assert await waiting(bench) == []
    assert "far above" in (await bench.act("credits", by_agent=True)).text, "it stands there for everybody"


async def waiting(bench: Bench) -> list[str]:
    async with bench.database.tenant(bench.tenant.id) as session:
        return list((await session.execute(text("select reply ->> 'text' from nudges order by 1"))).scalars())


async def test_days_are_held_against_the_limit_too(world) -> None:
    bench, _ = world
    clerk = await bench.person(
        "Clara Clerk", ["billing:read", "billing:credit", "customers:read"], max_amount=400
    )
    with pytest.raises(NotAllowed, match=r"4\.00 EUR"):
        await bench.act("credit", user=clerk, customer="100234", days=3, reason="outage")


async def test_the_workspace_may_set_the_months_limit(world) -> None:
    bench, _ = world
    await bench.set(credit_month_limit=5)
    clerk = await bench.person("Clara Clerk", ["billing:read", "billing:credit", "customers:read"])
    with pytest.raises(NotAllowed, match=r"may be credited 5\.00 EUR a month"):
        await bench.act("credit", user=clerk, customer="100234", amount="6", reason="x")


async def test_promises_hold_dunning_and_are_recognised_when_kept(world) -> None:
    bench, _ = world
    before = await bench.act("suspensions", customer="100234")
    assert "would be suspended today: 90.00 EUR overdue 40 days, grace is 14 days" in before.text
    done = await bench.act("promise", customer="100234", until=day(5))
    assert done.text == (
        "PTP-1001: Amina Bello (100234) pays 90.00 EUR by Wednesday 25 Nov. Dunning waits until then."
    )
    assert "promise PTP-1001 holds until 25 Nov" in (await bench.act("suspensions", customer="100234")).text
    assert (
        "They promised 90.00 EUR by 25 Nov (PTP-1001)" in (await bench.act("balance", customer="100234")).text
    )
    with pytest.raises(Conflict, match="has an open promise already, PTP-1001"):
        await bench.act("promise", customer="100234", until=day(6))
    bench.now += timedelta(days=2)
    part = await yes(bench, "record_payment", customer="100234", amount="50", method="cash")
    assert "kept" not in part.text
    rest = await yes(bench, "record_payment", customer="100234", amount="40", method="cash")
    assert "Promise PTP-1001 is kept. Now nothing owed." in rest.text
    assert (await bench.act("promises")).text == "1 promise: 1 kept."


async def test_a_promise_that_passes_is_broken(world) -> None:
    bench, _ = world
    await bench.act("promise", customer="100234", until=day(2), amount="45")
    bench.now += timedelta(days=2)
    assert (await bench.act("promises", standing="open")).text == "1 open promise."
    bench.now += timedelta(days=1)
    broken = await bench.act("promises", standing="broken")
    assert broken.text == "1 broken promise." and broken.buttons[0].label == "Remind Amina Bello"
    assert "would be suspended today" in (await bench.act("suspensions", customer="100234")).text


@pytest.mark.parametrize(
    ("args", "error", "said"),
    [
        ({"until": day(-1)}, BadInput, "is past"),
        ({"until": day(15)}, BadInput, "may run 14 days"),
        ({"until": day(3), "amount": "91"}, BadInput, "owes 90.00 EUR; 91.00 EUR is more"),
        ({"until": day(3), "customer": "100300"}, Conflict, "nothing to promise"),
    ],
)
async def test_a_promise_that_makes_no_sense_is_refused(world, args, error, said) -> None:
    bench, _ = world
    with pytest.raises(error, match=said):
        await bench.act("promise", **({"customer": "100234"} | args))


async def test_a_payment_plan_is_monthly_and_adds_up(world) -> None:
    bench, isp = world
    await isp.invoice("INV-3", "100234", 1_001, due=TODAY)
    asked = await bench.act("payment_plan", customer="100234", instalments=3, first="2026-11-30")
    for part in ("33.34 EUR by 30 Nov", "33.34 EUR by 30 Dec", "33.33 EUR by 30 Jan 2027"):
        assert part in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.data.total.minor == 10_001 and done.data.kind == "payment plan"
    bench.now += timedelta(days=15)
    assert (await bench.act("promises", standing="broken")).table.rows[0][5] == "0 of 3"
    await yes(bench, "record_payment", customer="100234", amount="33.34", method="cash")
    listed = await bench.act("promises")
    assert listed.table.rows[0][5] == "1 of 3" and listed.table.rows[0][7] == "open"
    asked = await bench.act("cancel_promise", promise=done.data.number)
    assert "33.33 EUR by 30 Jan 2027: open → cancelled" in asked.waiting.preview
    assert "Dunning: waits for it → goes on" in asked.waiting.preview
    gone = await bench.approve(asked, user=bench.ann)
    with pytest.raises(Conflict, match="cancelled already"):
        await bench.act("cancel_promise", promise=done.data.number)
    assert (
        gone.text
        == "PTP-1001, the payment plan of Amina Bello over 100.01 EUR, is cancelled. Dunning goes on."
    )
    with pytest.raises(BadInput, match="2 to 6 instalments"):
        await bench.act("payment_plan", customer="100234", instalments=7)


async def test_a_payment_plan_of_so_many_payments_of_so_much(world) -> None:
    bench, _ = world
    asked = await bench.act("payment_plan", customer="100234", instalments=3, each="20")
    preview = asked.waiting.preview
    assert "pays 60.00 EUR in 3 monthly instalments" in preview and "20.00 EUR by" in preview
    assert "That leaves 30.00 EUR of the 90.00 EUR owed without a day" in preview
    whole = await bench.act("payment_plan", customer="100234", instalments=3, each="30")
    assert "without a day" not in whole.waiting.preview
    done = await bench.approve(whole, user=bench.ann)
    assert [one.amount.minor for one in done.data.instalments] == [3_000, 3_000, 3_000]
    with pytest.raises(Conflict, match="open payment plan already, PTP-1001"):
        await bench.act("payment_plan", customer="100234", instalments=2)
    with pytest.raises(BadInput, match="either"):
        await bench.act("payment_plan", customer="100234", instalments=3, each="20", amount="50")


async def test_a_disputed_invoice_is_left_out_of_dunning(world) -> None:
    bench, _ = world
    done = await bench.act("dispute", invoice="INV-1", reason="was never installed")
    assert "owes longest" not in done.text and "Dunning leaves it out." in done.text
    said = (await bench.act("suspensions", customer="100234")).text
    assert "would be suspended on 25 Nov: 45.00 EUR overdue 9 days" in said
    await bench.act("dispute", invoice="INV-2", reason="too")
    assert "all of it is disputed" in (await bench.act("suspensions", customer="100234")).text
    assert "disputed" in (await bench.act("invoices", customer="100234", status="disputed")).text
    await bench.undo(done)
    with pytest.raises(Conflict, match="INV-1 is not disputed"):
        await bench.act("settle_dispute", invoice="INV-1")


async def test_dunning_follows_the_workspaces_rules(world) -> None:
    bench, isp = world
    await isp.customer("100400", "Twiga Ltd", kind="business")
    await isp.service("100400")
    await isp.invoice("INV-7", "100400", 9_000, due=TODAY - timedelta(days=20))
    await isp.customer("100500", "Coast Hospital", tier="critical")
    await isp.service("100500")
    await isp.invoice("INV-8", "100500", 9_000, due=TODAY - timedelta(days=60))
    reply = await bench.act("suspensions", days=30)
    assert reply.text == (
        "2 customers would be suspended by 20 Dec, 1 of them today. 1 more is held or spared. "
        "Nothing happens by itself."
    )
    assert [(row[1], row[4]) for row in reply.tables[0].rows] == [("100234", 40), ("100400", 20)]
    assert reply.tables[1].rows[0][3] == "critical customer: decide by hand"
    await bench.set(spare_business=True, dunning_minimum=91)
    reply = await bench.act("suspensions", days=30)
    assert reply.text.startswith("0 customers would be suspended") and len(reply.tables) == 1


async def test_who_would_be_suspended_on_a_day_or_in_a_week_ahead_is_said_of_those_days_alone(world) -> None:
    bench, isp = world
    await isp.invoice("INV-7", "100300", 9_000, due=TODAY - timedelta(days=12))
    said = (await bench.act("suspensions", since=day(2), until=day(2))).text
    assert said.startswith("1 customer would be suspended on 22 Nov. 1 would be before that.")
    assert "of them today" not in said
    none = await bench.act("suspensions", since=day(3), until=day(5))
    assert none.text == "Nobody would be suspended from 23 Nov until 25 Nov. 2 would be before that."
    assert none.tone is not Tone.GOOD
    week = await bench.act("suspensions", since=day(-4), until=day(2))
    assert week.text.startswith("2 customers would be suspended by 22 Nov, 1 of them today.")
    with pytest.raises(BadInput, match=r"is past.*“customers suspended since"):
        await bench.act("suspensions", since=day(-9), until=day(-2))


@pytest.mark.parametrize(
    "reason",
    [
        *("money back", "his money back", "refund", "pay it out to her", "wants a refund"),
        "customer wants a refund because of the outage",
        "give him his money back please",
    ],
)
async def test_a_payment_is_not_taken_back_for_a_refund(world, reason) -> None:
    bench, isp = world
    await isp.payment("PAY-9", "100234", 4_500, at=ago(days=2))
    with pytest.raises(BadInput, match=r"I pay nothing out.*“refund 100234”"):
        await bench.act("reverse_payment", payment="PAY-9", reason=reason)
    for wrong in ("the bank took the money back", "booked twice, he wants his money back"):
        asked = await bench.act("reverse_payment", payment="PAY-9", reason=wrong)
        assert asked.waiting is not None


async def test_a_credit_names_no_second_account_as_its_reason(world) -> None:
    bench, _ = world
    for reason in ("100300 3, outage", "and 100300 300", "outage, 100300 20 EUR"):
        with pytest.raises(BadInput, match="one account"):
            await bench.act("credit", customer="100234", amount="5", reason=reason)
    asked = await bench.act("credit", customer="100234", amount="5", reason="outage 2026 11, TCK-100300 20")
    assert asked.waiting is not None


async def test_promises_are_told_by_who_took_them(world) -> None:
    bench, _ = world
    await bench.act("promise", customer="100234", until=day(3), amount="10")
    mine = await bench.act("promises", my=True)
    assert mine.text.startswith("1 promise taken by you") and len(mine.data) == 1
    text = (await bench.act("promises", agent="lilian")).text
    assert text == "No promises taken by “lilian”; those who took some: Ann Apple."
    assert " taken by Ann Apple" in (await bench.act("promises", agent="ann")).text
    own = (await bench.act("promises", agent=mine.data[0].by[:5])).data
    assert [one.number for one in own] == [mine.data[0].number]
    by = await bench.act("promises", by_agent=True)
    assert by.table.columns[0].title == "Taken by" and by.table.rows[0][1:3] == (1, eur(1_000))
    assert by.text.startswith("1 promise by 1 colleague")


async def test_a_reminder_shows_its_text_first_and_is_remembered(world) -> None:
    bench, _ = world
    asked = await bench.act("remind", customer="100234", channel="phone")
    assert "INV-1: 45.00 EUR, overdue 40 days" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert "is reminded of 90.00 EUR by phone. Nothing was sent from here" in done.text
    again = await bench.act("remind", customer="100234", channel="phone")
    assert "They were reminded just now" in again.waiting.preview
    with pytest.raises(BadInput, match="nothing to reach Bola Ade by e-mail"):
        await bench.act("remind", customer="100300")


async def test_the_statement_ends_in_the_balance(world) -> None:
    bench, _ = world
    await yes(bench, "record_payment", customer="100234", amount="50", method="cash")
    bench.now += timedelta(minutes=1)
    await yes(bench, "credit", customer="100234", amount="5", reason="goodwill")
    reply = await bench.act("statement", customer="100234")
    assert [row[-1].minor for row in reply.table.rows] == [4_500, 9_000, 4_000, 3_500]
    short = await bench.act("statement", customer="100234", limit=2)
    assert short.table.rows[0][1] == "brought forward" and short.table.rows[0][-1].minor == 9_000


async def test_support_takes_promises_and_books_nothing(world) -> None:
    bench, _ = world
    agent = await bench.person("Sam Support", ["billing:read", "billing:promise", "customers:read"])
    await bench.act("promise", user=agent, customer="100234", until=day(3))
    for action, args in (
        ("record_payment", {"amount": "5", "method": "cash"}),
        ("credit", {"amount": "5", "reason": "x"}),
        ("payment_plan", {"instalments": 2}),
        ("remind", {}),
    ):
        with pytest.raises(NotAllowed):
            await bench.act(action, user=agent, customer="100234", **args)


async def test_what_lies_outside_the_area_does_not_exist(world) -> None:
    bench, _ = world
    narrow = await bench.person(
        "Nora North", ["billing:read", "billing:pay", "billing:credit", "customers:read"],
        area=Area(region=frozenset({"north"})),
    )  # fmt: skip
    await yes(bench, "record_payment", customer="100300", amount="5", method="cash", reference="S-1")
    assert (await bench.act("payments", user=narrow)).data == ()
    for action, args in (
        ("balance", {"customer": "100300"}),
        ("reverse_payment", {"payment": "PAY-0000001", "reason": "x"}),
        ("credit", {"customer": "100300", "amount": "5", "reason": "x"}),
    ):
        with pytest.raises(Exception, match=r"(?i)no customer|no payment|found no"):
            await bench.act(action, user=narrow, **args)


async def test_large_credits_can_be_made_to_need_a_colleague(world) -> None:
    bench, _ = world
    policy = Policy(action="billing_credit", needs=int(Approval.OTHER), min_amount=3_000)
    async with bench.database.tenant(bench.tenant.id) as session:
        await do_add_policy(session, policy, by="the boss")
    big = await bench.act("credit", customer="100234", amount="30", reason="week without service")
    with pytest.raises(NotAllowed):
        await bench.approve(big, user=bench.ann)
    assert "Credit note" in (await bench.approve(big, user=bench.bob)).text
    small = await bench.act("credit", customer="100234", amount="29", reason="x")
    assert "Credit note" in (await bench.approve(small, user=bench.ann)).text


async def test_lists_of_everybody_have_totals(world) -> None:
    bench, isp = world
    await isp.invoice("INV-9", "100300", 1_000, due=TODAY + timedelta(days=3))
    reply = await bench.act("invoices", unpaid=True)
    assert reply.text == "3 unpaid invoices, 100.00 EUR in all, 100.00 EUR of it still owed:"
    assert [row[0] for row in reply.table.rows] == ["INV-1", "INV-2", "INV-9"]
    await isp.payment("PAY-7", "100234", 500, method="cash", at=ago(days=3))
    await isp.payment("PAY-8", "100300", 700, method="card", at=ago(days=30))
    cash = await bench.act("payments", method="cash", since=day(-5))
    assert cash.text == "1 cash payment, from 15 Nov, 5.00 EUR came in:"
