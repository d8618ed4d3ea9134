"""Tickets of a chunk as rows, with their clocks: promised and real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.demo.world.batch import Batch
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import FIRST_RESPONSE_HOURS, RESOLVE_HOURS
from bot.demo.world.plants import LEAVER
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Flags, Floats, Ints, instants, pick
from bot.demo.world.staff import PERSONA_NAMES, STAFF, find_emails
from bot.demo.world.subscribers import CRITICAL
from bot.demo.world.ticket_events import event_rows
from bot.demo.world.ticket_text import CATEGORIES, RESOLUTIONS
from bot.demo.world.ticket_words import Words, words_of
from bot.demo.world.tickets import (
    BILLING,
    CAST,
    DRIFT,
    DROP,
    NO_SERVICE,
    ORPHAN,
    PAST,
    PATTERN,
    POWER,
    SLOW,
    WAVE,
)

PRIORITIES = ("urgent", "high", "normal", "low")
URGENT = 0
OPEN, WORKING, PENDING, RESOLVED, CLOSED = range(5)
STATUSES = ("open", "in_progress", "pending", "resolved", "closed")
LEVELS = ("L1", "L2", "L3")
PRIORITY_MIX = np.array(
    [
        (5, 55, 40, 0),
        (1, 12, 72, 15),
        (0, 2, 50, 48),
        (0, 6, 60, 34),
        (0, 10, 80, 10),
        (1, 42, 55, 2),
        (0, 1, 20, 79),
    ]
)
"""Weights of the priorities, a row per category."""
NEVER = -1
SUPPORT = "support"
WAITS_FOR = {"billing": "billing", "installation": "field", "equipment": "field"}
"""The team in whose queue tickets that nobody took are, by what they are about."""
UNSOLVED, FADES = 0.6, 2.5 * DAY
"""Share of the newest tickets that wait for somebody, and how fast that share falls with age."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What happened to the tickets of a chunk; arrays by ticket."""

    chunk: Chunk
    places: Ints
    here: Ints
    opened: Ints
    category: Ints
    story: Ints
    outage: Ints
    priority: Ints
    level: Ints
    status: Ints
    answered: Ints
    resolved: Ints
    closed: Ints
    assignee: list[str | None]
    words: list[Words]

    def promise(self, hours: dict[str, float]) -> Ints:
        """Return when something was promised, by priority."""
        seconds = np.array([hours[p] * HOUR for p in PRIORITIES])
        due: Ints = (self.opened + seconds[self.priority]).astype(np.int64)
        return due


def ticket_rows(chunk: Chunk) -> Iterator[Batch]:
    """Return tickets, then their events."""
    order, customers = chunk.world.tickets_by_customer
    first, last = np.searchsorted(customers, [chunk.low, chunk.high])
    places = np.sort(order[first:last])
    if len(places):
        desk = _work(chunk, places)
        yield _tickets(desk)
        yield event_rows(desk)


