"""What was set up for a tenant's Slack, as configuration: pages behind links, and rules of threads."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any

from bot.contract.channel import EVERYWHERE, FollowRule, Who
from bot.core.export_read import Wanted
from bot.core.link_pages import check_template
from bot.db import slack_follows, slack_links
from bot.db.session import Session
from bot.errors import BadInput
from bot.host.registry import Registry

Change = tuple[str, Callable[[Session], Awaitable[object]]]
CHANNEL = re.compile(r"[CG][A-Z0-9]{1,40}")


async def slack_to_json(session: Session) -> dict[str, Any]:
    """Return the parts `links` and `follow` of the file."""
    rules = await slack_follows.find_rules(session)
    return {
        "links": await slack_links.find_pages(session),
        "follow": {one.channel: str(one.who) for one in rules},
    }


async def plan_slack(session: Session, registry: Registry, wanted: Wanted, by: str) -> list[Change]:
    """Return what changes, as lines and deeds; BadInput for what is no page and no channel."""
    kinds = registry.view(frozenset(registry.plugins)).entity_kinds
    links = [] if wanted.links is None else await _links(session, wanted.links, kinds, by)
    return links if wanted.follow is None else links + await _follow(session, wanted.follow, by)


async def _links(
    session: Session, wanted: Mapping[str, str], kinds: Collection[str], by: str
) -> list[Change]:
    for kind, template in wanted.items():
        if kind not in kinds:
            raise BadInput(f"links: there are no things of the kind “{kind[:40]}” here.")
        check_template(template)
    now = await slack_links.find_pages(session)
    return [
        *(
            (
                f"~ links to {kind}: {page}",
                partial(slack_links.do_set_page, kind=kind, template=page, by=by),
            )
            for kind, page in sorted(wanted.items())
            if now.get(kind) != page
        ),
        *(
            (f"- links to {kind}", partial(slack_links.do_clear_page, kind=kind))
            for kind in sorted(now.keys() - wanted.keys())
        ),
    ]


async def _follow(session: Session, wanted: Mapping[str, Who], by: str) -> list[Change]:
    if odd := sorted(one for one in wanted if one != EVERYWHERE and not CHANNEL.fullmatch(one)):
        raise BadInput(f"follow: “{odd[0][:60]}” is no channel's id, such as C0123ABCD, and not *.")
    now = {one.channel: one.who for one in await slack_follows.find_rules(session)}
    return [
        *(
            (
                f"~ follow {channel}: {who}",
                partial(slack_follows.do_set_rule, rule=FollowRule(channel=channel, who=who), by=by),
            )
            for channel, who in sorted(wanted.items())
            if now.get(channel) != who
        ),
        *(
            (f"- follow {channel}", partial(slack_follows.do_clear_rule, channel=channel))
            for channel in sorted(now.keys() - wanted.keys())
        ),
    ]
