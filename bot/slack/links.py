"""Links that people post: which thing or call each leads to, by the addresses an admin gave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.contract.people import Tenant
from bot.contract.place import PlaceKind
from bot.core import web_links
from bot.core.glance import CALL
from bot.core.link_pages import ADDRESS, SLOT
from bot.slack.event import CHANNEL, KEY, LINKS, TS, USER, Heard, fits

ONE_KEY = "([A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?)"
ONE_CALL = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
MOST_LINKS = 5


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A link to one thing, or to a call of the bot's own."""

    url: str
    kind: str
    key: str


def find_linked(
    urls: Sequence[str], pages: Mapping[str, str], tenant: Tenant, public_url: str
) -> list[Linked]:
    """Return what links lead to, each thing once; only a whole address that fits counts."""
    own = web_links.public(public_url, web_links.call(tenant, SLOT))
    patterns = [(kind, _pattern(template, ONE_KEY)) for kind, template in pages.items()]
    if own:
        patterns.insert(0, (CALL, _pattern(own, ONE_CALL)))
    found: dict[tuple[str, str], Linked] = {}
    for url in urls[:MOST_LINKS]:
        for kind, pattern in patterns:
            if fitting := pattern.fullmatch(url):
                found.setdefault((kind, fitting[1]), Linked(url=url, kind=kind, key=fitting[1]))
                break
    return list(found.values())


def hear_links(body: Mapping[str, Any], bot_user_id: str) -> tuple[Heard, str] | str:
    """Return the links of a message with the key of its delivery; or why they are not looked at.

    Only where the bot is a member, for there it is known who reads along; and only once they are posted: what
    is shown while somebody writes would go along to wherever they send it.
    """
    event, key = body.get("event"), body.get("event_id")
    if not isinstance(event, Mapping) or not fits(KEY, key):
        return "malformed"
    if event.get("source") == "composer":
        return "not posted"
    if event.get("is_bot_user_member") is not True:
        return "not a member"
    user, channel, ts = event.get("user"), event.get("channel"), event.get("message_ts")
    thread = event.get("thread_ts") or ts
    if user == bot_user_id:
        return "bot"
    urls = urls_of(event.get("links"))
    if not (urls and fits(USER, user) and fits(CHANNEL, channel) and fits(TS, ts) and fits(TS, thread)):
        return "malformed"
    outsiders = body.get("is_ext_shared_channel") is True
    heard = Heard(
        user=str(user),
        text="",
        channel=str(channel),
        ts=str(ts),
        thread=str(thread),
        outsiders=outsiders,
        kind=str(PlaceKind.SHARED) if outsiders else "",  # the event says no more of the channel
        deed=LINKS,
        told={"urls": urls},
        aside=True,
    )
    return heard, f"link:{key}"


def urls_of(links: Any) -> list[str]:
    """Return the addresses in what Slack says of links."""
    found = [one.get("url") for one in links if isinstance(one, Mapping)] if isinstance(links, list) else []
    return [str(one) for one in found if fits(ADDRESS, one)][:MOST_LINKS]


def _pattern(template: str, key: str) -> re.Pattern[str]:
    before, _, after = template.partition(SLOT)
    return re.compile(f"{re.escape(before)}{key}{re.escape(after)}")
