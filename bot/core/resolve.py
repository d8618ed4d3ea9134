"""From the words that name a customer, ticket or device to exactly one record, or a question back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from bot.contract.action import Action
from bot.contract.entity import Entity, Match
from bot.contract.money import Money
from bot.contract.people import User
from bot.contract.reply import Choice
from bot.core.audit_body import MASK
from bot.core.bulkhead import DeadlinePassed, within
from bot.core.gate_setup import FIND, Setup
from bot.core.policy import check_permission, covers
from bot.errors import Ambiguous, NotFound, Unavailable
from bot.host.registry import Owned

SHOWN = 8
"""Choices offered; one more is looked for, to know whether there are more."""
CLOSE = 0.45
"""A lone match scored lower is only mentioned, never taken."""
CUT = re.compile(r"[\s\-_/.]+[^\s\-_/.]*$")
"""The last part of a name, which may be the wrong one."""
SHORTEST, LONGEST = 4, 60
"""Letters by which something nearly so called is looked for."""
TOO_SHORT = 3
"""Letters with which nothing is named but what is called so."""
SPELLING = "Check the spelling, or try another way to name it."
BOUNDED = (
    "Either it is called otherwise, or it lies outside the area your roles reach: then ask a colleague of "
    "that area, or an admin."
)
LIKE, NEAR, LOOKED = 70, 3, 30
"""How alike, of 100, two names have to be; how many are offered, of how many."""
BARE = re.compile(r"[\w.@:/+-]+")


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A call whose entity words were found: `args` holds canonical keys, `matches` the things by argument.

    `understood` says what was taken for what when the words were not an identifier. `rows` are the
    region, site and partner of each thing that lies in one.
    """

    args: Mapping[str, Any]
    matches: Mapping[str, Match] = field(default_factory=dict)
    understood: str = ""
    rows: tuple[Mapping[str, str | None], ...] = ()


async def resolve(setup: Setup, user: User, owned: Owned[Action], args: Mapping[str, Any]) -> Resolved:
    """Find the record behind each entity argument; NotFound, Ambiguous or NotAllowed say why not."""
    found: dict[str, Match] = {}
    settled = dict(args)
    said: list[str] = []
    rows: list[Mapping[str, str | None]] = []
    for name, ref in owned.item.refs.items():
        if (words := settled.get(name)) is None:
            continue
        entity = setup.view.entity(ref.kind)
        check_permission(user, entity.item.permission, f"look up a {title(entity)}", setup.plugins)
        matches = await find_matches(setup, user, entity, str(words), permission=owned.item.permission)
        if not matches and (near := await nearly(setup, user, entity, str(words), owned.item.permission)):
            choices = [choice(owned, name, match, settled) for match in near]
            raise Ambiguous(f"I found no {title(entity)} for {shown(str(words))}. Did you mean:", choices)
        elsewhere = hint(user, owned, entity)
        match = pick(owned, entity, name, str(words), matches, settled, elsewhere)
        if not match.exact and match.key.casefold() != str(words).casefold():
            said.append(f"taking “{str(words)[:60]}” as {match.label} ({match.key})")
        if entity.item.scoped:
            rows.append(match.scope)
        found[name], settled[name] = match, match.key
    return Resolved(args=settled, matches=found, understood="; ".join(said), rows=tuple(rows))


async def find_matches(
    setup: Setup,
    user: User,
    entity: Owned[Entity],
    words: str,
    *,
    permission: str | None = None,
    limit: int = SHOWN + 1,
) -> list[Match]:
    """Return the matches both rights reach, each key once, best first.

    What lies outside is dropped here too, whatever the connector returned.
    """
    rights = {entity.item.permission, permission or entity.item.permission}
    context = await setup.around.context(
        entity.plugin, user, scope=user.scope(permission or entity.item.permission)
    )
    async with setup.bulkheads.place(setup.tenant.id, entity.plugin):
        try:
            found = await within(FIND, entity.item.find(context, words.strip(), limit))
        except DeadlinePassed:
            raise Unavailable(
                f"Looking up the {title(entity)} took too long; nothing was changed. Try again in a moment."
            ) from None
    scoped = entity.item.scoped
    reached = {m.key: m for m in reversed(found) if not scoped or covers(user, rights, m.scope)}
    return [match for match in found if reached.get(match.key) is match]


