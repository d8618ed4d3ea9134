from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.threads import do_forget_threads, do_save_thread, get_thread


async def test_after_a_week_a_thread_is_forgotten(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await do_save_thread(session, "s", "old", "u", {"a": 1})
        await do_save_thread(session, "s", "new", "u", {"a": 2})
        await session.execute(
            text("update threads set updated_at = now() - interval '8 days' where thread = 'old'")
        )
        assert await get_thread(session, "s", "old", "u") == ({}, {})
        assert await get_thread(session, "s", "new", "u") == ({}, {"a": 2})
        assert await do_forget_threads(session) == 1
        assert await do_forget_threads(session) == 0
