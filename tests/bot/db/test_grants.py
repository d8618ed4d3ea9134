"""Grants as rows; nothing of one tenant is seen or touched by another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.contract.scope import Area
from bot.db import grants, roles, users
from bot.db.grants import NewGrant
from bot.db.roles import RolePermission

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
async def held(database, tenant):
    """Pia sells on the coast; returns (her id, the grant's id)."""
    async with database.tenant(tenant.id) as session:
        pia = await users.do_add_person(session, name="Pia", email="pia@acme.example")
        await roles.do_add_role(session, name="seller")
        await roles.do_allow(session, "seller", RolePermission(permission="shop:sell", max_amount=5))
        area = Area(region=frozenset({"coast"}))
        grant_id = await grants.do_grant(session, NewGrant(user_id=pia.id, role="seller", by="t", area=area))
    return pia.id, grant_id


async def test_a_right_carries_its_area_and_limits(database, tenant, held):
    async with database.tenant(tenant.id) as session:
        [right] = await grants.find_rights(session, held[0], NOW)
    assert (right.permission, right.max_amount, right.max_count) == ("shop:sell", 5, None)
    assert right.area == Area(region=frozenset({"coast"}))


async def test_a_role_that_may_do_nothing_is_still_held(database, tenant, held):
    async with database.tenant(tenant.id) as session:
        await roles.do_add_role(session, name="guest")
        await grants.do_grant(session, NewGrant(user_id=held[0], role="guest", by="t"))
        assert ("guest", "") in {
            (r.role, r.permission) for r in await grants.find_rights(session, held[0], NOW)
        }


async def test_grants_are_found_by_person_role_and_id(database, tenant, held):
    async with database.tenant(tenant.id) as session:
        assert [g.id for g in await grants.find_grants(session, NOW, user_id=held[0])] == [held[1]]
        assert [g.id for g in await grants.find_grants(session, NOW, grant_id=held[1][:6])] == [held[1]]
        assert await grants.find_grants(session, NOW, role="boss") == []


async def test_the_database_itself_wants_an_end_and_a_reason_for_a_broken_glass(database, tenant, held):
    for facts in ({"reason": "fire"}, {"expires_at": NOW + timedelta(hours=1)}):
        with pytest.raises(IntegrityError):
            async with database.tenant(tenant.id) as session:
                await grants.do_grant(
                    session, NewGrant(user_id=held[0], role="seller", by="t", break_glass=True, **facts)
                )


async def test_another_tenant_sees_and_touches_no_grant(database, tenant, other_tenant, held):
    async with database.tenant(other_tenant.id) as session:
        assert await grants.find_rights(session, held[0], NOW) == []
        assert await grants.find_grants(session, NOW) == []
        assert not await grants.do_revoke(session, held[1], by="thief", now=NOW)
    with pytest.raises(IntegrityError):
        async with database.tenant(other_tenant.id) as session:
            await roles.do_add_role(session, name="seller")
            await grants.do_grant(session, NewGrant(user_id=held[0], role="seller", by="thief"))
    async with database.tenant(tenant.id) as session:
        assert len(await grants.find_grants(session, NOW)) == 1
        assert await grants.do_revoke(session, held[1], by="t", now=NOW)
        assert await grants.find_rights(session, held[0], NOW) == []


async def test_an_effect_of_one_tenant_is_none_of_another(database, tenant, other_tenant, held):
    async with database.tenant(tenant.id) as session:
        await grants.do_grant(session, NewGrant(user_id=held[0], role="seller", by="t", effect_key="k"))
        assert await grants.was_granted(session, "k")
    async with database.tenant(other_tenant.id) as session:
        assert not await grants.was_granted(session, "k")
