"""Providers, used states and web sessions: each tenant's own, whatever another one asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bot.contract.people import Tenant
from bot.db import sso, users, web_sessions
from bot.db.call_lists import find_asked_by
from bot.db.calls import Call, do_ask
from bot.db.database import Database
from bot.db.links import do_link
from bot.db.rights import find_all_rights
from bot.db.roles import RolePermission, do_add_role, do_allow
from bot.db.sso import Provider
from bot.db.web_sessions import WebSession

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDLE = NOW - timedelta(hours=8)
MINE = Provider(
    issuer="https://id.acme.example", client_id="bot", client_secret="sealed", domains=("acme.example",),
    groups_claim="groups", role_groups={"noc": ("NOC", "Ops")},
)  # fmt: skip


async def new_session(
    database: Database, tenant: Tenant, *, seen: datetime = NOW, user: str = ""
) -> WebSession:
    async with database.tenant(tenant.id) as session:
        if not user:
            user = (await users.do_add_person(session, name="Ann", email=f"{uuid4().hex}@acme.example")).id
        new = WebSession(
            id=str(uuid4()), user_id=user, account=f"https://id.acme.example|{user}", roles=frozenset({"noc"}),
            created_at=seen, seen_at=seen, expires_at=seen + timedelta(hours=24),
        )  # fmt: skip
        await do_link(session, surface="web", external_id=new.account, user_id=user, how="email", by="test")
        await web_sessions.do_open_session(session, new.id.encode(), new)
    return new


async def test_a_provider_is_its_tenants(database: Database, tenant: Tenant, other_tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await sso.do_set_provider(session, MINE, by="test")
        assert await sso.take_state(session, b"state", NOW)
    async with database.tenant(other_tenant.id) as session:
        assert await sso.get_provider(session) is None
        assert not await sso.do_drop_provider(session)
        assert not await sso.do_seal_anew(session, old="sealed", new="theirs")
        assert await sso.take_state(session, b"state", NOW), "another tenant's state is no obstacle"
        await sso.do_forget_states(session, NOW + timedelta(days=1))
        await sso.do_set_provider(session, Provider(issuer="https://x.example", client_id="y"), by="test")
    async with database.tenant(tenant.id) as session:
        assert await sso.get_provider(session) == MINE
        assert not await sso.take_state(session, b"state", NOW)
        await sso.do_forget_states(session, NOW + timedelta(seconds=1))
        assert await sso.take_state(session, b"state", NOW)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.system() as session:
            await sso.do_set_provider(session, MINE, by="test")


async def test_a_session_is_its_tenants(database: Database, tenant: Tenant, other_tenant: Tenant) -> None:
    mine = await new_session(database, tenant)
    async with database.tenant(other_tenant.id) as session:
        assert await web_sessions.get_session(session, mine.id.encode(), now=NOW, idle=IDLE) is None
        assert await web_sessions.find_sessions(session, now=NOW, idle=IDLE) == []
        assert await find_all_rights(session, mine.user_id, now=NOW, idle=IDLE, since=NOW) == []
        assert not await web_sessions.do_end_session(session, mine.id, mine.user_id)
        assert await web_sessions.do_end_sessions(session) == 0
        await web_sessions.do_touch(session, mine.id, NOW + timedelta(hours=1))
        await web_sessions.do_forget_sessions(
            session, now=NOW + timedelta(days=9), idle=NOW + timedelta(days=9)
        )
    async with database.tenant(tenant.id) as session:
        assert await web_sessions.get_session(session, mine.id.encode(), now=NOW, idle=IDLE) == mine
    with pytest.raises(IntegrityError):
        await new_session(database, other_tenant, user=mine.user_id)


async def test_a_session_lives_as_long_as_it_may(database: Database, tenant: Tenant) -> None:
    mine = await new_session(database, tenant)
    late = NOW + timedelta(hours=9)

    async def roles(now: datetime) -> frozenset[str]:
        async with database.tenant(tenant.id) as session:
            idle = now - timedelta(hours=8)
            found = await find_all_rights(session, mine.user_id, now=now, idle=idle, since=now)
            return frozenset(one.role for one in found)

    async with database.tenant(tenant.id) as session:
        await do_add_role(session, name="noc")
        await do_allow(session, "noc", RolePermission(permission="network:read"))
    assert await roles(NOW) == {"noc"}
    assert await roles(late) == frozenset()
    async with database.tenant(tenant.id) as session:
        await web_sessions.do_touch(session, mine.id, NOW + timedelta(hours=7))
        await web_sessions.do_touch(session, mine.id, NOW)  # a slower request does not turn time back
    assert await roles(late) == {"noc"}
    async with database.tenant(tenant.id) as session:
        await users.do_set_active(session, mine.user_id, active=False)
        assert await web_sessions.get_session(session, mine.id.encode(), now=NOW, idle=IDLE) is None
        await users.do_set_active(session, mine.user_id, active=True)
        await web_sessions.do_forget_sessions(session, now=late, idle=late - timedelta(hours=8))
        assert len(await web_sessions.find_sessions(session, now=NOW, idle=IDLE)) == 1
        await web_sessions.do_forget_sessions(session, now=NOW + timedelta(hours=24), idle=IDLE)
        assert await web_sessions.find_sessions(session, now=NOW, idle=IDLE) == []


async def test_calls_of_a_person(database: Database, tenant: Tenant, other_tenant: Tenant) -> None:
    def call(key: str, by: str) -> Call:
        return Call(
            id=str(uuid4()), key=key, action_id="x", args={}, asked_by=by, asked_name=by, asked_at=NOW,
            via="person", needs=0, state="done",
        )  # fmt: skip

    first = call("one", "ann")
    async with database.tenant(tenant.id) as session:
        for each in (first, call(f"{first.id}/1/x", "ann"), call("slack/9", "ann"), call("other", "ben")):
            await do_ask(session, each)
        found = await find_asked_by(session, "ann", since=NOW - timedelta(days=1))
        assert {one.key for one in found} == {"one", "slack/9"}
        assert await find_asked_by(session, "ann", since=NOW + timedelta(seconds=1)) == []
    async with database.tenant(other_tenant.id) as session:
        assert await find_asked_by(session, "ann", since=NOW - timedelta(days=1)) == []
