"""Threads that are followed, and pages that are linked to: what the first tenant has, and what it may ask."""

from __future__ import annotations

from datetime import timedelta

from bot.contract.channel import EVERYWHERE, FollowRule, Who
from bot.db import inbox, slack_follows, slack_links
from bot.db.database import Database
from bot.db.slack_follows import Spot
from tests.probes.asking import Asks
from tests.probes.core import Things
from tests.probes.streams import TAKEN

SPOT = Spot(team_id="TSTR", channel="C1", thread="1.0")
PAGE = "https://tickets.isp.example/t/{key}"
RULE = FollowRule(channel=EVERYWHERE, who=Who.EVERYBODY)


async def fill(database: Database, things: Things) -> None:
    """Let the tenant's bot follow a thread, under a rule of its own, and know a page."""
    async with database.tenant(things.tenant.id) as session:
        await slack_follows.do_follow(session, SPOT, "U1", begins=True)
        await slack_follows.do_set_rule(session, FollowRule(channel=EVERYWHERE, who=Who.ASKER), by="probe")
        await slack_links.do_set_page(session, "ticket", PAGE, by="probe")


ASKS: Asks = {
    inbox.get_last_said: lambda s, a: inbox.get_last_said(s, TAKEN.lane, "U1", "2.0"),
    slack_follows.do_follow: lambda s, a: slack_follows.do_follow(s, SPOT, "U1", begins=True),
    slack_follows.do_begin: lambda s, a: slack_follows.do_begin(s, [(SPOT, "U1")]),
    slack_follows.do_interrupt: lambda s, a: slack_follows.do_interrupt(s, SPOT),
    slack_follows.do_disengage: lambda s, a: slack_follows.do_disengage(s, SPOT, "U1"),
    slack_follows.do_engage: lambda s, a: slack_follows.do_engage(s, SPOT, "U1"),
    slack_follows.do_hush: lambda s, a: slack_follows.do_hush(s, SPOT),
    slack_follows.get_following: lambda s, a: slack_follows.get_following(s, SPOT, "U1"),
    slack_follows.do_clear_rule: lambda s, a: slack_follows.do_clear_rule(s, EVERYWHERE),
    slack_follows.find_channels: lambda s, a: slack_follows.find_channels(s),
    slack_follows.find_rules: lambda s, a: slack_follows.find_rules(s),
    slack_follows.do_set_rule: lambda s, a: slack_follows.do_set_rule(s, RULE, by="probe"),
    slack_follows.do_forget: lambda s, a: slack_follows.do_forget(s, timedelta(days=-1)),
    slack_links.find_pages: lambda s, a: slack_links.find_pages(s),
    slack_links.do_set_page: lambda s, a: slack_links.do_set_page(s, "outage", PAGE, by="probe"),
    slack_links.do_clear_page: lambda s, a: slack_links.do_clear_page(s, "ticket"),
    inbox.do_blank: lambda s, a: inbox.do_blank(s, TAKEN),
}
