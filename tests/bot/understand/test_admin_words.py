"""The words for people, roles and the audit, understood by the real admin plugin."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str = "admin") -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    "words, action_id, args",
    [
        ("give Bisi the role billing for 8 hours", "admin_grant", {"role": "billing", "lasts": "PT28800S"}),
        ("give Bisi the role billing", "admin_grant", {"role": "billing"}),
        ("give Bisi the billing role for 8 hours", "admin_grant", {"role": "billing", "lasts": "PT28800S"}),
        ("what did Bisi do yesterday", "admin_audit_search", {"by": "Bisi", "since": "2026-11-21T00:00:00+01:00", "until": "2026-11-22T00:00:00+01:00"}),
        ("what did Bisi do since yesterday", "admin_audit_search", {"by": "Bisi", "since": "2026-11-21T00:00:00+01:00", "until": None}),
        ("refusals yesterday by Bisi", "admin_refusals", {"by": "Bisi", "since": "2026-11-21T00:00:00+01:00", "until": "2026-11-22T00:00:00+01:00"}),
        ("approvals this week by Bisi", "admin_approved", {"by": "Bisi", "since": "2026-11-16T00:00:00+01:00"}),
        ("failed payments last month", "billing_failed", {"since": "2026-10-01", "until": "2026-10-31"}),
        ("who deactivated Bisi", "admin_audit_search", {"did": "deactivated", "about": "Bisi"}),
        ("who suspended 100234 and when?", "admin_audit_search", {"did": "suspended", "about": "100234"}),
        ("who credited 4711 this year", "admin_audit_search", {"did": "credited", "about": "4711", "since": "2026-01-01T00:00:00+01:00"}),
    ],
)  # fmt: skip
async def test_words_become_calls(words: str, action_id: str, args: Mapping[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)
    assert {k: got.args.get(k) for k in args} == args


async def test_who_may_not_read_the_audit_is_told_so() -> None:
    got = await understand("who suspended 100234 and when?", role="support")
    assert got.verdict is Verdict.FORBIDDEN
    assert got.beyond is not None
    assert got.beyond.action_id == "admin_audit_search"


@pytest.mark.parametrize(
    "words, action_id, args",
    [
        ("#noc is read only from now on", "admin_set_channel", {"channel": "#noc", "reads_only": True}),
        ("nobody may change anything in #noc", "admin_set_channel", {"channel": "#noc", "reads_only": True}),
        ("close #random for everybody", "admin_set_channel", {"channel": "#random", "nothing": True}),
        ("only noc may use you in #noc", "admin_set_channel", {"roles": "noc", "reads_only": None}),
        ("turn the visits module on", "admin_enable_plugin", {"name": "visits"}),
        ("support staff may give credits up to 1,000", "admin_allow", {"role": "support", "max_amount": "1,000.00 NGN"}),
        ("take the right to reboot devices away from field", "admin_forbid", {"role": "field", "permission": "reboot devices"}),
        ("Kevin shouldn't be in noc any longer", "admin_revoke", {"role": "noc"}),
        ("credits above 10,000 have to be approved by billing", "admin_add_policy", {"over_amount": "10,000.00 NGN", "approver_role": "billing"}),
    ],
)  # fmt: skip
async def test_rules_are_read_from_sentences(words: str, action_id: str, args: Mapping[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)
    assert {k: got.args.get(k) for k in args} == args


async def test_a_setting_is_found_by_what_stands_in_its_places() -> None:
    got = await understand("in billing set grace days to 7")
    assert (got.action_id, got.lacks) == ("admin_set_setting", "")
    assert (got.args["plugin"], got.args["name"]) == ("billing", "grace days")


@pytest.mark.parametrize(
    ("words", "args"),
    [
        ("add user joe@x.example support", {"email": "joe@x.example", "role": "support"}),
        ("add user joe@x.example, admin until friday", {"email": "joe@x.example", "role": "admin"}),
        ("new colleague joe@x.example, she does support", {"email": "joe@x.example", "role": "support"}),
        (
            "add user joe@x.example, Joe Kimani, support",
            {"email": "joe@x.example", "full_name": "Joe Kimani", "role": "support"},
        ),
    ],
)
async def test_a_role_is_nobodys_name(words: str, args: dict[str, str]) -> None:
    got = await score.understand(score.make(), Case(q=words, role="admin", want=()))
    assert (got.action_id, dict(got.args)) == ("admin_add_user", args)


async def test_that_a_plugin_is_off_is_told_and_not_wished_for() -> None:
    got = await score.understand(score.make(), Case(q="the visits plugin is off", role="admin", want=()))
    assert got.verdict is not Verdict.CLEAR
    got = await score.understand(score.make(), Case(q="visits plugin off", role="admin", want=()))
    assert got.action_id == "admin_disable_plugin"
