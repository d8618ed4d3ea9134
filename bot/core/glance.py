"""A thing or a call at a glance, for who links to it where others read along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.action import Action, Via
from bot.core.cells import cell
from bot.core.desk import Desk
from bot.core.gate import Gate
from bot.core.here import Rules
from bot.core.question import Question
from bot.db import channels
from bot.db.database import Database
from bot.errors import UserError
from bot.host.registry import Owned
from bot.understand.arguments import arguments_of

CALL = "call"
"""The kind of a glance at a call; all others are kinds of things."""
SHOWS = frozenset({"show", "card"})
"""What actions are called that show one thing; or they are called as the thing is."""
SHORT = {
    "status": "status",
    "priority": "priority",
    "assignee": "assigned_to",
    "team": "team",
    "category": "category",
    "site": "service",
    "cause": "cause",
    "eta": "back_by",
    "tier": "tier",
}
"""What of a record is told at a glance, and as what; no address, number or name of a person who pays."""
SINCE = ("started_at", "opened_at", "since")
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What others may read of a thing: `facts` by what they are, such as status, in a few words each.

    `more` is for who asked alone: all that showing it would tell. `since` is when it began.
    """

    kind: str
    key: str
    title: str
    facts: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    source: str = ""


async def glance(desk: Desk, question: Question, kind: str, key: str) -> Glance | None:
    """Return what may be read in this place of the one thing that has this key, by the asker's rights.

    None where it may not be shown there, is not there, or cannot be asked for now. It is looked up by the
    action that shows such things, so it is allowed, limited and written down as if they had asked for it.
    """
    here = await desk.gate.here(question.user, question.place)
    found = next((one for one in desk.view.actions_for(question.user) if _shows(one, kind)), None)
    if here.closed or found is None or not here.allows(found):
        return None
    try:
        matches = await desk.gate.find(question.user, kind, key, place=question.place)
        match = next((one for one in matches if one.key.casefold() == key.casefold()), None)
        if match is None:
            return None
        name = next(one for one, ref in found.item.refs.items() if ref.kind == kind)
        reply = await desk.gate.call(
            question.user,
            found.id,
            {name: match.key},
            via=Via.PERSON,
            thread=question.thread,
            place=question.place,
        )
    except UserError:
        return None
    if reply.error or reply.waiting or (reply.private and not question.place.direct):
        return None
    zone = question.tenant.zone
    return Glance(
        kind=kind,
        key=match.key,
        title=_cut(match.label if match.key in match.label else f"{match.key} {match.label}"),
        facts=_short(match.record, zone),
        more=_texts(reply.facts, zone),
        since=_since(match.record),
        source=next((one.source for one in reply.evidence), ""),
    )


async def glance_at_call(database: Database, gate: Gate, question: Question, call_id: str) -> Glance | None:
    """Return how a call stands, for whom it concerns, where calls of its kind may be told of; else None."""
    try:
        shown = await gate.show(question.user, call_id)
    except UserError:
        return None
    waiting = shown.waiting
    async with database.tenant(question.tenant.id) as session:
        rules = Rules(await channels.find_rules(session))
    if rules.here(question.user, question.place).closed or not rules.tells(question.place, waiting.action_id):
        return None
    status = f"waits for {waiting.needs}" if shown.state == "asked" else shown.how or shown.state
    return Glance(
        kind=CALL,
        key=waiting.call_id,
        title=_cut(waiting.summary),
        facts={"status": _cut(status), "asked_by": _cut(waiting.asked_by)},
        since=shown.asked_at,
    )


def _shows(owned: Owned[Action], kind: str) -> bool:
    """Say whether an action shows one thing of this kind, given nothing else."""
    must = [one for one in arguments_of(owned.item) if one.required]
    named = owned.item.name in SHOWS or owned.item.name == kind
    return named and owned.item.reads_only and [one.entity for one in must] == [kind]


def _short(record: Any, zone: ZoneInfo) -> Mapping[str, str]:
    return _texts({name: getattr(record, attribute, None) for attribute, name in SHORT.items()}, zone)


def _texts(values: Mapping[str, Any], zone: ZoneInfo) -> Mapping[str, str]:
    """Return what is there in a few words each; an instant with its day, for it is read later too."""
    there = {name: value for name, value in values.items() if value not in (None, "")}
    return {
        _cut(name): _cut(
            f"{value.astimezone(zone):%d %b %Y %H:%M}" if isinstance(value, datetime) else cell(value, zone)
        )
        for name, value in there.items()
    }


def _since(record: Any) -> datetime | None:
    for name in SINCE:
        found = getattr(record, name, None)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day, tzinfo=UTC)
    return None


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
