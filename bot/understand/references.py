"""What a payment goes by: the code behind "ref"."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from bot.understand.arguments import Argument
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence

REFERENCES = frozenset({"ref", "reference", "txn", "transaction", "code"})
"""Words behind which a code is nobody's name."""
CODE = re.compile(r"(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,}")
MPESA = re.compile(
    r"\bm-?pesa(?: (?:code|no|number))?[\s:#]+"
    r"(?P<ref>(?-i:(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,12}))\b",
    re.IGNORECASE,
)
"""A code as M-Pesa writes it, right behind its name."""
OF_MARKS = frozenset({"reference", "email", "phone", "alt_phone"})
REFERENCE = re.compile(
    r"\b(?:ref(?:erence)?|txn|transaction|receipt|confirmation)(?: (?:no|nr|number|id|code))?\b"
    r"[.:#\s]*(?:is |was )?(?P<ref>(?=[\w\-]*\d)[\w\-]{4,})",
    re.IGNORECASE,
)


def reference_of(argument: Argument, said: Sentence) -> str:
    """Find what a payment goes by: "ref QW12ER45"."""
    if argument.name != "reference":
        return ""
    found = REFERENCE.search(said.text) or MPESA.search(said.text)
    return found["ref"] if found else ""


def bare_reference(argument: Argument, said: Sentence, used: AbstractSet[Mark]) -> str:
    """Take the code that names nothing else: "3999 from 100234 via mpesa QWE123RTY"."""
    if argument.name != "reference":
        return ""
    free = (m for m in said.marks if m.kind == "id" and not (m.entity or m.found or m in used))
    return next((m.text for m in free if CODE.fullmatch(m.text)), "")


def mark_of(argument: Argument, text: str, said: Sentence) -> Mark | None:
    """Return the mark that a reference or a contact is, so that it fills nothing else."""
    return next((m for m in said.marks if argument.name in OF_MARKS and m.text == text), None)
