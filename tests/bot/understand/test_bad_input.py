"""Forms in which people write what is hard to read: as the real plugins see them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind
from bot.understand.times import Clock
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from bot.understand.values import read_value
from tests.evals import score, world

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
AMOUNT = Argument(name="amount", kind=Kind.MONEY, required=True)


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


async def ask(understander: Understander, words: str, role: str = "support", **more: object) -> Understanding:
    return await understander.understand(
        Ask(words=words, user=world.person(role), clock=CLOCK, resolve=world.find, currency="NGN", **more)  # type: ignore[arg-type]  # focus or last
    )


@pytest.mark.parametrize(
    "phone",
    ["0700100118", "0700 100 118", "0700.100.118", "0700-100-118", "+254 700 100 118", "+254700100118"],
)
async def test_a_phone_number_is_one_thing_however_it_is_grouped(
    understander: Understander, phone: str
) -> None:
    got = await ask(understander, f"find {phone}")
    said = str(next(iter(got.best.args.values())))
    assert got.verdict is Verdict.CLEAR
    assert [m.key for m in await world.find("customer", said)] == ["100118"]


@pytest.mark.parametrize(
    "serial", ["HWTCAABBCCDD", "hwtcaabbccdd", "HWTC-AABBCCDD", "hwtc12ab34cd", "HWTC-12AB34CD"]
)
async def test_a_serial_is_known_in_small_letters_and_with_dashes(
    understander: Understander, serial: str
) -> None:
    got = await ask(understander, f"who has ONT serial {serial}")
    said = str(next(iter(got.best.args.values())))
    assert got.action_id in {"customers_find", "customers_show", "network_ont"}
    assert await world.find("customer", said)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("void CN-2026-0042 wrong customer", "wrong customer"),
        ("void CN-2026-0042 not for this customer", "not for this customer"),
        ("dispute INV-2026-000123 not his", "not his"),
        ("void CN-2026-0042 please", None),
        ("wrong customer, void CN-2026-0042", "wrong customer"),
        ("double payment, void CN-2026-0042", "double payment"),
        ("never mind, void CN-2026-0042", None),
    ],
)
async def test_a_reason_is_kept_whole_though_the_action_speaks_so(
    understander: Understander, words: str, reason: str | None
) -> None:
    got = await ask(understander, words, "billing")
    assert got.best.args.get("reason") == reason


async def test_more_days_are_a_promise_for_then(understander: Understander) -> None:
    got = await ask(understander, "give 100118 3 more days to pay", "billing")
    assert (got.action_id, got.best.args) == (
        "billing_promise",
        {"customer": "100118", "until": "2026-11-25"},
    )


async def test_credits_of_a_colleague_are_those_they_gave(understander: Understander) -> None:
    got = await ask(understander, "credit notes of bisi this month", "billing")
    assert (got.action_id, got.best.args.get("agent")) == ("billing_credits", "bisi")
    hers = await ask(understander, "credit notes of amina bello this month", "billing")
    assert (hers.best.args["customer"], "agent" in hers.best.args) == ("amina bello", False)


async def test_money_back_to_an_account_is_no_range(understander: Understander) -> None:
    got = await ask(understander, "refund 3000 to 100118", "billing")
    assert (got.action_id, got.best.args) == (
        "billing_refund",
        {"customer": "100118", "amount": "3,000.00 NGN"},
    )


async def test_the_weekend_of_what_came_in_has_been(understander: Understander) -> None:
    monday = Clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
    got = await understander.understand(
        Ask(
            words="payments received over the weekend",
            user=world.person("billing"),
            clock=monday,
            resolve=world.find,
            currency="NGN",
        )
    )
    paid = next(guess for guess in got.guesses if guess.action_id == "billing_payments")
    assert paid.args == {"since": "2026-11-21", "until": "2026-11-22"}


async def test_what_was_all_used_is_no_note_too(understander: Understander) -> None:
    plain = await ask(understander, "payment plan for 100118: 3 payments of 1000", "billing")
    assert "note" not in plain.best.args
    more = await ask(understander, "payment plan for 100118: 3 payments of 1000, he lost his job", "billing")
    assert "lost his job" in more.best.args["note"]


@pytest.mark.parametrize(
    ("words", "currency", "amount"),
    [
        ("15 000 F", "XOF", "15,000 XOF"),
        ("15k", "NGN", "15,000.00 NGN"),
        ("12,50", "EUR", "12.50 EUR"),
        ("1.250,50", "EUR", "1,250.50 EUR"),
        ("1,250.50", "KES", "1,250.50 KES"),
        ("1.5m", "NGN", "1,500,000.00 NGN"),
        ("1.5m", "UGX", "1,500,000 UGX"),
    ],
)
def test_amounts_are_read_as_people_write_them(words: str, currency: str, amount: str) -> None:
    assert read_value(AMOUNT, words, CLOCK, currency) == amount


@pytest.mark.parametrize("words", ["1,500k", "2.675k", "1.000055k", "1.000000001m"])
def test_amounts_that_would_have_to_be_guessed_or_rounded_are_refused(words: str) -> None:
    with pytest.raises(BadInput, match="not clear as an amount"):
        read_value(AMOUNT, words, CLOCK, "KES")


async def test_an_amount_beside_an_account_number_is_no_phone_number(understander: Understander) -> None:
    got = await ask(understander, "record 3000 cash from 100118", "billing")
    assert (got.best.args["customer"], got.best.args["amount"]) == ("100118", "3,000.00 NGN")


async def test_last_friday_is_behind_us_and_an_address_is_no_day(understander: Understander) -> None:
    got = await ask(understander, "failed payments since last Friday", "billing")
    assert got.best.args["since"] == "2026-11-20"
    got = await ask(understander, "which customer has the IP 10.40.3.17")
    assert got.verdict is not Verdict.UNKNOWN


async def test_a_time_only_people_know_is_asked_for(understander: Understander) -> None:
    got = await ask(understander, "failed payments since the outage", "billing")
    assert got.verdict in {Verdict.MISSING, Verdict.UNSURE}
    assert (got.action_id, got.best.missing) == ("billing_failed", ("since",))


@pytest.mark.parametrize("words", ["failed payments since 31 February", "failed payments since 2026-02-30"])
async def test_a_day_that_does_not_exist_is_named(understander: Understander, words: str) -> None:
    with pytest.raises(BadInput, match="not a day in the calendar"):
        await ask(understander, words, "billing")


async def test_somebody_out_of_sight_is_as_unknown_as_nobody(understander: Understander) -> None:
    async def nobody(_kind: str, _text: str) -> list[object]:
        return []

    def hidden(words: str) -> Ask:
        return Ask(words=words, user=world.person("support"), clock=CLOCK, resolve=nobody, currency="NGN")  # type: ignore[arg-type]  # finds nothing

    there = await understander.understand(hidden("what does Zainab Mwakio owe"))
    not_there = await understander.understand(hidden("what does Qorban Wexley owe"))
    assert there.action_id == not_there.action_id
    assert there.verdict is not_there.verdict
    assert there.confidence == not_there.confidence


async def test_very_long_and_odd_messages_are_taken_calmly(understander: Understander) -> None:
    assert (await ask(understander, "\x00\u202e \u200b")).verdict is Verdict.UNKNOWN
    got = await ask(understander, "balance of 100118 " + "truly " * 2_000)
    assert got.action_id == "billing_balance"


async def test_who_is_that_is_whom_the_thread_is_about(understander: Understander) -> None:
    got = await ask(understander, "who is that?", focus={"customer": "100118"})
    assert (got.action_id, got.best.args) == ("customers_show", {"customer": "100118"})


async def test_the_last_question_is_changed_by_what_narrows_it(understander: Understander) -> None:
    got = await ask(understander, "only the urgent ones", last=("tickets_search", {"open_only": True}))
    assert (got.action_id, got.best.args) == ("tickets_search", {"open_only": True, "priority": "urgent"})
    got = await ask(understander, "and over 90?", "billing", last=("billing_overdue", {"days": 60}))
    assert (got.action_id, got.best.args) == ("billing_overdue", {"days": 90, "more_than": True})


@pytest.mark.parametrize(
    "words", ["overdue less than 30 days", "overdue under 30 days", "overdue 30 days or less"]
)
async def test_less_than_so_many_days_is_not_read_as_that_and_more(
    understander: Understander, words: str
) -> None:
    got = await ask(understander, words, "billing")
    assert got.action_id == "billing_overdue"
    assert got.best.args.keys() & {"less_than", "at_most"}


@pytest.mark.parametrize(
    "words",
    [
        "payment plan for 100203 3 x 1000 monthly",
        "payment plan for 100203: 3 payments of 1000",
        "payment plan for 100203 with 3 instalments of 1000",
    ],
)
async def test_so_many_payments_of_so_much_are_not_so_much_in_all(
    understander: Understander, words: str
) -> None:
    got = await ask(understander, words, "billing")
    assert (got.action_id, got.best.args["instalments"]) == ("billing_payment_plan", 3)
    assert got.best.args["each"].startswith("1,000.00") and "amount" not in got.best.args


async def test_the_category_of_a_ticket_is_no_team(understander: Understander) -> None:
    got = await ask(understander, "set category of TCK-11571 to billing")
    assert got.action_id == "tickets_set_category"
    assert got.best.args == {"ticket": "TCK-11571", "category": "billing"}
    got = await ask(understander, "close it", last=("tickets_search", {"open_only": True}))
    assert got.action_id != "tickets_search"


async def test_a_way_of_paying_is_nobodys_name(understander: Understander) -> None:
    got = await ask(understander, "record a payment of 3,999 for 100118 by mpesa ref QWE123RTY", "billing")
    assert got.best.args["method"] == "mobile_money" and got.best.args["customer"] == "100118"


async def test_what_is_written_off_is_not_proposed_as_a_note(understander: Understander) -> None:
    got = await ask(understander, "write off 3,999 of 100118", "billing")
    assert got.verdict in {Verdict.UNSURE, Verdict.UNKNOWN}


async def test_a_factory_reset_is_no_reboot(understander: Understander) -> None:
    got = await ask(understander, "factory reset the ONT of 100118", "noc")
    assert got.verdict is Verdict.UNKNOWN and "factory" in got.lacks


async def test_what_a_shift_hands_over_is_not_the_note_hand(understander: Understander) -> None:
    got = await ask(understander, "hand over", "noc")
    assert got.verdict is Verdict.CLEAR and got.action_id == "shifts_handover"


async def test_paying_in_parts_is_a_payment_plan_and_no_promise(understander: Understander) -> None:
    got = await ask(understander, "Zainab Mwakio wants to pay in 3 parts, starting on 1 December", "billing")
    assert got.action_id == "billing_payment_plan" and got.best.args["instalments"] == 3


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("can't come on monday, move VIS-2041 to tuesday", "2026-11-24"),
        ("she is away on monday, reschedule VIS-2041 to thursday 10:00", "2026-11-26T10:00"),
        ("move VIS-2041 from monday to tuesday", "2026-11-24"),
    ],
)
async def test_what_is_moved_goes_where_it_is_moved_to(
    understander: Understander, words: str, day: str
) -> None:
    got = await ask(understander, words)
    assert got.action_id == "visits_move"
    assert got.best.args["at"].startswith(day)


@pytest.mark.parametrize("words", ["credit 500 to 100234 for outage", "credit 500 NGN to 100234 for outage"])
async def test_an_account_is_no_amount_and_no_days(understander: Understander, words: str) -> None:
    got = await ask(understander, words, "billing")
    assert got.action_id == "billing_credit"
    assert dict(got.args) == {"customer": "100234", "amount": "500.00 NGN", "reason": "outage"}


@pytest.mark.parametrize("words", ["close it: fixed remotely", "close it as well"])
async def test_nobody_is_refused_what_they_did_not_ask_for(understander: Understander, words: str) -> None:
    got = await ask(understander, words)
    assert got.verdict is not Verdict.FORBIDDEN
    assert got.guesses[0].action_id == "tickets_close"


async def test_a_length_alone_is_no_moment(understander: Understander) -> None:
    args = {
        "title": "patching",
        "starts_at": "2026-11-29T02:00:00+01:00",
        "device": "olt-1",
        "lasts": "PT5400S",
    }
    made = Ask(
        words="make it 2 hours",
        user=world.person("noc"),
        clock=CLOCK,
        resolve=world.find,
        currency="NGN",
        last=("network_plan", args),
    )
    assert understander.mended(made) == {**args, "lasts": "PT7200S"}
    after = await ask(understander, "make it 2 hours", "noc", focus={"maintenance": "MW-1"})
    assert all("starts_at" not in guess.args for guess in after.guesses if not guess.reads_only)
