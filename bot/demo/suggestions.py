"""Who one can be in the demo, and questions that work in its world."""

from __future__ import annotations

from bot.demo.world.places import SAVANNA
from bot.demo.world.staff import PERSONA_NAMES, SAVANNA_STAFF

PERSONAS: dict[str, str] = {
    role: next(c.email(SAVANNA) for c in SAVANNA_STAFF if c.name == name)
    for role, name in PERSONA_NAMES.items()
}
"""Role -> e-mail address of the person `--as` that role."""

SUGGESTIONS: dict[str, list[str]] = {
    "support": [
        "who is Amina Bello in Kilimani?",
        "show me customer 100234",
        "my tickets",
        "is customer 100203 online?",
        "open a ticket for 100145: slow in the evenings",
        "suspend customer 100234",
    ],
    "billing": [
        "how much does Peter Otieno owe?",
        "failed payments today",
        "invoices of 100219",
        "who is overdue?",
    ],
    "noc": [
        "which outages are there?",
        "who is affected by OUT-0040?",
        "weak ONTs",
        "is 100172 online?",
    ],
    "field": [
        "signal of 100203",
        "customer 100118",
        "my tickets",
    ],
    "admin": [
        "who may suspend customers?",
        "which plugins are on?",
        "what did people do today?",
    ],
}
"""Role -> questions, the best first."""
