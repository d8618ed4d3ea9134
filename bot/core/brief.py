"""A few words about what was just spoken of: "since when", "and hers", "for both", "delete that note"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.reply import Reply, Tone
from bot.core.smalltalk import Decision
from bot.core.turn import Turn
from bot.core.twofold import joined
from bot.understand.arguments import Kind, arguments_of
from bot.understand.focused import PLACES
from bot.understand.marks import PEOPLE
from bot.understand.words import word_set

MORE_OF_IT = re.compile(
    r"^(?:(?:and|but|ok)\s+)*(?:how long(?: already| now| (?:has|have) (?:it|that|they) been(?: \w+)?)?|"
    r"since when|by whom|who (?:declared|opened|reported|did|made|wrote|planned|booked) (?:it|that|this)|"
    r"until when|till when|for how long|when was (?:it|that)|where is (?:it|that)|"
    r"what happened(?: there)?)[\s?.!]*$",
    re.IGNORECASE,
)
"""What the card of a thing says."""
OTHERS = re.compile(
    r"^(?:(?:and|what about|how about|also)\s+)+(?:hers|his|theirs|the other(?: one|'s)?(?:'s)?)[\s?.!]*$",
    re.IGNORECASE,
)
"""The same of whom it was about before."""
BOTH = re.compile(
    r"^(?:(?:and|ok|please|can you)\s+)*(?:(?:do|run|make|show|check|repeat)\s+)?"
    r"(?:it|that|this|the same|same)?\s*for (?:both|all|each|every ?one|them all)"
    r"(?: of (?:them|these|those))?[\s?.!]*$",
    re.IGNORECASE,
)
HOW_MANY = re.compile(
    r"^(?:(?:and|so|ok)\s+)*how many(?:\s+(?:customers|people|subscribers|clients|homes|users))"
    r"(?:\s+(?:are|is))?(?:\s+(?:there|hit|affected|down|on (?:it|this|that)|below|below it|out))?"
    r"(?:\s+(?:in (?:all|total)|altogether))?[\s?.!]*$",
    re.IGNORECASE,
)
"""Counts the customers of the device, the site or the outage that was spoken of last."""
TICKETS = re.compile(
    r"^(?:(?:and|so|ok)\s+)*(?:how many (?:tickets|cases|complaints)|(?:which |any |the |what )?tickets)"
    r"(?:\s+(?:are|is|do we have|have we|came in|belong to it|there|on it|of it|for it|about it))*[\s?.!]*$",
    re.IGNORECASE,
)
"""Asks for the tickets of the outage that was spoken of last."""
DROP = re.compile(
    r"^(?:(?:ok|please|no|oh|sorry)[\s,]+)*(?P<verb>delete|remove|discard|drop|erase|take back|withdraw|"
    r"cancel|undo)\s+(?:that|this|the(?: last)?|my(?: last)?)\s+(?P<what>[a-z]+)(?: again| please)?[\s.!]*$",
    re.IGNORECASE,
)
MAKES = word_set("create add schedule")
"""Actions named by this alone make what their plugin is named by; `add_…` and `record_…` name it."""
ARE_MADE = word_set("note comment credit promise draft")
"""Actions named by what they make."""
FILLER = (
    r"(?:(?:hm+|oh|ah|well|actually|ok(?:ay)?|wait|sorry|um+|uh|please|on second thoughts?)\b[\s,.!…-]*)*"
)
REFUSES = re.compile(
    rf"^{FILLER}(?:(?:let'?s not|(?:i'?d )?(?:better|rather) not|forget about it|"
    r"(?:leave|forget|drop|scrap|skip) (?:it|that|this)|never ?mind|hold off|not now|not yet)\b|"
    r"(?:no+|nope|nah|don'?t|do not|cancel|stop|abort)(?: (?:it|that|this|do (?:it|that)))?"
    r"(?=[\s.!]*$|\s*[,;.-]|\s+(?:because|she|he|they|i|we|already)\b))[\s,;.!-]*(?P<why>.{0,200})$",
    re.IGNORECASE | re.DOTALL,
)
"""A no to what waits, with words before it or a reason behind."""
LONGEST_NO = 16
"""Words of such a no."""


async def brief(turn: Turn) -> Reply | None:
    """Answer a few words that only make sense after what was just said; None for all others."""
    words, last = turn.question.words, turn.thread.last
    if turn.thread.asking or turn.thread.waiting or last is None:
        return None
    if BOTH.match(words):
        return await _both(turn, *last)
    if asked := _hit(turn, words, last):
        turn.question = replace(turn.question, words=asked)
        return None
    if not turn.desk.view.action(last[0]).item.reads_only:
        return None
    if OTHERS.match(words) and (other := _other(turn, *last)):
        return await turn.call(last[0], other, Via.PERSON)
    return await _more_of_it(turn, *last) if MORE_OF_IT.match(words) else None


def _hit(turn: Turn, words: str, last: tuple[str, Mapping[str, Any]]) -> str:
    """Return the question for the customers or the tickets of what was spoken of last."""
    if HOW_MANY.match(words) and (place := _place(turn, *last)):
        return f"who is hit by {place}"
    outage = dict(_named(turn, *last)).get("outage") if TICKETS.match(words) else ""
    return f"tickets of {outage}" if outage else ""


def _place(turn: Turn, action_id: str, args: Mapping[str, Any]) -> str:
    """Return the device, site or outage whose customers are counted: what was spoken of or changed last."""
    kind, key = next(reversed(list(turn.thread.focus.items())), ("", ""))
    if kind in PLACES:
        return key
    return next((thing for of, thing in _named(turn, action_id, args) if of in PLACES), "")


def _named(turn: Turn, action_id: str, args: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the things a call names, as kind and key."""
    return [(kind, str(args[name])) for name, kind in things_of(turn, action_id, args)]


