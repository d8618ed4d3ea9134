"""The app manifest: what the bot asks of a workspace, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.errors import BadInput
from bot.slack.scopes import AGENT, COMMANDS, LINKS, MINIMAL, OPTIONAL

SCOPES = tuple(one.name for one in MINIMAL)
EVENTS = ("app_mention", "app_uninstalled", "message.im", "tokens_revoked", "user_change")
HOME_EVENTS = ("app_home_opened",)
GROUP_EVENTS = ("subteam_members_changed", "subteam_updated")
AGENT_EVENTS = ("agent_session_stopped", "agent_session_title_changed", "app_context_changed")
LINK_EVENTS = ("entity_details_requested", "link_shared")
COMMAND = "/backhaul"
TICKET, ASK = "ticket", "ask"
"""The callback_id of the message shortcut, and of the global one."""
MOST_DOMAINS = 5
ABOUT = "Answers from the ISP's own systems, and acts under your own rights."
AGENT_ABOUT = (
    "Looks up customers, bills, tickets, sites and outages in the ISP's own systems, and changes them under "
    "your own rights, after a preview. Ask in your own words."
)
PROMPTS = (
    ("What is down?", "what is down right now"),
    ("My tickets", "show my open tickets"),
    ("Who is on call?", "who is on call"),
    ("What can you do?", "help"),
)


def make_manifest(
    url: str | None = None,
    *,
    agent: bool = True,
    org: bool = False,
    minimal: bool = False,
    unfurl: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a manifest for Socket Mode, or for signed HTTP at a public address.

    `minimal`: mentions and direct messages only. `agent`: with Slack's agent features, which an app cannot
    give up again. `org`: to be installed for a whole Enterprise organisation. `unfurl`: domains of links.
    """
    address = _address(url)
    if len(unfurl) > MOST_DOMAINS:
        raise BadInput(f"Slack takes {MOST_DOMAINS} domains for links at most; you named {len(unfurl)}.")
    agent = agent and not minimal
    return {
        "display_information": {"name": "Backhaul", "description": ABOUT},
        "features": _features(address, agent=agent, minimal=minimal, unfurl=unfurl),
        "oauth_config": {"scopes": _scopes(agent=agent, minimal=minimal, links=bool(unfurl))},
        "settings": {
            "event_subscriptions": {
                "bot_events": _events(agent=agent, minimal=minimal, links=bool(unfurl)),
                **({"request_url": address} if address else {}),
            },
            "interactivity": {
                "is_enabled": True,
                **({"request_url": address, "message_menu_options_url": address} if address else {}),
            },
            "socket_mode_enabled": address is None,
            "org_deploy_enabled": org,
            "token_rotation_enabled": False,
        },
    }


def _address(url: str | None) -> str | None:
    """Return where Slack sends everything; BadInput for what is no web address."""
    if url is None:
        return None
    if not url.startswith(("https://", "http://")) or any(sign.isspace() for sign in url):
        raise BadInput(f"“{url[:80]}” is no web address, such as https://bot.example.net.")
    return f"{url.rstrip('/')}/slack/events"


def _features(address: str | None, *, agent: bool, minimal: bool, unfurl: Sequence[str]) -> dict[str, Any]:
    home = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    made: dict[str, Any] = {
        "bot_user": {"display_name": "backhaul", "always_online": True},
        "app_home": home if minimal else {"home_tab_enabled": True, **home},
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
            _shortcut("Make a ticket of this", "message", TICKET, "Open a ticket with this message in it"),
            _shortcut("Ask Backhaul", "global", ASK, "Ask something, from wherever you are"),
        ]
    if agent:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        made["agent_view"] = {"agent_description": AGENT_ABOUT, "suggested_prompts": prompts}
    if unfurl:
        made["unfurl_domains"] = list(dict.fromkeys(one.strip().lower() for one in unfurl))
    return made


def _shortcut(name: str, kind: str, callback: str, about: str) -> dict[str, str]:
    return {"name": name, "type": kind, "callback_id": callback, "description": about}


def _scopes(*, agent: bool, minimal: bool, links: bool) -> dict[str, list[str]]:
    """Return what has to be granted, and what an admin may leave out at the installation."""
    needed, spare = [*MINIMAL], [*LINKS] if links else []
    if not minimal:
        needed.append(COMMANDS)
        spare = [*OPTIONAL, *spare]
    if agent:
        needed.append(AGENT)
    made = {"bot": sorted(one.name for one in needed)}
    return {**made, "bot_optional": sorted(one.name for one in spare)} if spare else made


def _events(*, agent: bool, minimal: bool, links: bool) -> list[str]:
    more = () if minimal else (*HOME_EVENTS, *GROUP_EVENTS)
    return sorted(
        [*EVENTS, *more, *(AGENT_EVENTS if agent else ()), *(LINK_EVENTS if links else ())],
    )
