"""Whose workspace it is, while Slack has not told yet and at the moment it does."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.errors import DatabaseBusy, Unavailable
from bot.slack.teams import Team, Teams
from tests.bot.slack.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.db.session import Session


async def test_what_comes_while_slack_tells_whose_the_token_is_is_no_strangers(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up in the database takes its time; meanwhile the sweep learns the workspace."""
    teams, looked, told = Teams(database, KEY), asyncio.Event(), asyncio.Event()
    home = Team(team_id="T1", tenant_id=tenant.id, bot_user_id="UBOT", bot_id="B1", token="x")
    system = database.system

    @asynccontextmanager
    async def slowly() -> AsyncIterator[Session]:
        looked.set()
        await told.wait()
        async with system() as session:
            yield session

    def slow_system() -> AbstractAsyncContextManager[Session]:
        return slowly()

    monkeypatch.setattr(database, "system", slow_system)
    teams.expect_home()
    waiting = [asyncio.create_task(teams.find("T1", None)) for _ in range(3)]
    stranger = asyncio.create_task(teams.find("T9", None))
    await looked.wait()
    teams.welcome_home(home)
    told.set()
    assert await asyncio.gather(*waiting) == [home] * 3
    assert await stranger is None


async def test_until_slack_tells_nobody_is_turned_away(database: Database) -> None:
    teams = Teams(database, KEY)
    teams.expect_home()
    with pytest.raises(Unavailable, match="has not told yet"):
        await teams.find("T1")


async def test_nobody_waits_for_slack_while_it_is_the_database_that_is_away() -> None:
    class Away:
        def system(self) -> object:
            raise DatabaseBusy("away")

    teams = Teams(Away(), None)  # type: ignore[arg-type]  # nothing is expected of Slack
    async with asyncio.timeout(1):
        with pytest.raises(DatabaseBusy):
            await teams.find_soon("T1")
