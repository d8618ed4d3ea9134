from dataclasses import replace

import pytest

from bot.contract.action import Via
from bot.contract.people import Tenant
from bot.contract.reply import Button, Choice, Column, Reply, Table
from bot.core.choosing import chosen
from bot.core.kept_threads import do_save_thread, get_thread
from bot.core.listed import picks, picks_of, rows_of
from bot.core.question import Question
from bot.core.threads import Asking, Pick, Thread
from bot.db import threads as rows
from bot.db.database import Database
from tests.bot.understand import isp

ADA, BISI = isp.person(name="Ada Obi"), isp.person(name="Bisi Ojo")
FULL = Thread(
    focus={"customer": "100234"},
    picks=(Pick(label="A", words="a", via=Via.MODEL), Pick(label="B", action_id="x_y", args={"n": 1})),
    rows=("TCK-1", "TCK-2"),
    asking=Asking(action_id="tickets_create", args={"customer": "1"}, argument="subject", via=Via.MODEL),
    last=("billing_balance", {"customer": "100234"}),
    waiting="3f2a",
    undoable="c0ff",
)


def question(tenant: Tenant, user=ADA, thread: str = "t") -> Question:
    return Question(tenant=tenant, user=user, words="", thread=thread, surface="test")


async def test_a_thread_comes_back_as_it_was(database: Database, tenant: Tenant) -> None:
    await do_save_thread(database, question(tenant), Thread(), FULL)
    assert await get_thread(database, question(tenant)) == FULL
    await do_save_thread(database, question(tenant), FULL, replace(FULL, waiting=""))
    assert (await get_thread(database, question(tenant))).waiting == ""


@pytest.mark.parametrize(
    "kept",
    [
        {"picks": [{"label": "A"}]},
        {"picks": [7]},
        {"asking": {"via": "smoke signal"}},
        {"last": []},
        {"picks": None},
    ],
)
async def test_what_another_version_kept_is_forgotten_save_the_topic(
    database: Database, tenant: Tenant, kept: dict
) -> None:
    await do_save_thread(database, question(tenant), Thread(), FULL)
    async with database.tenant(tenant.id) as session:
        await rows.do_save_thread(session, "test", "t", ADA.id, {"waiting": "3f2a", **kept})
    found = await get_thread(database, question(tenant))
    assert found.focus == FULL.focus
    assert found.picks == ()


async def test_what_was_spoken_of_last_is_still_last_when_it_is_read_again(
    database: Database, tenant: Tenant
) -> None:
    device, port = {"device": "olt-1"}, {"port": "olt-1 PON 1/9"}
    await do_save_thread(database, question(tenant), Thread(), Thread(focus={**device, **port}))
    found = await get_thread(database, question(tenant))
    assert list(found.focus) == ["device", "port"]
    await do_save_thread(database, question(tenant), found, Thread(focus={**port, **device}))
    assert list((await get_thread(database, question(tenant))).focus) == ["port", "device"]


async def test_others_share_the_topic_and_nothing_else(database: Database, tenant: Tenant) -> None:
    await do_save_thread(database, question(tenant), Thread(), FULL)
    assert await get_thread(database, question(tenant, BISI)) == Thread(focus=FULL.focus)
    assert await get_thread(database, question(tenant, thread="other")) == Thread()


async def test_another_tenant_sees_none_of_it(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    await do_save_thread(database, question(tenant), Thread(), FULL)
    assert await get_thread(database, question(other_tenant)) == Thread()


@pytest.mark.parametrize(
    "words, label", [("1", "A"), ("2.", "B"), ("#2", "B"), ("option 1", "A"), ("b", "B"), ("number 2", "B")]
)
def test_numbers_and_labels_choose_picks(words: str, label: str) -> None:
    found = chosen(FULL, words)
    assert isinstance(found, Pick)
    assert found.label == label


@pytest.mark.parametrize(
    "words, row", [("the second one", "TCK-2"), ("first", "TCK-1"), ("the last ticket", "TCK-2")]
)
def test_ordinals_choose_rows(words: str, row: str) -> None:
    assert chosen(FULL, words) == row


@pytest.mark.parametrize("words", ["3", "0", "99", "first of all, who is she?", "2 tickets", "", "no"])
def test_other_words_choose_nothing(words: str) -> None:
    assert chosen(FULL, words) is None


def test_choices_come_before_buttons() -> None:
    reply = Reply("x", choices=(Choice("one", "say one"),), buttons=(Button("press", "a_b"),))
    assert picks(reply) == ("one", "press")
    assert picks_of(reply)[1].action_id == "a_b"


def test_rows_are_the_first_cells() -> None:
    table = Table(columns=(Column("A"),), rows=[("TCK-1", 2), ("TCK-2", 3)])
    assert rows_of(Reply("x", table=table)) == ("TCK-1", "TCK-2")
    assert rows_of(Reply("x")) == ()


def test_the_latest_topic_stands_last_and_old_ones_go() -> None:
    thread = Thread().about({"customer": "1"}).about({"ticket": "T"}).about({"customer": "2"})
    assert list(thread.focus.items()) == [("ticket", "T"), ("customer", "2")]
    assert len(Thread(focus={f"k{i}": "v" for i in range(9)}).about({"x": "y"}).focus) == 6