async def _more_of_it(turn: Turn, action_id: str, args: Mapping[str, Any]) -> Reply | None:
    """Show the thing again that says it: what was asked about last, or the one row of a list."""
    if things_of(turn, action_id, args):
        return await turn.call(action_id, args, Via.PERSON)
    if len(turn.thread.rows) == 1:
        turn.question = replace(turn.question, words=turn.thread.rows[0])
    return None


def refused(words: str) -> Decision | None:
    """Take a no with words around it for one, where something waits: "hm no, she has paid by now"."""
    found = REFUSES.match(words)
    if not found or len(words.split()) > LONGEST_NO or words.rstrip().endswith("?"):
        return None
    return Decision(word="no", reason=found["why"].strip())


def drops(turn: Turn) -> Decision | None:
    """Take "delete that note" for undo, right after the note was written here."""
    found, last = DROP.match(turn.question.words), turn.thread.last
    if not found or last is None or not turn.thread.undoable or turn.thread.waiting:
        return None
    owned, what = turn.desk.view.action(last[0]), found["what"].lower()
    if owned.item.reads_only or what not in _made_by(owned.plugin, owned.item.name):
        return None
    if found["verb"].lower() == "cancel":  # a cancelled visit is no visit that was never planned
        named = {o.item.name for o in turn.desk.view.all(Action) if o.plugin == owned.plugin}
        return None if named & {"cancel", f"cancel_{what}"} else Decision(word="undo")
    return Decision(word="undo")


def _made_by(plugin: str, name: str) -> set[str]:
    """Return the nouns for what an action makes; nothing for one that changes what was there before."""
    verb, _, rest = name.partition("_")
    if rest:
        return {rest.split("_")[-1]} if verb in {"add", "record"} else set()
    if verb in MAKES:
        return {plugin.removesuffix("s")}
    return {verb} if verb in ARE_MADE else set()


def things_of(turn: Turn, action_id: str, args: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the things a call names, as argument and kind."""
    arguments = arguments_of(turn.desk.view.action(action_id).item)
    named = [a for a in arguments if a.kind is Kind.ENTITY and args.get(a.name) is not None]
    return [(a.name, a.entity) for a in named if a.entity not in PEOPLE]


def _other(turn: Turn, action_id: str, args: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the last question about whom the thread was about before."""
    for name, kind in things_of(turn, action_id, args):
        if key := turn.thread.before.get(kind):
            return {**args, name: key}
    return None


async def _both(turn: Turn, action_id: str, args: Mapping[str, Any]) -> Reply:
    """Answer the last question for both it may be about; a change is made for one after the other."""
    item, other = turn.desk.view.action(action_id).item, _other(turn, action_id, args)
    if item.reads_only and other is not None:
        first = await turn.call(action_id, args, Via.PERSON)
        return first if first.error else joined(first, await turn.call(action_id, other, Via.PERSON))
    return Reply(
        "I do that for one after the other: name the first, and then say `same for …` with the next.",
        tone=Tone.ASK,
    )
