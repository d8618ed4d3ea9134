"""`backhaul oncall`, and policies that go by it, from the shell."""

from __future__ import annotations

from tests.bot.cli.conftest import Backhaul
from tests.bot.cli.test_commands import SAM


def said(done) -> str:
    return " ".join((done.out + done.err).split())


def test_a_rotation_and_a_policy_that_goes_by_it(backhaul: Backhaul) -> None:
    made = backhaul("tenants", "create", "acme", "Acme Fibre", "--timezone", "Africa/Nairobi")
    assert made.code == 0, said(made)
    assert backhaul("users", "add", SAM, "Sam Support", "--role", "support").code == 0
    backhaul("plugins", "disable", "oncall")
    off = backhaul("oncall", "set", "noc", SAM)
    assert off.code == 1 and "backhaul plugins enable oncall" in said(off)
    assert backhaul("plugins", "enable", "oncall").code == 0
    nobody = backhaul("policies", "add", "tickets_close", "--needs", "other", "--on-call", "noc")
    assert nobody.code != 0 and "No roster knows a team “noc”" in said(nobody)
    wrong = backhaul("oncall", "set", "noc", "zoe@acme.example")
    assert wrong.code != 0 and "zoe@acme.example" in said(wrong)
    done = backhaul("oncall", "set", "NOC", SAM, "--hours", "24", "--start", "2026-01-05 08:00")
    assert done.code == 0, said(done)
    [one] = backhaul("oncall", "show", "--json").json
    assert (one["team"], one["on_call"][0]["email"], one["trouble"]) == ("noc", SAM, "")
    assert "Sam" in backhaul("oncall", "show").out
    added = backhaul("policies", "add", "tickets_close", "--needs", "other", "--on-call", "noc")
    assert added.code == 0 and "who is on call for noc" in said(added)
    tried = backhaul("policies", "try", "tickets_close", "--on-call", "noc", "--json")
    assert tried.code == 0, said(tried)
    kept = [one for one in backhaul("policies", "list", "--json").json if one["action"] == "tickets_close"]
    assert kept[0]["on_call"] == "noc"
    backhaul("plugins", "disable", "oncall")
    told = [
        line["says"]
        for line in backhaul("check", "--json").json
        if "can be agreed to by nobody" in line["says"]
    ]
    assert told
    assert backhaul("policies", "remove", kept[0]["id"]).code == 0
