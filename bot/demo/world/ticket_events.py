"""What staff did on each ticket: took it, answered, checked, passed it on, closed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.world.batch import Batch
from bot.demo.world.seeded import DAY, MINUTE, instants
from bot.demo.world.ticket_text import ANSWERS, CHECKS, ESCALATIONS

if TYPE_CHECKING:
    from bot.demo.world.ticket_rows import Desk

PER_TICKET = 16
Event = tuple[int, int, str, str, str, bool]
"""Ticket place in the chunk, second, by, kind, body, internal."""
WORKING, PENDING = 1, 2


def event_rows(desk: Desk) -> Batch:
    """Return the history of a chunk's tickets."""
    world = desk.chunk.world
    draws = desk.chunk.rng("ticket-events").integers(0, 1 << 30, len(desk.places)).tolist()
    found: list[Event] = []
    slots: list[int] = []
    for k, draw in enumerate(draws):
        events = _events(desk, k, draw)
        found += events
        slots += range(len(events))
    places = desk.places.tolist()
    return Batch.of(
        "isp_ticket_events",
        {
            "id": world.ids.many(
                "event", (places[e[0]] * PER_TICKET + s for e, s in zip(found, slots, strict=True))
            ),
            "ticket_id": world.ids.many("ticket", (places[e[0]] for e in found)),
            "at": instants([min(e[1], world.calendar.now) for e in found]),
            "by": [e[2] for e in found],
            "kind": [e[3] for e in found],
            "body": [e[4] for e in found],
            "internal": [e[5] for e in found],
        },
    )


def _events(desk: Desk, k: int, draw: int) -> list[Event]:
    answered, resolved, who = int(desk.answered[k]), int(desk.resolved[k]), desk.assignee[k]
    if who is None or answered < 0:
        return []
    words, opened, status = desk.words[k], int(desk.opened[k]), int(desk.status[k])
    taker = who if draw % 4 else "dispatch"
    found: list[Event] = [
        (k, max(opened + 20, answered - 5 * MINUTE), taker, "assign", f"Assigned to {who}", True),
        (k, answered, who, "comment", ANSWERS[draw % len(ANSWERS)].format_map(words.slots), False),
    ]
    end = resolved if resolved > 0 else min(desk.chunk.world.calendar.now, answered + 5 * DAY)
    step = max(60, (end - answered) // 5)
    if draw % 10 < 7:  # seven in ten are checked in writing
        found.append(
            (k, answered + step, who, "comment", words.fill(CHECKS[(draw >> 5) % len(CHECKS)]), True)
        )
    if desk.level[k]:
        text = ESCALATIONS[(draw >> 9) % len(ESCALATIONS)]
        found.append(
            (k, answered + 2 * step, who, "escalate", f"L1 → L{int(desk.level[k]) + 1}: {text}", True)
        )
    if status in (WORKING, PENDING) or draw % 3 == 0:
        body = "in_progress → pending" if status == PENDING else "open → in_progress"
        found.append((k, answered + 3 * step, who, "status", body, True))
    if resolved > 0:
        found.append((k, resolved, who, "status", "in_progress → resolved", True))
    if desk.closed[k] > 0:
        found.append((k, int(desk.closed[k]), who, "close", "Closed: customer did not object.", False))
    return found
