"""What is asked for by its noun alone, as the card of a customer or line tells it: "phone", "address?"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.contract.reply import Reply, Tone
from bot.core.brief import things_of
from bot.core.turn import Turn
from bot.understand.focused import PERSON_KIND

THEIR = r"^(?:(?:and|ok|what(?:'s|s| is)?|show|give|me|the|her|his|their|customer'?s?)\s+)*"
CARD = re.compile(
    rf"{THEIR}(?:(?:phone|mobile|contact|telephone)(?: (?:no\.?|nr|number|details?))?s?|numbers?|"
    r"(?:home |street |service )?address|street|where (?:is|does) (?:she|he|it) live|e-?mail(?: address)?|"
    r"location)(?: please| pls)?[\s?.!]*$",
    re.IGNORECASE,
)
LIGHT = re.compile(
    rf"{THEIR}(?:(?:light |optical |signal )?levels?|signal|dbm|rx(?: power)?|light)"
    r"(?: now| please)?[\s?.!]*$",
    re.IGNORECASE,
)
FORMS = ((CARD, "show customer {}"), (LIGHT, "level of {}"))
"""What is asked for, and the question whose answer tells it."""


async def on_card(turn: Turn) -> Reply | None:
    """Show whom the thread is about where her phone, address or level is asked for; ask whose of several."""
    words, last = turn.question.words, turn.thread.last
    if turn.thread.asking or turn.thread.waiting or last is None:
        return None
    asked = next((question for form, question in FORMS if form.match(words)), "")
    if not asked:
        return None
    if _shows_several(turn, *last):
        return Reply("Whose? I listed several: say for example “the second”, or name one.", tone=Tone.WARN)
    if key := turn.thread.focus.get(PERSON_KIND, ""):
        turn.question = replace(turn.question, words=asked.format(key))
    return None


def _shows_several(turn: Turn, action_id: str, args: Mapping[str, Any]) -> bool:
    """Say whether the last reply was a list of several, of which none was taken."""
    thread = turn.thread
    return len(thread.rows) > 1 and thread.at < 0 and not things_of(turn, action_id, args)