async def nearly(setup: Setup, user: User, entity: Owned[Entity], words: str, permission: str) -> list[Match]:
    """Return the few things called nearly so, for words that name none: `olt-ctr-01-1` for `olt-ctr-1`."""
    plain = words.strip()[:LONGEST]
    cut = CUT.sub("", plain)
    if cut == plain or len(cut) < SHORTEST:
        cut = plain[:-2]
    if len(cut) < SHORTEST:
        return []
    found = await find_matches(setup, user, entity, cut, permission=permission, limit=LOOKED)
    likeness = {
        m.key: max(fuzz.ratio(plain.lower(), name.lower()) for name in (m.key, m.label)) for m in found
    }
    near = sorted((m for m in found if likeness[m.key] >= LIKE), key=lambda m: -likeness[m.key])
    return near[:NEAR]


def shown(words: str) -> str:
    """Return what somebody called a thing, to stand inside a sentence."""
    return f"“{words.strip()[:60]}”"


def hint(user: User, owned: Owned[Action], entity: Owned[Entity]) -> str:
    """Return what to do when nothing was found: alike whether it is nowhere, or out of their reach."""
    rights = (owned.item.permission, entity.item.permission)
    bounded = entity.item.scoped and not all(user.scope(right).everywhere for right in rights)
    return BOUNDED if bounded else SPELLING


def pick(
    owned: Owned[Action],
    entity: Owned[Entity],
    name: str,
    words: str,
    matches: Sequence[Match],
    args: Mapping[str, Any],
    elsewhere: str = SPELLING,
) -> Match:
    """Return the one thing meant; Ambiguous asks which, NotFound says what was searched, and `elsewhere`."""
    kind, said = title(entity), shown(words)
    if (key := [m for m in matches if m.key.casefold() == words.strip().casefold()]) and len(key) == 1:
        return key[0]
    exact = [match for match in matches if match.exact]
    if len(exact) == 1:
        return exact[0]
    likely = exact or [match for match in matches if match.score >= CLOSE]
    if not likely:
        near = ", ".join(f"{m.label} ({m.key})" for m in matches[:3])
        raise NotFound(f"I found no {kind} for {said}. {f'Did you mean {near}?' if near else elsewhere}")
    slip = len(words.strip()) < TOO_SHORT and words.strip().isalpha()  # "level nw": no stranger's line
    if len(likely) == 1 and owned.item.reads_only and not slip:
        return likely[0]
    choices = [choice(owned, name, match, args) for match in likely[:SHOWN]]
    if len(likely) == 1:
        only = likely[0]
        raise Ambiguous(
            f"There is no {kind} exactly {said}. Did you mean {only.label} ({only.key})?", choices
        )
    few = len(likely) <= SHOWN
    count = f"{len(likely)}:" if few else f"more than {SHOWN}. Say it more exactly, or choose:"
    raise Ambiguous(f"Which {kind} do you mean by {said}? I found {count}", choices)


def choice(owned: Owned[Action], name: str, match: Match, args: Mapping[str, Any]) -> Choice:
    """Return one thing as a choice: picking it states the whole call again with its key."""
    words = command_words(owned, {**args, name: match.key})
    label = match.label if match.key in match.label else f"{match.label} ({match.key})"
    return Choice(label, words, match.detail)


def command_words(owned: Owned[Action], args: Mapping[str, Any]) -> str:
    """Return a call in the exact command form: `tickets close ticket=TCK-1 reason="no light"`."""
    given = [f"{name}={quoted(value)}" for name, value in args.items() if value not in (None, MASK)]
    return " ".join([owned.plugin, owned.item.name, *given])


def quoted(value: Any) -> str:
    """Return an argument as it is typed; lists are joined by commas, odd words stand in double quotes."""
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        value = Money(value["minor"], value["currency"])
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = ",".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)
    if BARE.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def title(entity: Owned[Entity]) -> str:
    """Return the kind's name to stand inside a sentence."""
    name = entity.item.title or entity.item.name
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
