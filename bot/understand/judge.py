"""Act, ask back, or say no: what to make of the guesses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understand.sentence import Sentence, grounded
from bot.understand.understanding import Guess, Understanding, Verdict

LEAST = 0.37
"""Below this nothing is offered as if it were meant."""
LEAST_LOOSE = 0.48
"""As LEAST, where a message names nothing that is there: the price of bitcoin is no plan's."""
SURE = 0.47
"""From here one guess alone is acted on."""
ALSO = 0.25
"""Guesses within this of the best are offered besides it, once something is asked."""
SURE_CHANGE = 0.56
"""As SURE for a change that does not have the form of an example."""
MARGIN = 0.05
"""Two guesses nearer than this are both offered."""
WIDE = 0.10
"""As MARGIN, where the best does not have the form of an example."""
HIGH, WIDER = 0.75, 0.14
"""As WIDE, where the best is not even near an example: below this score."""
WIDEST = 0.20
"""As WIDE, where the best is a change."""
BEYOND = 0.10
"""How much better something forbidden must fit before it is spoken of."""
OFFERED = 3
NEAR = 0.32
"""From here a guess may be mentioned to somebody who was not understood."""


def decide(guesses: Sequence[Guess], beyond: Guess | None, said: Sentence) -> Understanding:
    """Return the verdict over the guesses, best first; `beyond` is the best this person may not."""
    if said.mood.who_did:  # what somebody did is not wished for again
        guesses = [g for g in guesses if g.reads_only]
        beyond = beyond if beyond and beyond.reads_only else None
    offered = tuple(guesses[:OFFERED])
    fits = beyond.score if beyond else 0.0
    if not guesses or guesses[0].score < _least(guesses[0], said):
        verdict = Verdict.FORBIDDEN if fits >= SURE else Verdict.UNKNOWN
        return Understanding(verdict=verdict, guesses=offered, beyond=beyond)
    best = guesses[0]
    if fits > best.score + BEYOND and fits >= SURE:
        return Understanding(verdict=Verdict.FORBIDDEN, guesses=offered, beyond=beyond)
    if not best.reads_only and (not said.mood.may_change or not best.wished):
        return _held(guesses, said) if not said.mood.may_change else _only_sounds_like(guesses)
    margin = _margin(best)
    told = best.reads_only and not best.formed and not (said.mood.question or said.mood.shows)
    names = any(m.start == said.begin for m in said.marks)  # "OUT-77 is over" tells of it
    rivals = [
        g
        for g in guesses[:OFFERED]  # what is told and not asked may be meant to change something
        if best.score - g.score < (WIDEST if told and not g.reads_only and (g.wished or names) else margin)
    ]
    if not said.mood.may_change:
        rivals = [g for g in rivals if g.reads_only]
    if not best.reads_only and not best.missing:  # "open a ticket: no light" has all that opening one takes
        rivals = [g for g in rivals if not g.missing or best.score - g.score < MARGIN]
    odd = best.reads_only and not best.formed and said.odd
    sure = SURE if best.reads_only or best.formed else SURE_CHANGE
    if len(rivals) > 1 or best.score < sure or odd:
        asked = [g for g in guesses[:OFFERED] if g.score >= max(LEAST, best.score - ALSO)]
        near = [g for g in asked if g.reads_only or said.mood.may_change]
        if said.mood.who_did and fits >= SURE:  # the audit would know, and nothing else quite fits
            return Understanding(verdict=Verdict.FORBIDDEN, guesses=offered, beyond=beyond)
        return Understanding(verdict=Verdict.UNSURE, guesses=tuple(near))
    verdict = Verdict.MISSING if best.missing else Verdict.CLEAR
    return Understanding(verdict=verdict, guesses=tuple(guesses[:OFFERED]))


def _least(best: Guess, said: Sentence) -> float:
    """Return what the best must reach to be offered: more where nothing that is there was named."""
    return LEAST if best.formed or grounded(said) else LEAST_LOOSE


def _margin(best: Guess) -> float:
    """Return how far ahead of the next the best must be to be acted on alone."""
    if best.formed:
        return MARGIN
    if not best.reads_only:
        return WIDEST
    return WIDE if best.score >= HIGH else WIDER


def _only_sounds_like(guesses: Sequence[Guess]) -> Understanding:
    """A change nobody asked for outright: offered, not proposed."""
    near = [g for g in guesses[:OFFERED] if g.score >= NEAR]
    return Understanding(verdict=Verdict.UNSURE, guesses=tuple(near))


def _held(guesses: Sequence[Guess], said: Sentence) -> Understanding:
    """A change in a question, a ban or an "if": a close reading may be run, the change only offered."""
    best = guesses[0]
    if said.mood.question and not said.mood.banned and not said.mood.conditional and not said.mood.how_to:
        reading = next((g for g in guesses if g.reads_only), None)
        if (
            reading
            and reading.score >= SURE
            and best.score - reading.score < 2 * MARGIN
            and not reading.missing
        ):
            return Understanding(verdict=Verdict.CLEAR, guesses=(reading, best))
    return Understanding(verdict=Verdict.HELD, guesses=tuple(guesses[:OFFERED]))
