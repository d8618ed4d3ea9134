from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contract.entity import Match
from bot.contract.reply import Reply
from bot.errors import Unavailable
from bot.host.registry import Owned
from bot.llm.embedding import LocalEmbedder
from bot.understand.times import Clock
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
UNDERSTANDER = isp.understander()


async def understand(words: str, understander: Understander = UNDERSTANDER, **more: Any) -> Understanding:
    ask = Ask(words=words, user=isp.person(), clock=CLOCK, resolve=isp.find, currency="NGN")
    return await understander.understand(replace(ask, **more))


@pytest.mark.parametrize(
    "words, action_id, args",
    [
        ("what does Amina Bello owe?", "billing_balance", {"customer": "Amina Bello"}),
        ("amina's balance", "billing_balance", {"customer": "amina"}),
        ("is 10.20.0.7 online", "network_line", {"customer": "10.20.0.7"}),
        ("show overdue invoices over 30 days", "billing_overdue", {"days": 30}),
        ("which payments failed since last Monday", "billing_failed", {"since": "2026-11-16"}),
        ("record 15,000 NGN cash from grace adeyemi", "billing_record_payment", {"customer": "grace adeyemi", "amount": "15,000.00 NGN", "method": "cash"}),
        ("open a high-priority ticket for Amina Bello: no internet at 1 Fibre Rd", "tickets_create", {"customer": "Amina Bello", "priority": "high", "subject": "no internet at 1 Fibre Rd"}),
        ("assign tck-10234 to me", "tickets_assign", {"ticket": "tck-10234", "assignee": "ada@acme.example"}),
        ("close TCK-10235, replaced the ont", "tickets_close", {"ticket": "TCK-10235", "resolution": "replaced the ont"}),
        ("suspned amina bello pls", "customers_suspend", {"customer": "amina bello"}),
        ("email grace adeyemi that a technician comes tomorrow at 10", "email_send", {"customer": "grace adeyemi", "body": "a technician comes tomorrow at 10"}),
        ("schedule maintenance at Ikeja Sunday 02:00 for 3 hours", "network_maintenance", {"site": "Ikeja", "start": "2026-11-29T02:00:00+01:00", "lasts": "PT10800S"}),
        ("is bng1 up", "network_device", {"device": "bng1"}),
        ("list urgent tickets", "tickets_search", {"priority": "urgent"}),
        ("add a note to amina bello: don't call before 10", "customers_note", {"customer": "amina bello", "text": "don't call before 10"}),
    ],
)  # fmt: skip
async def test_words_become_calls(words: str, action_id: str, args: Mapping[str, Any]) -> None:
    got = await understand(words)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action_id)
    assert {k: got.args.get(k) for k in args} == args


@pytest.mark.parametrize(
    "words, action_id",
    [
        ("TCK-10234", "tickets_show"),
        ("amina bello", "customers_card"),
        ("bng1", "network_device"),
        ("Ikeja", "network_affected"),
    ],
)
async def test_a_name_alone_is_the_wish_to_see_it(words: str, action_id: str) -> None:
    assert (await understand(words)).action_id == action_id


async def test_missing_arguments_are_named() -> None:
    got = await understand("close TCK-10235")
    assert (got.verdict, got.best.missing) == (Verdict.MISSING, ("resolution",))


async def test_it_is_the_ticket_and_she_the_customer() -> None:
    focus = {"ticket": "TCK-10234", "customer": "100234"}
    assert (await understand("escalate it to L3", focus=focus)).args == {"ticket": "TCK-10234", "level": "L3"}
    assert (await understand("reboot her ont", focus=focus)).args == {"customer": "100234"}


async def test_somebody_named_goes_before_the_topic() -> None:
    got = await understand("what does Grace Adeyemi owe", focus={"customer": "100234"})
    assert got.args == {"customer": "Grace Adeyemi"}


async def test_the_same_for_somebody_else_keeps_the_other_arguments() -> None:
    last = ("tickets_search", {"customer": "100234", "status": "open"})
    got = await understand("and for Grace Adeyemi?", last=last)
    assert (got.action_id, got.args) == ("tickets_search", {"customer": "Grace Adeyemi", "status": "open"})


