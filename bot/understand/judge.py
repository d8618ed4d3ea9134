"""Act, ask back, or say no: what to make of the guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understand.bans import FLAT
from bot.understand.clauses import IDLE
from bot.understand.jargon import LIKE_VERB
from bot.understand.sentence import Sentence, grounded
from bot.understand.together import all_together
from bot.understand.understanding import Guess, Understanding, Verdict
from bot.understand.words import stem, word_set

ELSEWHERE, STRANGE = 0.9, 0.43
"""Taken off every score for the nearness to what no plugin is about, and for words nobody here uses."""
LEAST = 0.17
"""Below this, the doubt taken off, nothing is offered as if it were meant."""
SURE = 0.25
"""From here, the doubt taken off, one guess alone is acted on."""
SURE_CHANGE = 0.35
"""As SURE for a change that does not have the form of an example."""
ALSO = 0.25
"""Guesses within this of the best are offered besides it, once something is asked."""
MARGIN = 0.04
"""Two guesses nearer than this are both offered."""
WIDE = 0.08
"""As MARGIN, where the best does not have the form of an example."""
WIDER = 0.14
"""As WIDE, where the best is not the one that speaks most of the words that were said."""
ALONE_BY = 0.12
"""As MARGIN, where the best has the form of an example and nothing else about it comes first."""
WIDEST = 0.16
"""As WIDE, where the best is a change."""
FAINT = 0.7
"""Below this a reading that has not the form of an example is offered, however far behind the next is."""
OUTRIGHT, ALONE = 0.45, 0.15
"""A change whose verb was not said is proposed from this score on, and this far ahead of everything else."""
BEYOND = 0.15
"""How much better something forbidden must fit before it is spoken of."""
PLAIN = 0.8
"""From here something forbidden is clearly meant though it has not the form of an example."""
NAMED = 0.65
"""As PLAIN, where a change's own verb was said of a thing: "suspend 100234"."""
NARROWS = re.compile(
    r"^(?:(?:no|ok|okay|but|now|then|and|show|me)\b[\s,]*)*(?:only\b|just (?:the|those|these|my|in|from)\b)",
    re.IGNORECASE,
)
"""Says less of what was listed; whatever else it sounds like, it is no wish of its own."""
OFFERED = 3
ROOT = 6
"""Letters a verb and its noun have in common: suspend, suspension."""
STOPPING = word_set("unsubscribe cancel unlink forget revoke disable")
"""Verbs of changes with which somebody gets what they forbid: "that mail must not go out"."""
SPOKEN = 0.35
"""How far behind the best the change may be that a ban or an "if" speaks of."""
HOW_SPOKEN = 0.5
"""As SPOKEN of a "how do I": what is asked for is a way to do something, however near a list is."""
HOW_TO_SEE = re.compile(
    r"\bhow (?:do|can|could|should|would|to|does one)\b(?: (?:i|we|you|one))? "
    r"(?:see|check|find|know|look|tell|view|read|list|get to)\b",
    re.IGNORECASE,
)
NEAR = 0.38
"""From here a guess may be mentioned to somebody who was not understood."""


def doubt_of(elsewhere: float, strange: float) -> float:
    """Return how much speaks against a message being a wish at all."""
    return ELSEWHERE * elsewhere + STRANGE * strange


def decide(
    guesses: Sequence[Guess], beyond: Guess | None, said: Sentence, doubt: float = 0.0
) -> Understanding:
    """Return the verdict over the guesses, best first; `beyond` is the best this person may not."""
    meant = _judged(guesses, beyond, said, doubt)
    return _forbidden(meant, said) if said.mood.banned else meant


