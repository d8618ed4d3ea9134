"""People as rows; nothing of one tenant is seen or touched by another."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.db import users
from bot.errors import Conflict, NotFound


@pytest.fixture
async def pia(database, tenant):
    async with database.tenant(tenant.id) as session:
        await users.do_add_person(session, name="Piano Tuner")
        return await users.do_add_person(session, name="Pia", email="Pia@acme.example")


async def test_people_are_found_whole_matches_first(database, tenant, pia):
    async with database.tenant(tenant.id) as session:
        assert [p.name for p in await users.find_people(session, "pia")] == ["Pia", "Piano Tuner"]
        assert [p.name for p in await users.find_people(session)] == ["Pia", "Piano Tuner"]
        assert await users.find_people(session, "%") == []
        assert (await users.get_person_by_email(session, " PIA@ACME.example")).id == pia.id
        assert await users.get_person_by_email(session, "") is None


async def test_an_address_belongs_to_one_person_and_the_transaction_goes_on(database, tenant, pia):
    async with database.tenant(tenant.id) as session:
        with pytest.raises(Conflict, match="already belongs"):
            await users.do_add_person(session, name="Other", email="pia@ACME.example")
        await users.do_add_person(session, name="No Address")
        await users.do_add_person(session, name="No Address Either")
    async with database.tenant(tenant.id) as session:
        assert len(await users.find_people(session)) == 4


async def test_the_same_address_may_be_in_two_tenants(database, other_tenant, pia):
    async with database.tenant(other_tenant.id) as session:
        assert (await users.do_add_person(session, name="Pia", email="pia@acme.example")).id != pia.id


async def test_another_tenant_sees_and_touches_nobody(database, tenant, other_tenant, pia):
    async with database.tenant(other_tenant.id) as session:
        assert await users.get_person(session, pia.id) is None
        assert await users.get_person_by_email(session, "pia@acme.example") is None
        assert await users.find_people(session) == []
        with pytest.raises(NotFound):
            await users.do_set_active(session, pia.id, active=False)
    async with database.tenant(tenant.id) as session:
        assert (await users.get_person(session, pia.id)).active
    async with database.system() as session:
        assert await users.find_people(session) == []


async def test_a_person_is_found_through_the_primary_key(database, tenant, pia):
    """Every question asks who speaks: that must not read through everybody."""
    async with database.tenant(tenant.id) as session:
        await session.execute(text("set local enable_seqscan = off"))
        plan = await session.execute(
            text("explain select name from users where id = cast(:id as uuid)"), {"id": pia.id}
        )
        assert "Index Cond" in "\n".join(plan.scalars())
        assert (await users.get_person(session, pia.id.upper())).name == pia.name
        assert await users.get_person(session, "operator") is None
