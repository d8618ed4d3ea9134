"""Sentences about what roles may do, how something is done and who could, by the plugins as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.rights import role_in, with_role
from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str = "admin") -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    "words, masked",
    [
        ("noc people must not see the invoices", "role people must not see the invoices"),
        ("who holds finance", "who holds role"),
        ("what can field staff do", "what can role staff do"),
        ("let sales read the tickets", "let role read the tickets"),
        ("billing overview of october", "billing overview of october"),
        ("who has support tickets open", "who has support tickets open"),
    ],
)
def test_a_role_stands_for_itself_only_where_rights_are_spoken_of(words: str, masked: str) -> None:
    assert with_role(words) == masked
    assert (role_in(words) is None) is (words == masked)


@pytest.mark.parametrize(
    "words, action_id, args",
    [
        ("billing should no longer reboot onts", "admin_forbid", {"role": "billing"}),
        ("field may give credits up to 700", "admin_allow", {"role": "field", "max_amount": "700.00 NGN"}),
        ("who holds support", "admin_grants", {"role": "support"}),
        ("what can noc people do by default", "admin_roles", {"name": "noc"}),
        ("all suspensions done by Bea in october", "admin_audit_search", {"by": "Bea"}),
        ("who could cancel an invoice?", "admin_who_may", {"what": "cancel an invoice"}),
        ("stop the trial of the email plugin", "admin_end_trial", {"name": "email"}),
        ("remove that approval rule 7c1b, nobody needs it", "admin_remove_policy", {"policy_id": "7c1b"}),
        ("Kevin Oloo left on Monday, remove his access", "admin_deactivate", {"person": "Kevin Oloo"}),
    ],
)
async def test_who_may_what_is_no_list_of_what(words: str, action_id: str, args: Mapping[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)
    assert {k: got.args.get(k) for k in args} == args


@pytest.mark.parametrize(
    "words, role",
    [
        ("how does one give somebody a role", "admin"),
        ("where do I see how a payment plan is set up, steps please", "billing"),
        ("can I suspend a customer who is on a promise?", "support"),
        ("nobody reboot 100118 please, surgery going on", "noc"),
    ],
)
async def test_how_it_is_done_is_told_of_the_change_and_not_answered_by_a_list(words: str, role: str) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.HELD
    assert not got.best.reads_only


@pytest.mark.parametrize(
    "words, role",
    [("hire somebody for the night shift", "admin"), ("write the handover for the next shift", "noc")],
)
async def test_a_wish_is_no_note_of_itself(words: str, role: str) -> None:
    got = await understand(words, role)
    acts = got.verdict in {Verdict.CLEAR, Verdict.MISSING}
    assert not acts or got.best.reads_only


async def test_who_is_on_the_phone_is_not_all_that_is_asked() -> None:
    words = "caller is Peter Kamau, he complains it gets slow every evening. What do the speed tests say?"
    got = await understand(words, "support")
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, "network_speed_tests")


async def test_an_hour_in_words_and_a_plural_of_a_kind_are_taken() -> None:
    moved = await understand("push REM-88 to tomorrow at nine", "support")
    assert str(moved.args["at"]).startswith("2026-11-23T09:00")
    listed = await understand("all switches in ikeja", "noc")
    assert listed.args["kind"] == "switch"


@pytest.mark.parametrize(
    "words, role, action_id",
    [
        ("OUT-77 wasn't over after all, open it up again", "noc", "network_reopen"),
        ("actually MNT-12 goes ahead again, put it back", "noc", "network_restore_maintenance"),
        ("inv INV-2026-000123", "support", "billing_invoice"),
    ],
)
async def test_what_takes_back_is_told_from_what_is_taken_back(words: str, role: str, action_id: str) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("support", "turn it off: too hot"),
        ("support", "turn off the noise"),
        ("support", "switch it off: noisy"),
        ("support", "deactivate it"),
        ("support", "give everyone a refund of 5000"),
        ("support", "take the ladder away from kevin"),
        ("support", "remove kevin from the visit"),
        ("support", "disable it, it flaps"),
        ("support", "revoke it"),
        ("support", "close it: fixed remotely"),
        ("support", "close it as well"),
        ("support", "let everyone know the core is down"),
        ("noc", "uplink load nyali"),
        ("noc", "give fay 3 F670L"),
        ("noc", "give fay two F670L"),
        ("noc", "give everyone a router"),
        ("field", "let me in"),
    ],
)
async def test_what_nobody_asked_for_is_refused_to_nobody(role: str, words: str) -> None:
    assert (await understand(words, role)).verdict is not Verdict.FORBIDDEN


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("support", "make bea an admin"),
        ("support", "give bea the billing role"),
        ("support", "turn off the email plugin"),
        ("support", "credit 100234 500 for outage"),
        ("support", "add a new user brian@acme.example"),
        ("billing", "remove zed musa's access"),
        ("field", "suspend 100234"),
        ("noc", "what does Amina Bello owe"),
    ],
)
async def test_what_was_asked_for_and_may_not_be_had_is_said(role: str, words: str) -> None:
    assert (await understand(words, role)).verdict is Verdict.FORBIDDEN
