"""A few words behind a question that was not answered: they are about that one, not about everybody."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.ideas import sentence
from bot.core.rows import listing
from bot.core.sifting import go_back
from bot.core.smalltalk import decision_in
from bot.core.threads import Pick, Thread
from bot.core.turn import Turn
from bot.core.wishes import act_on, ask_of, told
from bot.understand.elliptic import LEAD, OF_WHAT, is_again, is_elliptic
from bot.understand.understanding import Guess, Verdict

SHOWN = 80
OFFERED = 3


def left_after(before: Thread, words: str, reply: Reply) -> str:
    """Return the question that is open behind a reply; what only went back to it leaves it as it was."""
    if reply.waiting or not (reply.error or reply.tone is Tone.ASK):
        return ""
    if decision_in(words) or not words:
        return before.unanswered
    behind = before.unanswered and is_elliptic(words) and not is_again(before.unanswered, words)
    return before.unanswered if behind else words


async def still_open(turn: Turn) -> Reply | None:
    """Read such words together with the question before where that is plain; else say that it is open."""
    before, words = turn.thread.unanswered, turn.question.words
    if turn.thread.asking or turn.thread.waiting:
        return None
    go_back(turn)
    if not before:
        return None
    if not is_elliptic(words) or is_again(before, words):
        return None
    if guess := await _together(turn, before, words):
        return await act_on(turn, guess)
    picks = [pick for pick in turn.thread.picks if pick.words][:OFFERED]
    if guess := await _of_the_list(turn):
        label = f"Of what I showed before: {sentence(turn, guess, told)}"
        picks.append(Pick(label=label, words=guess.said, via=Via.PERSON))
    shown = before if len(before) <= SHOWN else f"{before[:SHOWN]}…"
    text = f"“{shown}” is not answered yet, so I do not know what “{words}” is about."
    do = "Choose what you meant, or ask" if picks else "Ask"
    turn.thread = replace(turn.thread, picks=tuple(picks), rows=(), asking=None)
    choices = tuple(Choice(label=pick.label, words=pick.words) for pick in picks)
    return Reply(f"{text} {do} it all in one message.", choices=choices, tone=Tone.ASK)


async def _together(turn: Turn, before: str, words: str) -> Guess | None:
    """Return the reading of both in one, where it is a plain look-up that uses all of it."""
    rest = OF_WHAT.sub("", LEAD.sub("", words)).strip(" ?.!")
    ask = replace(ask_of(turn), words=f"{before.rstrip(' ?.!')} {rest}", last=None)
    meant = await turn.desk.understander.understand(ask)
    clear = meant.verdict is Verdict.CLEAR and not meant.lacks
    if not rest or not clear or not meant.best.reads_only or meant.best.unused or meant.best.missing:
        return None
    alone = await turn.desk.understander.understand(replace(ask, words=before))
    same = any(meant.action_id == guess.action_id for guess in alone.guesses)
    return meant.best if same and turn.fits(meant.action_id) else None


async def _of_the_list(turn: Turn) -> Guess | None:
    """Return what the words mean of the last list that was shown."""
    last = turn.thread.last
    if last is None or not listing(turn):
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    same = meant.verdict is Verdict.CLEAR and meant.action_id == last[0] and not meant.best.unused
    return meant.best if same and dict(meant.args) != dict(last[1]) else None
