"""Fills the sentences of a ticket with the customer's own street, plan and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.demo.world.chunk import Chunk
from bot.demo.world.seeded import DAY, Ints
from bot.demo.world.ticket_text import (
    BODIES,
    CATEGORIES,
    CLOSINGS,
    EVENTS,
    GREETED,
    GREETINGS,
    NTHS,
    ROOMS,
    SUBJECTS,
    WHENS,
)

CAST_WORDS = {
    "heroine": (
        "Very slow in the evenings",
        (
            "I pay for 50 Mbps but after 8 pm speed tests show about 12. On cable it is the same. "
            "It started last week. Please check the line, account 100234."
        ),
    ),
    "weak_optical": (
        "Internet drops many times a day",
        ("The red LOS light blinks and the internet goes away for minutes. It is worse when it rains."),
    ),
    "critical": (
        "Slow access to the imaging archive",
        (
            "Transfers to the imaging archive take four times as long as usual. "
            "We need this checked before the evening clinic."
        ),
    ),
    "flapping": (
        "Disconnects every few minutes",
        (
            "The internet goes and comes the whole day, more than ten times. "
            "We already changed the power adapter."
        ),
    ),
    "failed_autopay": (
        "Card was declined, please advise",
        (
            "I got a message that my card was declined, but there is money on it. "
            "Which card do you have on file?"
        ),
    ),
    "outage_critical": (
        "Dialysis centre without internet",
        (
            "All our machines report through this line. It has been down since this morning's road works; "
            "we run on a phone hotspot."
        ),
    ),
}
"""What the fixed cast wrote, by role."""


@dataclass(frozen=True)
class Words:
    """One ticket's texts, and the slots other texts about it are filled from."""

    subject: str
    body: str
    slots: Mapping[str, str]

    def fill(self, text: str) -> str:
        """Return a sentence about this ticket."""
        return text.format_map(self.slots)


def words_of(chunk: Chunk, here: Ints, opened: Ints, category: Ints, rng: np.random.Generator) -> list[Words]:
    """Return subject and body of each ticket."""
    draws = rng.integers(0, 1 << 30, (len(here), 3)).tolist()
    days = ((opened + chunk.world.calendar.offset) // DAY).tolist()
    roles = {i - chunk.low: m.role for i, m in chunk.cast.items()}
    now = chunk.world.calendar.now
    found = []
    for k, day, at, kind, (a, b, c) in zip(
        here.tolist(), days, opened.tolist(), category.tolist(), draws, strict=True
    ):
        slots = _slots(chunk, k, day, (a, b, c))
        name = CATEGORIES[kind]
        subject, body = SUBJECTS[name][a % len(SUBJECTS[name])], BODIES[name][b % len(BODIES[name])]
        greeting = "" if body.startswith(GREETED) else GREETINGS[(c >> 9) % len(GREETINGS)]
        body = greeting + body + CLOSINGS[(c >> 14) % len(CLOSINGS)]
        words = Words(subject.format_map(slots), body.format_map(slots), slots)
        if roles.get(k) in CAST_WORDS and at > now - 3 * DAY:
            words = Words(*CAST_WORDS[roles[k]], slots)
        found.append(words)
    return found


def _slots(chunk: Chunk, k: int, day: int, draw: tuple[int, int, int]) -> dict[str, str]:
    a, b, c = draw
    plan, when = chunk.plans[k], date(1970, 1, 1) + timedelta(days=day)
    return {
        "when": WHENS[(a >> 8) % len(WHENS)],
        "event": EVENTS[(b >> 8) % len(EVENTS)],
        "room": ROOMS[(c >> 4) % len(ROOMS)],
        "nth": NTHS[c % len(NTHS)],
        "road": chunk.ports[k].road,
        "first": (chunk.names[k][1] or chunk.names[k][0]).split()[0],
        "number": chunk.numbers[k],
        "plan": plan.name,
        "down": str(plan.down_mbps),
        "slow": str(max(1, plan.down_mbps * (5 + c % 30) // 100)),
        "amount": f"{plan.price_minor / 100:,.0f} {chunk.world.isp.currency}",
        "day": f"{when - timedelta(days=1 + c % 3):%A}",
        "month": f"{when.replace(day=1) - timedelta(days=1):%B}",
        "rx": f"{chunk.world.lines.rx[chunk.low + k]:.1f}",
        "hours": str(1 + c % 90),
    }
