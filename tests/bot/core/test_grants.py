"""Areas inside areas, and grants that make no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.scope import DIMENSIONS, Area
from bot.core.grants import as_words, check_new, grant, revoke, within
from bot.core.people import add_person
from bot.core.roles import add_role, allow
from bot.db.grants import NewGrant
from bot.db.roles import RolePermission
from bot.errors import BadInput, NotAllowed, NotFound

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
NAMES = st.none() | st.frozensets(st.sampled_from("abc"), min_size=1)
AREAS = st.builds(lambda r, s, p: Area(region=r, site=s, partner=p), NAMES, NAMES, NAMES)
ROWS = st.fixed_dictionaries({name: st.none() | st.sampled_from("abc") for name in DIMENSIONS})


@given(inner=AREAS, outer=AREAS, row=ROWS)
def test_what_lies_within_never_reaches_further(inner, outer, row):
    if within(inner, outer) and inner.covers(row):
        assert outer.covers(row)


@given(area=AREAS)
def test_everything_lies_within_everywhere_and_itself(area):
    assert within(area, Area())
    assert within(area, area)


def test_areas_read_well():
    assert as_words(Area()) == "everywhere"
    area = Area(region=frozenset({"north", "coast"}), site=frozenset({"S4"}))
    assert as_words(area) == "region coast, north; site S4"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"expires_at": NOW}, "before it begins"),
        ({"reason": "x" * 501}, "under 500"),
        ({"break_glass": True, "expires_at": NOW + timedelta(hours=1)}, "needs a reason"),
        ({"break_glass": True, "reason": "fire"}, "at most 12 hours"),
        (
            {"break_glass": True, "reason": "fire", "expires_at": NOW + timedelta(hours=13)},
            "at most 12 hours",
        ),
    ],
)
def test_grants_that_make_no_sense(facts, why):
    with pytest.raises(BadInput, match=why):
        check_new(NewGrant(user_id="u", role="r", by="test", **facts), NOW)


async def test_one_effect_grants_once(database, tenant):
    person = await add_person(database, tenant, name="Pia", email="pia@acme.example", by="test")
    await add_role(database, tenant, "seller", "", by="test")
    new = NewGrant(user_id=person.id, role="seller", by="test", effect_key="k1")
    first = await grant(database, tenant, new, giver=None, now=NOW)
    again = await grant(database, tenant, new, giver=None, now=NOW)
    assert first.id == again.id


async def test_unknown_people_and_roles(database, tenant, other_tenant):
    person = await add_person(database, tenant, name="Pia", email="pia@acme.example", by="test")
    await add_role(database, tenant, "seller", "", by="test")
    with pytest.raises(NotFound, match="no role “king”"):
        await grant(database, tenant, NewGrant(user_id=person.id, role="king", by="t"), giver=None, now=NOW)
    with pytest.raises(NotFound, match="no active user"):
        await grant(
            database, other_tenant, NewGrant(user_id=person.id, role="seller", by="t"), giver=None, now=NOW
        )


async def test_a_grant_is_named_by_the_beginning_of_its_id(database, tenant):
    person = await add_person(database, tenant, name="Pia", email="pia@acme.example", by="test")
    await add_role(database, tenant, "seller", "", by="test")
    made = await grant(
        database, tenant, NewGrant(user_id=person.id, role="seller", by="t"), giver=None, now=NOW
    )
    with pytest.raises(BadInput, match="four letters"):
        await revoke(database, tenant, made.id[:3], by="t", giver=None, now=NOW)
    assert (await revoke(database, tenant, made.id[:8], by="t", giver=None, now=NOW)).id == made.id
    with pytest.raises(NotFound, match="No grant in force"):
        await revoke(database, tenant, made.id[:8], by="t", giver=None, now=NOW)


@pytest.fixture
async def office(bench):
    return await bench("admin")


async def _power(office, name: str, permissions: list[str]) -> str:
    role = f"power_{name}"
    await add_role(office.database, office.tenant, role, name, by="test")
    for one in permissions:
        await allow(
            office.database,
            office.registry,
            office.tenant,
            role,
            RolePermission(permission=one),
            giver=None,
            by="t",
        )
    return role


async def _hand(office, giver, person, role: str, **more):
    new = NewGrant(user_id=person.id, role=role, by=giver.id, **more)
    fresh = await office.around.user(giver.id, fresh=True)
    return await grant(office.database, office.tenant, new, giver=fresh, now=office.now)


async def test_what_is_given_by_broken_glass_ends_with_it(office):
    """Eve breaks the glass, makes Fay an admin, who makes Gus one: all of it ends with Eve's access."""
    admin = await _power(office, "admins", ["admin:grants"])
    fay, gus = await office.person("Fay Fig", ()), await office.person("Gus Grape", ())
    end = office.now + timedelta(hours=4)
    glass = NewGrant(
        user_id=office.eve.id, role=admin, by=office.eve.id, break_glass=True, reason="fire", expires_at=end
    )
    broken = await grant(office.database, office.tenant, glass, giver=None, now=office.now)
    first = await _hand(office, office.eve, fay, admin)
    second = await _hand(office, fay, gus, admin, expires_at=office.now + timedelta(days=300))
    shorter = await _hand(office, office.eve, gus, admin, expires_at=office.now + timedelta(hours=1))
    assert (first.expires_at, first.under) == (end, broken.id)
    assert (second.expires_at, second.under) == (end, first.id)
    assert shorter.expires_at == office.now + timedelta(hours=1)
    await revoke(office.database, office.tenant, broken.id, by="t", giver=None, now=office.now)
    for one in (office.eve, fay, gus):
        assert not (await office.around.user(one.id, fresh=True)).may("admin:grants")


async def test_who_holds_the_right_anyway_gives_for_good(office):
    admin = await _power(office, "admins", ["admin:grants"])
    fay = await office.person("Fay Fig", ["admin:grants"])
    glass = NewGrant(
        user_id=fay.id,
        role=admin,
        by=fay.id,
        break_glass=True,
        reason="fire",
        expires_at=office.now + timedelta(hours=1),
    )
    await grant(office.database, office.tenant, glass, giver=None, now=office.now)
    given = await _hand(office, fay, office.eve, admin)
    assert (given.expires_at, given.under) == (None, None)


async def test_broken_glass_fills_no_role_with_power(office):
    """A role does not end; what was put into it under broken glass would stay."""
    admin = await _power(office, "admins", ["admin:grants", "admin:roles"])
    await add_role(office.database, office.tenant, "friends", "", by="test")
    glass = NewGrant(
        user_id=office.eve.id,
        role=admin,
        by="t",
        break_glass=True,
        reason="fire",
        expires_at=office.now + timedelta(hours=1),
    )
    await grant(office.database, office.tenant, glass, giver=None, now=office.now)
    wanted = RolePermission(permission="admin:grants")
    for giver, may in ((office.eve, False), (office.ann, True)):
        fresh = await office.around.user(giver.id, fresh=True)
        handed = allow(
            office.database,
            office.registry,
            office.tenant,
            "friends",
            wanted,
            giver=fresh,
            by="t",
            now=office.now,
        )
        if may:
            assert (await handed).permissions
        else:
            with pytest.raises(NotAllowed, match="break-glass access only"):
                await handed
