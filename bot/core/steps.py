"""The ways to take a message, in the order in which they are tried; the last one answers always."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core import smalltalk
from bot.core.asked import asked_argument, asked_for, resumed
from bot.core.breaking_down import counted_by
from bot.core.brief import brief, drops, refused
from bot.core.channel_said import channel_ruled
from bot.core.decisions import decided, list_waiting
from bot.core.going_on import goes_on
from bot.core.handing_in import files_given
from bot.core.help import help_about, help_for, of_action, suggest
from bot.core.limit_open import limit_open
from bot.core.narrowing import corrected
from bot.core.not_anew import not_anew
from bot.core.of_them import what_they_are, what_they_do
from bot.core.on_card import on_card
from bot.core.one_by_one import one_by_one
from bot.core.pasted import pasted
from bot.core.picking import command_in, pick, picked
from bot.core.promising import told_beside
from bot.core.ready import taken_up
from bot.core.rows import about_list
from bot.core.sifting import sifted
from bot.core.smalltalk import Decision
from bot.core.threads import Pick, Thread
from bot.core.turn import Turn
from bot.core.unanswered import still_open
from bot.core.wishes import understood
from bot.understand.arguments import Kind

Step = Callable[[Turn], Awaitable[Reply | None]]
WHOAMI = "admin_whoami"
PEOPLE = "admin:people"
NOBODY = "I am a program and can fetch nobody; you run this workspace yourself."
BEGIN_WITH = 3
SHORT = 3
"""Words of a wish for help that is about a topic of help, not a question."""


async def help_wanted(turn: Turn) -> Reply | None:
    """Answer help, with or without a topic; an empty message too."""
    words = turn.question.words
    if not words or smalltalk.HELP.match(words):
        return help_for(turn.view, turn.user, plugins=turn.desk.plugins, used=await turn.used())
    if not (found := smalltalk.HELP_ON.match(words)):
        works = smalltalk.HOW_WORKS.match(words)
        return help_about(turn.view, turn.user, works["topic"]) if works else None
    reply = help_for(turn.view, turn.user, found["topic"])
    unknown = reply.tone is Tone.ASK and not reply.choices  # "help me with the bill of Amina": a question
    return None if unknown and len(words.split()) > SHORT else reply


async def decision(turn: Turn) -> Reply | None:
    """Take yes, no, approve, deny, cancel and undo."""
    words = turn.question.words
    if smalltalk.WAITING.match(words) or smalltalk.NTH.match(words):
        return await list_waiting(turn)
    said = drops(turn) or smalltalk.decision_in(words)
    if (said := said or (refused(words) if turn.thread.waiting or _asks_plainly(turn) else None)) is None:
        return None
    if said.word == "no" and not said.call:
        turn.thread = replace(turn.thread, left_open=None, paused=None)
    asking = turn.thread.asking
    if asking and not said.call and said.word != "undo":
        if asked_argument(turn).kind is Kind.YES_NO:
            return None
        if said.word == "no" and (not said.reason or _asks_plainly(turn)):
            turn.thread = replace(turn.thread, asking=None, picks=())
            return Reply("All right, I let it be.")
    reply = await decided(turn, said)
    about_it = turn.thread.focus and smalltalk.CANCEL_IT.match(words)
    if reply is not None or said.reason or about_it or smalltalk.THANKS.match(words):
        return reply
    return await _undecided(turn, said)


async def _undecided(turn: Turn, said: Decision) -> Reply | None:
    """Take a yes for what was offered, where nothing waits for one."""
    only = only_choice(turn.thread) if said.word == "yes" and not said.call else None
    return await picked(turn, only) if only else await taken_up(turn) or _nothing_waits(turn, said)


def _asks_plainly(turn: Turn) -> bool:
    """Say whether something was asked for that is no text: "no, she wants to think" is no answer to it."""
    return turn.thread.asking is not None and asked_argument(turn).kind not in {Kind.TEXT, Kind.MANY}


def _nothing_waits(turn: Turn, said: Decision) -> Reply:
    """Say that there is nothing to decide; a no to "Which one?" is an answer all the same."""
    offered = turn.thread.picks and turn.thread.picks[0].words
    if said.word == "no" and not said.call and (offered or smalltalk.LET_BE.match(turn.question.words)):
        turn.thread = replace(turn.thread, picks=(), others=())
        return Reply("All right, I let it be.")
    return Reply("Nothing waits for your yes or no here. Say `waiting` to see what waits elsewhere.")


def only_choice(thread: Thread) -> Pick | None:
    """Return what “Did you mean …?” offered when that was one thing; a button is no question."""
    return thread.picks[0] if len(thread.picks) == 1 and thread.picks[0].words else None


async def exact(turn: Turn) -> Reply | None:
    """Run an exact command; a person who typed it meant it."""
    command = command_in(turn, turn.question.words)
    if command is None:
        return None
    if command.wants_help:
        turn.here.check(command.owned)
        return of_action(command.owned)
    return await turn.call(command.owned.id, command.args, Via.PERSON)


async def small_talk(turn: Turn) -> Reply | None:  # noqa: PLR0911 - one answer each
    """Be polite, briefly, and show what to ask."""
    words, tenant = turn.question.words, turn.question.tenant
    if smalltalk.HELLO.match(words):
        return Reply(f"Hello {turn.user.name.split()[0]}. What do you need?", choices=await _beginning(turn))
    if smalltalk.THERE.match(words):
        return Reply("I am here. What do you need?", choices=await _beginning(turn))
    if smalltalk.LET_BE.match(words):
        waits = turn.thread.waiting or turn.thread.parked
        still = " What I showed still waits; say `waiting` to see it." if waits else ""
        return Reply(f"All right.{still}")
    if smalltalk.is_only_angry(words):
        return Reply(smalltalk.SORRY)
    if smalltalk.THANKS.match(words):
        return Reply("You are welcome.")
    if smalltalk.HUMAN.match(words):
        whom = await turn.whom(PEOPLE)
        return Reply(
            f"I am a program and can fetch nobody. About accounts and rights: {whom}" if whom else NOBODY
        )
    if smalltalk.BYE.match(words):
        return Reply("Goodbye.")
    if smalltalk.WHO.match(words):
        return Reply(
            f"I am Backhaul, the operations bot of {tenant.name}; a program, no person. I answer from your "
            "own systems and act for you where you may. Say `help` for what I can do.",
            choices=await _beginning(turn),
        )
    if smalltalk.ME.match(words) and not any(o.id == WHOAMI for o in turn.view.actions_for(turn.user)):
        roles = ", ".join(sorted(turn.user.roles)) or "no role"
        plugins = sorted({o.plugin for o in turn.view.actions_for(turn.user)})
        return Reply(
            f"You are {turn.user.name} ({roles}). You may use: {', '.join(plugins) or 'nothing yet'}."
        )
    return None


async def _beginning(turn: Turn) -> tuple[Choice, ...]:
    """Return questions to begin with: what the role asks most, then what people ask all day."""
    said = suggest(turn.view, turn.user, turn.thread.focus, BEGIN_WITH, await turn.used())
    return tuple(Choice(label=text, words=text) for text in said)


STEPS: Sequence[Step] = (
    files_given,
    pick,
    help_wanted,
    corrected,
    decision,
    still_open,
    limit_open,
    channel_ruled,
    brief,
    on_card,
    one_by_one,
    about_list,
    exact,
    asked_for,
    pasted,
    small_talk,
    resumed,
    counted_by,
    what_they_do,
    sifted,
    goes_on,
    what_they_are,
    not_anew,
    told_beside,
    understood,
)
