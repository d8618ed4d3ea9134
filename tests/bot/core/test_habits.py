"""What a role asked most in its last week begins a greeting, counted from the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.contract.people import Tenant, User
from bot.core.habits import KEPT, Habits
from bot.core.help import help_for, suggest
from bot.db import grants, roles, users
from bot.db.audit import Entry, do_append
from bot.db.database import Database
from bot.db.grants import NewGrant
from tests.bot.understand import isp

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOC = User(id="n", name="Nils", roles=frozenset({"noc"}))


async def ran(
    database: Database, tenant: Tenant, who: str, action: str, times: int = 3, **other: Any
) -> None:
    async with database.tenant(tenant.id) as session:
        for _ in range(times):
            entry = {
                "at": NOW - timedelta(days=1),
                "event": "ran",
                "body": "{}",
                "call_id": None,
                "things": [],
            }
            await do_append(session, Entry(**{**entry, "user_id": who, "action_id": action, **other}))


@pytest.fixture
async def people(database: Database, tenant: Tenant) -> Sequence[str]:
    """Return two of the role noc and one of another."""
    async with database.tenant(tenant.id) as session:
        made = [await users.do_add_person(session, name=name) for name in ("Nils", "Oyin", "Sam")]
        for role in ("noc", "support"):
            await roles.do_add_role(session, name=role)
        for person, role in zip(made, ("noc", "noc", "support"), strict=True):
            await grants.do_grant(session, NewGrant(user_id=person.id, role=role, by="t"))
    return [person.id for person in made]


async def test_what_most_of_a_role_ran_in_the_last_week_comes_first(
    database: Database, tenant: Tenant, people: Sequence[str]
) -> None:
    nils, oyin, sam = people
    await ran(database, tenant, nils, "network_line", 3)
    await ran(database, tenant, oyin, "network_line", 1)
    await ran(database, tenant, nils, "network_outages", 6)
    await ran(database, tenant, nils, "network_device", 2)
    await ran(database, tenant, sam, "tickets_my_queue", 9)
    await ran(database, tenant, nils, "billing_revenue", 9, at=NOW - timedelta(days=8))
    await ran(database, tenant, nils, "network_reboot", 9, event="refused")
    assert await Habits().used(database, tenant, NOC, NOW) == ("network_line", "network_outages")


async def test_it_is_counted_once_an_hour(database: Database, tenant: Tenant, people: Sequence[str]) -> None:
    habits = Habits()
    assert await habits.used(database, tenant, NOC, NOW) == ()
    await ran(database, tenant, people[0], "network_outages")
    assert await habits.used(database, tenant, NOC, NOW + KEPT / 2) == ()
    assert await habits.used(database, tenant, NOC, NOW + KEPT) == ("network_outages",)


def test_a_greeting_and_help_begin_with_it_and_go_on_with_what_is_asked_all_day() -> None:
    user = isp.person("network:read", roles=frozenset({"noc"}))
    plain = suggest(isp.VIEW, user, {}, 3)
    mine = [o for o in isp.VIEW.actions_for(user) if o.item.reads_only]
    said = {o.id: suggest(isp.VIEW, user, {}, 1, [o.id, "billing_overdue"])[0] for o in mine}
    other = next(i for i, words in said.items() if words != plain[0])
    assert suggest(isp.VIEW, user, {}, 3, [other])[0] == said[other]
    assert set(suggest(isp.VIEW, user, {}, 3, [other])[1:]) <= set(plain)
    table = help_for(isp.VIEW, user, used=[other]).table
    assert table is not None and said[other] in {row[2] for row in table.rows}
