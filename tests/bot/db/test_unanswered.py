from bot.contract.people import Tenant
from bot.db import unanswered
from bot.db.database import Database


async def test_forms_of_words_are_counted_most_asked_first(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        for words in ("bake a cake", "sing", "bake a cake"):
            await unanswered.do_count_unanswered(session, words)
        assert [(u.words, u.asked) for u in await unanswered.find_unanswered(session)] == [
            ("bake a cake", 2),
            ("sing", 1),
        ]
    async with database.tenant(other_tenant.id) as session:
        assert await unanswered.find_unanswered(session) == []


async def test_there_is_an_end_to_new_ones_but_known_ones_go_on(
    database: Database, tenant: Tenant, monkeypatch
) -> None:
    monkeypatch.setattr(unanswered, "MOST_UNANSWERED", 1)
    async with database.tenant(tenant.id) as session:
        for words in ("one", "two", "one"):
            await unanswered.do_count_unanswered(session, words)
        assert [(u.words, u.asked) for u in await unanswered.find_unanswered(session)] == [("one", 2)]
