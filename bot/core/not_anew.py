"""Words that ask for a part of the last answer and cannot be applied to it: said, not asked of everybody."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.ideas import sentence
from bot.core.rows import listing
from bot.core.threads import picks_of
from bot.core.turn import Turn
from bot.core.wishes import ask_of, told
from bot.understand.arguments import Kind, arguments_of
from bot.understand.elliptic import is_part
from bot.understand.understanding import Guess, Verdict

SHOWS = frozenset({"limit", "csv"})


async def not_anew(turn: Turn) -> Reply | None:
    """Say what cannot be narrowed, where the words would begin a question about everybody or a change."""
    if turn.thread.asking or not listing(turn) or not is_part(turn.question.words):
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    text = f"I cannot narrow what I showed last by “{turn.question.words}”."
    if meant.verdict is Verdict.UNKNOWN and not meant.lacks:
        return Reply(f"{text} If it is a new question, say of whom or what.", tone=Tone.WARN)
    if meant.verdict not in {Verdict.CLEAR, Verdict.MISSING} or not _is_new(turn, meant.best):
        return None
    if not meant.best.reads_only:
        return Reply(f"{text} I changed nothing; say the whole of what you need.", tone=Tone.WARN)
    label = sentence(turn, meant.best, told)
    reply = Reply(
        f"{text} If it is a new question, of all there are:",
        choices=(Choice(label=label, words=meant.best.said),),
        tone=Tone.ASK,
    )
    picks = [replace(pick, asks=meant.best.missing) for pick in picks_of(reply, Via.PERSON)]
    turn.thread = replace(turn.thread, picks=tuple(picks))
    return reply


def _is_new(turn: Turn, guess: Guess) -> bool:
    """Say whether a reading has nothing to do with what was shown, nor names something itself."""
    last = turn.thread.last
    if last is None or guess.action_id == last[0]:
        return False
    had = {str(value) for name, value in last[1].items() if name not in SHOWS}
    had |= {*turn.thread.focus.values(), *turn.thread.rows}
    if any(str(value) in had for name, value in guess.args.items() if name not in SHOWS):
        return False
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return not any(a.kind is Kind.ENTITY for a in arguments if guess.args.get(a.name) is not None)
