"""One text to many: counted, shown, agreed to by two, held for a minute, paced, and stopped half-way."""

from __future__ import annotations

import pytest

from bot.api import Ambiguous, Area, BadInput, Conflict, NotAllowed, NotFound, Reply
from tests.plugins.building import ago
from tests.plugins.email.mailing import AMINA, GRACE, Office


async def agreed(office: Office, second: str = "Cara Cole", **args) -> Reply:
    """Ask for a mailing as ann; bob and a second person agree."""
    asked = await office.bench.act("mass", **args)
    cara = await office.bench.person(
        second,
        ["email:mass", "email:read", "email:send", "network:read", "customers:read", "billing:read"],
    )
    half = await office.bench.approve(asked, user=office.bench.bob)
    assert half.waiting, "one yes is not enough"
    return await office.bench.approve(asked, user=cara)


async def test_counted_shown_and_held_for_a_minute(office: Office):
    await office.isp.customer("300", "Paul Mboya", site="NTH-03")
    await office.isp.service("300", port="olt-1 PON 1/1")
    asked = await office.bench.act(
        "mass", site="NTH-03", text="Dear {name}, we work on your line.", subject="Planned work"
    )
    preview = asked.waiting.preview
    assert (
        "2 customers (all at Harbour (NTH-03)) get an e-mail" in preview
        and "It begins 60 s after the last yes" in preview
    )
    assert "1 without a usable e-mail address" in preview
    assert "> To: amina@example.com" in preview and "> Dear Grace Otieno, we work on your line." in preview
    done = await agreed(
        office, site="NTH-03", text="Dear {name}, we work on your line.", subject="Planned work"
    )
    assert done.text.startswith(
        "Queued for 2 customers. **ML-1001** “Planned work” to all at Harbour (NTH-03): 0 of 2 sent, 2 waiting, "
        "the first leaves in 60 s; left out: 1 without a usable e-mail address"
    )
    await office.work(seconds=59)
    assert not office.box.mails
    assert "the first leaves in 1 s" in (await office.bench.act("mailing", mailing="ML-1001")).text
    await office.work(seconds=2)
    assert sorted(mail["To"] for mail in office.box.mails) == ["amina@example.com", "grace@example.com"]
    assert "2 of 2 sent" in (await office.bench.act("mailings")).table.rows[0][4]
    assert (await office.bench.act("show", message="ML-1001-2")).data.mailing == "ML-1001"


async def test_cancelled_within_the_minute_nothing_leaves(office: Office):
    await agreed(office, plan="F100", text="Wrong text.")
    said = await office.bench.act("cancel_mailing", mailing="ml-1001")
    assert said.text.startswith("Cancelled: 2 messages will not be sent. None had left.")
    await office.work(minutes=2)
    assert not office.box.mails
    with pytest.raises(Conflict, match="nothing to cancel"):
        await office.bench.act("cancel_mailing", mailing="ML-1001")


async def test_cancelled_half_way_it_says_how_many_went(office: Office):
    await agreed(office, customers=[AMINA, GRACE], text="Wrong text.")
    office.box.rcpt = ["250 ok", "451 later"]
    await office.smtp(per_minute=60_000)
    office.box.rcpt = ["451 4.7.1 later"]
    await office.work(seconds=61)
    assert len(office.box.mails) == 1
    said = await office.bench.act("cancel_mailing", mailing="ML-1001")
    assert said.text.startswith("Cancelled: 1 message will not be sent. 1 of 2 had left already.")
    await office.work(hours=1)
    assert len(office.box.mails) == 1


async def test_those_hit_by_an_outage_and_those_who_owe(office: Office):
    await office.isp.insert(
        "isp_outages",
        number="OUT-0042",
        title="PON dark",
        port_id=office.isp.ids["olt-1 PON 1/1"],
        started_at=ago(minutes=12),
        eta=ago(hours=-3),
    )
    hit = await office.bench.act("mass", outage="OUT-0042", text="{name}, {outage} is repaired by {eta}.")
    assert (
        "2 customers (all hit by OUT-0042)" in hit.waiting.preview
        and "OUT-0042 is repaired by 20:55" in hit.waiting.preview
    )
    there = await office.bench.act("mass", outage="OUT-0042", site="NTH-03", text="We work on it.")
    assert "(all hit by OUT-0042 at " in there.waiting.preview and "2 customers" in there.waiting.preview
    late = await office.bench.act("mass", overdue_days=30, text="Please pay {overdue}, due {due}.")
    assert "1 customer (all who are 30 days or more overdue)" in late.waiting.preview
    assert "Please pay 45.00 EUR, due 11 Oct." in late.waiting.preview


