"""Changes of a workspace told as facts or without a verb, each read whole."""

from __future__ import annotations

from typing import Any

import pytest

from bot.understand.understanding import Verdict
from tests.bot.understand.test_admin_words import understand


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        ("visits plugin on please", "admin_enable_plugin", {"name": "visits"}),
        ("the oncall module off", "admin_disable_plugin", {"name": "oncall"}),
        ("use zendesk for tickets instead of the local one", "admin_choose_connector", {"connector": "zendesk", "port": "tickets"}),
        ("slack T024F:U99KEVIN is Kevin", "admin_link", {"surface": "slack", "account": "T024F:U99KEVIN", "person": "Kevin"}),
        ("new mail template welcome, subject Welcome aboard, text: Dear {name}, it is up.", "email_add_template", {"name": "welcome", "subject": "Welcome aboard", "text": "Dear {name}, it is up."}),
        ("payment_reminder should have the subject Your account with us", "email_change_template", {"template": "payment_reminder", "subject": "Your account with us"}),
        ("get rid of the template outage_notice", "email_remove_template", {"template": "outage_notice"}),
        ("Zed should not have the billing role any longer", "admin_revoke", {"person": "Zed", "role": "billing"}),
        ("remove zeds billing role", "admin_revoke", {"person": "zed", "role": "billing"}),
        ("add user joe@acme.example, name Joe Otieno, support", "admin_add_user", {"email": "joe@acme.example", "full_name": "Joe Otieno", "role": "support"}),
        ("remove the role billing from zed", "admin_revoke", {"role": "billing", "person": "zed"}),
        ("make Zed a billing clerk", "admin_grant", {"role": "billing", "person": "Zed"}),
        ("change the subject of payment_reminder to Your bill", "email_change_template", {"template": "payment_reminder", "subject": "Your bill"}),
        ("the text of the invoice template is: Dear {name}, pay.", "email_change_template", {"template": "invoice", "text": "Dear {name}, pay."}),
        ("drop the rule for #frontdesk", "admin_clear_channel", {"channel": "#frontdesk"}),
        ("which colleague is allowed to give a credit note?", "admin_who_may", {"what": "give a credit note"}),
        ("who is allowed to start a freeze", "admin_who_may", {"what": "start a freeze"}),
    ],
)  # fmt: skip
async def test_what_is_stated_is_read_whole(words: str, action: str, args: dict[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id, dict(got.args)) == (Verdict.CLEAR, action, args)


async def test_a_role_taken_from_several_is_not_the_role_itself() -> None:
    got = await understand("remove the role billing from zed and bisi")
    assert (got.verdict, got.lacks[:26], got.guesses) == (Verdict.UNKNOWN, "do that to several at once", ())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("give Zed the noc role starting tomorrow", "begin that “starting tomorrow”, only at once"),
        ("give Zed billing on friday", "begin that “on friday”, only at once"),
        ("give Zed and Bisi noc until friday", "do that to several at once"),
        ("how many would it have stopped last month", "try a rule by “it”, only one that is said"),
    ],
)
async def test_what_a_grant_or_a_trial_cannot_be_is_said(words: str, said: str) -> None:
    got = await understand(words)
    assert got.verdict is Verdict.UNKNOWN and got.lacks.startswith(said)


async def test_a_second_pair_of_eyes_is_another_person() -> None:
    got = await understand("credits over 1000 need a second pair of eyes")
    assert (got.verdict, got.action_id, got.args["needs"]) == (Verdict.CLEAR, "admin_add_policy", "other")


async def test_how_somebody_is_made_admin_is_by_a_role() -> None:
    assert (await understand("make somebody admin")).verdict is Verdict.MISSING
    got = await understand("how do i make somebody admin")
    assert (got.verdict, got.action_id, got.args) == (Verdict.HELD, "admin_grant", {"role": "admin"})


async def test_a_day_of_beginning_is_said_not_to_be_used() -> None:
    got = await understand("invite lucy@acme.example, she starts in support on monday")
    assert got.args == {"email": "lucy@acme.example", "role": "support"} and got.best.unused == ("on monday",)


async def test_what_changed_on_something_in_a_week_is_about_it() -> None:
    got = await understand("what changed on 100118 last week")
    assert got.action_id == "admin_audit_search" and got.args["about"] == "100118"


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("visits plugin on?", "admin_enable_plugin"),
        ("sam should not have lunch", "admin_revoke"),
        ("the visits plugin on friday", "admin_enable_plugin"),
        ("who may i call", "admin_revoke"),
    ],
)
async def test_what_only_begins_so_is_not(words: str, action: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id) != (Verdict.CLEAR, action)


async def test_who_may_not_is_not_offered_it() -> None:
    assert (await understand("visits plugin on please", "support")).action_id != "admin_enable_plugin"
