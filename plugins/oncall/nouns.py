"""The permissions of this plugin, and how words become a team or a colleague."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from bot.api import BadInput, Entity, Evidence, Field, Match, NotFound, Ref, Staff, platform
from plugins.oncall.kept import Ctx, Kept, read
from plugins.oncall.team import Team

READ, WRITE, OWN = "oncall:read", "oncall:write", "oncall:own"
MOST_PEOPLE = 50
NAME = re.compile(r"[a-z0-9](?:[a-z0-9 _-]{0,38}[a-z0-9])?")
SELF = frozenset({"me", "myself", "i", "my"})
DESKS = "noc|support|billing|field|admin|network|duty|core"
LEADS = (
    "on call",
    "oncall",
    "on-call",
    "on duty",
    "on standby",
    "standby",
    "duty",
    "rotation",
    "rota",
    "roster",
    "pager",
    "calls",
    "engineer",
    "contact",
    "turn",
    "turns",
    "shift",
    "weekend",
    "wake",
    "page",
)  # fmt: skip - as it reads
LINKS = ("for", "for the", "of", "of the")
BEFORE = "|".join(f"(?<={lead} {link} )" for lead in LEADS for link in LINKS)
AFTER = "rotation|rota|roster|on[- ]?call|duty|standby|pager|phone|engineer on (?:call|duty)|person on call"
BARE = "|".join(rf"(?<={lead} )" for lead in ("on-call", "on call", "oncall", "duty", "standby", "pager"))
NAMED = (
    re.compile(rf"(?:{BARE})(?:{DESKS})\b(?=\s*(?:$|[?.!,]|now\b|to\w*\b|this\b|next\b))", re.IGNORECASE),
    re.compile(rf"(?:{BEFORE})(?:{DESKS})\b", re.IGNORECASE),
    re.compile(rf"\b(?:{DESKS})\b(?=(?: team)?(?:'s)? (?:{AFTER})\b)", re.IGNORECASE),
)
"""Teams called by words that mean something else too, where nothing but a team stands."""
SPLIT = re.compile(r"\s*(?:,|;|&|\band\b|\bthen\b)\s*", re.IGNORECASE)
EACH = re.compile(
    r"(?:\d+|an?|one|two|three|four|six|twelve) (?:hour|day|week)s?(?: each)?|weekly|daily", re.IGNORECASE
)
"""How long a turn lasts, said at the end of the list of those who take them; it is read as `length`."""

TeamRef = Annotated[Team, Ref("oncall_team")]
ColleagueRef = Annotated[platform.Member, Ref("colleague")]
People = Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=MOST_PEOPLE)]
TeamName = Annotated[str, Field(min_length=1, max_length=40)]


def team_name(words: str) -> str:
    """Return a team's name as it is kept: `the NOC team` is `noc`."""
    name = re.sub(r"^the\s+|\s+(?:team|rotation|roster)$", "", " ".join(words.lower().split()))
    if NAME.fullmatch(name) is None:
        raise BadInput("A team's name has up to 40 letters and digits, e.g. noc or field coast.")
    return name


async def find_team(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find teams that have a rotation by name."""
    words = re.sub(r"^the\s+|\s+(?:team|rotation|roster)$", "", text.strip().lower())
    found = [
        one for one in (await read(ctx)).standing if one.name.startswith(words) or words in one.name.split()
    ]
    return [
        Match(
            key=one.name,
            label=one.name,
            record=one,
            exact=one.name == words,
            score=1.0 if one.name == words else 0.6,
        )
        for one in found[:limit]
    ]


async def find_colleague(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find people who work here by name or e-mail; a first name is exact when only one has it."""
    words = text.strip().lower()
    if words in SELF:
        words = ctx.user.id
    found = [one for one in await ctx.port(Staff).find(words, limit=50) if one.active]
    whole = [one for one in found if words in {one.name.lower(), one.email.lower(), one.id}]
    first = [one for one in found if words == one.name.lower().split()[0]]
    exact = whole or (first if len(first) == 1 else [])
    return [
        Match(
            key=one.key,
            label=one.name,
            record=one,
            detail=one.email,
            exact=one in exact,
            score=1.0 if one in exact else 0.6,
        )
        for one in [*exact, *(one for one in found if one not in exact)][:limit]
    ]


async def named(ctx: Ctx, words: Sequence[str]) -> tuple[platform.Member, ...]:
    """Return the people of a list in its order: `nils, gideon and oyin`; say of each who it is not."""
    parts = [
        part for one in words for part in SPLIT.split(one.strip(" .")) if part and not EACH.fullmatch(part)
    ]
    if not parts or len(parts) > MOST_PEOPLE:
        raise BadInput(f"Name 1 to {MOST_PEOPLE} people in the order of their turns: nils, gideon and oyin.")
    found = [await _person(ctx, part) for part in parts]
    if len({one.id for one in found}) < len(found):
        raise BadInput("Everybody takes one turn in each round; name each person once.")
    return tuple(found)


async def _person(ctx: Ctx, words: str) -> platform.Member:
    matches = await find_colleague(ctx, words, limit=6)
    exact = [one for one in matches if one.exact] or matches
    if len(exact) == 1:
        return exact[0].record  # type: ignore[no-any-return]  # a Match carries what its entity found
    if not exact:
        raise NotFound(f"Nobody who works here is called “{words[:60]}”.")
    names = ", ".join(f"{one.label} ({one.key})" for one in exact)
    raise NotFound(f"Several people are called “{words[:60]}”: {names}. Use an e-mail address.")


def left(kept: Kept, people: Sequence[str]) -> str:
    """Say who of these people is passed over because they are not active; empty for none."""
    names = [kept.name(one) for one in people if one in kept.gone]
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{' and '.join(names)} {verb} not active here any more and {verb} passed over."


def source(ctx: Ctx) -> tuple[Evidence, ...]:
    """Return the evidence line."""
    return (Evidence(source="on-call rosters", at=ctx.now),)


TEAM = Entity(
    name="oncall_team",
    title="On-call team",
    permission=READ,
    find=find_team,
    scoped=False,
    patterns=NAMED,
    words=("rotation", "roster"),
)
COLLEAGUE = Entity(
    name="colleague",
    title="Colleague",
    permission=READ,
    find=find_colleague,
    scoped=False,
)
