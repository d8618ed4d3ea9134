"""Customers by what they are, how they are reached, and plans by what people call them: through the gate."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import Area, BadInput, Conflict, Money
from bot.contract import sheet
from bot.testing import Bench
from plugins.customers.choice import area_of
from plugins.customers.naming import find_plans
from tests.plugins.building import Isp, ago

WHO = "100234"


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("customers")
    await isp.plan("F100", name="Home Fibre 100")
    await isp.plan("B100", name="Business Fibre 100", price=9_000)
    await isp.plan("F50", name="Home Fibre 50", down_kbps=50_000, price=3_000)
    await isp.plan("W10", kind="wireless", name="Air 10", down_kbps=10_000, price=2_000)
    await isp.site("NTH-01", name="Westlands")
    north = {"region": "north", "site": "NTH-01"}
    await isp.customer(
        WHO, "Amina Bello", phone="+254712345678", email="a@b.example", since=date(2024, 5, 1), **north
    )
    await isp.service(WHO, plan="F100")
    await isp.customer("100300", "Kano Ltd", kind="business", since=date(2026, 11, 3), **north)
    await isp.customer(
        "100400",
        "Bola Ade",
        status="suspended",
        phone="+254733000111",
        region="coast",
        since=date(2023, 1, 1),
    )
    await isp.customer("100500", "Cedi Oti", status="churned", churned_on=date(2026, 10, 9), region="coast")
    return bench, isp


@pytest.mark.parametrize(
    ("args", "who", "said"),
    [
        ({}, [WHO, "100300", "100400", "100500"], "**3** customers today; on the books are 2 active, 1 suspended, 1 churned."),
        ({"status": "blocked"}, ["100400"], "**1** suspended customer."),
        ({"status": "suspended", "area": "the coast region"}, ["100400"], "**1** suspended customer in coast."),
        ({"kind": "commercial"}, ["100300"], "**1** business customer, active."),
        ({"area": "westlands"}, [WHO, "100300"], "**2** customers in westlands, all active."),
        ({"plan": "home fibre 100"}, [WHO], "**1** customer on Home Fibre 100, active."),
        ({"since": date(2026, 11, 1)}, ["100300"], "**1** customer who came from 1 Nov, active."),
        ({"status": "lost", "since": date(2026, 10, 1), "until": date(2026, 10, 31)}, ["100500"],
         "**1** churned customer who left from 1 Oct until 31 Oct."),
    ],
)  # fmt: skip
async def test_customers_are_counted_and_listed_by_what_they_are(world, args, who, said) -> None:
    reply = await world[0].act("browse", **args)
    assert ([row[0] for row in reply.table.rows], reply.text) == (who, said)
    assert reply.file is None


async def test_who_lives_in_a_street_that_is_no_area_is_found(world) -> None:
    bench, isp = world
    await isp.customer("100600", "Faith Nduta", street="12 School Lane")
    reply = await bench.act("browse", area="School Lane")
    assert [row[0] for row in reply.table.rows] == ["100600"]
    assert "I know no customer" in (await bench.act("browse", area="Atlantis")).text


async def test_a_list_comes_whole_as_a_file_when_it_is_cut_or_asked_for(world) -> None:
    bench, _ = world
    cut = await bench.act("browse", limit=1)
    assert (len(cut.table.rows), cut.table.total, cut.file.name) == (1, 4, "customers.csv")
    assert cut.file.text.count("\r\n") == 5
    whole = await bench.act("browse", status="suspended", csv=True)
    assert whole.file.text.endswith(
        "100400,Bola Ade,individual,suspended,2023-01-01,,+254733000111,,,,\r\n"
    ), whole.file.text


async def test_a_list_that_is_too_long_for_a_file_says_so(world, monkeypatch) -> None:
    bench, _ = world
    monkeypatch.setattr(sheet, "OFFERED", 2)
    offered = await bench.act("browse", limit=1)
    assert (offered.file, offered.text.endswith(". Say “as CSV” for a file of all of them.")) == (None, True)
    assert (await bench.act("browse", limit=1, csv=True)).file.text.count("\r\n") == 5
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    long = await bench.act("browse", csv=True)
    assert (long.file, long.text.endswith(". No file: 3 rows fit one. Narrow the list down.")) == (None, True)


async def test_who_left_in_a_period_or_lately(world) -> None:
    bench, _ = world
    october = await bench.act("leavers", since=date(2026, 10, 1), until=date(2026, 10, 31))
    assert ([row[0] for row in october.table.rows], october.text) == (
        ["100500"], "**1** churned customer who left from 1 Oct until 31 Oct.",
    )  # fmt: skip
    assert date(2026, 10, 9) in october.table.rows[0]
    assert (await bench.act("leavers")).text == "No churned customers who left from 21 Oct."
    assert (await bench.act("leavers", until=date(2026, 10, 9), area="coast", csv=True)).file is not None


async def test_how_long_somebody_is_suspended_is_not_since_when_they_are_a_customer(world) -> None:
    bench, isp = world
    await isp.service("100400", plan="F50", status="suspended", suspended_at=ago(days=5))
    since = await bench.act("browse", status="suspended", since=date(2026, 11, 10))
    assert [c.number for c in since.data] == ["100400"]
    assert since.text == "**1** suspended customer, suspended from 10 Nov."
    assert not (await bench.act("browse", status="suspended", until=date(2026, 11, 10))).data


async def test_how_long_somebody_is_suspended_is_no_reason(world) -> None:
    bench, isp = world
    await isp.service("100400", plan="F50", status="suspended", suspended_at=ago(days=45))
    said = {"status": "suspended", "suspended_for": "more than 30 days in coast", "area": "coast"}
    long = await bench.act("browse", until=date(2026, 10, 21), **said)
    assert long.text == "**1** suspended customer in coast, suspended until 21 Oct."
    with pytest.raises(BadInput, match="which day"):
        await bench.act("browse", **said)


async def test_who_has_not_paid(world) -> None:
    bench, isp = world
    await isp.invoice("INV-1", WHO, 4_500, due=date(2026, 11, 30))
    await isp.payment("PAY-1", "100300", 100, at=ago(days=2))
    new = await bench.act("browse", unpaid=True)
    assert ([c.number for c in new.data], new.text) == (
        [WHO], "**1** customer with an unpaid invoice, active.",
    )  # fmt: skip
    never = await bench.act("browse", never_paid=True, status="active")
    assert ([c.number for c in never.data], never.text) == ([WHO], "**1** active customer who never paid.")


async def test_who_is_suspended_for_a_reason(world) -> None:
    bench, isp = world
    await isp.service("100400", plan="F50", status="suspended", suspend_reason="non-payment, 40 days")
    await isp.service(WHO, 2, suspend_reason="non-payment")
    for words in ("non payment", "Non-Payment"):
        found = await bench.act("browse", suspended_for=words)
        assert ([row[0] for row in found.table.rows], found.text) == (
            ["100400"], f"**1** customer suspended for “{words}”, suspended.",
        )  # fmt: skip
    coast = await bench.act(
        "browse", suspended_for="non-payment in the coast", area="coast", status="suspended"
    )
    assert coast.text == "**1** suspended customer in coast for “non-payment”."
    assert (await bench.act("browse", suspended_for="pay")).text == "No customers suspended for “pay”."


async def test_a_region_is_not_every_site_that_sounds_like_it(world) -> None:
    bench, isp = world
    await isp.site("STH-09", name="Coastal Towers", region="south")
    await isp.site("STH-10", name="Coast Road", region="south")
    await isp.customer("100600", "Dele Eze", region="south", site="STH-09")
    await isp.customer("100700", "Efe Fani", region="south", site="STH-10")
    assert [r[0] for r in (await bench.act("browse", area="coast road")).table.rows] == ["100700"]
    assert len((await bench.act("browse", area="Coast")).table.rows) == 3, "not those at Coastal Towers"
    await isp.site("CST-01", region="coast")
    assert [r[0] for r in (await bench.act("browse", area="Coast")).table.rows] == ["100400", "100500"]


async def test_an_unknown_place_is_named_and_a_known_one_may_have_none(world) -> None:
    bench, _ = world
    assert "no customer in “atlantis” at all" in (await bench.act("browse", area="atlantis")).text
    none = await bench.act("browse", status="prospect", area="coast")
    assert none.text == "No prospect customers in coast."
    with pytest.raises(BadInput, match="before it begins"):
        await bench.act("browse", since=date(2026, 11, 2), until=date(2026, 11, 1))


async def test_a_list_ends_where_the_right_does(world) -> None:
    bench, _ = world
    carl = await bench.person("Carl", ["customers:read"], area=Area(region=frozenset({"coast"})))
    reply = await bench.act("browse", user=carl)
    assert [row[0] for row in reply.table.rows] == ["100400", "100500"]


@pytest.mark.parametrize(
    ("words", "place"), [("the coast region", "coast"), ("Westlands", "Westlands"), ("region", "")]
)
def test_a_place_is_its_name_alone(words: str, place: str) -> None:
    assert area_of(words) == place


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("50 mbit", ["F50"]), ("the 50 meg plan", ["F50"]), ("50Mbps", ["F50"]), ("0.05 gig", ["F50"]),
        ("100 mbit", ["F100", "B100"]), ("business 100 meg", ["B100"]), ("home fibre 100", ["F100"]),
        ("fibre 50", ["F50"]), ("wireless 10 mbit", ["W10"]), ("70 mbit", []), ("B100", ["B100"]),
    ],
)  # fmt: skip
async def test_a_plan_is_found_by_its_speed(world, words: str, codes: list[str]) -> None:
    found = await find_plans(await world[0].context(), words, 5)
    assert [m.key for m in found] == codes
    assert [m.exact for m in found] == [len(codes) == 1] * len(codes)


async def test_a_new_phone_is_shown_beside_the_old_one_written_and_taken_back(world) -> None:
    bench, _ = world
    asked = await bench.act("change_contact", customer=WHO, phone="0733 000 111", email="new@b.example")
    assert "+254712345678" in asked.waiting.preview and "+254733000111" in asked.waiting.preview
    assert "Bola Ade (100400) has this phone too" in asked.waiting.preview
    done = await bench.approve(asked, user=bench.ann)
    assert done.text == "Amina Bello (100234): phone +254733000111; e-mail new@b.example."
    back = await bench.undo(done)
    if back.waiting is not None:
        back = await bench.approve(back, user=bench.ann)
    shown = await bench.act("show", customer=WHO)
    assert (shown.data.customer.phone, shown.data.customer.email) == ("+254712345678", "a@b.example")


async def test_an_address_is_split_and_what_was_put_in_the_wrong_place_is_put_right(world) -> None:
    bench, _ = world
    moved = await bench.approve(
        await bench.act("change_contact", customer=WHO, street="12 Acacia Road, 00100 Nakuru"), user=bench.ann
    )
    assert (moved.data.street, moved.data.city, moved.data.postcode) == ("12 Acacia Road", "Nakuru", "00100")
    mail = await bench.approve(
        await bench.act("change_contact", customer=WHO, phone="x@y.example"), user=bench.ann
    )
    assert (mail.data.email, mail.data.phone) == ("x@y.example", "+254712345678")


@pytest.mark.parametrize(
    ("args", "error", "why"),
    [
        ({}, BadInput, "Say what is new"),
        ({"name": " "}, BadInput, "needs a name"),
        ({"phone": "twelve"}, BadInput, "no phone number"),
        ({"email": "a.b"}, BadInput, "no e-mail address"),
        ({"phone": "none", "email": "none"}, BadInput, "left to reach them"),
        ({"email": "a@b.example"}, Conflict, "has that already"),
    ],
)
async def test_what_cannot_be_written_is_said(world, args, error, why) -> None:
    with pytest.raises(error, match=why):
        await world[0].act("change_contact", customer=WHO, **args)


@pytest.mark.parametrize(
    "words",
    ["phone number +254712345678", "the phone 0712345678", "e-mail address a@b.example", "account 100234"],
)
async def test_what_sort_of_identifier_it_is_may_be_said_before_it(world, words: str) -> None:
    reply = await world[0].act("find", query=words)
    assert reply.focus == {"customer": WHO}


async def test_one_plan_says_what_it_costs_and_gives(world) -> None:
    bench, _ = world
    one = await bench.act("plans", plan="home fibre 50")
    assert one.text == "**Home Fibre 50** (F50): 30.00 EUR a month, 50 Mbit/s down, 50 up, fiber."
    assert len((await bench.act("plans")).table.rows) == 4


async def test_a_name_that_begins_like_a_kind_of_number_is_found_whole(world) -> None:
    bench, isp = world
    await isp.customer("100800", "Mobile 4 You", street="1 Hill Road")
    await isp.customer("100900", "Gita Das", street="4 You Street")
    assert (await bench.act("find", query="mobile 4 you")).focus == {"customer": "100800"}
    assert (await bench.act("find", query="phone 0712 345 678")).focus == {"customer": WHO}


async def test_what_those_who_left_still_owe(world) -> None:
    bench, isp = world
    await isp.invoice("INV-L1", "100500", 4_500, due=date(2026, 10, 30))
    await isp.invoice("INV-L2", "100500", 500, due=date(2026, 11, 30))
    owing = await bench.act("leavers", owing=True)
    assert owing.text == "**1** churned customer with an unpaid invoice, 50.00 EUR in all."
    assert (owing.table.rows[0][0], str(owing.table.rows[0][4])) == ("100500", "50.00 EUR")
    none = await bench.act("leavers", over=Money(5_000, "EUR"))
    assert none.text == "No churned customers with an unpaid invoice and owe more than 50.00 EUR."
    clerk = await bench.person("Clara Clerk", ["customers:read"])
    plain = await bench.act("leavers", owing=True, user=clerk)
    assert plain.text == "**1** churned customer with an unpaid invoice." and "EUR" not in str(plain.table)
    with pytest.raises(BadInput, match="cannot be read by you"):
        await bench.act("leavers", over=Money(1, "EUR"), user=clerk)