def _judged(  # noqa: PLR0911 - one per verdict
    guesses: Sequence[Guess], beyond: Guess | None, said: Sentence, doubt: float
) -> Understanding:
    guesses = all_together([g for g in guesses if not _barred(g, said)])
    if said.mood.who_did:  # what somebody did is not wished for again
        guesses = [g for g in guesses if g.reads_only]
        beyond = beyond if beyond and beyond.reads_only else None
    beyond = beyond if beyond and _plainly_meant(beyond, said) else None
    offered = tuple(guesses[:OFFERED])
    fits = beyond.score - doubt if beyond else 0.0
    if not guesses or guesses[0].score - doubt < LEAST:
        far = fits > (guesses[0].score - doubt if guesses else 0.0) + BEYOND
        verdict = Verdict.FORBIDDEN if far and fits >= SURE else Verdict.UNKNOWN
        return Understanding(verdict=verdict, guesses=offered, beyond=beyond)
    if (held := _only_spoken_of(guesses, said)) is not None:  # how it is done, that it is not to be, or if
        return held
    best = guesses[0]
    named = best.wished and beyond is not None and not (beyond.wished or beyond.reads_only)
    if fits > best.score - doubt + BEYOND and fits >= SURE and not named:
        return Understanding(verdict=Verdict.FORBIDDEN, guesses=offered, beyond=beyond)
    wished = best.wished or (not said.mood.bans and _stands_out(guesses, doubt))
    may = said.mood.may_change or best.meant
    if not best.reads_only and not (may and wished):
        return _held(guesses, said, doubt) if not may else _only_sounds_like(guesses)
    rivals = [g for g in guesses[:OFFERED] if best.score - g.score < _reach(g, best, said)]
    if not may:
        rivals = [g for g in rivals if g.reads_only]
    if not best.reads_only and not best.missing:  # "open a ticket: no light" has all that opening one takes
        rivals = [g for g in rivals if not g.missing or best.score - g.score < MARGIN]
    odd = best.reads_only and not best.formed and (said.odd or (said.does and not best.wished))
    sure = LEAST if _says_it(guesses) else SURE if best.reads_only or best.formed else SURE_CHANGE
    faint = best.reads_only and not best.formed and best.score < FAINT
    if len(rivals) > 1 or best.score - doubt < sure or odd or faint:
        asked = [g for g in guesses[:OFFERED] if g.score >= max(NEAR, best.score - ALSO)]
        near = [g for g in asked if g.reads_only or may]
        if said.mood.who_did and fits >= SURE:  # the audit would know, and nothing else quite fits
            return Understanding(verdict=Verdict.FORBIDDEN, guesses=offered, beyond=beyond)
        return _unsure(near)
    verdict = Verdict.MISSING if best.missing else Verdict.CLEAR
    return Understanding(verdict=verdict, guesses=tuple(guesses[:OFFERED]))


def _forbidden(meant: Understanding, said: Sentence) -> Understanding:
    """Return what a ban leaves: the change it forbids, what may be looked at, and what stops something."""
    asks = said.mood.question or said.mood.shows
    unclear = meant.verdict is Verdict.UNSURE or (meant.verdict is Verdict.UNKNOWN and grounded(said))
    if meant.verdict is not Verdict.HELD and (asks or not unclear):
        return meant
    spoken = next((g for g in meant.guesses if not g.reads_only and _says(g, said)), None)
    stopping = frozenset() if FLAT.search(said.text) else STOPPING
    reads = [g for g in meant.guesses if g.reads_only and not (spoken and _verb(g) == _verb(spoken))]
    kept = tuple(g for g in meant.guesses if g in reads or g is spoken or _verb(g) in stopping)
    return replace(meant, verdict=Verdict.HELD, guesses=kept, forbids=spoken.action_id if spoken else "")


def _only_spoken_of(guesses: Sequence[Guess], said: Sentence) -> Understanding | None:
    """Return the change that is spoken of and not wished for, with what else comes near."""
    spoken = _spoken_of(guesses, said)
    if spoken is None:
        return _how_held(guesses, said)
    others = (g for g in guesses[:OFFERED] if g is not spoken)
    return Understanding(verdict=Verdict.HELD, guesses=(spoken, *others)[:OFFERED])


def _spoken_of(guesses: Sequence[Guess], said: Sentence) -> Guess | None:
    """Return the change a ban, an "if" or a "how do I" speaks of: a list of what it names is no answer."""
    mood = said.mood
    flat = mood.banned and not (mood.question or mood.shows or guesses[0].wished)
    if not (mood.how_to or mood.banned or mood.conditional) or (guesses[0].formed and not flat):
        return None
    reach = HOW_SPOKEN if mood.how_to else SPOKEN
    for guess in guesses:
        near = guess.score > guesses[0].score - reach and not guess.meant
        if near and not guess.reads_only and _says(guess, said):
            return guess
    return None


def _says(guess: Guess, said: Sentence) -> bool:
    """Say whether the verb of a change is said, or in a ban the noun of it: "not a single suspension"."""
    verb, banned = _verb(guess), said.mood.banned
    plain = [w for i, w in enumerate(said.words) if not w.low.endswith("ed") or _is_done(said, i)]
    plain = [w for w in plain if not (banned and w.low in IDLE)]
    if {stem(w.low) for w in plain} & {stem(verb), *LIKE_VERB.get(stem(verb), ())}:
        return True
    root = verb[:ROOT]
    return banned and len(verb) > len(root) and any(w.low.startswith(root) for w in plain)


def _verb(guess: Guess) -> str:
    return guess.action_id.split("_")[1] if "_" in guess.action_id else ""


