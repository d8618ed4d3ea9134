"""What is said about a list that was just shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.contract.money import Money
from bot.contract.people import Tenant
from bot.contract.reply import Align, Column, Reply, Table, Tone
from bot.core import rows
from bot.core.row_words import CHART, COUNT, CSV, MORE, SORT
from bot.db.database import Database
from bot.understand.understander import Understander
from tests.bot.core.answer_world import NotingGate, Talk, talk
from tests.bot.understand import isp

OWED = (300, 100, 500, 200, 400)


@dataclass
class ListingGate(NotingGate):
    """Answers every reading with the first `limit` of five rows, three unless more are asked for."""

    most: int = 50
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    async def call(self, user: Any, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
        await super().call(user, action_id, args, **more)
        self.asked.append(args)
        rows = [(f"10000{at}", Money(owed * 100, "NGN")) for at, owed in enumerate(OWED, 1)]
        page = rows[: min(args.get("limit", 3), self.most)]
        table = Table(columns=(Column("Account"), Column("Owed", Align.RIGHT)), rows=page, total=len(rows))
        return Reply(f"The first {len(page)} of {len(rows)}:", table=table)


@pytest.fixture
def listing(database: Database, tenant: Tenant) -> Talk:
    made = talk(database, tenant, Understander(isp.OWNED, isp.ENTITIES))
    gate = ListingGate()
    return replace(made, desk=replace(made.desk, gate=gate), gate=gate)


def names(reply: Reply) -> list[str]:
    assert reply.table is not None, reply.text
    return [str(row[0]) for row in reply.table.rows]


@pytest.mark.parametrize(
    "words",
    [
        "more",
        "next",
        "show more",
        "next 10",
        "5 more please",
        "the rest",
        "ok show me the next ones",
        "continue",
    ],
)
def test_these_ask_for_more(words: str) -> None:
    assert MORE.match(words)


@pytest.mark.parametrize(
    "words", ["more than 30 days", "next week", "the rest of the payments", "all tickets"]
)
def test_these_do_not(words: str) -> None:
    assert not MORE.match(words)


def test_other_words_about_a_list() -> None:
    assert all(CSV.match(w) for w in ("as csv", "export this as excel", "csv please", "can you export it"))
    assert not any(CSV.match(w) for w in ("in", "to", "as soon as possible", "download speed of 100203"))
    assert all(CHART.match(w) for w in ("as a chart", "show it as a graph", "plot this"))
    assert not CHART.match("chart of the sessions at Ikeja")
    assert all(COUNT.match(w) for w in ("how many", "and how many are there?", "how many in all"))
    assert not COUNT.match("how many sessions are on bng1")
    assert all(SORT.match(w) for w in ("sort by amount", "sorted by owed, largest first", "biggest first"))
    assert not SORT.match("sort it out with Amina")


async def test_more_shows_the_rows_behind_and_they_can_be_pointed_at(listing: Talk) -> None:
    assert names(await listing.say("show overdue invoices over 30 days")) == ["100001", "100002", "100003"]
    more = await listing.say("more")
    assert names(more) == ["100004", "100005"]
    assert more.text == "4 to 5 of 5. These are the last."
    assert (await listing.say("next")).text == "That was all of it."


async def test_a_list_that_can_give_no_more_rows_says_so(listing: Talk) -> None:
    listing.gate.most = 3
    await listing.say("show overdue invoices over 30 days")
    assert "no more than 3 of these 5" in (await listing.say("more")).text


async def test_after_more_the_question_is_still_the_first_one(listing: Talk) -> None:
    await listing.say("show overdue invoices over 30 days")
    await listing.say("2 more")
    await listing.say("over 60 days")
    assert "limit" not in listing.gate.asked[-1]
    assert listing.gate.asked[-1]["days"] == 60


async def test_how_many_sorted_as_a_file_and_as_a_chart(listing: Talk) -> None:
    await listing.say("show overdue invoices over 30 days")
    assert (await listing.say("how many")).text == "5 accounts."
    assert names(await listing.say("sort by amount")) == ["100003", "100005", "100001", "100004", "100002"]
    assert names(await listing.say("sort by owed, smallest first"))[:3] == ["100002", "100004", "100001"]
    asked = await listing.say("sort by colour")
    assert "Account, Owed" in asked.text
    file = (await listing.say("as csv")).file
    assert file is not None
    assert file.text.count("\n") == 6
    chart = (await listing.say("as a chart")).chart
    assert chart is not None
    assert list(chart.axis) == ["100001", "100002", "100003", "100004", "100005"]


async def test_a_list_too_long_for_a_file_is_no_file_of_its_first_rows(
    listing: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing.gate.most = 3
    first = await listing.say("show overdue invoices over 30 days")
    assert (await listing.say("as csv")).file is not None
    monkeypatch.setattr(rows, "_known", lambda _: {"limit", "csv"})
    await listing.say("show overdue invoices over 30 days")
    said = await listing.say("as csv")
    assert (said.file, said.tone, said.text) == (None, Tone.WARN, first.text)


async def test_without_a_list_there_is_nothing_more(listing: Talk) -> None:
    assert "understand" in (await listing.say("more")).text


async def test_more_of_a_sorted_list_goes_on_in_its_order(
    listing: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.OWED", tuple(range(1, 121)))
    listing.gate.most = 200
    await listing.say("show overdue invoices over 30 days")
    first = await listing.say("sort by amount")
    assert "50 of 120" in first.text
    assert names(first)[0] == "10000120"
    more = await listing.say("more")
    assert more.text == "51 to 70 of 120."
    assert names(more)[0] == "1000070"
    assert names(await listing.say("more"))[0] == "1000050"
