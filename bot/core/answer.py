"""From words to a reply, the same for every surface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.decisions import decide_on, list_waiting
from bot.core.desk import Desk
from bot.core.handing_in import hand_in, with_files
from bot.core.keeping import hidden, kept
from bot.core.kept_threads import do_save_thread, get_thread
from bot.core.limit_open import limit_after
from bot.core.nudging import with_nudges
from bot.core.promising import with_promise
from bot.core.question import LONGEST, Question
from bot.core.steps import STEPS
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.core.unanswered import left_after
from bot.errors import Ambiguous, BotError, NotAllowed, NotFound, UserError
from bot.trouble import incident, warn
from bot.understand.words import clean

Step = Callable[[Turn], Awaitable[Reply]]


async def answer(desk: Desk, question: Question) -> Reply:
    """Answer one message; never raises a UserError: what is wrong is said in the reply.

    Tried in this order: a pick of the last reply, help, a decision, an exact command, the answer to
    what the bot asked, small talk; then the words are understood.
    """
    words = clean(question.words[:LONGEST])
    reply = await _turn(desk, replace(question, words=words), _first_that_fits)
    if len(question.words) <= LONGEST:
        return reply
    return replace(
        reply, text=f"{reply.text}\n\nI read only the first {LONGEST:,} characters of your message."
    )


async def press(desk: Desk, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
    """Make the call behind a button, a form or a modal; the person meant exactly this."""

    async def call(turn: Turn) -> Reply:
        return await turn.call(action_id, args, Via.PERSON)

    return await _turn(desk, question, call)


async def decide(
    desk: Desk, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
) -> Reply:
    """Say yes or no to a waiting call, by its button; `version` is that of the preview shown."""

    async def say(turn: Turn) -> Reply:
        return await decide_on(turn, call_id, yes=yes, reason=reason, version=version)

    return await _turn(desk, question, say)


async def undo(desk: Desk, question: Question, call_id: str) -> Reply:
    """Take a finished call back, by its button."""

    async def take_back(turn: Turn) -> Reply:
        done = await desk.gate.undo(question.user, call_id, place=question.place, key=question.key or None)
        return turn.answered(done)

    return await _turn(desk, question, take_back)


async def waiting(desk: Desk, question: Question) -> Reply:
    """Return what waits for this person's yes, or for somebody else's on their behalf."""
    return await _turn(desk, question, list_waiting)


async def _first_that_fits(turn: Turn) -> Reply:
    for step in STEPS:
        if (reply := await step(turn)) is not None:
            return reply
    raise AssertionError("the last step answers always")


async def _stepped(turn: Turn, step: Step) -> Reply:
    """Answer the message; what is wrong is said."""
    try:
        return with_promise(turn, await step(turn))
    except UserError as error:
        return said(error)


async def _turn(desk: Desk, question: Question, step: Step) -> Reply:
    """Take one step in a thread: load it, do it, keep it; whatever goes wrong is said."""
    before = Thread()
    turn = Turn(desk, question, before)
    ids = {"tenant": question.tenant.id, "user": question.user.id}
    try:
        await turn.arrive()
        before = await get_thread(desk.database, question)
        turn.thread = hidden(before, question.words)
        await hand_in(turn)
        reply = await kept(turn, before, await _stepped(turn, step), question.words)
        reply = with_files(turn, reply)
    except UserError as error:
        reply = said(error)
    except Exception as error:  # noqa: BLE001 - the person gets one sentence, whatever it is, and the log the rest
        return broken(incident("answer_failed", error, **ids))
    turn.thread = replace(
        turn.thread,
        unanswered=left_after(before, question.words, reply),
        limit=limit_after(before, question.words, reply, turn.thread),
    )
    try:
        await do_save_thread(desk.database, question, before, turn.thread)
    except Exception as error:  # noqa: BLE001 - an answer is worth more than what it was about
        warn("thread_not_saved", error, **ids)
    try:
        return await with_nudges(desk, question, reply)
    except Exception as error:  # noqa: BLE001 - an answer is worth more than what goes along with it
        warn("nudges_not_told", error, **ids)
        return reply


def said(error: UserError) -> Reply:
    """Return what an error says to the person, with its choices."""
    choices: tuple[Choice, ...] = error.choices if isinstance(error, Ambiguous) else ()
    kind = type(error).__name__
    if choices:
        return Reply(str(error), choices=choices, tone=Tone.ASK, error=kind)
    tone = Tone.WARN if isinstance(error, NotAllowed | NotFound) else Tone.BAD
    return Reply(str(error), tone=tone, error=kind)


def broken(number: str) -> Reply:
    """Return the sentence that names what was logged."""
    return Reply(
        f"Something went wrong on my side, so I cannot answer this. It is logged as incident {number}; "
        "try again in a moment, and give that number to whoever runs me if it stays.",
        tone=Tone.BAD,
        error=BotError.__name__,
    )
