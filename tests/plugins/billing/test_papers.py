"""One payment, credit note or promise by its number: what is said of it and what can be done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import Ambiguous, NotFound
from bot.testing import Bench
from plugins.billing.lasting import PAYMENT
from tests.plugins.building import TODAY, Isp, ago


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("billing")
    await isp.plan()
    await isp.customer("100234", "Amina Bello", phone="+254712345678")
    await isp.service("100234")
    await isp.invoice("INV-1", "100234", 4_500, due=TODAY - timedelta(days=4))
    return bench, isp


async def test_a_payment_says_what_became_of_it(world) -> None:
    bench, isp = world
    await isp.payment(
        "PAY-8", "100234", 900, invoice="INV-1", at=ago(days=2), status="failed", failure="card_expired"
    )
    failed = await bench.act("show_payment", payment="pay-8")
    assert failed.text == "**PAY-8** of Amina Bello (100234): 9.00 EUR, 18 Nov 17:55, failed: card expired."
    assert (failed.facts["For"], "Settled" in failed.facts) == ("INV-1", False)
    assert "billing_reverse_payment" not in [b.action_id for b in failed.buttons]
    asked = await bench.act("record_payment", customer="100234", amount="50", method="cash", reference="R9")
    booked = (await bench.approve(asked, user=bench.ann)).data.number
    shown = await bench.act("show_payment", payment=booked)
    assert (shown.facts["Settled"], shown.facts["Reference"]) == ("INV-1", "R9")
    back = next(b for b in shown.buttons if b.action_id == "billing_reverse_payment")
    asked = await bench.act("reverse_payment", **back.args, reason="wrong customer")
    twin = (await bench.approve(asked, user=bench.ann)).data.number
    assert (await bench.act("show_payment", payment=booked)).text.endswith("taken back.")
    assert (await bench.act("show_payment", payment=twin)).text.endswith(f"it takes {booked} back.")
    with pytest.raises(NotFound):
        await bench.act("show_payment", payment="PAY-0")


async def test_a_credit_note_says_why_and_whether_it_stands(world) -> None:
    bench, _ = world
    asked = await bench.act("credit", customer="100234", amount="7", reason="outage in Nyali")
    number = (await bench.approve(asked, user=bench.ann)).data.number
    shown = await bench.act("show_credit", credit_note=number)
    assert shown.text == f"**{number}** for Amina Bello (100234): 7.00 EUR, 17:55."
    assert (shown.facts["Reason"], shown.facts["On"]) == ("outage in Nyali", "the account")
    void = next(b for b in shown.buttons if b.action_id == "billing_void_credit")
    await bench.approve(await bench.act("void_credit", **void.args, reason="twice"), user=bench.ann)
    gone = await bench.act("show_credit", credit_note=number)
    assert gone.text.endswith("void.") and gone.facts["Voided"]
    assert [b.action_id for b in gone.buttons] == ["billing_statement"]


async def test_a_promise_shows_its_instalments(world) -> None:
    bench, _ = world
    asked = await bench.act("payment_plan", customer="100234", instalments=3)
    number = (await bench.approve(asked, user=bench.ann)).data.number
    shown = await bench.act("show_promise", promise=number)
    assert shown.text == f"**{number}**, payment plan of Amina Bello (100234): 45.00 EUR, open."
    assert [row[2].minor for row in shown.table.rows] == [1_500] * 3
    assert shown.buttons[-1].action_id == "billing_cancel_promise"
    await bench.approve(await bench.act("cancel_promise", promise=number), user=bench.ann)
    assert (await bench.act("show_promise", promise=number)).text.endswith("cancelled.")


async def test_the_last_one_of_somebody_is_named_by_whose_it_is(world) -> None:
    bench, isp = world
    await isp.customer("100555", "Dayo Eze")
    await isp.invoice("INV-55", "100555", 4_500, due=TODAY - timedelta(days=9))
    await isp.payment("PAY-55", "100555", 500, at=ago(days=9))
    await isp.payment("PAY-56", "100555", 700, at=ago(days=2), status="failed")
    asked = await bench.act("reverse_payment", payment="the last payment of dayo eze", reason="x")
    assert "PAY-55 of Dayo Eze (100555) counts for nothing" in asked.waiting.preview
    note = await bench.act("credit", customer="100555", amount="5", reason="goodwill")
    await bench.approve(note, user=bench.ann)
    void = await bench.act("void_credit", credit_note="last credit note of 100555", reason="x")
    assert "of Dayo Eze (100555) is void" in void.waiting.preview
    with pytest.raises(NotFound):
        await bench.act("cancel_promise", promise="the open promise of 100555")
    await bench.act("promise", customer="100555", until=TODAY + timedelta(days=3))
    off = await bench.act("cancel_promise", promise="the open promise of 100555")
    assert "The promise of Dayo Eze (100555) is cancelled" in off.waiting.preview
    with pytest.raises(NotFound):
        await bench.act("void_credit", credit_note="last credit note of nobody at all", reason="x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("reverse the last payment of amina bello: booked twice", "the last payment of amina bello"),
        ("take back the latest payment from 100234 because it bounced", "the latest payment from 100234"),
        ("when was the last payment of 100234", ""),
        ("payments of 100234", ""),
    ],
)
def test_it_is_known_only_where_something_is_taken_back(words: str, said: str) -> None:
    found = PAYMENT.search(words)
    assert (found[0] if found else "") == said


async def test_the_last_payment_of_a_name_that_several_bear_is_asked_with_the_accounts(world) -> None:
    bench, isp = world
    for number in ("100701", "100702"):
        await isp.customer(number, "Zuri Two")
        await isp.payment(f"PAY-{number}", number, 500, at=ago(days=3))
    with pytest.raises(Ambiguous, match="I found 2") as asked:
        await bench.act("reverse_payment", payment="the last payment of zuri two", reason="x")
    said = " ".join(one.label for one in asked.value.choices)
    assert "(100701)" in said and "(100702)" in said
