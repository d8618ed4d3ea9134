"""A few words behind a question that was not answered: they are about that one, not about everybody."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.asked import asked_argument
from bot.core.candidates import described
from bot.core.ideas import sentence
from bot.core.limit_open import LIMIT
from bot.core.rows import listing
from bot.core.sifting import go_back
from bot.core.smalltalk import decision_in
from bot.core.threads import Pick, Thread
from bot.core.turn import Turn
from bot.core.wishes import act_on, ask_of, told
from bot.understand.arguments import Kind
from bot.understand.elliptic import LEAD, OF_WHAT, goes_back, is_again, is_elliptic
from bot.understand.understanding import Guess, Understanding, Verdict

SHOWN = 80
OFFERED = 3


def left_after(before: Thread, words: str, reply: Reply) -> str:
    """Return the question that is open behind a reply; what only went back to it leaves it as it was."""
    if reply.waiting or not (reply.error or reply.tone is Tone.ASK):
        return ""
    if decision_in(words) or not words or words.isdigit():
        return before.unanswered
    behind = before.unanswered and is_elliptic(words) and not is_again(before.unanswered, words)
    return before.unanswered if behind else words


async def still_open(turn: Turn) -> Reply | None:
    """Read such words together with the question before where that is plain; else say that it is open."""
    before, words = turn.thread.unanswered, turn.question.words
    if turn.thread.waiting or (turn.thread.asking and not (_asks_which(turn) and goes_back(words))):
        return None
    if not turn.thread.asking:
        go_back(turn)
    otherwise = LIMIT.match(before) and LIMIT.match(words)  # said once more, of the same list
    if not before or otherwise or not is_elliptic(words) or is_again(before, words):
        return None
    if found := described(turn.thread.picks, LEAD.sub("", words).replace("only ", "")):
        return _fewer(turn, found)
    if guess := await _together(turn, before, words):
        return await act_on(turn, guess)
    meant = await turn.desk.understander.understand(ask_of(turn))
    of_list = _of_the_list(turn, meant)
    if of_list is None and not goes_back(words) and meant.verdict is Verdict.CLEAR:
        return None  # "and her balance": it has a subject, and only goes on
    picks = [pick for pick in turn.thread.picks if pick.words][:OFFERED]
    if of_list is not None:
        picks.append(_picked(turn, "Of what I showed before", of_list))
    elif meant.verdict is Verdict.CLEAR and meant.best.reads_only:
        picks.append(_picked(turn, "Of all there are", meant.best))
    shown = before if len(before) <= SHOWN else f"{before[:SHOWN]}…"
    text = f"“{shown}” is still open, so I do not know what “{words}” is about."
    do = "Choose what you meant, or ask" if picks else "Ask"
    turn.thread = replace(turn.thread, picks=tuple(picks), rows=())
    choices = tuple(Choice(label=pick.label, words=pick.words) for pick in picks)
    return Reply(f"{text} {do} it all in one message.", choices=choices, tone=Tone.ASK)


def _asks_which(turn: Turn) -> bool:
    """Say whether the bot asked which thing is meant: no thing is called "how many customers"."""
    return asked_argument(turn).kind is Kind.ENTITY


def _fewer(turn: Turn, found: tuple[Pick, ...]) -> Reply:
    """Offer those of the candidates that are described: "only in nyali", of many of one name."""
    choices = tuple(Choice(label=pick.label, words=pick.words, detail=pick.about) for pick in found)
    turn.thread = replace(turn.thread, picks=found, rows=())
    many = f"There are {len(found)} such. Which one?" if len(found) > 1 else "There is one such. Is it that?"
    return Reply(many, choices=choices, tone=Tone.ASK)


def _picked(turn: Turn, lead: str, guess: Guess) -> Pick:
    return Pick(label=f"{lead}: {sentence(turn, guess, told)}", words=guess.said, via=Via.PERSON)


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
    says = bool(meant.best.args)  # "total" behind what was not understood is of nobody knows whom
    return meant.best if same and says and turn.fits(meant.action_id) else None


def _of_the_list(turn: Turn, meant: Understanding) -> Guess | None:
    """Return what the words mean of the last list that was shown."""
    last = turn.thread.last
    if last is None or not listing(turn):
        return None
    same = meant.verdict is Verdict.CLEAR and meant.action_id == last[0] and not meant.best.unused
    return meant.best if same and dict(meant.args) != dict(last[1]) else None
