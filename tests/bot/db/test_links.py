"""Links and codes as rows; nothing of one tenant is seen or touched by another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.db import links, users

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def pia(database, tenant):
    async with database.tenant(tenant.id) as session:
        pia = await users.do_add_person(session, name="Pia", email="pia@acme.example")
        await links.do_link(session, surface="slack", external_id="T:U", user_id=pia.id, how="grant", by="t")
        await links.do_issue_code(
            session, user_id=pia.id, code_hash=b"h" * 32, by="t", now=NOW, until=NOW + HOUR
        )
    return pia.id


async def test_a_new_link_takes_the_place_of_the_old(database, tenant, pia):
    async with database.tenant(tenant.id) as session:
        zoe = await users.do_add_person(session, name="Zoe")
        await links.do_link(session, surface="slack", external_id="T:U", user_id=zoe.id, how="code", by="t")
        assert (await links.get_account(session, "slack", "T:U")).person.id == zoe.id
        assert (await links.get_account(session, "web", "T:U")).person is None
        assert await links.find_links(session, pia) == []


async def test_attempts_are_counted_and_forgotten(database, tenant):
    async with database.tenant(tenant.id) as session:
        assert await links.do_count_attempt(session, "slack", "a", NOW, NOW - HOUR) == (1, 1)
        assert await links.do_count_attempt(session, "slack", "b", NOW, NOW - HOUR) == (1, 2)
        later = NOW + 2 * HOUR
        assert await links.do_count_attempt(session, "slack", "a", later, later - HOUR) == (1, 1)
        await links.do_clear_attempts(session, "slack", "a")
        assert await links.do_count_attempt(session, "slack", "a", later, later - HOUR) == (1, 1)


async def test_another_tenant_sees_and_touches_no_link(database, tenant, other_tenant, pia):
    async with database.tenant(other_tenant.id) as session:
        assert (await links.get_account(session, "slack", "T:U")).person is None
        assert await links.find_links(session) == []
        assert await links.take_code(session, b"h" * 32, NOW) is None
        assert not await links.do_unlink(session, "slack", "T:U")
        await links.do_clear_attempts(session, "slack", "T:U")
    with pytest.raises(IntegrityError):
        async with database.tenant(other_tenant.id) as session:
            await links.do_link(
                session, surface="slack", external_id="T:X", user_id=pia, how="grant", by="thief"
            )
    with pytest.raises(IntegrityError):
        async with database.tenant(other_tenant.id) as session:
            await links.do_issue_code(
                session, user_id=pia, code_hash=b"x" * 32, by="thief", now=NOW, until=NOW + HOUR
            )
    async with database.tenant(tenant.id) as session:
        assert (await links.get_account(session, "slack", "T:U")).person.id == pia
        assert await links.take_code(session, b"h" * 32, NOW) == pia
        assert await links.take_code(session, b"h" * 32, NOW) is None
