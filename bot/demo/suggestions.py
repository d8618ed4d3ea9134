"""Who one can be in the demo, and questions that work in its world."""

from __future__ import annotations

from bot.demo.world.isp import Isp
from bot.demo.world.places import LAKESIDE, SAVANNA
from bot.demo.world.staff import PERSONA_NAMES, STAFF


def find_personas(isp: Isp) -> dict[str, str]:
    """Return role -> e-mail address of the first person who holds it at a provider."""
    found: dict[str, str] = {}
    for colleague in STAFF[isp.slug]:
        if not colleague.left:
            found.setdefault(colleague.role, colleague.email(isp))
    return found


PERSONAS: dict[str, str] = {role: find_personas(SAVANNA)[role] for role in PERSONA_NAMES}
"""Role -> e-mail address of the person `--as` that role."""

LAKESIDE_PERSONAS: dict[str, str] = find_personas(LAKESIDE)
"""The same at the second provider, which has no billing."""

PERSONAS_OF = {SAVANNA.slug: PERSONAS, LAKESIDE.slug: LAKESIDE_PERSONAS}
"""The same by tenant."""

Suggestions = dict[str, list[str]]

SUGGESTIONS: Suggestions = {
    "support": [
        "who is Amina Bello",
        "show me customer 100234",
        "my tickets",
        "is 100203 online?",
        "find Siobhan Ndungu",
        "open a ticket for 100145: slow in the evenings",
        "suspend 100234 for non-payment",
        "who is on call",
    ],
    "billing": [
        "how much does Peter Otieno owe?",
        "which payments failed today",
        "invoices of 100219",
        "who owes us money",
        "revenue this month",
    ],
    "noc": [
        "any outages",
        "who is affected by OUT-0040",
        "optical level of 100172",
        "which devices are offline",
        "sessions per BNG",
        "what maintenance is planned",
        "when am I on call next",
    ],
    "field": [
        "line status of 100203",
        "show me customer 100118",
        "status of site CST-02",
        "any outages",
    ],
    "admin": [
        "which plugins are on",
        "list users",
        "what may the role support do",
        "who holds the role billing",
        "what waits for my approval",
        "list roles",
        "who is on call",
    ],
}
"""Role -> questions, the best first."""

LAKESIDE_SUGGESTIONS: Suggestions = {
    "support": [
        "who is Sarah Namukasa",
        "is 100234 online?",
        "my tickets",
        "find Sara Namukassa",
        "open a ticket for 100234: slow in the evenings",
        "suspend 100234 for non-payment",
    ],
    "noc": [
        "any outages",
        "who is affected by ap-lak-03-1",
        "sessions per BNG",
        "what maintenance is planned",
    ],
    "field": [
        "line status of 100187",
        "show me customer 100187",
        "status of site ISL-03",
    ],
    "admin": [
        "which plugins are on",
        "list users",
        "what may the role support do",
        "who holds the role noc",
    ],
}
"""The same at the second provider, of its own customers and places."""

SUGGESTIONS_OF = {SAVANNA.slug: SUGGESTIONS, LAKESIDE.slug: LAKESIDE_SUGGESTIONS}
"""The same by tenant."""
