"""What nobody can do here: said plainly, with the nearest that can be done."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.help import examples
from bot.core.ideas import Named, Say, named_in, nearest
from bot.core.listed import picks_of
from bot.core.turn import Turn
from bot.errors import NotFound
from bot.understand.understanding import Ask, Understanding

OFFERED = 3
LIKELY = 0.65
"""From here a change that does not come near by its sort may have been meant after all."""


async def lacking(turn: Turn, ask: Ask, meant: Understanding, say: Say) -> Reply:
    """Say what was wished for in vain; offer what comes nearest, if anything does that this person may do."""
    alone = ", only " in meant.lacks  # it can, but not so
    text = f"I cannot {meant.lacks}{'.' if alone else ': no plugin that is on here does that.'}"
    named = await named_in(turn, ask)
    kept = [g for g in meant.guesses if g.reads_only or g.action_id in meant.instead or g.score >= LIKELY]
    ordered = sorted(kept, key=lambda guess: guess.action_id not in meant.instead)
    near = nearest(turn, ask, replace(meant, guesses=tuple(ordered)), say)
    begun = {guess.action_id for guess in meant.guesses}
    shown = (*near, *_begin(turn, meant, named, begun))
    choices = tuple({choice.words: choice for choice in shown}.values())[:OFFERED]
    reply = Reply(
        f"{text} The nearest I can do:" if choices else text, choices=choices, tone=Tone.WARN,
        error=NotFound.__name__,
    )  # fmt: skip
    asks = {guess.said: guess.missing for guess in meant.guesses}
    picks = tuple(replace(pick, asks=asks.get(pick.words, ())) for pick in picks_of(reply, Via.MODEL))
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=None, waiting="", version="")
    return reply


def _begin(turn: Turn, meant: Understanding, named: Named, but: set[str]) -> list[Choice]:
    """Return how to ask for what comes near, about what was named; what still needs something is left out."""
    there = {owned.id: owned for owned in turn.view.actions_for(turn.user)}
    hints = {**turn.thread.focus, **({named.kind: named.things[0][1]} if named.things else {})}
    wished = [there[one] for one in meant.instead if one in there and one not in but and turn.fits(one)]
    return [Choice(label=text, words=text) for text in examples(wished, hints)]
