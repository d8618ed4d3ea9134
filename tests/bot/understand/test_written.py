"""Words that are written to somebody, or put down, choose neither who gets them nor what is done."""

from __future__ import annotations

import pytest

from bot.understand.contrasted import put_down
from bot.understand.understanding import Understanding
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str = "billing") -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    ("words", "args"),
    [
        ("email all business customers: sorry for the outage in nyali", {"customer_kind": "business"}),
        ("email all customers: our office in westlands is closed", {}),
        ("email all customers on Home Fibre 100: hello from R", {"plan": "Home Fibre 100"}),
        ("email everyone in nyali: the mast at Ikeja is down", {"area": "nyali"}),
    ],
)
async def test_the_words_of_a_mail_choose_nobody(words: str, args: dict[str, str]) -> None:
    got = await understand(words)
    assert got.action_id == "email_mass"
    assert dict(got.args) == {**args, "text": words.split(": ")[1]}


async def test_a_reminder_is_for_whom_its_words_are_about() -> None:
    got = await understand("remind me tomorrow at 9: call 100234")
    assert got.args["customer"] == "100234"


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("nobody home, put that in the ticket", "comment on the ticket: nobody home"),
        ("nobody home, write that in TCK-10234", "comment on TCK-10234: nobody home"),
        ("TCK-10234: nobody home, put that in the ticket", "comment on TCK-10234: nobody home"),
        ("calls after ten only, add that to her notes", "add a note to her: calls after ten only"),
        ("nobody home, put that on the roof", ""),
        ("if nobody is home, put that in the ticket", ""),
    ],
)
def test_what_stands_before_is_put_down(words: str, wish: str) -> None:
    assert put_down(words) == wish


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("credit 100234 NGN 500: outage", "500.00 NGN"),
        ("credit 100234 ngn 1,234.56: outage", "1,234.56 NGN"),
        ("credit 50000 NGN 100234: outage", "50,000.00 NGN"),
    ],
)
async def test_no_account_is_an_amount(words: str, amount: str) -> None:
    got = await understand(words)
    assert (got.args["customer"], str(got.args["amount"])) == ("100234", amount)


async def test_hours_are_no_days() -> None:
    assert "days" not in (await understand("credit 100234 5 hours: outage")).args
    assert (await understand("credit 100234 48 hours: outage")).args["days"] == 2


@pytest.mark.parametrize("words", ["my open tickets", "my open ones", "show me my open tickets"])
async def test_what_is_open_and_mine_is_my_queue(words: str) -> None:
    got = await understand(words, "support")
    assert (got.verdict.name, got.action_id, dict(got.args)) == ("CLEAR", "tickets_my_queue", {})


async def test_what_is_mine_may_be_narrowed() -> None:
    got = await understand("my urgent tickets", "support")
    assert (got.action_id, got.args["priority"]) == ("tickets_search", "urgent")
    assert (await understand("my overdue tickets", "support")).args["my"] is True


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        (
            "100234 promised to pay by friday",
            "billing_promise",
            {"customer": "100234", "until": "2026-11-27"},
        ),
        (
            "100234 paid 3999 by mpesa QX12ABC34",
            "billing_record_payment",
            {
                "customer": "100234",
                "amount": "3,999.00 NGN",
                "method": "mobile_money",
                "reference": "QX12ABC34",
            },
        ),
        ("customers in westlands", "customers_browse", {"area": "westlands"}),
        ("list customers of region north", "customers_browse", {"area": "north"}),
        ("payments from 2025 to 2026", "billing_payments", {"since": "2025-01-01", "until": "2026-12-31"}),
    ],
)
async def test_what_is_said_every_day_is_not_asked_about(
    words: str, action: str, args: dict[str, str]
) -> None:
    got = await understand(words)
    assert (got.verdict.name, got.action_id) == ("CLEAR", action)
    assert {name: str(value) for name, value in got.args.items()} == args


async def test_what_is_only_said_to_the_bot_is_no_reference() -> None:
    got = await understand("Amina Bello paid 4,999 by card, please book it")
    assert "reference" not in got.args


async def test_a_number_nobody_has_is_looked_for_and_not_asked_again() -> None:
    got = await understand("suspend 999999: non payment")
    assert dict(got.args) == {"customer": "999999", "reason": "non payment"}
    assert "customer" not in (await understand("credit 50000: outage")).args


async def test_an_amount_that_is_not_meant_is_no_reason() -> None:
    got = await understand("credit 100234 500, not 5000: outage")
    assert (got.args["reason"], str(got.args["amount"])) == ("outage", "500.00 NGN")