async def test_a_change_is_never_repeated_for_somebody_else_without_its_verb() -> None:
    got = await understand("and Grace Adeyemi?", last=("customers_suspend", {"customer": "100234"}))
    assert got.verdict is not Verdict.CLEAR or got.best.reads_only


async def test_what_one_may_not_is_not_among_the_guesses() -> None:
    got = await understand("suspend Amina Bello", user=isp.person("tickets:read", "customers:read"))
    assert got.verdict is Verdict.FORBIDDEN
    assert "customers_suspend" not in {g.action_id for g in got.guesses}


async def test_nobody_may_anything_without_rights() -> None:
    nobody = isp.User(id="n", name="Nobody")
    assert (await understand("what does Amina Bello owe", user=nobody)).verdict in {
        Verdict.FORBIDDEN,
        Verdict.UNKNOWN,
    }


async def test_a_model_that_fails_leaves_the_words() -> None:
    class Broken:
        model_id, dimensions = "broken", 384

        async def embed(self, texts: Any) -> Any:
            raise Unavailable("The embedding model is not installed.")

        def trouble(self) -> str:
            return "not installed"

    plain = Understander(isp.OWNED, isp.ENTITIES, embedder=Broken())
    got = await understand("what does Amina Bello owe", plain)
    assert got.action_id == "billing_balance"
    assert "not installed" in plain.trouble


async def test_the_right_action_is_found_among_a_thousand() -> None:
    crowd = [
        Owned(f"other{i // 25}", replace(o.item, name=f"{o.item.name}_{i}", examples=(f"frobnicate gadget number {i}",), about=f"Frobnicate {i}."))
        for i in range(1_000) for o in (isp.OWNED[i % len(isp.OWNED)],)
    ]  # fmt: skip
    many = Understander([*crowd[:500], *isp.OWNED, *crowd[500:]], isp.ENTITIES)
    assert (await understand("what does Amina Bello owe", many)).action_id == "billing_balance"


async def test_secrets_are_not_shown() -> None:
    from bot.understand.phrasing import command
    from tests.bot.understand.test_values import everything

    said = command(Owned("p", everything), {"secret": "hunter2", "text": 'a "b"'})
    assert said == 'p everything secret=••• text="a \\"b\\""'


@pytest.mark.parametrize(
    "words, action_id, args",
    [
        ("show me urgent tickets", "tickets_search", {"priority": "urgent"}),
        ("list tickets about Hakuna mtandao", "tickets_search", {"text": "Hakuna mtandao"}),
        ("list tickets about no light for Amina Bello", "tickets_search", {"text": "no light", "customer": "Amina Bello"}),
        ("list tickets about Amina Bello", "tickets_search", {"customer": "Amina Bello"}),
    ],
)  # fmt: skip
async def test_each_word_fills_one_argument(words: str, action_id: str, args: Mapping[str, Any]) -> None:
    got = await understand(words)
    assert (got.action_id, got.args) == (action_id, args)


async def test_a_name_after_the_colon_is_only_told() -> None:
    focus = {"customer": "100234"}
    for words in (
        "open a ticket for her: no internet at 1 Fibre Rd",
        "open a ticket: no internet at 1 Fibre Rd",
    ):
        got = await understand(words, focus=focus)
        assert got.args == {"customer": "100234", "subject": "no internet at 1 Fibre Rd"}


async def test_this_customer_is_the_one_the_thread_is_about() -> None:
    got = await understand("what does this customer owe", focus={"customer": "100234"})
    assert (got.action_id, got.args) == ("billing_balance", {"customer": "100234"})


@pytest.mark.parametrize("words", ["show 500999", "500999", "what is 500999"])
async def test_a_number_that_is_nowhere_is_still_the_wish_to_see_it(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.best.args) == (Verdict.CLEAR, {"customer": "500999"})


async def test_a_number_that_is_nowhere_is_not_asked_for_again() -> None:
    async def nobody(_kind: str, _text: str) -> list[Match]:
        return []

    got = await understand("balance of 500999", resolve=nobody)
    assert (got.action_id, got.args, got.best.missing) == ("billing_balance", {"customer": "500999"}, ())


async def test_a_ticket_to_open_is_not_the_one_the_thread_is_about() -> None:
    got = await understand("open a ticket: no light", focus={"ticket": "TCK-10234"})
    assert got.action_id == "tickets_create"
    assert [guess.action_id for guess in got.guesses if "ticket" in guess.args] == []


