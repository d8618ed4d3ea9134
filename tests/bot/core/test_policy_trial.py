"""A policy tried on recorded calls: what it would have held back, of whom, and whether anybody could say yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.contract.action import Approval
from bot.contract.platform import PolicyCard
from bot.contract.platform_cards import PolicyReplay
from bot.core import policies
from bot.core.policy_trial import replay
from bot.db import calls
from bot.db.calls import Call
from bot.errors import BadInput, NotFound


@pytest.fixture
async def kit(bench):
    return await bench("admin", "customers")


async def record(
    kit, count: int, *, action: str = "admin_grant", ago=timedelta(days=1), by=None, **values
) -> None:
    async with kit.database.tenant(kit.tenant.id) as session:
        for _ in range(count):
            given = {
                "id": str(uuid4()),
                "key": uuid4().hex,
                "action_id": action,
                "args": {},
                "needs": 1,
                "via": "person",
                "asked_by": (by or kit.ann).id,
                "asked_name": (by or kit.ann).name,
                "asked_at": kit.now - ago,
                "state": "done",
                "preview": {"summary": f"did {action}", "hits": 1, "amount": ""},
            }  # fmt: skip - a row
            await calls.do_ask(session, Call(**{**given, **values}))


async def tried(kit, wish=None, **more):
    return await replay(kit.database, kit.registry, kit.tenant, now=kit.now, wish=wish, **more)


async def test_what_it_would_have_held_back_is_counted(kit):
    await record(kit, 3)
    await record(kit, 2, action="admin_remove_role", needs=2)
    await record(kit, 4, ago=timedelta(days=40))
    wish = PolicyCard(action="admin_*", needs=Approval.OTHER)
    found = await tried(kit, wish)
    assert (found.calls, found.held, found.freed, found.vain) == (5, 3, 0, 0)
    assert (found.yes_today, found.yes_then) == (2, 5)
    assert (found.then[Approval.OTHER], found.today[Approval.SELF]) == (5, 3)
    assert "In the last 30 days this would have held back 3 of 5 calls." in found.words
    assert "3 more yeses of other people (5 in all)" in found.words
    assert "1 more yes of other people (3 in all)" in replace(found, yes_then=3).words
    (one,) = found.examples
    assert (one.by, one.what, one.alike, one.today, one.then) == ("Ann Apple", "did admin_grant", 3, 1, 2)
    assert (await tried(kit, wish, since=timedelta(days=60))).held == 7


async def test_values_of_arguments_count(kit):
    await record(kit, 2, action="admin_add_role", args={"name": "Night"})
    await record(kit, 3, action="admin_add_role", args={"name": "day"})
    wish = PolicyCard(action="admin_*", needs=Approval.OTHER, given="name=night")
    assert ((found := await tried(kit, wish)).calls, found.held) == (5, 2)
    assert (found.examples[0].alike, len(found.examples)) == (2, 1)
    made = await policies.add(kit.database, kit.registry, kit.tenant, wish, by="t")
    assert (await tried(kit, PolicyCard(action="admin_*", needs=Approval.OTHER))).held == 3
    assert (await tried(kit, without=made.id)).freed == 2
    with pytest.raises(BadInput, match="no argument `nome`"):
        await tried(kit, PolicyCard(action="admin_add_role", needs=Approval.OTHER, given="nome=x"))


async def test_thresholds_and_what_is_asked_today_count(kit):
    for hits in (1, 9, 10, 500):
        await record(kit, 1, preview={"summary": "x", "hits": hits, "amount": "1,250.00 EUR"})
    assert (
        await tried(kit, PolicyCard(action="admin_grant", needs=Approval.TWO, over_customers=10))
    ).held == 2
    amount = PolicyCard(action="admin_*", needs=Approval.OTHER, over_amount=125_000)
    assert (await tried(kit, amount)).held == 4
    assert (
        await tried(kit, PolicyCard(action="admin_*", needs=Approval.OTHER, over_amount=125_001))
    ).held == 0
    made = await policies.add(kit.database, kit.registry, kit.tenant, amount, by="t")
    again = await tried(kit, PolicyCard(action="*", needs=Approval.OTHER))
    assert (again.held, again.yes_today, again.yes_then) == (0, 4, 4), "today's policies ask for it already"
    gone = await tried(kit, without=made.id)
    assert (gone.held, gone.freed, gone.yes_then) == (0, 4, 0)
    assert "let 4 of 4 calls go with less" in gone.words


async def test_a_yes_that_nobody_could_say_is_named(kit):
    """A role that only the asker holds, or nobody: the call would wait until it expires."""
    carl = await kit.person("Carl Cole", ["admin:grants"])
    (role,) = carl.roles
    await record(kit, 2, by=carl)
    await record(kit, 1, by=kit.ann)
    found = await tried(kit, PolicyCard(action="admin_grant", needs=Approval.OTHER, approver_role=role))
    assert (found.held, found.vain) == (3, 2)
    assert "For 2 of them nobody here could have said yes." in found.words
    with pytest.raises(NotFound, match="role"):
        await tried(kit, PolicyCard(action="admin_grant", needs=Approval.OTHER, approver_role="king"))


async def test_nothing_to_try_it_on(kit):
    wish = PolicyCard(action="*", needs=Approval.OTHER)
    assert "nobody asked for a change" in (await tried(kit, wish)).words
    with pytest.raises(BadInput, match="at most a year"):
        await tried(kit, wish, since=timedelta(days=400))


async def test_the_preview_and_the_action_say_it(kit):
    await record(kit, 3)
    asked = await kit.call("admin_add_policy", {"applies_to": "admin_grant", "needs": "other"})
    assert "In the last 30 days this would have held back 3 of 3 calls." in asked.text
    shown = await kit.call("admin_try_policy", {"applies_to": "admin_grant", "needs": "other"})
    assert "held back 3 of 4 calls" in shown.text, "that of a moment ago is one of them"
    assert len(shown.table.rows) == 1
    assert await policies.find(kit.database, kit.tenant) == [], "nothing is kept"


@pytest.mark.parametrize(("then", "said"), [(1, "1 more yes of"), (2, "2 more yeses of")])
def test_one_yes_is_no_yeses(then: int, said: str) -> None:
    tried = PolicyReplay(
        since=timedelta(days=30),
        calls=3,
        held=then,
        freed=0,
        vain=0,
        today={},
        then={},
        yes_today=0,
        yes_then=then,
    )
    assert said in tried.words
