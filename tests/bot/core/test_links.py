"""One-time codes: they work once, for a while, for the right tenant, and cannot be guessed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import identity, links
from bot.core.audit import search
from bot.core.people import add_person, set_active
from bot.db.links import find_links, get_account
from bot.errors import BadInput, NotAllowed, NotFound
from bot.host.registry import Registry

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
async def pia(database, tenant):
    return await add_person(database, tenant, name="Pia Pond", email="pia@acme.example", by="test")


async def issue(database, tenant, person, now=NOW):
    code, until = await links.issue_code(database, tenant, person.id, by="test", now=now)
    assert until == now + timedelta(minutes=15)
    return code


async def redeem(database, tenant, code, account="T1:U1", now=NOW):
    return await links.redeem_code(database, tenant, "slack", account, code, now=now)


def test_codes_are_long_and_differ():
    codes = {links.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(
        len(links.plain(code)) == 10 and set(links.plain(code)) <= set(links.ALPHABET) for code in codes
    )


async def test_a_code_works_once_however_it_is_typed(database, tenant, pia):
    code = await issue(database, tenant, pia)
    typed = f" {code.lower().replace('-', ' ')} "
    assert await redeem(database, tenant, typed) == pia.id
    with pytest.raises(BadInput, match="wrong, used or older"):
        await redeem(database, tenant, code, "T1:U2")
    async with database.tenant(tenant.id) as session:
        assert [(one.external_id, one.how) for one in await find_links(session, pia.id)] == [
            ("T1:U1", "code")
        ]


async def test_of_many_at_once_one_gets_it(database, tenant, pia):
    code = await issue(database, tenant, pia)
    done = await asyncio.gather(
        *(redeem(database, tenant, code, f"T1:U{n}") for n in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["BadInput", "BadInput", "BadInput", "str"]


async def test_a_code_is_too_old_after_15_minutes(database, tenant, pia):
    code = await issue(database, tenant, pia)
    with pytest.raises(BadInput):
        await redeem(database, tenant, code, now=NOW + timedelta(minutes=15))


async def test_a_new_code_takes_the_place_of_the_old(database, tenant, pia):
    old, new = await issue(database, tenant, pia), await issue(database, tenant, pia)
    with pytest.raises(BadInput):
        await redeem(database, tenant, old)
    assert await redeem(database, tenant, new) == pia.id


async def test_guessing_ends_after_five(database, tenant, pia):
    code = await issue(database, tenant, pia)
    for _ in range(links.TRIES):
        with pytest.raises(BadInput):
            await redeem(database, tenant, "AAAAA-AAAAA")
    with pytest.raises(NotAllowed, match="Too many"):
        await redeem(database, tenant, code)
    assert await redeem(database, tenant, code, "T1:U2") == pia.id, "other accounts are not locked out"
    later = NOW + timedelta(minutes=16)
    code = await issue(database, tenant, pia, later)
    assert await redeem(database, tenant, code, now=later) == pia.id


async def test_many_accounts_together_guess_no_faster(database, tenant, pia, monkeypatch):
    monkeypatch.setattr(links, "TRIES_OF_ALL", 3)
    for n in range(3):
        with pytest.raises(BadInput):
            await redeem(database, tenant, "AAAAA-AAAAA", f"T1:U{n}")
    with pytest.raises(NotAllowed):
        await redeem(database, tenant, "AAAAA-AAAAA", "T1:U9")


async def test_a_code_opens_nothing_elsewhere(database, tenant, other_tenant, pia):
    code = await issue(database, tenant, pia)
    with pytest.raises(BadInput):
        await redeem(database, other_tenant, code)
    assert await redeem(database, tenant, code) == pia.id


async def test_a_code_of_somebody_deactivated_is_worth_nothing(database, tenant, pia):
    code = await issue(database, tenant, pia)
    await set_active(database, tenant, pia.id, active=False, by="test")
    with pytest.raises(BadInput):
        await redeem(database, tenant, code)
    with pytest.raises(NotFound):
        await issue(database, tenant, pia)


async def test_the_code_is_nowhere_in_clear(database, tenant, pia):
    from sqlalchemy import text

    code = links.plain(await issue(database, tenant, pia))
    async with database.tenant(tenant.id) as session:
        kept = (await session.execute(text("select hash from link_codes"))).scalar_one()
    assert code.encode() not in bytes(kept)
    assert len(bytes(kept)) == 32
    assert not await search(database, tenant.id, text=code)


async def test_an_admin_links_and_unlinks(database, tenant, pia):
    await links.link(database, tenant, "slack", "T1:U7", pia.id, by="test")
    async with database.tenant(tenant.id) as session:
        assert (await get_account(session, "slack", "T1:U7")).person == pia
    await links.unlink(database, tenant, "slack", "T1:U7", by="test")
    with pytest.raises(NotFound, match="not linked"):
        await links.unlink(database, tenant, "slack", "T1:U7", by="test")
    events = [row.event for row in await search(database, tenant.id)]
    assert {"link.made", "link.removed"} <= set(events)


async def test_only_known_surfaces(database, tenant, pia):
    with pytest.raises(BadInput, match="slack, web, terminal"):
        await links.link(database, tenant, "fax", "1", pia.id, by="test")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("link K7QXM-2PRWD", "K7QXM-2PRWD"),
        (" LINK k7qxm2prwd. ", "k7qxm2prwd"),
        ("/link K7QXM 2PRWD", "K7QXM 2PRWD"),
        ("link K7QXM-2PRW", "K7QXM-2PRW"),
        ("link slack-account", None),
        ("link", None),
        ("link account T1:U1 to Ann", None),
        ("please link K7QXM-2PRWD", None),
        ("link K7QXM-2PRWD and drop everything", None),
    ],
)
def test_only_a_message_that_is_a_code_is_one(words, code):
    assert links.code_in(words) == code


async def test_a_message_with_a_code_links_and_says_so_twice(database, tenant, pia):
    registry = Registry({}, ())
    code, _ = await links.issue_code(database, tenant, pia.id, by="test")
    said = [
        await identity.link_by_words(database, registry, tenant, "slack", "T1:U1", f"link {code}")
        for _ in range(2)
    ]
    assert "I know you as Pia Pond now" in said[0]
    assert "already" in said[1]
    assert await identity.link_by_words(database, registry, tenant, "slack", "T1:U2", "hello") is None
    with pytest.raises(BadInput):
        await identity.link_by_words(database, registry, tenant, "slack", "T1:U2", f"link {code}")
