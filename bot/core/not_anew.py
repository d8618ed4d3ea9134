"""Words that go on from the last answer and cannot be applied to it: said, not asked of everybody."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.action import Via
from bot.contract.entity import Entity
from bot.contract.reply import Choice, Reply, Tone
from bot.core.ideas import sentence
from bot.core.listed import picks_of
from bot.core.rows import listing
from bot.core.turn import Turn
from bot.core.wishes import ask_of, told
from bot.understand.arguments import Kind, arguments_of
from bot.understand.elliptic import is_part
from bot.understand.understanding import Guess, Verdict
from bot.understand.words import FUNCTION, stem, tokens

SHOWS = frozenset({"limit", "csv"})
SHORT = 4
"""Words of a message that may go on from the one before it, where it names nothing itself."""
LONGEST = 200
POINTS = re.compile(
    r"\b(?:it|its|she|he|her|him|his|they|them|their|those|these|the (?:two|three|four|five|six)|both)\b",
    re.IGNORECASE,
)
"""Speaks of what was named before."""
WHICH = re.compile(r"^(?:(?:and|so|ok)\s+)*which \w+[\s?.!]*$", re.IGNORECASE)
"""Asks which one of those before."""
WHOLE = re.compile(
    r"\b(?:all|somebody|someone|anybody|anyone|can|could|may|should)\b|^is it the\b", re.IGNORECASE
)
"""Stands in a question that says by itself whom it is about."""
SOME = re.compile(r"^(?:(?:and|so|ok)\s+)*how many (?:are|is|were|was)\s+(?!there\b)\S", re.IGNORECASE)
"""Counts some of what was listed, also where it is said as of everybody."""


async def not_anew(turn: Turn) -> Reply | None:
    """Say what cannot be narrowed, where the words would begin a question about everybody or a change."""
    if turn.thread.asking:
        return None
    words = turn.question.words
    if not listing(turn) or not is_part(words):
        return await _of_what(turn, words)
    meant = await turn.desk.understander.understand(ask_of(turn))
    text = f"I cannot narrow what I showed last by “{words}”."
    if meant.verdict is Verdict.UNKNOWN and not meant.lacks:
        return Reply(f"{text} If it is a new question, say of whom or what.", tone=Tone.WARN)
    if meant.verdict not in {Verdict.CLEAR, Verdict.MISSING} or not _is_new(turn, meant.best):
        return None
    if not meant.best.reads_only:
        return Reply(f"{text} I changed nothing; say the whole of what you need.", tone=Tone.WARN)
    return offered(turn, meant.best, f"{text} If it is a new question, of all there are:")


async def _of_what(turn: Turn, words: str) -> Reply | None:
    """Ask of what a few words are that name nothing, behind something they may well be about."""
    last, points = turn.thread.last, POINTS.search(words) is not None
    short = len(words.split()) <= SHORT
    if WHOLE.search(words):
        return None
    behind = last is not None or (points and turn.thread.unanswered)
    if not behind or turn.thread.waiting or len(words) > LONGEST or not (short or points):
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    some = SOME.match(words) is not None and bool(turn.thread.rows)
    of_all = meant.best.reads_only and (some or not meant.best.formed) if meant.guesses else False
    if meant.verdict is not Verdict.CLEAR or not of_all or not _is_new(turn, meant.best):
        return None
    if not (points or some) and not WHICH.match(words) and says_what(turn, meant.best, words):
        return None
    shown = words.rstrip(" ?.!")
    text = f"“{shown}”: of what? Say the account, the ticket or whatever it is about."
    return offered(turn, meant.best, f"{text} Or, of all there are:")


def says_what(turn: Turn, guess: Guess, words: str) -> bool:
    """Say whether words have a thing of their own that they ask for: "dark onts", behind a customer."""
    owned = turn.desk.view.action(guess.action_id)
    own = {stem(w) for w in (*owned.item.name.split("_"), *owned.plugin.split("_"))}
    said = {t.stem for t in tokens(words) if t.low not in FUNCTION}
    things = (e.item for e in turn.desk.view.all(Entity))
    nouns = {stem(word) for thing in things for word in (thing.name, thing.title.lower(), *thing.words)}
    return not (own | nouns).isdisjoint(said)


def offered(turn: Turn, guess: Guess, text: str) -> Reply:
    """Offer a reading that was not asked for plainly."""
    choice = Choice(label=sentence(turn, guess, told), words=guess.said)
    reply = Reply(text, choices=(choice,), tone=Tone.ASK)
    picks = [replace(pick, asks=guess.missing) for pick in picks_of(reply, Via.PERSON)]
    turn.thread = replace(turn.thread, picks=tuple(picks))
    return reply


def _is_new(turn: Turn, guess: Guess) -> bool:
    """Say whether a reading has nothing to do with what was shown, nor names something itself."""
    last = turn.thread.last
    action_id, args = last or ("", {})
    if guess.action_id == action_id:
        return False
    had = {str(value) for name, value in args.items() if name not in SHOWS}
    had |= {*turn.thread.focus.values(), *turn.thread.rows}
    if any(str(value) in had for name, value in guess.args.items() if name not in SHOWS):
        return False
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return not any(a.kind is Kind.ENTITY for a in arguments if guess.args.get(a.name) is not None)
