"""The app manifest: what the bot asks of a workspace, and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.errors import BadInput
from bot.slack.scopes import AGENT, COMMANDS, LINKS, MINIMAL, OPTIONAL, Asked

SCOPES = tuple(one.name for one in MINIMAL)
EVENTS = (
    *("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked", "user_change"),
    *("channel_id_changed", "channel_rename", "channel_shared", "channel_unshared", "group_rename"),
    *("member_joined_channel", "member_left_channel", "team_join"),
)
AGENT_EVENTS = ("agent_session_stopped", "agent_session_title_changed")
GROUP_EVENTS = ("subteam_members_changed", "subteam_updated")
THREAD_EVENTS = ("message.channels", "message.groups", "message.mpim")
"""What is said where the bot is a member; all but what goes on with it in a thread is dropped unread."""
LINK_EVENTS = ("entity_details_requested", "link_shared")
HOST = re.compile(r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
MOST_HOSTS = 5
"""Domains of links that Slack tells one app of."""
COMMAND = "/backhaul"
EVENTS_PATH, OAUTH_PATH = "/slack/events", "/slack/oauth"
ABOUT = "Answers from the ISP's own systems, and acts under your own rights."
AGENT_ABOUT = (
    "Looks up customers, bills, tickets, sites and outages in the ISP's own systems, and changes them under "
    "your own rights, after a preview. Ask in your own words."
)
SHORTCUTS = (
    ("Ask Backhaul", "global", "ask", "Ask something, or have something done; only you see the answer"),
    ("Make a ticket of this", "message", "ticket", "Open a ticket with the words of this message"),
)
"""Name, type, callback id and what it is for."""
PROMPTS = (
    ("What is down?", "what is down right now"),
    ("My tickets", "show my open tickets"),
    ("Who is on call?", "who is on call"),
    ("What can you do?", "help"),
)


def make_manifest(
    url: str | None = None,
    *,
    agent: bool = False,
    org: bool = False,
    minimal: bool = False,
    rotate: bool = False,
    links: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a manifest for Socket Mode, or for signed HTTP at a public address, where others can install it.

    `minimal`: mentions and direct messages only. `agent`: with Slack's agent features, which an app cannot
    give up again. `org`: to be installed for a whole Enterprise organisation. `rotate`: with tokens that
    last twelve hours and are renewed, which an app cannot give up again either. `links`: hosts; what people
    post of their pages is shown.
    """
    address = _address(url)
    hosts = () if minimal else _hosts(links)
    agent = agent and not minimal
    return {
        "display_information": {"name": "Backhaul", "description": ABOUT},
        "features": {
            **_features(address, agent=agent, minimal=minimal),
            **({"unfurl_domains": list(hosts)} if hosts else {}),
        },
        "oauth_config": {
            "scopes": _scopes(agent=agent, minimal=minimal, links=bool(hosts)),
            **({"redirect_urls": [f"{address.removesuffix(EVENTS_PATH)}{OAUTH_PATH}"]} if address else {}),
        },
        "settings": {
            "event_subscriptions": {
                "bot_events": _events(agent=agent, minimal=minimal, links=bool(hosts)),
                **({"request_url": address} if address else {}),
            },
            "interactivity": {
                "is_enabled": True,
                **({"request_url": address, "message_menu_options_url": address} if address else {}),
            },
            "socket_mode_enabled": address is None,
            "org_deploy_enabled": org,
            "token_rotation_enabled": rotate,
        },
    }


def _address(url: str | None) -> str | None:
    """Return where Slack sends everything; BadInput for what is no web address."""
    if url is None:
        return None
    if not url.startswith(("https://", "http://")) or any(sign.isspace() for sign in url):
        raise BadInput(f"“{url[:80]}” is no web address, such as https://bot.example.net.")
    return f"{url.rstrip('/')}{EVENTS_PATH}"


def _features(address: str | None, *, agent: bool, minimal: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "bot_user": {"display_name": "backhaul", "always_online": True},
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
    }
    if not minimal:
        command = {
            "command": COMMAND,
            "description": "Ask Backhaul something, or have it do something; only you see the answer",
            "usage_hint": "outages today",
            "should_escape": True,
        }
        made["slash_commands"] = [{**command, **({"url": address} if address else {})}]
        made["shortcuts"] = [
            {"name": name, "type": kind, "callback_id": callback, "description": about}
            for name, kind, callback, about in SHORTCUTS
        ]
    if agent:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        made["agent_view"] = {"agent_description": AGENT_ABOUT, "suggested_prompts": prompts}
    return made


def _hosts(links: Sequence[str]) -> Sequence[str]:
    """Return each host once; BadInput for what is none, or too many."""
    hosts = tuple(dict.fromkeys(one.strip().lower() for one in links))
    for one in hosts:
        if not HOST.fullmatch(one):
            raise BadInput(f"“{one[:80]}” is no name of a host, such as tickets.isp.example.")
    if len(hosts) > MOST_HOSTS:
        raise BadInput(f"Slack tells an app of links to {MOST_HOSTS} hosts at most; these are {len(hosts)}.")
    return hosts


def _scopes(*, agent: bool, minimal: bool, links: bool) -> dict[str, list[str]]:
    """Return what has to be granted, and what an admin may leave out at the installation."""
    needed, spare = [*MINIMAL], list[Asked]()
    if not minimal:
        needed.append(COMMANDS)
        spare = [*OPTIONAL, *(LINKS if links else ())]
    if agent:
        needed.append(AGENT)
    made = {"bot": sorted(one.name for one in needed)}
    return {**made, "bot_optional": sorted(one.name for one in spare)} if spare else made


def _events(*, agent: bool, minimal: bool, links: bool) -> list[str]:
    more = (*(AGENT_EVENTS if agent else ()), *(LINK_EVENTS if links else ()))
    return sorted([*EVENTS, *more, *(() if minimal else (*GROUP_EVENTS, *THREAD_EVENTS))])
