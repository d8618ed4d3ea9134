"""A mail to "them" behind a list: to all whom it gives, by account or by what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.contract.reply import Column, Reply, Table
from bot.core.all_of_them import to_all
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.understand.understanding import Guess
from tests.evals import world

BROWSED = ("customers_browse", {"area": "nyali", "limit": 15})
GUESS = Guess(
    action_id="email_send", args={"customer": "1001", "text": "we splice"}, score=1.0, reads_only=False,
    said="", from_focus=frozenset({"customer"}),
)  # fmt: skip


class View:
    def action(self, action_id: str) -> Any:
        return next(one for one in world.ACTIONS if one.id == action_id)

    def all(self, _kind: object) -> Any:
        return world.ACTIONS


@dataclass
class Asked:
    """A turn whose readings give one list, and that notes what is called."""

    words: str
    shown: Reply
    thread: Thread
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def question(self) -> Any:
        return SimpleNamespace(words=self.words)

    @property
    def desk(self) -> Any:
        return SimpleNamespace(view=View())

    async def call(self, action_id: str, args: Mapping[str, Any], _via: object) -> Reply:
        if action_id == "email_mass":
            self.calls.append((action_id, dict(args)))
            return Reply("Shall I?")
        return self.shown


def listed(*accounts: str, total: int | None = None, title: str = "Account") -> Reply:
    rows = [(account, "Somebody") for account in accounts]
    return Reply("a list", table=Table(columns=[Column(title), Column("Name")], rows=rows, total=total))


async def mailed(
    shown: Reply,
    words: str = "mail them: we splice",
    last: tuple[str, dict[str, Any]] | None = BROWSED,
    **thread: Any,
) -> tuple[Reply | None, list[tuple[str, dict[str, Any]]]]:
    asked = Asked(words, shown, Thread(last=last, **thread))
    reply = await to_all(cast("Turn", asked), GUESS)
    return reply, asked.calls


@pytest.mark.parametrize(
    "words", ["mail them: we splice", "email all of them that we splice", "e-mail these: x"]
)
async def test_all_of_a_list_get_it_by_account(words: str) -> None:
    reply, calls = await mailed(listed("1001", "1002", "1003", total=3), words)
    assert calls == [("email_mass", {"text": "we splice", "customers": ["1001", "1002", "1003"]})]
    assert (
        reply
        and reply.understood == 'I read this as: `email mass text="we splice" customers="1001,1002,1003"`'
    )


async def test_a_long_list_is_named_by_what_it_was_narrowed_by() -> None:
    _, calls = await mailed(listed("1001", "1002", total=219))
    assert calls == [("email_mass", {"text": "we splice", "area": "nyali"})]


@pytest.mark.parametrize(
    "last",
    [
        ("customers_browse", {"area": "nyali", "status": "suspended"}),
        ("customers_browse", {"kind": "business"}),  # of a mailing, a kind is news or service
        ("customers_find", {"query": "nyali"}),
    ],
)
async def test_a_long_list_that_no_mailing_can_name_is_not_cut(last: tuple[str, dict[str, Any]]) -> None:
    reply, calls = await mailed(listed("1001", "1002", total=219), last=last)
    assert reply and "219 rows, too many to be taken one by one" in reply.text and not calls


async def test_a_list_that_goes_on_is_not_taken_for_all() -> None:
    reply, calls = await mailed(
        listed(*map(str, range(1000, 1050))), last=("customers_find", {"query": "x"}), walk=("1000",) * 10
    )
    assert reply and "more customers than I showed" in reply.text and not calls


async def test_a_customer_in_two_rows_gets_one_mail() -> None:
    _, calls = await mailed(listed("1001", "1002", "1001", total=3))
    assert calls == [("email_mass", {"text": "we splice", "customers": ["1001", "1002"]})]


async def test_a_row_without_a_customer_is_nobody() -> None:
    assert await mailed(listed("1001", "1002", "", total=3)) == (None, [])


async def test_the_rows_that_were_kept_of_a_list_are_all_of_them() -> None:
    part = ("1002 Somebody", "1003 Somebody")
    _, calls = await mailed(
        listed("1001", "1002", "1003", total=3), walk=("1001",), part=part, listing=BROWSED
    )
    assert calls == [("email_mass", {"text": "we splice", "customers": ["1002", "1003"]})]


async def test_where_none_was_left_nobody_gets_it() -> None:
    reply, calls = await mailed(listed("1001", "1002", total=2), part=("1002 Somebody",), listing=BROWSED)
    assert reply and reply.text.startswith("Nobody is left") and not calls


async def test_an_outage_that_was_shown_says_whom_it_hits() -> None:
    for last, named in ((None, {"outage": ("OUT-7",)}), (("network_outage", {"outage": "OUT-7"}), {})):
        _, calls = await mailed(Reply("an outage"), last=last, named=named)
        assert calls == [("email_mass", {"text": "we splice", "outage": "OUT-7"})]


@pytest.mark.parametrize(
    ("words", "shown", "last"),
    [
        ("mail her: we splice", listed("1001", "1002", total=2), BROWSED),
        ("mail 1001: tell them we splice", listed("1001", "1002", total=2), BROWSED),
        ("mail them: we splice", listed("1001", total=1), BROWSED),
        ("mail them: we splice", Reply("a customer"), ("customers_show", {"customer": "1001"})),
        ("mail them: we splice", listed("Ann", "Bo", total=2, title="Customer"), ("tickets_search", {})),
    ],
)
async def test_one_or_nobody_in_particular_stays_one(
    words: str, shown: Reply, last: tuple[str, dict[str, Any]]
) -> None:
    assert await mailed(shown, words, last) == (None, [])


MASS = replace(GUESS, action_id="email_mass", args={"text": "we splice"}, from_focus=frozenset())


async def _mass(
    shown: Reply, last: tuple[str, dict[str, Any]] | None, guess: Guess = MASS
) -> tuple[Reply | None, list[tuple[str, dict[str, Any]]]]:
    asked = Asked("mail them all: we splice", shown, Thread(last=last))
    return await to_all(cast("Turn", asked), guess), asked.calls


async def test_a_mail_to_many_that_says_nobody_is_for_those_of_the_list() -> None:
    _, calls = await _mass(listed("1001", "1002", total=2), BROWSED)
    assert calls == [("email_mass", {"text": "we splice", "customers": ["1001", "1002"]})]
    named = replace(MASS, args={"text": "we splice", "area": "nyali"})
    assert await _mass(listed("1001", "1002", total=2), BROWSED, named) == (None, []), "it says whom itself"


async def test_behind_a_mail_that_waits_them_are_those_it_is_for() -> None:
    _, calls = await _mass(Reply("-"), ("email_mass", {"area": "nyali", "text": "hello"}))
    assert calls == [("email_mass", {"area": "nyali", "text": "we splice"})]
    assert await _mass(Reply("-"), None) == (None, [])
    assert await _mass(Reply("-"), ("billing_credit", {"customer": "1001"})) == (None, [])
