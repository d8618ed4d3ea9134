"""Where the bot speaks first: cards for who may decide, ends for who asked, what plugins remind of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.database import Database
from bot.slack.asks import Asks
from bot.slack.calls import Calls
from bot.slack.directs import Directs
from bot.slack.looks import Looks
from bot.slack.members import Members
from bot.slack.notices import Notices
from bot.slack.nudges import Nudges
from bot.slack.places import Places
from bot.slack.ports import Counter, Enqueue, FindTenant
from bot.slack.redraw import Redraw
from bot.slack.teams import Teams


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The three of them, which share the direct conversations."""

    asks: Asks
    notices: Notices
    nudges: Nudges


def make_telling(  # noqa: PLR0913 - the room hands over its parts
    database: Database,
    teams: Teams,
    calls: Calls,
    *,
    places: Places,
    counter: Counter,
    members: Members,
    find_tenant: FindTenant,
    enqueue: Enqueue,
) -> Telling:
    """Put them together."""
    directs = Directs(teams, calls)
    looks = Looks(teams, places, members, counter)
    asks = Asks(
        database=database,
        teams=teams,
        calls=calls,
        directs=directs,
        counter=counter,
        members=members,
        find_tenant=find_tenant,
        enqueue=enqueue,
    )
    notices = Notices(
        database=database,
        teams=teams,
        directs=directs,
        redraw=Redraw(database=database, looks=looks, counter=counter, enqueue=enqueue),
        asks=asks,
        looks=looks,
        find_tenant=find_tenant,
        enqueue=enqueue,
    )
    nudges = Nudges(
        database=database, directs=directs, find_user=members, find_tenant=find_tenant, enqueue=enqueue
    )
    return Telling(asks=asks, notices=notices, nudges=nudges)
