"""A changed phone, e-mail or address is taken back as it was, and written only as far as it is certain."""

from __future__ import annotations

import pytest

from bot.api import Conflict, NotFound
from bot.testing import Bench
from plugins.customers.calling import as_known
from tests.plugins.building import Isp

KEPT = ("phone", "alt_phone", "email", "street", "city", "postcode")


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("customers")
    await isp.customer("1001", "Amina Bello", phone="+254712345678", street="Plot 5, Mtwapa Creek",
                       city="Mombasa", postcode="80100")  # fmt: skip
    await isp.customer("1002", "Bola Ade", phone="0712-345 ext 9", email="a@b", city="Nakuru")
    await isp.customer("1003", "Cedi Noor", phone="0733123456")
    await isp.customer("1004", "Dayo Okello")
    return bench, isp


async def changed(bench: Bench, customer: str, user=None, **args: str):
    asked = await bench.act("change_contact", customer=customer, user=user or bench.ann, **args)
    return await bench.approve(asked, user=user or bench.ann)


async def taken_back(bench: Bench, done, user=None):
    back = await bench.undo(done, user=user or bench.ann)
    return await bench.approve(back, user=user or bench.ann) if back.waiting else back


async def kept(bench: Bench, customer: str) -> tuple[str | None, ...]:
    shown = (await bench.act("show", customer=customer)).data.customer
    return tuple(getattr(shown, field) for field in KEPT)


@pytest.mark.parametrize(
    ("customer", "args"),
    [
        ("1001", {"street": "7 Beach Road"}),
        ("1001", {"street": "7 Beach Road, 00100 Kisumu", "phone": "none", "email": "x@y.example"}),
        ("1002", {"phone": "+254712345678"}),
        ("1002", {"email": "x@y.example"}),
        ("1003", {"phone": "+254712345678"}),
        ("1004", {"phone": "+254712345678"}),
    ],
)
async def test_what_stood_there_is_written_again_as_it_was(world, customer: str, args) -> None:
    bench, _ = world
    before = await kept(bench, customer)
    done = await changed(bench, customer, **args)
    assert await kept(bench, customer) != before
    back = await taken_back(bench, done)
    assert await kept(bench, customer) == before
    assert "reached as before" in back.text


async def test_what_a_colleague_wrote_since_is_not_overwritten(world) -> None:
    bench, _ = world
    bob = await bench.person("Sam Ochieng", ["customers:read", "customers:provision"])
    first = await changed(bench, "1001", phone="+254700000001", email="new@b.example")
    second = await changed(bench, "1001", user=bob, phone="+254700000002")
    with pytest.raises(
        Conflict,
        match=r"phone of Amina Bello \(1001\) was changed since by Sam Ochieng: it is \+254700000002",
    ):
        await taken_back(bench, first)
    assert (await kept(bench, "1001"))[0] == "+254700000002"
    await taken_back(bench, second, user=bob)
    await taken_back(bench, first)
    assert (await kept(bench, "1001"))[:3] == ("+254712345678", None, None)


async def test_a_change_is_taken_back_by_name_and_only_for_a_while(world) -> None:
    bench, _ = world
    await changed(bench, "1001", phone="+254700000001")
    asked = await bench.act("revert_contact", customer="1001")
    assert "+254700000001" in asked.waiting.preview and "+254712345678" in asked.waiting.preview
    await bench.approve(asked, user=bench.ann)
    with pytest.raises(NotFound, match="in the last 30 minutes"):
        await bench.act("revert_contact", customer="1001")


@pytest.mark.parametrize(
    ("typed", "known", "written"),
    [
        ("0733 000 111", "+254712345678", "+254733000111"),
        ("030 12345678", "+4915112345678", "+493012345678"),
        ("04012345678", "+4915112345678", "+494012345678"),
        ("06 1234 5678", "+39 06 1234567", "06 1234 5678"),
        ("0733 000 111", "0712345678", "0733 000 111"),
        ("0733 000 111", None, "0733 000 111"),
        ("00254733000111", "+254712345678", "00254733000111"),
        ("733 000 111", "+254712345678", "733 000 111"),
        ("0495 123 45 67", "+74951234567", "0495 123 45 67"),
        ("0123", "+254712345678", "0123"),
    ],
)
def test_a_national_number_is_completed_only_where_its_country_is_certain(typed, known, written) -> None:
    assert as_known(typed, known) == written


@pytest.mark.parametrize(
    ("street", "wanted"),
    [
        ("12 Acacia Road, Block C", ("12 Acacia Road, Block C", "Mombasa", "80100")),
        ("Acacia Road 12, Apartment 4B", ("Acacia Road 12, Apartment 4B", "Mombasa", "80100")),
        ("7 Beach Road, mombasa", ("7 Beach Road", "Mombasa", "80100")),
        ("12 Acacia Road, Nakuru", ("12 Acacia Road", "Nakuru", None)),
        ("12 Acacia Road, 00100 Kisumu", ("12 Acacia Road", "Kisumu", "00100")),
    ],
)
async def test_a_town_is_taken_only_for_what_is_one(world, street: str, wanted) -> None:
    bench, _ = world
    await changed(bench, "1001", street=street)
    assert (await kept(bench, "1001"))[3:] == wanted
