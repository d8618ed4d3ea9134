"""Tenants are found by name and id, and written by nobody else."""

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.tenants import (
    check_tenant,
    do_create_tenant,
    do_set_tenant_setting,
    find_tenants,
    get_tenant,
    get_tenant_settings,
)
from bot.errors import BadInput, Conflict, NotFound


async def test_a_tenant_is_found_by_slug_and_by_id(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.system() as session:
        assert await get_tenant(session, "acme") == tenant
        assert await get_tenant(session, other_tenant.id) == other_tenant
        assert await find_tenants(session) == [tenant, other_tenant]


async def test_a_bound_transaction_sees_its_own_tenant_only(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        assert await find_tenants(session) == [tenant]
        with pytest.raises(NotFound):
            await get_tenant(session, other_tenant.id)


async def test_an_unknown_tenant_is_said(database: Database) -> None:
    async with database.system() as session:
        with pytest.raises(NotFound, match="no tenant 'nobody'"):
            await get_tenant(session, "nobody")


async def test_a_slug_is_taken_once_and_nothing_is_left_of_the_second(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(Conflict, match="already a tenant 'acme'"):
        async with database.system() as session:
            await do_create_tenant(session, slug="acme", name="Another")
    async with database.system() as session:
        assert await find_tenants(session) == [tenant]


async def test_settings_are_kept_and_belong_to_the_tenant(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        await do_set_tenant_setting(session, tenant.id, "budget", '{"eur": 5}')
        await do_set_tenant_setting(session, other_tenant.id, "budget", '{"eur": 9}')
    async with database.system() as session:
        assert await get_tenant_settings(session, tenant.id) == {"budget": {"eur": 5}}
        assert await get_tenant_settings(session, other_tenant.id) == {}


async def test_an_unbound_transaction_writes_no_tenant(database: Database, tenant: Tenant) -> None:
    async with database.system() as session:
        changed = await session.execute(text("update tenants set name = 'Mine' returning 1"))
        gone = await session.execute(text("delete from tenants returning 1"))
        assert (changed.all(), gone.all()) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"slug": "Acme Fiber"}, "short name"),
        ({"name": "  "}, "name that people read"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"timezone": "../etc/passwd"}, "time zone"),
        ({"timezone": "Africa/Nairobbi"}, "try Africa/Nairobi"),
        ({"currency": "euro"}, "currency"),
        ({"currency": "XXQ"}, "ISO 4217"),
        ({"currency": "kes"}, "KES"),
        ({"locale": "English"}, "language"),
    ],
)
def test_what_cannot_be_a_tenant_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_tenant(**{"slug": "acme", "name": "Acme Fiber", **wrong})


def test_a_usual_tenant_passes() -> None:
    check_tenant(slug="acme", name="Acme", timezone="America/Sao_Paulo", currency="BRL", locale="pt-BR")