async def test_an_everyday_word_is_nobody() -> None:
    async def like(kind: str, text: str) -> list[Match]:
        return (
            [Match(key="100555", label="Esther Gitau", record=None, exact=False, score=0.66)]
            if kind == "customer"
            else []
        )

    got = await understand("what is the weather like", resolve=like)
    assert all("customer" not in g.args for g in got.guesses)


@pytest.mark.parametrize(
    "words, lacks",
    [("who is on call now?", "say who is on call"), ("show weak onts", "list lines by their optical level"),
     ("swap my shift on Friday with Bisi", "see or change shifts"), ("Top 10 users by traffic today", "measure traffic"),
     ("issue a credit note for 3 days' outage", "issue credits or refunds"), ("list API keys unused for 90 days", "list API keys")],
)  # fmt: skip
async def test_what_no_action_does_is_named(words: str, lacks: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.lacks, got.guesses) == (Verdict.UNKNOWN, lacks, ())


@pytest.mark.parametrize(
    "words",
    ["reboot the ONT of Amina Bello", "record 5000 cash from Amina Bello", "open a ticket for Amina Bello: weak signal on the router",
     "list tickets about refund", "the signal level of Amina Bello", "which payments failed this week", "which plans do we sell"],
)  # fmt: skip
async def test_what_an_action_does_is_not_denied(words: str) -> None:
    assert (await understand(words)).lacks == ""


async def test_who_did_something_is_no_wish_to_do_it() -> None:
    for words in (
        "who suspended Amina Bello and when?",
        "who closed TCK-10234",
        "who cancelled 100234 this year",
    ):
        got = await understand(words)
        assert all(g.reads_only for g in got.guesses)


async def test_a_forbidden_wish_is_named_with_its_arguments() -> None:
    got = await understand("suspend Amina Bello", user=isp.person("tickets:read", "customers:read"))
    assert got.beyond is not None
    assert (got.beyond.action_id, got.beyond.args["customer"]) == ("customers_suspend", "Amina Bello")


async def test_a_change_is_not_answered_with_a_reading() -> None:
    got = await understand("merge Amina Bello with Grace Adeyemi")
    assert got.verdict is not Verdict.CLEAR or not got.best.reads_only


@pytest.mark.parametrize("amount", ["-50", "minus 50", "50 dollars", "-50 NGN"])
async def test_a_negative_or_foreign_amount_is_asked_for_again(amount: str) -> None:
    got = await understand(f"record a cash payment of {amount} for 100234")
    assert (got.best.action_id, "amount" in got.best.args) == ("billing_record_payment", False)


async def test_a_change_of_what_is_named_takes_nothing_else_from_the_topic() -> None:
    @isp.write("network:write", "log a fault of {customer}: {title}", "log a fault at {site}: {title}")
    async def fault(
        ctx: Any, title: str, customer: isp.Customer | None = None, site: isp.Site | None = None
    ) -> Reply:
        """Log a fault of a customer's line or of a site."""
        return Reply("logged")

    told = Understander([*isp.OWNED, Owned("network", fault)], isp.ENTITIES, embedder=LocalEmbedder())
    focus = {"site": "IKJ"}
    got = await understand("log a fault of Amina Bello: no light", told, focus=focus)
    assert got.args == {"customer": "Amina Bello", "title": "no light"}
    assert (await understand("log a fault: no light", told, focus=focus)).args["site"] == "IKJ"


async def test_a_name_that_ends_in_a_number_stays_whole() -> None:
    async def resolve(kind: str, text: str) -> Any:
        names = list(await isp.find(kind, text)) if kind != "site" else []
        if kind == "site" and text in {"Ikeja Hub", "Ikeja Hub 50"}:
            names = [Match(key="IKJ50", label="Ikeja Hub 50", record=None, exact=text == "Ikeja Hub 50")]
        return names

    got = await understand("schedule maintenance at Ikeja Hub 50 tomorrow 10:00", resolve=resolve)
    assert got.args["site"] == "Ikeja Hub 50"


async def test_the_word_for_what_is_named_is_no_part_of_its_name() -> None:
    got = await understand("close ticket TCK-10235: replaced the ont")
    assert got.args == {"ticket": "TCK-10235", "resolution": "replaced the ont"}
