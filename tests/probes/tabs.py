"""Home tabs in Slack: one of the first tenant's, and a question to every function."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.db import slack_homes
from bot.db.database import Database
from bot.db.slack_homes import Shown, Taken
from tests.probes.asking import Asks
from tests.probes.core import Things
from tests.probes.groups import TEAM

USER, GONE = "U1", "U8"
"""Somebody who is linked, and somebody who is not any more."""
CALL = "c4118e0d-0000-4000-8000-000000000001"
WHILE, NOW = timedelta(minutes=1), timedelta()
TAKEN = Taken(
    team_id=TEAM, user_id=USER, wanted=1, looked=True, fence=1, failures=0, hash="", digest=""
)  # fmt: skip - as wide as it is
SHOWN = Shown(hash="h", digest="d", calls=[CALL])


async def fill(database: Database, things: Things) -> None:
    """Let two look at their tabs, which show a call and are due again; one of them is linked no more."""
    async with database.tenant(things.tenant.id) as session:
        for user in (USER, GONE):
            await slack_homes.do_open(session, TEAM, user)
            await slack_homes.do_take(session, TEAM, user, NOW)
            await slack_homes.do_finish(session, replace(TAKEN, user_id=user), SHOWN, gap=WHILE)
            await slack_homes.do_open(session, TEAM, user)


ASKS: Asks = {
    slack_homes.do_open: lambda s, a: slack_homes.do_open(s, TEAM, USER),
    slack_homes.do_want: lambda s, a: slack_homes.do_want(
        s, TEAM, USER, lately=timedelta(days=1), after=NOW, gap=NOW
    ),
    slack_homes.do_take: lambda s, a: slack_homes.do_take(s, TEAM, USER, WHILE),
    slack_homes.do_finish: lambda s, a: slack_homes.do_finish(s, TAKEN, SHOWN, gap=WHILE),
    slack_homes.do_postpone: lambda s, a: slack_homes.do_postpone(s, TAKEN, WHILE, failed=True),
    slack_homes.do_close: lambda s, a: slack_homes.do_close(s, TEAM, USER),
    slack_homes.find_due: lambda s, a: slack_homes.find_due(s, 10),
    slack_homes.find_showing: lambda s, a: slack_homes.find_showing(s, CALL),
    slack_homes.find_open: lambda s, a: slack_homes.find_open(s, timedelta(days=1), 10),
    slack_homes.do_empty: lambda s, a: slack_homes.do_empty(s, TEAM, GONE),
    slack_homes.do_forget: lambda s, a: slack_homes.do_forget(s, NOW),
    slack_homes.do_forget_team: lambda s, a: slack_homes.do_forget_team(s, TEAM),
}
