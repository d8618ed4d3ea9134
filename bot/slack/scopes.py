"""What the bot asks of a Slack workspace, and why, in words for whoever has to agree to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One scope. `without` says what is missing when it is not granted; empty: nothing works without it.

    `full`: only the full manifest asks for it, the minimal one does not.
    """

    name: str
    why: str
    without: str = ""
    full: bool = False


MINIMAL = (
    Asked(name="app_mentions:read", why="to hear when somebody mentions it"),
    Asked(
        name="channels:history",
        why="to find an answer of its own again after a broken connection, so that none is posted twice",
    ),
    Asked(
        name="channels:read",
        why="to know whether guests or other organisations read a channel, before it shows anything there",
    ),
    Asked(name="chat:write", why="to answer"),
    Asked(name="groups:history", why="to find its answers again in private channels, too"),
    Asked(name="groups:read", why="to know the same of private channels"),
    Asked(name="im:history", why="to hear what people write to it directly"),
    Asked(name="im:write", why="to answer in private what not everybody in a channel may read"),
    Asked(name="mpim:history", why="to find its answers again in group conversations, too"),
    Asked(name="mpim:read", why="to know the same of group conversations"),
    Asked(name="users:read", why="to know who is a guest, from outside, or deactivated"),
    Asked(name="users:read.email", why="to recognise people by the e-mail address Slack verified"),
)
COMMANDS = Asked(
    name="commands",
    why="`/backhaul`, and the shortcuts `Ask Backhaul` and `Make a ticket of this`",
    without="There is no `/backhaul` and no shortcut; mentions and direct messages work.",
    full=True,
)
AGENT = Asked(
    name="assistant:write",
    why="to be an agent with suggested prompts (`--agent`; paid plans)",
    without="There are no suggested prompts, growing answers, titles or Stop; everything else works.",
    full=True,
)
LINKS = (
    Asked(
        name="links:read",
        why="to see links to customers, tickets, outages and its own cards (`--links`)",
        without="Links stay links; everything else works.",
        full=True,
    ),
    Asked(
        name="links:write",
        why="to show what such a link leads to (`--links`)",
        without="Links stay links; everything else works.",
        full=True,
    ),
)
OPTIONAL = (
    Asked(
        name="files:read",
        why="to take photos and documents that come with a message, and put them on tickets",
        without="A message with a file is answered with how to grant this.",
        full=True,
    ),
    Asked(
        name="files:write",
        why="to draw charts where Slack cannot, and to bring long lists as a file",
        without="Charts come as text where Slack does not draw them, and long lists in several messages.",
        full=True,
    ),
    Asked(
        name="usergroups:read",
        why="to let Slack's user groups give roles (`backhaul slack groups`; paid plans)",
        without="User groups give no roles; roles are given by hand.",
        full=True,
    ),
)
ALL = (*MINIMAL, COMMANDS, AGENT, *OPTIONAL, *LINKS)
WISHED = (AGENT, *LINKS)
"""What an app has only when it was wanted."""


def wanted(*, agent: bool = False, minimal: bool = False, links: bool = False) -> list[str]:
    """Return what an installation asks for, in order; what is optional may be left out by who agrees."""
    wished = (*((AGENT,) if agent else ()), *(LINKS if links else ()))
    more = () if minimal else (COMMANDS, *OPTIONAL, *wished)
    return sorted(one.name for one in (*MINIMAL, *more))


def find_missing(granted: Collection[str]) -> tuple[list[Asked], list[Asked]]:
    """Return the scopes that were not granted: those without which it does not work, and the others.

    To be an agent, or to show links, is not missed: an app does so only when it was wanted.
    """
    lacking = [one for one in ALL if one.name not in granted and one not in WISHED]
    return [one for one in lacking if not one.without], [one for one in lacking if one.without]


def table(scopes: Sequence[Asked] = ALL) -> str:
    """Return the README's table."""
    rows = [f"| `{one.name}` | {one.why} | {one.without or '(needed)'} |" for one in scopes]
    return "\n".join(["| Scope | Why | Without it |", "|---|---|---|", *rows])
