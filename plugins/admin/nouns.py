"""The permissions of this plugin, and the types its actions share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, cast

from bot.api import Area, Context, Evidence, Field, NoSettings, Ref, platform

Ctx = Context[NoSettings]
PersonRef = Annotated[platform.Member, Ref("person")]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(max_length=500)]

SELF, GLASS = "admin:self", "admin:break_glass"
PEOPLE, PEOPLE_READ = "admin:people", "admin:people_read"
GRANTS, ROLES = "admin:grants", "admin:roles"
PLUGINS, SETTINGS, HEALTH = "admin:plugins", "admin:settings", "admin:health"
AUDIT, POLICIES = "admin:audit", "admin:policies"
CHANNELS = "admin:channels"

ABOUT = {
    SELF: "See who you are, what you may do and what waits for you",
    GLASS: "Ask for a role in an emergency, for some hours",
    PEOPLE_READ: "See people, roles and who holds them",
    PEOPLE: "Add, link and deactivate people",
    GRANTS: "Give and take roles, within your own area",
    ROLES: "Change what roles may do",
    PLUGINS: "Turn plugins on and off, choose connectors",
    SETTINGS: "See and change the settings of plugins",
    HEALTH: "See whether plugins and their systems work",
    AUDIT: "Search the audit",
    POLICIES: "See and set where more people have to agree",
    CHANNELS: "See and set what may be asked and done in which channel",
}


SORTS = re.compile(
    r"(?:\s+(?:role|roles|rights|access|clerks?|agents?|people|person|team|staff|guys?|users?|members?|"
    r"engineers?|technicians?|colleagues?))+$"
)
"""What people put behind the name of a role: "a billing clerk"."""
BEFORE = re.compile(r"^(?:(?:the|an?|our|all|of|in|as|role)\s+)+")
JOBS = frozenset(
    ("lead", "leader", "manager", "head", "officer", "assistant", "specialist", "junior", "senior", "trainee",
     "desk", "supervisor", "operator", "agent", "clerk", "engineer", "team", "role",
     "too", "also", "as", "well")
)  # fmt: skip
"""Words of a job title around the role that is in it: "billing manager", "support too"."""
ALSO = {"administrator": "admin", "technician": "field", "finance": "billing", "accounting": "billing"}
"""What a built-in role is called besides, where no role has that name."""


def role_named(words: str, names: Iterable[str]) -> str:
    """Return the role that is meant by "a billing clerk" or "admins"; else the words as they are."""
    there = set(names)
    said = words.strip().strip(".,;:!?\"'").lower()
    plain = BEFORE.sub("", said)
    bare = SORTS.sub("", plain)
    for one in (said, plain, bare, plain.removesuffix("s"), bare.removesuffix("s")):
        found = next(
            (name for name in (one, one.replace(" ", "_"), ALSO.get(one, "")) if name in there), None
        )
        if found:
            return found
    words_ = set(re.findall(r"[\w-]+", plain))
    inside = [name for name in there if name in words_]
    return inside[0] if len(inside) == 1 and words_ - {inside[0]} <= JOBS else said


def core(ctx: Ctx) -> platform.Platform:
    """Return the bot itself, as this plugin and no other may reach it."""
    return cast("platform.Platform", ctx.open_port(platform.Platform.port_name))


def source(ctx: Ctx) -> tuple[Evidence, ...]:
    """Return the evidence line of what the bot itself knows."""
    return (Evidence(source="Backhaul", at=ctx.now),)


def area_of(region: str, site: str, partner: str) -> Area:
    """Read comma-separated names; empty means any."""
    return Area(region=_names(region), site=_names(site), partner=_names(partner))


def _names(words: str) -> frozenset[str] | None:
    return frozenset(w.strip() for w in words.split(",") if w.strip()) or None
