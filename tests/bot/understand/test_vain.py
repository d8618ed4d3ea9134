import pytest

from bot.understand.understanding import Verdict
from bot.understand.vain import SORTS, sorts_in
from tests.bot.understand.test_admin_words import understand
from tests.evals import world


def test_every_sort_is_named_and_points_to_actions_that_there_are() -> None:
    there = {owned.id for owned in world.ACTIONS}
    for sort in SORTS:
        assert sort.named and sort.sayings and sort.instead, sort
        assert set(sort.instead) <= there, sort.named
    said = [text for sort in SORTS for text in sort.sayings]
    assert len(said) == len(set(said))


def test_lines_are_read_below_their_heads() -> None:
    (one, two) = sorts_in(["# why", "[fly | a_b, c_d]", "fly to the moon", "", "[swim]", "swim home"])
    assert (one.named, one.instead, one.sayings) == ("fly", ("a_b", "c_d"), ("fly to the moon",))
    assert (two.named, two.instead, two.sayings) == ("swim", (), ("swim home",))


@pytest.mark.parametrize(
    ("words", "role", "sort"),
    [
        ("get me into the console of olt-cst-02-1", "noc", "log in to equipment"),
        ("show me the running config of olt-cst-02-1 please", "noc", "log in to equipment"),
        ("put vlan 300 on bng-ctr-1", "noc", "change the configuration"),
        ("our bgp peer at the exchange flaps, take it down", "noc", "change routing"),
        ("shut pon 1/3 on olt-ikj-01-1", "noc", "shut or open ports"),
        ("new firmware onto all routers in Bamburi", "noc", "upgrade firmware"),
        ("traceroute 10.20.0.7", "noc", "ping, trace or test"),
        ("how much diesel is left at Bamburi", "admin", "read the power"),
        ("how many gigs did Peter Kamau pull this month", "support", "measure traffic"),
        ("translate into Swahili: your line is back", "support", "translate"),
        ("delete the audit of last year", "admin", "delete records"),
        ("raise Home Fibre 50 to 3,499 from January", "billing", "change plans, prices"),
        ("add a late fee to 100118", "billing", "make or change invoices"),
        ("file our vat return for October", "billing", "keep accounts"),
        ("is it legal to cut off a clinic", "support", "give legal advice"),
        ("order 3 splitters and some cable for Bamburi", "field", "order material"),
        ("block facebook for 100118", "support", "block or open websites"),
        ("block tiktok for 100118", "support", "block or open websites"),
        ("mute the alarms of olt-cst-02-1 for 2 hours", "noc", "set alerts"),
    ],
)
async def test_what_no_plugin_does_is_named(words: str, role: str, sort: str) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.UNKNOWN
    assert got.lacks.startswith(sort)
    assert got.instead


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("wifi complaints that came in yesterday", "support"),
        ("low priority ticket for Grace Adeyemi: wants new wifi password", "support"),
        ("finish TCK-10234, reset the pppoe password", "support"),
        ("reboot the ONT of 100118", "support"),
        ("what do our plans cost", "support"),
        ("add a note to Amina Bello: she wants the contract on her husband", "support"),
        ("remind me at 16:00 to order drop cable", "field"),
        ("who owes us money", "billing"),
    ],
)
async def test_what_somebody_can_do_is_not_denied(words: str, role: str) -> None:
    assert not (await understand(words, role)).lacks


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("freeze olt-cst-02-1 until friday 18:00: audit", False),
        ("no changes on olt-cst-02-1 until friday, audit", False),
        ("freeze site Bamburi until friday: works", False),
        ("freeze changes until friday because of works on olt-cst-02-1", True),
        ("freeze the network until friday 18:00: audit", True),
    ],
)
async def test_changes_are_frozen_everywhere_or_not_at_all(words: str, whole: bool) -> None:
    got = await understand(words, "noc")
    if whole:
        assert (got.verdict, got.action_id, got.lacks) == (Verdict.CLEAR, "freeze_start", "")
    else:
        assert got.verdict is Verdict.UNKNOWN and got.lacks.startswith("freeze one device or site, only all")


@pytest.mark.parametrize("words", ["restart ap-ikj-02-1", "can i still reboot sw-ikj-02", "restart the olt"])
async def test_equipment_of_the_network_is_not_restarted(words: str) -> None:
    assert (await understand(words, "noc")).lacks.startswith("restart equipment of the network")


@pytest.mark.parametrize(
    ("words", "role", "named"),
    [
        ("the school wants tiktok filtered on their line", "support", "block or open websites"),
        ("can you prioritise netflix for 100118", "support", "see or shape what customers do"),
        ("which websites does 100118 visit", "support", "see or shape what customers do"),
        ("100118 wants a tv box", "support", "provide television"),
        ("add the phone bundle to 100118", "billing", "provide television"),
        ("add a new plan Home Fibre 300 for 6999", "billing", "change plans, prices"),
        ("we need a student package for 1500 a month", "billing", "change plans, prices"),
        ("mail the statement to 100118", "billing", "e-mail a statement"),
        ("phone the technician and tell him to hurry", "support", "call or text anybody"),
    ],
)
async def test_what_nobody_can_do_offers_no_change_of_something_else(
    words: str, role: str, named: str
) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.UNKNOWN and got.lacks.startswith(named)


@pytest.mark.parametrize(
    ("words", "role", "lacks"),
    [
        ("amina needs a visit, tv box is dead", "support", "provide television"),
        ("create a payment plan for 100118 of 3 instalments", "billing", "change plans"),
        ("100118 complains whatsapp does not work", "support", "call or text"),
        ("e-mail the invoice to 100118", "billing", "print, scan"),
    ],
)
async def test_what_only_sounds_like_it_is_not_refused(words: str, role: str, lacks: str) -> None:
    assert not (await understand(words, role)).lacks.startswith(lacks)


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("hm those of home fibre", "billing"),
        ("excluding 100118", "billing"),
        ("add: generator on the way", "noc"),
        ("without the hospitals", "billing"),
    ],
)
async def test_the_rest_of_another_wish_is_no_vain_one(words: str, role: str) -> None:
    assert (await understand(words, role)).lacks == ""


@pytest.mark.parametrize(
    ("words", "role"),
    [("who took them", "billing"), ("who opened most of them", "support"), ("its log", "noc")],
)
async def test_nobody_is_refused_the_audit_who_asks_about_a_list(words: str, role: str) -> None:
    assert (await understand(words, role)).verdict is not Verdict.FORBIDDEN


async def test_who_changed_one_thing_is_a_question_to_the_audit() -> None:
    assert (await understand("who changed 100118", "support")).verdict is Verdict.FORBIDDEN
