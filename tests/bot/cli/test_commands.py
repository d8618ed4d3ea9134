"""A tenant set up, asked and looked after from the command line."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.opened import operator
from bot.db import inbox, outbox
from bot.db.database import Database
from bot.db.tenants import get_tenant
from tests.bot.cli.conftest import Backhaul

SAM = "sam@acme.example"


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> str:
    made = backhaul(
        "tenants", "create", "acme", "Acme Fibre", "--timezone", "Africa/Nairobi", "--currency", "KES"
    )
    assert made.code == 0, made.err
    added = backhaul("users", "add", SAM, "Sam Support", "--role", "support")
    assert added.code == 0, added.err
    return "acme"


def test_the_only_tenant_needs_no_name(backhaul: Backhaul, acme: str) -> None:
    people = backhaul("users", "list", "--json")
    assert [(p["name"], p["roles"]) for p in people.json] == [("Sam Support", ["support"])]


def test_ask_and_act(backhaul: Backhaul, acme: str) -> None:
    asked = backhaul("ask", "my queue", "--as", SAM)
    assert asked.code == 0, asked.err
    assert "queue" in asked.out.lower()
    asked = backhaul("ask", "tickets my_queue", "--as", SAM, "--json")
    assert asked.json["evidence"][0]["source"] == "tickets, local database"


def test_a_question_from_a_pipe(backhaul: Backhaul, acme: str) -> None:
    asked = backhaul("ask", "-", "--as", SAM, stdin="help tickets\n")
    assert asked.code == 0
    assert "my_queue" in asked.out or "my queue" in asked.out


def test_a_chat_in_a_pipe_answers_line_by_line(backhaul: Backhaul, acme: str) -> None:
    talked = backhaul("chat", "--as", SAM, stdin="who am I\nmy queue\nexit\nmy queue\n")
    assert talked.code == 0, talked.err
    assert "Sam Support" in talked.out
    assert talked.out.lower().count("tickets, local database") == 1


def test_a_chat_begins_with_what_waits(backhaul: Backhaul, acme: str) -> None:
    def greeting() -> str:
        return backhaul("chat", "--as", SAM, stdin="exit\n").out

    assert "for a yes" not in greeting()
    assert backhaul("policies", "add", "tickets_create", "--needs", "self").code == 0
    for words, news in (
        ("one", "1 call waits for a yes; say waiting."),
        ("two", "2 calls wait for a yes; say waiting."),
    ):
        assert backhaul("ask", f'tickets create subject="{words}"', "--as", SAM).code == 6
        assert news in greeting()
    shown = backhaul("chat", "--as", SAM, stdin="waiting\n").out
    assert "Open a ticket" in shown
    assert "“one”" in shown  # where its line breaks depends on how long the dates beside it are
    for policy in backhaul("policies", "list", "--json").json:
        assert backhaul("policies", "remove", policy["id"]).code == 0


def test_somebody_unknown_is_told_how_to_link(backhaul: Backhaul, acme: str) -> None:
    asked = backhaul("ask", "my queue")
    assert asked.code != 0
    assert "link" in asked.err
    assert "Traceback" not in asked.err
    wrong = backhaul("ask", "my queue", "--as", "nobody@acme.example")
    assert wrong.code == 5
    assert "nobody@acme.example" in wrong.err


def test_a_terminal_account_can_be_linked(backhaul: Backhaul, acme: str) -> None:
    import getpass
    import socket

    account = f"{getpass.getuser()}@{socket.gethostname()}"
    assert backhaul("users", "link", SAM, "terminal", account).code == 0
    asked = backhaul("ask", "who am I")
    assert asked.code == 0, asked.err
    assert "Sam Support" in asked.out


def test_a_code_links_a_terminal_account(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("users", "add", "kim@acme.example", "Kim", "--role", "support").code == 0
    wrong = backhaul("ask", "link AAAAA-AAAAA")
    assert wrong.code == 0 and "linked already" in wrong.out  # this account is Sam's
    made = backhaul("users", "code", "kim@acme.example")
    assert made.code == 0, made.err
    assert "sends the bot: link" in made.out


def test_plugins_are_switched(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("plugins", "disable", "tickets").code == 0
    states = {p["plugin"]: p["state"] for p in backhaul("plugins", "list", "--json").json}
    assert states["tickets"] == "off"
    asked = backhaul("ask", "tickets my_queue", "--as", SAM)
    assert "tickets, local database" not in asked.out
    assert backhaul("plugins", "enable", "tickets").code == 0
    again = backhaul("plugins", "enable", "tickets")
    assert "on already" in again.out
    unknown = backhaul("plugins", "enable", "nonsense")
    assert unknown.code == 5
    assert "nonsense" in unknown.err


def test_what_a_plugin_would_bring_is_seen_before_it_is_on(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("plugins", "disable", "email").code == 0
    seen = backhaul("plugins", "show", "email")
    assert "would turn on email for acme" in " ".join(seen.out.split())
    assert {p["plugin"]: p["state"] for p in backhaul("plugins", "list", "--json").json}["email"] == "off"
    assert backhaul("plugins", "enable", "email").code == 0
    [suspend] = [
        a
        for a in backhaul("plugins", "show", "customers", "--json").json
        if a["action"] == "customers_suspend"
    ]
    assert (suspend["changes"], suspend["approval"]) == (True, "self")
    assert "support" in suspend["roles"]
    assert backhaul("plugins", "show", "nonsense").code == 5


def test_roles_and_limits(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("roles", "create", "night", "Night shift").code == 0
    allowed = backhaul("roles", "allow", "night", "tickets:read", "--count", "3")
    assert allowed.code == 0, allowed.err
    roles = {r["name"]: r for r in backhaul("roles", "list", "--json").json}
    assert [(p["permission"], p["max_count"]) for p in roles["night"]["permissions"]] == [("tickets:read", 3)]
    assert backhaul("users", "grant", SAM, "night", "--hours", "1", "--reason", "cover").code == 0
    assert backhaul("users", "revoke", SAM, "night").code == 0
    assert backhaul("roles", "remove", "night").code == 0
    assert backhaul("roles", "remove", "support").code != 0


def test_channel_rules_are_set_shown_and_cleared(backhaul: Backhaul, acme: str) -> None:
    assert "nothing, until a rule says otherwise" in " ".join(backhaul("channels", "list").out.split())
    made = backhaul(
        "channels", "set", "C0123ABCD", "--only", "tickets", "--role", "noc", "--note", "the NOC's own"
    )
    assert "In C0123ABCD: only tickets, for people with the role noc." in " ".join(made.out.split()), made.err
    assert backhaul("channels", "default", "direct", "--reads-only").code == 0
    changed = backhaul("channels", "set", "C0123ABCD", "--nothing")
    assert "Before: In C0123ABCD: only tickets" in " ".join(changed.out.split())
    asked = backhaul("ask", 'tickets create subject="no light"', "--as", SAM)
    assert asked.code == 4 and "only look things up" in " ".join(f"{asked.out}{asked.err}".split())
    rules = backhaul("channels", "list", "--json").json
    assert [(one["channel"], one.get("closed", False)) for one in rules] == [
        ("*direct", False),
        ("C0123ABCD", True),
    ]
    for name in ("direct", "C0123ABCD"):
        assert backhaul("channels", "clear", name).code == 0
    assert backhaul("channels", "clear", "C0123ABCD").code == 5
    assert backhaul("channels", "set", "#nowhere", "--nothing").code == 5
    assert backhaul("channels", "set", "C0123ABCD", "--only", "no_such").code == 5
    assert backhaul("channels", "list", "--json").json == []


def test_plugins_show_prints_the_guards_in_their_order(backhaul: Backhaul, acme: str) -> None:
    shown = " ".join(backhaul("plugins", "show", "freeze").out.split())
    assert "Guards, before a call, in this order: 1. freeze_window: While changes are frozen" in shown


def test_policies_are_set_and_obeyed(backhaul: Backhaul, acme: str) -> None:
    added = backhaul(
        "policies",
        "add",
        "billing_*",
        "--needs",
        "two",
        "--over-amount",
        "5,000",
        "--over-customers",
        "10",
        "--approver-role",
        "billing",
        "--expires-hours",
        "4",
        "--remind-hours",
        "0.5",
        "--note",
        "by the board",
    )
    assert added.code == 0, added.err
    assert (
        "from two other people with the role billing, over 5,000.00 KES or from 11 customers on"
        in " ".join(added.out.split())
    )
    [one] = backhaul("policies", "list", "--json").json
    assert one == {
        "id": one["id"],
        "action": "billing_*",
        "needs": "two",
        "over_customers": 10,
        "over_amount": {"minor": 500_000, "currency": "KES"},
        "when": "",
        "approver_role": "billing",
        "on_call": None,
        "expires_hours": 4.0,
        "remind_hours": 0.5,
        "note": "by the board",
    }
    assert "by the board" in backhaul("policies", "list").out
    unknown = backhaul("policies", "add", "tickets_create", "--needs", "other", "--on-call", "noc")
    assert unknown.code != 0 and "be on call" in " ".join((unknown.err + unknown.out).split())
    assert backhaul("policies", "add", "tickets_create", "--needs", "self").code == 0
    asked = backhaul("ask", 'tickets create subject="no light"', "--as", SAM, "--json")
    assert asked.json["waiting"]["needs"] == "a yes from Sam Support", asked.out
    found = backhaul("audit", "search", "policy", "--json").json
    assert [row["event"] for row in found if "billing_* needs" in row["text"]] == ["policy.added"]
    for policy in backhaul("policies", "list", "--json").json:
        assert backhaul("policies", "remove", policy["id"]).code == 0
    assert backhaul("policies", "list", "--json").json == []
    assert "None." in backhaul("policies", "list").out


def test_a_deactivated_person_can_do_nothing(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("users", "add", "eve@acme.example", "Eve", "--role", "support").code == 0
    assert backhaul("users", "deactivate", "eve@acme.example").code == 0
    refused = backhaul("ask", "my queue", "--as", "eve@acme.example")
    assert refused.code == 4
    assert "deactivated" in refused.err
    assert backhaul("users", "activate", "eve@acme.example").code == 0
    assert backhaul("ask", "my queue", "--as", "eve@acme.example").code == 0


def test_the_audit_is_searched_and_verified(backhaul: Backhaul, acme: str) -> None:
    found = backhaul("audit", "search", "Sam", "--json")
    assert any("Sam Support" in row["text"] for row in found.json)
    whole = backhaul("audit", "verify")
    assert whole.code == 0
    assert "whole" in whole.out


def test_chain_ends_kept_outside_notice_a_forged_one(backhaul: Backhaul, acme: str, tmp_path) -> None:
    heads = tmp_path / "heads.jsonl"
    assert backhaul("audit", "verify", "--heads", str(heads)).code == 0
    assert backhaul("audit", "verify", "--heads", str(heads)).code == 0
    line = heads.read_text().splitlines()[0]
    heads.write_text(line.replace(line.split('"hash": "')[1][:8], "00000000") + "\n")
    broken = backhaul("audit", "verify", "--heads", str(heads))
    assert broken.code == 1
    assert "BROKEN" in broken.out
    heads.write_text("not json\n")
    assert backhaul("audit", "verify", "--heads", str(heads)).code == 2


def test_check_says_what_is_well(backhaul: Backhaul, acme: str) -> None:
    looked = backhaul("check")
    assert looked.code == 0, looked.out
    assert "WRONG" not in looked.out
    areas = {line["area"] for line in backhaul("check", "--json").json}
    assert {"configuration", "database", "plugins", "tenant acme", "slack"} <= areas


def test_jobs_can_be_looked_at(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("jobs", "list").code == 0
    assert backhaul("jobs", "dead", "--json").json == []
    assert backhaul("jobs", "requeue", "999").code == 5


def test_what_lies_dead_in_slack_is_seen_revived_and_dropped(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("slack", "dead", "--json").json == []

    async def bury() -> None:
        database = Database(runtime_url=backhaul.urls.runtime, owner_url=backhaul.urls.owner, pool_size=1)
        async with database.system() as session:
            tenant = await get_tenant(session, "acme")
        async with database.tenant(tenant.id) as session:
            for name in ("Ev1", "Ev2"):
                new = inbox.Arrival(
                    event_key=name, message_key=name, lane=name, team_id="T1", said_at="1", payload={}
                )
                assert await inbox.do_receive(session, new)
                taken = await inbox.do_take(session, name, timedelta(minutes=1))
                assert taken and await inbox.do_finish(session, taken, error="stopped 6 times") is False
            await outbox.do_put(
                session, [outbox.Letter(lane="out", team_id="T1", channel="CNOC", payload={})]
            )
            letter = await outbox.do_take(session, "out", timedelta(minutes=1))
            assert letter and await outbox.do_bury(session, letter, "channel_not_found")
        await database.close()

    asyncio.run(bury())
    found = {one["where"]: one for one in backhaul("slack", "dead", "--json").json}
    assert {where: (one["way"], one["reason"]) for where, one in found.items()} == {
        "Ev1": ("in", "stopped 6 times"),
        "Ev2": ("in", "stopped 6 times"),
        "CNOC": ("out", "channel_not_found"),
    }
    assert "channel_not_found" in backhaul("slack", "dead").out
    assert "tried again" in backhaul("slack", "dead", "--revive", found["Ev1"]["id"][:8]).out
    assert "is gone" in backhaul("slack", "dead", "--drop", found["Ev2"]["id"][:8]).out
    assert "tried again" in backhaul("slack", "dead", "--revive", found["CNOC"]["id"]).out
    assert backhaul("slack", "dead", "--json").json == []
    assert backhaul("slack", "dead", "--drop", found["Ev2"]["id"]).code == 5, "it is gone already"
    assert backhaul("slack", "dead", "--drop", "a", "--revive", "b").code == 2
    events = [row["event"] for row in backhaul("audit", "search", "dead Slack", "--json").json]
    assert sorted(events) == ["slack.dropped", "slack.revived", "slack.revived"]


def test_a_plugin_is_tried_by_some_and_a_policy_on_the_past(backhaul: Backhaul, acme: str) -> None:
    assert "is on here" in backhaul("plugins", "try", "tickets").err
    assert backhaul("users", "add", "eva@acme.example", "Eva Support", "--role", "support").code == 0
    assert "off" in backhaul("plugins", "list").out
    assert backhaul("plugins", "try", "shifts", "--for", "soon").code == 2
    begun = backhaul("plugins", "try", "shifts", "--user", SAM, "--for", "2d")
    assert begun.code == 0, begun.err
    assert "shifts is on trial for Sam Support until" in " ".join(begun.out.split())
    states = {one["plugin"]: one for one in backhaul("plugins", "list", "--json").json}
    assert states["shifts"]["state"] == "on trial" and "Sam Support" in states["shifts"]["about"]
    assert "on trial for Sam Support" in " ".join(backhaul("plugins", "show", "shifts").out.split())
    assert any(
        "shifts is on trial for Sam Support" in line["says"] for line in backhaul("check", "--json").json
    )
    asked = backhaul("ask", "shifts handover", "--as", SAM)
    assert "Hand-over since" in asked.out, asked.out + asked.err
    other = backhaul("ask", "shifts handover", "--as", "eva@acme.example")
    assert "Hand-over since" not in other.out
    assert "is over" in backhaul("plugins", "try", "shifts", "--end").out
    assert "not on trial" in backhaul("plugins", "try", "shifts", "--end").out
    assert backhaul("plugins", "enable", "shifts").code == 0
    done = backhaul("audit", "search", "shifts", "--json").json
    assert {"plugin.trial", "plugin.trial_ended", "plugin.enabled"} <= {row["event"] for row in done}
    assert {row["user_id"] for row in done if row["event"].startswith("plugin.")} == {operator()}

    assert backhaul("policies", "try").code == 2
    assert backhaul("policies", "try", "tickets_create", "--since", "x").code == 2
    before = len(backhaul("policies", "list", "--json").json)
    tried = backhaul("policies", "try", "tickets_create", "--needs", "other", "--json")
    (found,) = tried.json
    assert found["calls"] >= found["held"] >= 0
    assert "In the last 30 days" in " ".join(
        backhaul("policies", "try", "tickets_*", "--needs", "two").out.split()
    )
    assert len(backhaul("policies", "list", "--json").json) == before


def test_what_the_audit_keeps_of_somebody_is_erased(backhaul: Backhaul, acme: str, tmp_path) -> None:
    assert backhaul("audit", "erase", "customer:1").code == 2, "why has to be said"
    (tmp_path / "1.json").write_text('{"text": "call 424242 back"}')
    words = "audit", "erase", "customer:424242", "--reason", "asked for"
    done = backhaul(*words, BACKHAUL_SLACK_RECORD=str(tmp_path))
    assert "Nothing is kept" in done.out
    assert "Deleted 1 recorded payload of Slack" in done.out
    assert list(tmp_path.iterdir()) == []
    assert "whole" in backhaul("audit", "verify").out


def test_somebody_who_left_is_erased_by_address(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("users", "add", "wanda@acme.example", "Wanda Left", "--role", "support").code == 0
    words = "audit", "erase", "person:wanda@acme.example", "--reason", "asked for"
    assert "deactivate" in backhaul(*words).err
    assert backhaul("users", "deactivate", "wanda@acme.example").code == 0
    assert "are gone" in backhaul(*words).out
    assert "anda" not in backhaul("users", "list", "--json").out
    assert "whole" in backhaul("audit", "verify").out


def test_settings_of_a_plugin(backhaul: Backhaul, acme: str) -> None:
    shown = backhaul("plugins", "settings", "tickets", "--json")
    assert shown.code == 0, shown.err
    unknown = backhaul("plugins", "settings", "tickets", "nonsense=1")
    assert unknown.code != 0
    assert "nonsense" in unknown.err
    assert "Traceback" not in unknown.err


def test_configuration_goes_out_and_comes_back(backhaul: Backhaul, acme: str, tmp_path) -> None:
    exported = backhaul("tenants", "export")
    assert exported.code == 0, exported.err
    file = tmp_path / "acme.json"
    file.write_text(exported.out)
    same = backhaul("tenants", "import", str(file), "--dry-run")
    assert same.code == 0, same.err
    assert "Nothing to change" in same.out
    file.write_text("{")
    assert backhaul("tenants", "import", str(file)).code == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("tenants", "create", "Bad Slug", "X"), 2),
        (("tenants", "create", "x", "X", "--timezone", "Mars/Base"), 2),
        (("users", "add", "no-address", "Nobody"), 2),
        (("users", "add", SAM, "Twice"), 1),
        (("roles", "allow", "support", "no:such"), 5),
        (("policies", "add", "no_such", "--needs", "two"), 5),
        (("policies", "add", "tickets_my_queue", "--needs", "two"), 2),
        (("policies", "add", "*", "--needs", "nobody"), 2),
        (("policies", "add", "*", "--needs", "two", "--over-amount", "much"), 2),
        (("policies", "add", "*", "--needs", "two", "--expires-hours", "0"), 2),
        (("policies", "add", "*", "--needs", "two", "--approver-role", "king"), 5),
        (("policies", "remove", "ffff"), 5),
        (("ask", "hello", "--tenant", "nowhere"), 5),
        (("run", "--only", "nonsense"), 2),
        (("audit", "search", "--since", "yesterday"), 2),
        (("demo", "--as", "king"), 2),
        (("frobnicate",), 2),
    ],
)
def test_wrong_input_gets_a_sentence_and_a_code(
    backhaul: Backhaul, acme: str, words: tuple[str, ...], code: int
) -> None:
    ran = backhaul(*words)
    assert ran.code == code, ran.err
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_database_that_is_not_there(backhaul: Backhaul) -> None:
    ran = backhaul("check", DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none")
    assert ran.code == 3
    assert "Traceback" not in ran.err
    assert "No PostgreSQL listens at 127.0.0.1:1." in " ".join(ran.out.split())
    assert "plugins: loaded" in ran.out, "the rest is looked at all the same"
    other = backhaul("tenants", "list", DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none")
    assert (other.code, other.out) == (3, "")
    assert "No PostgreSQL listens at 127.0.0.1:1. Start it" in other.err
    lines = backhaul("check", "--json", DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none").json
    assert {line["area"]: line["state"] for line in lines}["connection"] == "wrong"
    for malformed in ("mysql://x", "postgresql://bot@127.0.0.1:port/x", "garbage"):
        wrong = backhaul("check", DATABASE_URL=malformed)
        assert wrong.code == 3
        assert "DATABASE_URL" in wrong.err


def test_a_plugin_turned_off_that_is_not_there_is_said(backhaul: Backhaul) -> None:
    lines = backhaul("check", "--json", BACKHAUL_PLUGINS_OFF="email,emial").json
    noted = [line["says"] for line in lines if line["state"] == "note"]
    assert "BACKHAUL_PLUGINS_OFF names emial" in noted
    assert "BACKHAUL_PLUGINS_OFF names email" not in noted


def test_a_home_that_cannot_be_is_said(backhaul: Backhaul, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for impossible in (file, file / "home", Path("/proc/nothing/home")):
        ran = backhaul("check", BACKHAUL_HOME=str(impossible), DATABASE_URL="")
        assert ran.code == 3
        assert "set BACKHAUL_HOME to one I may write in" in ran.err


def test_help_is_quick_because_it_loads_nothing(backhaul: Backhaul) -> None:
    import subprocess
    import sys

    code = "import sys, bot.cli.main; print([m for m in ('sqlalchemy', 'onnxruntime', 'slack_bolt', 'openai', 'pgqueuer', 'anthropic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert backhaul("--version").out.startswith("backhaul ")
