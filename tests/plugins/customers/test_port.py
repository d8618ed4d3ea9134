"""What every connector behind the customers port has to do; `local` for now."""

from __future__ import annotations

from datetime import date

import pytest

from bot.api import EVERYWHERE, NOWHERE, Conflict, LeaseLost, NotFound
from plugins.connectors.local.customers import LocalCustomers
from plugins.customers.port import Customers, CustomerStatus, ServiceStatus
from tests.plugins.building import NORTH, SOUTH, Isp, effect

CONNECTORS = {"local": LocalCustomers}


@pytest.fixture(params=CONNECTORS)
def connect(request: pytest.FixtureRequest):
    return lambda isp: CONNECTORS[request.param](isp.context())


@pytest.fixture
async def port(isp: Isp, connect) -> Customers:
    await isp.plan()
    await isp.customer(
        "100234", "Amina Bello", email="Amina.Bello@example.com", phone="+254712345678", alt_phone="+254733000111",
        street="12 Harbour Road", city="Northport", status="active", since=date(2024, 3, 1), site="NTH-03",
    )  # fmt: skip
    await isp.service(
        "100234", username="amina@isp", ipv4="10.20.30.40", cpe_mac="aa:bb:cc:dd:ee:0f", ont_serial="HWTC1A2B3C4D",
        ipv6_prefix="2001:db8:12:3400::/56",
    )  # fmt: skip
    await isp.session("SVC-100234-1", ipv4="100.64.7.9")
    await isp.customer("100300", "Zoë O'Brien-Müller", street="3 Quay Street", region="north")
    await isp.customer(
        "100301", "Kano Textiles Ltd", kind="business", contact="Ibrahim Musa", tier="critical"
    )
    await isp.customer("200100", "Grace Otieno", phone="+254712999888", region="south")
    await isp.service("200100", ont_serial="ZTEG00000001")
    return connect(isp)


IDENTIFIERS = [
    ("100234", "account number"),
    ("+254 712 345 678", "phone"),
    ("0712-345-678", "phone"),
    ("0712 345678", "phone"),
    ("00254712345678", "phone"),
    ("254712345678", "phone"),
    ("0733 000 111", "second phone"),
    ("amina.bello@EXAMPLE.com", "e-mail"),
    ("Amina@ISP", "PPPoE username"),
    ("svc-100234-1", "service number"),
    ("10.20.30.40", "IP"),
    ("100.64.7.9", "IP of the session"),
    ("2001:db8:12:34ff::1", "IPv6 prefix"),
    ("AA-BB-CC-DD-EE-0F", "MAC"),
    ("aabb.ccdd.ee0f", "MAC"),
    ("aabbccddee0f", "MAC"),
    ("hwtc-1a2b3c4d", "ONT serial"),
    ("HWTC 1A2B 3C4D", "ONT serial"),
    ("485754431A2B3C4D", "ONT serial"),
    ("TCK-7", "ticket"),
    ("inv-2026-000001", "invoice"),
]


async def test_an_identifier_finds_its_one_customer(isp: Isp, port: Customers) -> None:
    await isp.ticket("TCK-7", "No light", "100234")
    await isp.invoice("INV-2026-000001", "100234", 100, due=date(2026, 11, 1))
    for text, by in IDENTIFIERS:
        found = await port.find(EVERYWHERE, text)
        assert [(f.customer.number, f.by, f.exact) for f in found] == [("100234", by, True)], text


WORDS = [
    "Amina Belo",
    "Bello Amina",
    "Amnia Bello",
    "amina bel",
    "Mrs Amina Bello",
    "AMINA  BELLO",
    "Ameena Bello",
    "bello",
    "amina bello northport",
    "12 harbour road",
    "harbor rd 12",
    "Bello, Harbour Road",
]


async def test_words_in_part_in_any_order_or_misspelled(port: Customers) -> None:
    for text in WORDS:
        found = await port.find(EVERYWHERE, text)
        assert found and found[0].customer.number == "100234", text


