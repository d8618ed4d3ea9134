"""What the tidy beat sweeps away of sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from bot.contract.people import Tenant
from bot.db import sso, web_sessions
from bot.db.database import Database
from bot.jobs.tidy import tidying
from tests.bot.db.test_sso import new_session


async def test_past_sign_ins_and_dead_sessions_go(database: Database, tenant: Tenant) -> None:
    now = datetime.now(UTC)
    alive = await new_session(database, tenant, seen=now)
    await new_session(database, tenant, seen=now - timedelta(hours=9))
    async with database.tenant(tenant.id) as session:
        for name, age in ((b"old", timedelta(hours=2)), (b"new", timedelta(minutes=1))):
            await sso.take_state(session, name, now - age)

    async def check() -> None:
        return None

    await tidying(database).run(SimpleNamespace(check=check))  # type: ignore[arg-type]  # all it asks of a job
    long_ago = now - timedelta(days=9)
    async with database.tenant(tenant.id) as session:
        left = await web_sessions.find_sessions(session, now=long_ago, idle=long_ago)
        assert [one.id for one in left] == [alive.id]
        assert await sso.take_state(session, b"old", now)
        assert not await sso.take_state(session, b"new", now)