def _work(chunk: Chunk, places: Ints) -> Desk:
    tickets, world, rng = chunk.world.tickets, chunk.world, chunk.rng("tickets")
    opened, category, story = tickets.opened[places], tickets.category[places], tickets.story[places]
    here = tickets.customer[places] - chunk.low
    critical = chunk.slice(world.subs.tier)[here] == CRITICAL
    draw = rng.random(len(places))[:, None]
    priority = (draw * 100 >= np.cumsum(PRIORITY_MIX, axis=1)[category]).sum(axis=1)
    priority = np.where(critical & np.isin(category, (NO_SERVICE, SLOW)), URGENT, np.minimum(priority, 3))
    priority = np.where((story == CAST) & ~critical, 2 - (category == NO_SERVICE), priority)
    answered = opened + _spent(rng, priority, FIRST_RESPONSE_HOURS, 0.8)
    resolved = opened + _spent(rng, priority, RESOLVE_HOURS, 0.9)
    resolved = np.where(_stays_open(rng, opened, story, world.calendar.now), NEVER, resolved)
    ends = np.array([o.ended or 0 for o in world.outages] or [0])
    resolved = np.where(story == PAST, ends[tickets.outage[places]] + 30 * MINUTE, resolved)
    answered = np.where(resolved >= 0, np.minimum(answered, resolved - 60), answered)
    answered = np.where(story == CAST, opened + 25 * MINUTE, np.maximum(answered, opened + 45))
    answered = np.where(answered > world.calendar.now, NEVER, answered)
    resolved = np.where(resolved > world.calendar.now, NEVER, resolved)
    closed = np.where(resolved >= 0, resolved + rng.integers(HOUR, 3 * DAY, len(places)), NEVER)
    closed = np.where(closed > world.calendar.now, NEVER, closed)
    level = np.where(
        np.isin(category, (NO_SERVICE, SLOW, 5)),
        pick(rng, (80, 15, 5), len(places)),
        pick(rng, (95, 5, 0), len(places)),
    )
    level = np.where(
        story == PATTERN, np.maximum(level, 1), np.where((story == WAVE) | (answered < 0), 0, level)
    )
    return Desk(
        chunk=chunk,
        places=places,
        here=here,
        opened=opened,
        category=category,
        story=story,
        outage=tickets.outage[places],
        priority=priority,
        level=level,
        status=_statuses(rng, story, answered, resolved, closed),
        answered=answered,
        resolved=resolved,
        closed=closed,
        assignee=_assignees(chunk, rng, (here, category, story, level, answered)),
        words=words_of(chunk, here, opened, category, rng),
    )


def _spent(rng: np.random.Generator, priority: Ints, promised: dict[str, float], spread: float) -> Ints:
    """Return seconds something took: usually a third of what was promised, sometimes more than all."""
    hours = np.array([promised[p] for p in PRIORITIES])[priority]
    taken: Floats = hours * HOUR * rng.lognormal(np.log(0.33), spread, len(priority))
    return taken.astype(np.int64)


def _stays_open(rng: np.random.Generator, opened: Ints, story: Ints, now: int) -> Flags:
    young = opened > now - 15 * DAY
    chance = np.where(young, UNSOLVED * np.exp((opened - now) / FADES), 0.0)
    chance = np.where(np.isin(story, (WAVE, POWER, DROP, ORPHAN, CAST)), 1.0, chance)
    chance = np.where((story == DRIFT) & young, 0.6, chance)
    found: Flags = rng.random(len(opened)) < chance
    return found


def _statuses(rng: np.random.Generator, story: Ints, answered: Ints, resolved: Ints, closed: Ints) -> Ints:
    draw = rng.random(len(story))
    working = np.where(draw < 0.55, WORKING, np.where(draw < 0.8, PENDING, OPEN))  # shares
    status = np.where(answered < 0, OPEN, working)
    status = np.where(story == ORPHAN, PENDING, np.where(story == CAST, WORKING, status))
    return np.where(closed >= 0, CLOSED, np.where(resolved >= 0, RESOLVED, status)).astype(np.int64)


def _assignees(
    chunk: Chunk, rng: np.random.Generator, ticket: tuple[Ints, Ints, Ints, Ints, Ints]
) -> list[str | None]:
    """Return who works on each: by level and subject; Sam has the cast's tickets and his share."""
    isp = chunk.world.isp
    sam = f"{PERSONA_NAMES['support'].split()[0].lower()}.ochieng@{isp.domain}"
    first = [
        c.email(isp)
        for c in STAFF[isp.slug]
        if c.role == "support" and c.level == "L1" and not c.left and c.region is None
    ]
    second = find_emails(isp, "support", "L2") or first
    desks = (first, second, find_emails(isp, "noc"))
    money = find_emails(isp, "billing") or first
    draw = rng.random(len(ticket[0])).tolist()
    found: list[str | None] = []
    for d, category, story, level, answered in zip(
        draw, *(column.tolist() for column in ticket[1:]), strict=True
    ):
        if story == ORPHAN:
            found.append(f"{LEAVER}@{isp.domain}")
        elif story == CAST:
            found.append(money[0] if category == BILLING else sam if sam in first else first[0])
        elif answered < 0:
            found.append(None if d < 0.7 else first[int(d * 997) % len(first)])  # share nobody took yet
        else:
            team = money if category == BILLING and d < 0.7 else desks[level]  # share
            found.append(team[int(d * 997) % len(team)])
    return found


