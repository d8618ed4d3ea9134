"""Who stands in for whom, where a message names two people: Kevin, in "bea is ill, kevin takes tonight"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.contract.action import Action
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence

INSTEAD = "instead_of"
"""The argument that says in whose place somebody is."""
IN_PLACE = re.compile(
    r"\b(?:for|instead of|in place of|rather than|not|over from|replac(?:e|es|ing)|reliev(?:e|es|ing)|"
    r"cover(?:s|ing)?|take over from)\s+$",
    re.IGNORECASE,
)
"""What stands before whoever is not there."""
AWAY = re.compile(
    r"\s*(?:(?:is|was|will be|'s|has been|feels|fell|called in|reported|goes|went|being)\s+)?"
    r"(?:also\s+|still\s+)?"
    r"(?:sick|ill|unwell|off\b|away|out\b|absent|unavailable|on (?:leave|holiday|vacation|maternity)|"
    r"not (?:in\b|here|available|there|around|well)|travel+ing|replaced by|relieved by|covered by|stuck|"
    r"in (?:hospital|a meeting|training)|can(?:not|'?t| ?not)|could(?:n'?t| not)|won'?t|will not|"
    r"does ?n[o']?t|has (?:an? |the )?(?:fever|malaria|flu|cold|day off|exam|funeral|wedding|appointment))"
    r"|'?s?\s+(?:shift|turn|place|duty|on-?call|night|weekend|phone|week|slot)\b",
    re.IGNORECASE,
)
"""What stands behind whoever is not there."""


def apart(argument: str, fitting: Sequence[Mark], action: Action | None, said: Sentence) -> list[Mark]:
    """Return the people this argument may be, where the action takes one who comes and one who is away."""
    if action is not None and OPENER in action.args.model_fields and argument in {OPENER, "assignee"}:
        return _by_deed(argument, fitting, said)
    if action is None or INSTEAD not in action.args.model_fields or argument not in {INSTEAD, "person"}:
        return [*fitting]
    away = [one for one in fitting if _is_away(one, said)]
    if argument == INSTEAD:
        return away or [*fitting]
    return [one for one in fitting if one not in away] if away else [*fitting]


OPENER = "opened_by"
"""The argument that says who began something, beside the one that says who has it now."""
OPENED = re.compile(
    r"\b(?:opened|created|raised|logged|reported|filed|entered|started) by\s+(?:the\s+)?$", re.IGNORECASE
)
OF = re.compile(r"\b(?:of|for|with|to)\s+$", re.IGNORECASE)
DID = re.compile(r"\s+(?:has\s+|had\s+)?(?:opened?|created?|raised?|logged|filed?|entered)\b", re.IGNORECASE)
I_OPENED = re.compile(
    r"\b(?:i|i have|i've) (?:opened|created|raised|logged|filed|entered)\b"
    r"|\b(?:opened|created|raised|logged|filed|entered) by (?:me|myself)\b",
    re.IGNORECASE,
)


def opens(argument: str, action: Action | None, said: Sentence) -> bool | None:
    """Say whether this argument is whoever asks, as who opened what is asked for; None if no matter."""
    if action is None or OPENER not in action.args.model_fields or argument not in {OPENER, "assignee"}:
        return None
    mine = I_OPENED.search(said.text) is not None
    return mine if argument == OPENER else (False if mine else None)


def _by_deed(argument: str, fitting: Sequence[Mark], said: Sentence) -> list[Mark]:
    """Return those who opened it for the one argument, and the others for who has it."""
    began = [
        one
        for one in fitting
        if OPENED.search(said.text, 0, one.start)
        or (DID.match(said.text, one.end) and not OF.search(said.text, 0, one.start))
    ]
    return began if argument == OPENER else [one for one in fitting if one not in began]


def _is_away(mark: Mark, said: Sentence) -> bool:
    """Say whether a message says of somebody that they are not there, or that another is in their place."""
    before = IN_PLACE.search(said.text, 0, mark.start) is not None
    whole = said.text.startswith(mark.text, mark.start)
    return before or AWAY.match(said.text, mark.start + len(mark.text) if whole else mark.end) is not None
