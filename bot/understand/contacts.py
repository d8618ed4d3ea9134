"""A phone number, e-mail or street said in plain words: "change her phone to 0722 111 222"."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from bot.contract.action import Action
from bot.understand.arguments import Argument
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence

PHONE = re.compile(r"\+?[\d ().\-]+")
SECOND = re.compile(r"\b(?:second|alt|alternative|alternate|other|another|backup)\b", re.IGNORECASE)
STREET = re.compile(
    r"\b(?:address|street)\b.*?(?:\bto|\bis(?: now)?|:)\s+(?P<text>(?=.*[^\W\d])\S.*)$", re.IGNORECASE
)
FEWEST = 7
"""Digits of a phone number at least."""


def contact_of(action: Action, argument: Argument, said: Sentence, used: AbstractSet[Mark]) -> str:
    """Find how somebody is to be reached; a read looks for it elsewhere."""
    if action.reads_only:
        return ""
    ids = [m.text for m in said.marks if m.kind == "id" and m not in used]
    phones = [text for text in ids if PHONE.fullmatch(text) and sum(map(str.isdigit, text)) >= FEWEST]
    second = SECOND.search(said.text) is not None
    match argument.name:
        case "email":
            return next((text for text in ids if "@" in text), "")
        case "phone" if not second:
            return next(iter(phones), "")
        case "alt_phone" if second:
            return next(iter(phones), "")
        case "street" if found := STREET.search(said.text):
            text = found["text"].strip(" .")
            return "" if text in ids else text
        case _:
            return ""