def _teams(desk: Desk) -> list[str]:
    """Return whose queue each is in: that of who has it, or of those it waits for while nobody does.

    New lines are the technicians' whoever looks after the customer meanwhile.
    """
    isp = desk.chunk.world.isp
    roles = {c.email(isp): c.role for c in STAFF[isp.slug]}
    return [
        roles.get(who, SUPPORT)
        if who and CATEGORIES[category] != "installation"
        else WAITS_FOR.get(CATEGORIES[category], SUPPORT)
        for who, category in zip(desk.assignee, desk.category.tolist(), strict=True)
    ]


def _tickets(desk: Desk) -> Batch:
    chunk, world = desk.chunk, desk.chunk.world
    size, rng = len(desk.places), chunk.rng("ticket-texts")
    by = find_emails(world.isp, "support")
    outages = [o.number for o in world.outages]
    sites = [chunk.sites[k] for k in desk.here.tolist()]
    columns: dict[str, list[Any]] = {
        "id": world.ids.many("ticket", desk.places.tolist()),
        "number": [world.tickets.number(k) for k in desk.places.tolist()],
        "customer_id": [chunk.ids[k] for k in desk.here.tolist()],
        "subject": [w.subject for w in desk.words],
        "body": [w.body for w in desk.words],
        "category": [CATEGORIES[k] for k in desk.category.tolist()],
        "priority": [PRIORITIES[k] for k in desk.priority.tolist()],
        "status": [STATUSES[k] for k in desk.status.tolist()],
        "level": [LEVELS[k] for k in desk.level.tolist()],
        "assignee": desk.assignee,
        "team": _teams(desk),
        "opened_by": [
            "customer" if d < 0.55 else by[int(d * 997) % len(by)] for d in rng.random(size).tolist()
        ],  # share by portal
        "opened_at": instants(desk.opened),
        "first_response_due": instants(desk.promise(FIRST_RESPONSE_HOURS)),
        "resolve_due": instants(desk.promise(RESOLVE_HOURS)),
        "first_response_at": instants(desk.answered, desk.answered < 0),
        "resolved_at": instants(desk.resolved, desk.resolved < 0),
        "closed_at": instants(desk.closed, desk.closed < 0),
        "resolution": resolutions(desk),
        "outage_number": [outages[k] if k >= 0 else None for k in desk.outage.tolist()],
        "region": [world.isp.regions[s.region].name for s in sites],
        "site": [s.code for s in sites],
        "partner": [s.partner for s in sites],
    }
    _note(desk, columns["number"])
    open_ = desk.resolved < 0
    world.count("tickets_open", int(open_.sum()))
    world.count(
        "tickets_breached_open", int((open_ & (desk.promise(RESOLVE_HOURS) < world.calendar.now)).sum())
    )
    return Batch.of("isp_tickets", columns)


def resolutions(desk: Desk) -> list[str | None]:
    """Return how each solved ticket was solved."""
    found: list[str | None] = []
    for place, category, resolved, words in zip(
        desk.places.tolist(), desk.category.tolist(), desk.resolved.tolist(), desk.words, strict=True
    ):
        texts = RESOLUTIONS[CATEGORIES[category]]
        found.append(words.fill(texts[place % len(texts)]) if resolved >= 0 else None)
    return found


def _note(desk: Desk, numbers: list[str]) -> None:
    """Record the tickets of planted truths; calls of the cast about the cut belong to its wave."""
    world = desk.chunk.world
    hit = np.unique(world.subs.owner[world.lines.cut])
    called = np.isin(desk.here + desk.chunk.low, hit) & (desk.category == NO_SERVICE)
    wave = (called & (desk.opened >= world.plants.cut_at)).tolist()
    plants = {POWER: "power_tickets", ORPHAN: "orphans", DRIFT: "drift_tickets", DROP: "drop_tickets"}
    for number, story, of_wave in zip(numbers, desk.story.tolist(), wave, strict=True):
        if of_wave or story in plants:
            world.note("wave" if of_wave else plants[story], number)