async def test_accents_apostrophes_and_contacts_do_not_matter(port: Customers) -> None:
    for text, number in (
        ("Zoe OBrien Muller", "100300"),
        ("o'brien", "100300"),
        ("kano textile", "100301"),
        ("ibrahim musa", "100301"),
    ):
        assert (await port.find(EVERYWHERE, text))[0].customer.number == number, text


async def test_a_full_name_that_one_customer_bears_is_exact_and_a_part_is_not(port: Customers) -> None:
    assert [f.exact for f in await port.find(EVERYWHERE, "amina bello")] == [True]
    assert [f.exact for f in await port.find(EVERYWHERE, "amina")] == [False]


async def test_two_of_one_name_are_both_returned_and_none_is_exact(isp: Isp, port: Customers) -> None:
    await isp.customer("100777", "Amina Bello", street="9 Mill Lane", status="suspended")
    found = await port.find(EVERYWHERE, "Amina Bello")
    assert {f.customer.number for f in found} == {"100234", "100777"}
    assert not any(f.exact for f in found)


async def test_a_serial_of_letters_only_is_one(isp: Isp, port: Customers) -> None:
    await isp.customer("100888", "Letters Only")
    await isp.service("100888", ont_serial="HWTCECEFDADC")
    assert [f.customer.number for f in await port.find(EVERYWHERE, "hwtc ecefdadc")] == ["100888"]


async def test_who_bears_the_name_stands_before_whose_contact_does(isp: Isp, port: Customers) -> None:
    await isp.customer("100771", "Alpha Stores", contact="Grace Otieno", street="1 Mill Lane")
    await isp.customer("100772", "Otieno Grace", street="2 Mill Lane")
    found = await port.find(EVERYWHERE, "Grace Otieno")
    assert [(f.customer.number, f.by) for f in found] == [
        ("200100", "name"),
        ("100772", "name"),
        ("100771", "contact"),
    ]


async def test_the_words_say_through_what_they_fit(port: Customers) -> None:
    for text, by in (("harbour road", "address"), ("bello northport", "name and address")):
        assert [f.by for f in await port.find(EVERYWHERE, text)] == [by], text


async def test_a_number_is_never_taken_for_one_spelled_nearly_so(isp: Isp, port: Customers) -> None:
    await isp.customer("100779", "Ada Yusuf", street="7 Mill Lane", postcode="80300", region="south")
    assert list(await port.find(EVERYWHERE, "180300")) == []
    assert list(await port.find(SOUTH, "100300")) == []
    assert [f.customer.number for f in await port.find(EVERYWHERE, "80300")] == ["100779"]


async def test_what_nobody_is_called_finds_nobody(port: Customers) -> None:
    for text in (
        "",
        "  ",
        "Xyzzy Qwerty",
        "Amina Xyzzy",
        "999999",
        "10.0.0.250",
        "%",
        "x" * 10_000,
        "a\x00b",
    ):
        assert list(await port.find(EVERYWHERE, text)) == [], text


async def test_the_end_of_a_phone_number_finds_without_being_exact(port: Customers) -> None:
    found = await port.find(EVERYWHERE, "345678")
    assert [(f.customer.number, f.exact) for f in found] == [("100234", False)]


async def test_out_of_scope_is_as_if_it_did_not_exist(port: Customers) -> None:
    for text in ("200100", "Grace Otieno", "grace", "0712 999 888", "ZTEG00000001", "Grce Otieno"):
        assert (await port.find(SOUTH, text))[0].customer.number == "200100", text
        assert list(await port.find(NORTH, text)) == [], text
        assert list(await port.find(NOWHERE, text)) == [], text


async def test_reads_end_at_the_scope(port: Customers) -> None:
    await port.add_note(effect(), "200100", "Called.")
    assert await port.get(SOUTH, "200100") and await port.get(NORTH, "200100") is None
    assert await port.services(SOUTH, "200100") and not await port.services(NORTH, "200100")
    assert await port.notes(SOUTH, "200100") and not await port.notes(NORTH, "200100")
    assert await port.find_services(SOUTH, "zteg00000001") and not await port.find_services(
        NORTH, "zteg00000001"
    )


