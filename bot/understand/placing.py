"""Names that are places where nobody is called so: “invoices in nyali”, though people live in Nyali."""

from __future__ import annotations

import re
from typing import Any

from bot.understand.arguments import arguments_of
from bot.understand.filled import Filled
from bot.understand.lookups import Lookups
from bot.understand.sentence import Sentence

PERSON, AREA = "customer", "area"
IN = re.compile(r"\b(?:in|around|near)\s+(?:the\s+)?$", re.IGNORECASE)


async def put_place(action: Any, filled: Filled, said: Sentence, lookups: Lookups) -> None:
    """Take a name behind “in” that no customer bears for the place it is, in a reading that has one."""
    arguments = arguments_of(action)
    if AREA in filled.args or not filled.reads_only or all(a.name != AREA for a in arguments):
        return
    for argument in arguments:
        text = filled.args.get(argument.name) if argument.entity == PERSON and not argument.required else None
        mark = next((m for m in said.names if m.text == text), None)
        if mark is None or not IN.search(said.text, 0, mark.start):
            continue
        if not any(m.exact for m in await lookups.find(PERSON, mark.text) or ()):
            del filled.args[argument.name]
            filled.take(AREA, mark.text, mark)
            return
