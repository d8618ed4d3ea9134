"""Roles as rows; nothing of one tenant is seen or touched by another."""

from __future__ import annotations

import pytest

from bot.db import roles
from bot.db.roles import RolePermission


@pytest.fixture
async def seller(database, tenant):
    async with database.tenant(tenant.id) as session:
        await roles.do_add_role(session, name="seller", about="Sells", built_in=True)
        await roles.do_allow(
            session, "seller", RolePermission(permission="shop:sell", max_amount=5, max_count=2)
        )


async def test_limits_change_and_permissions_go(database, tenant, seller):
    async with database.tenant(tenant.id) as session:
        assert not await roles.do_add_role(session, name="seller")
        await roles.do_allow(session, "seller", RolePermission(permission="shop:sell", max_amount=9))
        [role] = await roles.find_roles(session)
        assert role.permissions == (RolePermission(permission="shop:sell", max_amount=9),)
        assert await roles.do_forbid(session, "seller", "shop:sell")
        assert not await roles.do_forbid(session, "seller", "shop:sell")
        assert await roles.find_permissions(session, ["seller", "none"]) == {}


async def test_an_offer_never_lifts_a_limit_or_makes_a_role(database, tenant, seller):
    async with database.tenant(tenant.id) as session:
        await roles.do_offer(session, [("seller", "shop:sell"), ("nobody", "shop:sell")])
        assert await roles.find_permissions(session, ["seller", "nobody"]) == {
            "seller": (RolePermission(permission="shop:sell", max_amount=5, max_count=2),)
        }


async def test_built_in_roles_stay(database, tenant, seller):
    async with database.tenant(tenant.id) as session:
        assert not await roles.do_remove_role(session, "seller")
        await roles.do_add_role(session, name="own")
        assert await roles.do_remove_role(session, "own")


async def test_another_tenant_sees_and_touches_no_role(database, tenant, other_tenant, seller):
    async with database.tenant(other_tenant.id) as session:
        assert await roles.find_roles(session) == []
        assert await roles.find_permissions(session, ["seller"]) == {}
        assert not await roles.do_forbid(session, "seller", "shop:sell")
        assert not await roles.do_remove_role(session, "seller")
        await roles.do_offer(session, [("seller", "shop:buy")])
    async with database.tenant(tenant.id) as session:
        assert [p.permission for p in (await roles.find_roles(session))[0].permissions] == ["shop:sell"]