async def test_reads_and_writes_end_at_the_tenant(port: Customers, other_isp: Isp, connect) -> None:
    stranger: Customers = connect(other_isp)
    for text in (
        "100234",
        "Amina Bello",
        "0712345678",
        "Amina Belo",
        "12 Harbour Road",
        "10.20.30.40",
        "hwtc1a2b3c4d",
    ):
        assert list(await stranger.find(EVERYWHERE, text)) == []
    assert await stranger.get(EVERYWHERE, "100234") is None
    assert not await stranger.services(EVERYWHERE, "100234")
    assert not await stranger.find_services(EVERYWHERE, "SVC-100234-1")
    assert not await stranger.plans()
    for write in (stranger.add_note(effect("a"), "100234", "x"), stranger.suspend(effect("b"), "100234", "x"),
                  stranger.resume(effect("c"), "100234")):  # fmt: skip
        with pytest.raises(NotFound):
            await write
    assert (await port.get(EVERYWHERE, "100234")).status is CustomerStatus.ACTIVE


async def test_a_renamed_customer_is_found_by_the_new_name_only(isp: Isp, port: Customers) -> None:
    from sqlalchemy import text

    async with isp.sql() as session:
        await session.execute(text("update isp_customers set name = 'Amina Yusuf' where number = '100234'"))
    assert (await port.find(EVERYWHERE, "Amina Yusuf"))[0].exact
    assert list(await port.find(EVERYWHERE, "Bello")) == []


async def test_services_tell_plan_and_identifiers(port: Customers) -> None:
    (service,) = await port.services(EVERYWHERE, "100234")
    assert (service.number, service.customer, service.plan.name) == ("SVC-100234-1", "100234", "Fibre 100")
    assert (service.ipv4, service.cpe_mac, str(service.plan.price)) == (
        "10.20.30.40",
        "aa:bb:cc:dd:ee:0f",
        "45.00 EUR",
    )


async def test_suspend_then_resume(isp: Isp, port: Customers) -> None:
    done = await port.suspend(effect("s"), "100234", "unpaid")
    assert done.services == ("SVC-100234-1",) and done.customer.status is CustomerStatus.SUSPENDED
    (service,) = await port.services(EVERYWHERE, "100234")
    assert (service.status, service.suspend_reason) == (ServiceStatus.SUSPENDED, "unpaid")
    assert await isp.count("isp_sessions", "ended_at is null") == 1, "no router was told to end it"
    with pytest.raises(Conflict):
        await port.suspend(effect("s2"), "100234", "unpaid")
    back = await port.resume(effect("r"), "100234")
    assert back.services == ("SVC-100234-1",) and back.customer.status is CustomerStatus.ACTIVE


async def test_suspending_one_of_two_services_keeps_the_customer_active(isp: Isp, port: Customers) -> None:
    await isp.service("100234", 2)
    done = await port.suspend(effect("s"), "100234", "fault", ["SVC-100234-2"])
    assert done.services == ("SVC-100234-2",) and done.customer.status is CustomerStatus.ACTIVE


async def test_the_same_key_takes_effect_once_and_returns_the_first_result(isp: Isp, port: Customers) -> None:
    first = await port.suspend(effect("same"), "100234", "unpaid")
    await port.resume(effect("between"), "100234")
    assert (await port.suspend(effect("same"), "100234", "unpaid")).services == first.services
    assert (await port.get(EVERYWHERE, "100234")).status is CustomerStatus.ACTIVE
    note = await port.add_note(effect("n"), "100234", "Once.")
    assert await port.add_note(effect("n"), "100234", "Once.") == note
    assert await isp.count("isp_notes") == 1


async def test_a_lost_lease_changes_nothing(isp: Isp, port: Customers) -> None:
    async def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        await port.suspend(effect("l", lost), "100234", "unpaid")
    assert (await port.get(EVERYWHERE, "100234")).status is CustomerStatus.ACTIVE
    assert await port.applied("l") is False


async def test_applied_says_whether_a_write_happened(port: Customers) -> None:
    assert await port.applied("k") is False
    await port.add_note(effect("k"), "100234", "Called back.")
    assert await port.applied("k") is True