def _how_held(guesses: Sequence[Guess], said: Sentence) -> Understanding | None:
    """Return the changes near to what a "how do I" is about: a list of what it names says not how."""
    best = guesses[0]
    if not said.mood.how_to or not best.reads_only or best.formed or HOW_TO_SEE.search(said.text):
        return None
    changes = [g for g in guesses if not g.reads_only and g.score > best.score - SPOKEN]
    return Understanding(verdict=Verdict.HELD, guesses=(*changes, best)[:OFFERED]) if changes else None


def _is_done(said: Sentence, at: int) -> bool:
    """Say whether a word is done to something: "must not be suspended"."""
    return at > 0 and said.words[at - 1].low in {"be", "being", "get", "gets"}


def _barred(guess: Guess, said: Sentence) -> bool:
    """Say whether another part of the message forbids it: "prepare a mail to her, don't send it yet"."""
    verb = guess.action_id.split("_")[1:2]
    return bool(verb) and not guess.reads_only and stem(verb[0]) in said.mood.bans


def _unsure(near: Sequence[Guess]) -> Understanding:
    """Return the choices, or that nothing fits where none of them may be offered."""
    return Understanding(verdict=Verdict.UNSURE if near else Verdict.UNKNOWN, guesses=tuple(near))


def _plainly_meant(beyond: Guess, said: Sentence) -> bool:
    """Say whether the words clearly mean what this person may not: who is refused believes it was asked."""
    if said.follows or NARROWS.match(said.text):
        return beyond.reads_only and beyond.formed
    if beyond.reads_only:
        return beyond.formed or beyond.score >= PLAIN
    told = beyond.formed and beyond.wished
    plain = NAMED if beyond.wished and beyond.args.keys() - beyond.from_focus else PLAIN
    return told or (beyond.score >= plain and (said.mood.may_change or beyond.meant))


def _stands_out(guesses: Sequence[Guess], doubt: float) -> bool:
    """Say whether a change is meant though its verb was not said: nothing else is anywhere near."""
    best = guesses[0]
    if best.missing:  # "credit note CN-1" may be to look at it
        return False
    return best.score - doubt >= OUTRIGHT and all(best.score - g.score >= ALONE for g in guesses[1:OFFERED])


TAKES_LESS = 0.02
"""How near a reading must be that leaves out what the best one takes: "what did we collect yesterday"."""


def _reach(other: Guess, best: Guess, said: Sentence) -> float:
    """Return how near another guess must be to be meant as well.

    What is told and not asked may be meant to change something: "OUT-77 is over" tells of it.
    """
    told = best.reads_only and not best.formed and not (said.mood.question or said.mood.shows)
    if best.reads_only and best.wished and best.args and not best.unused and other.missing:
        return _margin(best) if other.reads_only else MARGIN
    if best.reads_only and best.args and other.reads_only and other.unused and not best.unused:
        return TAKES_LESS
    names = any(m.start == said.begin for m in said.marks)
    if told and not other.reads_only and (other.wished or names or _says_more(other, best)):
        return WIDEST
    return _margin(best)


def _says_it(guesses: Sequence[Guess]) -> bool:
    """Say whether a whole change has the form of an example and nothing is near: "done: new drop cable"."""
    best = guesses[0]
    whole = best.formed and best.wished and not (best.reads_only or best.missing)
    return whole and all(best.score - g.score >= ALONE for g in guesses[1:])


def _says_more(other: Guess, best: Guess) -> bool:
    """Say whether a change has a place for all that was said, and the best has not."""
    return bool(best.unused) and not other.unused and not other.missing


def _margin(best: Guess) -> float:
    """Return how far ahead of the next the best must be to be acted on alone."""
    if best.formed:
        return MARGIN if best.first_by or not best.reads_only else ALONE_BY
    if not best.reads_only:
        return WIDEST
    return WIDE if "wording" in best.first_by else WIDER


def _only_sounds_like(guesses: Sequence[Guess]) -> Understanding:
    """A change nobody asked for outright: offered, not proposed."""
    near = [g for g in guesses[:OFFERED] if g.score >= NEAR]
    return _unsure(near)


def _held(guesses: Sequence[Guess], said: Sentence, doubt: float) -> Understanding:
    """A change in a question, a ban or an "if": a close reading may be run, the change only offered."""
    best = guesses[0]
    if said.mood.question and not said.mood.banned and not said.mood.conditional and not said.mood.how_to:
        reading = next((g for g in guesses if g.reads_only), None)
        if (
            reading
            and reading.score - doubt >= SURE
            and best.score - reading.score < 2 * MARGIN
            and not reading.missing
        ):
            return Understanding(verdict=Verdict.CLEAR, guesses=(reading, best))
    return Understanding(verdict=Verdict.HELD, guesses=tuple(guesses[:OFFERED]))
