"""Who a person is, what they may do right now, and how an unknown account becomes somebody."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from bot.contract.people import RoleProvider, Tenant
from bot.contract.plugin import PluginInfo
from bot.contract.scope import Area
from bot.core import identity
from bot.core.grants import grant, revoke
from bot.core.people import add_person, set_active
from bot.core.platform import surround
from bot.core.roles import add_role, allow, do_add_built_in
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.grants import NewGrant
from bot.db.links import do_link
from bot.db.pool import Pool
from bot.db.roles import RolePermission
from bot.errors import NotAllowed, NotFound, NotLinked
from bot.hookspecs import hookimpl
from bot.host.loader import load_plugins
from bot.host.registry import Registry

CIPHER = Cipher(keys={"k": bytes(32)}, seals_with="k")
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
INFO = PluginInfo(name="shop", about="A shop.", permissions={"shop:sell": "Sell", "shop:count": "Count"})


@pytest.fixture
def registry() -> Registry:
    return Registry({"shop": INFO}, ())


@pytest.fixture
async def people(database: Database, tenant: Tenant, registry: Registry):
    """A tenant with two roles: `seller` up to 100.00 and `boss` without limit."""
    async with database.tenant(tenant.id) as session:
        await do_add_built_in(session)
    for role, limit in (("seller", 10_000), ("boss", None)):
        await add_role(database, tenant, role, "", by="test")
        permission = RolePermission(permission="shop:sell", max_amount=limit, max_count=limit and 3)
        await allow(database, registry, tenant, role, permission, giver=None, by="test")
    return await add_person(database, tenant, name="Pia Pond", email="pia@acme.example", by="test")


async def give(database, tenant, person, role, **facts):
    new = NewGrant(user_id=person.id, role=role, by="test", **facts)
    return await grant(database, tenant, new, giver=None, now=NOW)


async def who(database, registry, tenant, person, now=NOW):
    return await identity.get_user(database, registry, tenant, person.id, now=now)


async def test_nobody_holds_anything_by_themselves(database, registry, tenant, people):
    user = await who(database, registry, tenant, people)
    assert (dict(user.rights), user.roles) == ({}, frozenset())


async def test_several_grants_are_a_union_and_each_keeps_its_own_limit(database, registry, tenant, people):
    coast, north = Area(region=frozenset({"coast"})), Area(region=frozenset({"north"}))
    await give(database, tenant, people, "seller", area=coast)
    await give(database, tenant, people, "boss", area=north)
    right = (await who(database, registry, tenant, people)).rights["shop:sell"]
    assert right.scope.covers({"region": "coast"})
    assert right.scope.covers({"region": "north"})
    assert not right.scope.covers({"region": "west"})
    assert not right.scope.covers({})
    assert right.limits([{"region": "coast"}]) == (10_000, 3)
    assert right.limits([{"region": "north"}]) == (None, None)
    assert right.limits([{"region": "north"}, {"region": "coast"}]) == (10_000, 3)


async def test_a_grant_ends_when_it_said(database, registry, tenant, people):
    await give(database, tenant, people, "boss", expires_at=NOW + timedelta(hours=1))
    assert (await who(database, registry, tenant, people)).may("shop:sell")
    assert not (await who(database, registry, tenant, people, NOW + timedelta(hours=1))).may("shop:sell")


async def test_a_revoked_grant_is_over_at_once(database, registry, tenant, people):
    made = await give(database, tenant, people, "boss")
    await revoke(database, tenant, made.id, by="test", giver=None, now=NOW)
    assert not (await who(database, registry, tenant, people)).may("shop:sell")


async def test_permissions_of_plugins_that_are_not_loaded_do_not_count(database, tenant, people):
    await give(database, tenant, people, "boss")
    user = await identity.get_user(database, Registry({}, ()), tenant, people.id, now=NOW)
    assert (user.roles, dict(user.rights)) == (frozenset({"boss"}), {})


async def test_a_deactivated_person_can_do_nothing(database, registry, tenant, people):
    await give(database, tenant, people, "boss")
    await set_active(database, tenant, people.id, active=False, by="test")
    with pytest.raises(NotAllowed, match="deactivated"):
        await who(database, registry, tenant, people)


async def test_a_person_of_another_tenant_is_nobody(database, registry, tenant, other_tenant, people):
    with pytest.raises(NotAllowed, match="no such user"):
        await identity.get_user(database, registry, other_tenant, people.id)


@pytest.mark.parametrize("user_id", ["", "x", "00000000-0000-0000-0000-000000000000", "' or true --"])
async def test_no_such_person(database, registry, tenant, user_id):
    with pytest.raises(NotAllowed):
        await identity.get_user(database, registry, tenant, user_id)


async def test_an_unknown_account_is_told_how_to_link(database, registry, tenant, people):
    with pytest.raises(NotLinked) as told:
        await identity.find_linked(database, registry, tenant, "slack", "T1:U1")
    for word in ("link code", "T1:U1", "slack", "15 minutes"):
        assert word in str(told.value)


async def test_a_verified_address_links_by_itself_and_stays(database, registry, tenant, people):
    found = await identity.find_linked(database, registry, tenant, "slack", "T1:U1", "PIA@acme.example")
    assert found.id == people.id
    again = await identity.find_linked(database, registry, tenant, "slack", "T1:U1")
    assert again.id == people.id


async def test_an_unknown_address_links_nobody(database, registry, tenant, people):
    with pytest.raises(NotLinked, match=r"eve@evil\.example"):
        await identity.find_linked(database, registry, tenant, "slack", "T1:U2", "eve@evil.example")


async def test_a_deactivated_person_is_not_linked_by_address(database, registry, tenant, people):
    await set_active(database, tenant, people.id, active=False, by="test")
    with pytest.raises(NotLinked):
        await identity.find_linked(database, registry, tenant, "slack", "T1:U1", "pia@acme.example")


async def test_a_link_of_one_tenant_is_none_of_another(database, registry, tenant, other_tenant, people):
    async with database.tenant(tenant.id) as session:
        await do_link(
            session, surface="slack", external_id="T1:U1", user_id=people.id, how="grant", by="test"
        )
    with pytest.raises(NotLinked):
        await identity.find_linked(database, registry, other_tenant, "slack", "T1:U1", "pia@acme.example")


async def test_rights_are_kept_for_a_moment_and_read_anew_on_demand(database, registry, tenant, people):
    around = surround(database, registry, tenant, CIPHER, lambda: NOW)
    assert not (await around.user(people.id)).may("shop:sell")
    await give(database, tenant, people, "boss")
    assert not (await around.user(people.id)).may("shop:sell"), "kept for two seconds"
    assert (await around.user(people.id, fresh=True)).may("shop:sell")


async def test_an_error_is_never_remembered(database, registry, tenant, people, monkeypatch):
    around = surround(database, registry, tenant, CIPHER, lambda: NOW)
    await set_active(database, tenant, people.id, active=False, by="test")
    with pytest.raises(NotAllowed):
        await around.user(people.id)
    await set_active(database, tenant, people.id, active=True, by="test")
    assert (await around.user(people.id)).name == "Pia Pond"


async def test_old_rights_are_dropped_when_they_cannot_be_read_again(
    database, registry, tenant, people, monkeypatch
):
    around = surround(database, registry, tenant, CIPHER, lambda: NOW)
    await give(database, tenant, people, "boss")
    assert (await around.user(people.id)).may("shop:sell")
    monkeypatch.setattr("bot.core.surroundings.FRESH_USER", -1.0)

    async def down(*_args, **_kwargs):
        raise ConnectionError("database down")

    monkeypatch.setattr(identity, "get_user", down)
    with pytest.raises(ConnectionError):
        await around.user(people.id)
    with pytest.raises(ConnectionError):
        await around.user(people.id)


def provider(roles_of) -> Registry:
    made = ModuleType("fake_ldap")
    info = PluginInfo(name="ldap", about="Roles.", on_by_default=True)
    made.plugin_info = hookimpl(lambda: info, specname="plugin_info")
    made.register_role_providers = hookimpl(lambda: [RoleProvider(name="ldap", roles_of=roles_of)])
    import sys

    sys.modules["fake_ldap"] = made
    loaded = load_plugins([("ldap", "fake_ldap")])
    assert loaded.broken == {}
    return Registry(
        {**loaded.registry.plugins, "shop": INFO}, loaded.registry.view(frozenset({"ldap"}))._owned
    )


async def test_roles_held_elsewhere_count_too(database, tenant, people):
    async def roles_of(ctx, email):
        return frozenset({"boss", "no such role here"} if email == "pia@acme.example" else ())

    around = await enabled(database, provider(roles_of), tenant)
    user = await around.user(people.id)
    assert user.roles == {"boss"}
    assert user.rights["shop:sell"].max_amount is None


@pytest.mark.parametrize("fault", [RuntimeError("ldap is down"), None])
async def test_a_provider_that_fails_gives_nothing(database, tenant, people, fault, monkeypatch):
    monkeypatch.setattr("bot.core.providers.DEADLINE", timedelta(milliseconds=50))

    async def roles_of(ctx, email):
        if fault is not None:
            raise fault
        await asyncio.Event().wait()

    around = await enabled(database, provider(roles_of), tenant)
    assert (await around.user(people.id)).roles == frozenset()


async def enabled(database, registry, tenant):
    from bot.core.switch import enable

    around = surround(database, registry, tenant, CIPHER, lambda: NOW)
    await enable(around, "ldap")
    return around


async def test_words_find_a_person(database, tenant, people):
    from bot.core.people import get_person_by_words

    for words in ("pia", "Pia Pond", "PIA@ACME.example", people.id):
        assert (await get_person_by_words(database, tenant, words)).id == people.id
    with pytest.raises(NotFound, match="Nobody"):
        await get_person_by_words(database, tenant, "zoe")


async def test_each_message_of_a_chat_asks_who_it_is_in_one_transaction(
    database, registry, tenant, people, monkeypatch
):
    await give(database, tenant, people, "seller")
    async with database.tenant(tenant.id) as session:
        await do_link(
            session, surface="slack", external_id="T1:U1", user_id=people.id, how="email", by="test"
        )
    began = list[object]()
    take = Pool.take

    async def counted(pool: Pool) -> object:
        began.append(pool)
        return await take(pool)

    monkeypatch.setattr(Pool, "take", counted)
    user = await identity.find_linked(database, registry, tenant, "slack", "T1:U1")
    assert (user.id, user.roles, len(began)) == (people.id, {"seller"}, 1)