async def test_who_bounced_or_unsubscribed_is_left_out(office: Office):
    await office.bench.act("unsubscribe", customer=AMINA)
    asked = await office.bench.act("mass", plan="F100", text="News.")
    assert "1 customer (all on Fibre 100)" in asked.waiting.preview
    assert "Left out: 1 unsubscribed" in asked.waiting.preview
    await office.bench.act("unsubscribe", customer=GRACE)
    with pytest.raises(BadInput, match="Nobody of all on Fibre 100 can be written to"):
        await office.bench.act("mass", plan="F100", text="News.")
    assert "unsubscribe" not in (await office.bench.act("send", customer=AMINA, text="Hello.")).text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"text": "News."}, "Name one of"),
        ({"plan": "F100"}, "Say what to write"),
        ({"plan": "F100", "text": "Your ticket {ticket}"}, r"\{ticket\} cannot stand in this mailing"),
        ({"customers": ["999999"], "text": "News."}, "Nobody of 1 named customer"),
    ],
)
async def test_a_mailing_that_cannot_be(office: Office, args, said: str):
    with pytest.raises(BadInput, match=said):
        await office.bench.act("mass", **args)


async def test_a_mailing_ends_where_the_rights_end(office: Office):
    rights = ["email:mass", "email:read", "email:send", "network:read", "customers:read", "billing:read"]
    far = await office.bench.person("Carl Coast", rights, area=Area(region=frozenset({"coast"})))
    with pytest.raises(BadInput, match="Nobody of"):
        await office.bench.act("mass", user=far, plan="F100", text="News.")
    await agreed(office, plan="F100", text="News.")
    assert (await office.bench.act("mailings", user=far)).data == ()
    sends = await office.bench.person("Sam Sender", ["email:send", "email:read", "customers:read"])
    with pytest.raises(NotAllowed):
        await office.bench.act("mass", user=sends, plan="F100", text="News.")
    noc = await office.bench.person("Nils Noc", ["email:mass", "customers:read"])
    with pytest.raises(NotAllowed, match="billing:read"):
        await office.bench.act("mass", user=noc, overdue_days=3, text="Pay.")


@pytest.mark.parametrize(
    "args, said",
    [
        ({"area": "north"}, "2 customers (all active customers in north) get"),
        ({"area": "north", "plan": "F100"}, "2 customers (all active customers on "),
        ({"area": "north", "customer_kind": "individual"}, "2 customers (all active individual customers in north)"),
        ({"site": "NTH-03", "area": "north"}, "2 customers (all at Harbour (NTH-03), all active customers in north)"),
    ],
)  # fmt: skip
async def test_those_of_an_area_a_kind_and_a_plan(office: Office, args: dict[str, str], said: str) -> None:
    asked = await office.bench.act("mass", **args, text="We work on your line.")
    assert said in asked.waiting.preview


async def test_an_area_that_nobody_lives_in_and_accounts_beside_it(office: Office) -> None:
    with pytest.raises(BadInput, match="I know no active customer in nrth, so there is nobody"):
        await office.bench.act("mass", area="nrth", text="Hello.")
    with pytest.raises(BadInput, match="not both"):
        await office.bench.act("mass", area="north", customers=[AMINA], text="Hello.")


async def test_the_mailing_is_the_one_under_way(office: Office):
    with pytest.raises(NotFound, match="No mailing is under way"):
        await office.bench.act("cancel_mailing")
    await agreed(office, plan="F100", text="Wrong text.")
    assert "ML-1001" in (await office.bench.act("mailing")).text
    said = await office.bench.act("cancel_mailing")
    assert said.text.startswith("Cancelled: 2 messages will not be sent.") and "ML-1001" in said.text
    await agreed(office, "Dan Dale", plan="F100", text="One.")
    await agreed(office, "Eli Ember", plan="F100", text="Two.")
    with pytest.raises(Ambiguous, match="2 mailings are under way") as asked:
        await office.bench.act("cancel_mailing")
    assert [one.words for one in asked.value.choices] == [
        "email cancel_mailing ML-1003",
        "email cancel_mailing ML-1002",
    ]
    await office.work(seconds=61)
    with pytest.raises(Conflict, match="nothing to cancel"):
        await office.bench.act("cancel_mailing", mailing="ML-1002")
