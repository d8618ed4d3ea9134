"""A change that leaves out something that was named: it is not proposed before somebody says so."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.listed import picks_of
from bot.core.policy import doing
from bot.core.turn import Turn
from bot.understand.arguments import has_secret
from bot.understand.phrasing import command
from bot.understand.understanding import Guess


def held_open(turn: Turn, guess: Guess, told: str) -> Reply | None:
    """Ask whether a change is wished for without what has no place in it; None where it leaves nothing out.

    `told` is the change in words. A number, a day, a name or a limit that is lost is another wish.
    """
    if guess.reads_only or not guess.unplaced:
        return None
    owned = turn.desk.view.action(guess.action_id)
    left = " and ".join(f"“{words}”" for words in guess.unplaced)
    lead = f"I have no place for {left} in that, so I propose nothing yet: I would {doing(owned.item)}."
    if has_secret(owned.item, guess.args):  # a choice is kept in clear
        return _asks(turn, Reply(f"{lead} Say it again without it.", tone=Tone.ASK))
    choice = Choice(label=f"Without {left}: {told}", words=command(owned, guess.args))
    reply = Reply(f"{lead} Go on without it, or say it otherwise.", choices=(choice,), tone=Tone.ASK)
    return _asks(turn, reply, guess.missing)


def _asks(turn: Turn, reply: Reply, missing: tuple[str, ...] = ()) -> Reply:
    """Keep what can be chosen; what was asked or proposed before is over."""
    picks = tuple(replace(pick, asks=missing) for pick in picks_of(reply, Via.MODEL))
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=None, waiting="", version="")
    return reply
