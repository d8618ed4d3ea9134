"""The answer to what the bot asked for: taken at once, or after a question that came between."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.action import Action, Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.extremes import OPEN_MOST
from bot.core.listed import picks_of
from bot.core.threads import Asking
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.bans import begins_with_ban
from bot.understand.freetext import WHYS
from bot.understand.held_back import answer_binds
from bot.understand.mood import mood_of
from bot.understand.phrasing import command
from bot.understand.understanding import Understanding, Verdict
from bot.understand.values import read_value

LONGEST_NAME, LONGEST_REF = 4, 200
"""Words, and letters, in which people name a thing."""
WORDS = frozenset({Kind.TEXT, Kind.MANY})
"""Kinds of arguments that nearly any words may be."""
SHOWN = 120
REFUSES = re.compile(r"(?:no+|nope|nah)\s*[,.!;–—]\s*(?!\d)\S", re.IGNORECASE)
"""Begins the answer of somebody who does not want it any more."""
INSTEAD = 0.6
"""How sure a whole new question must be to be taken instead of the answer to what the bot asked."""


async def asked_for(turn: Turn) -> Reply | None:
    """Take the message as the argument the bot asked for, unless it is plainly a new question."""
    asking = turn.thread.asking
    if asking is None or asked_argument(turn).kind is Kind.FILES:  # no words are a file
        return None
    argument, words = asked_argument(turn), turn.question.words
    meant = await turn.desk.understander.understand(ask_of(turn))
    other = not await _names_it(turn, argument, words)
    if argument.kind in WORDS and (reply := _no_text(turn, asking, argument, meant)):
        return reply
    if other and _is_new(argument, words, meant, asking.action_id):
        await turn.stop_asking()
        turn.thread = replace(turn.thread, paused=asking)
        return None
    try:
        value = read_value(argument, words, turn.clock, turn.question.tenant.currency)
    except BadInput as error:
        if meant.verdict is Verdict.CLEAR and len(words.split()) > 1:
            await turn.stop_asking()
            return None
        return turn.ask_for(asking.action_id, asking.args, argument, asking.via, first=str(error))
    return await turn.call(asking.action_id, {**asking.args, argument.name: value}, asking.via)


async def resumed(turn: Turn) -> Reply | None:
    """Take words that mean nothing else for what was asked for before a question came between."""
    paused, argument = turn.thread.paused, _paused_for(turn)
    if paused is None or argument is None:
        return None
    words, meant = turn.question.words, await turn.desk.understander.understand(ask_of(turn))
    unclear = meant.verdict is Verdict.UNSURE
    if meant.lacks or not (unclear or meant.verdict is Verdict.UNKNOWN):
        return None
    if unclear and (argument.kind is Kind.TEXT or mood_of(words).question):
        return None
    if argument.kind in WORDS:
        return _bound(turn, paused, argument) or _is_it_that(turn, paused, argument)
    try:
        named = argument.kind is not Kind.ENTITY or await _names_it(turn, argument, words)
        value = read_value(argument, words, turn.clock, turn.question.tenant.currency) if named else None
    except BadInput:
        value = None
    return (
        None
        if value is None
        else await turn.call(paused.action_id, {**paused.args, argument.name: value}, paused.via)
    )


def _paused_for(turn: Turn) -> Argument | None:
    """Return the argument that was asked for before a question came between; a secret is said at once."""
    paused = turn.thread.paused
    if paused is None or paused.action_id not in {owned.id for owned in turn.desk.view.all(Action)}:
        return None
    known = arguments_of(turn.desk.view.action(paused.action_id).item)
    return next(
        (a for a in known if a.name == paused.argument and a.kind not in {Kind.SECRET, Kind.FILES}), None
    )


def _is_it_that(turn: Turn, paused: Asking, argument: Argument) -> Reply:
    """Ask whether words are what was asked for before: nearly anything may be a text, or just a remark."""
    owned, words = turn.desk.view.action(paused.action_id), turn.question.words
    turn.thread = replace(turn.thread, paused=None)
    whole = command(owned, {**paused.args, argument.name: words})
    shown = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
    choice = Choice(label=f"Yes, that is the {argument.title}", words=whole)
    what = owned.item.about.splitlines()[0].strip().rstrip(".")
    text = f"Is “{shown}” the {argument.title} I asked for, to: {what}? If not, say what you need."
    reply = Reply(text, choices=(choice,), tone=Tone.ASK)
    turn.thread = replace(
        turn.thread, picks=picks_of(reply, paused.via), rows=(), waiting="", version="", parked=""
    )
    return reply


def _no_text(turn: Turn, asking: Asking, argument: Argument, meant: Understanding) -> Reply | None:
    """Answer what is hardly the text that was asked for: a no, or the wish for something else."""
    words = turn.question.words
    if REFUSES.match(words) or (argument.name in WHYS and begins_with_ban(words)):
        turn.thread = replace(turn.thread, asking=None, picks=())
        return Reply("All right, I let it be.")
    if bound := _bound(turn, asking, argument):
        return bound
    return _which(turn, asking, argument, meant) if _is_wish(meant, asking.action_id) else None


def _bound(turn: Turn, asking: Asking, argument: Argument) -> Reply | None:
    """Refuse what was given for a reason and says only when, or under which condition, it is to be done."""
    action = turn.desk.view.action(asking.action_id).item
    if not (why := answer_binds(action, argument.name, turn.question.words, turn.clock)):
        return None
    turn.thread = replace(turn.thread, asking=None, paused=None, picks=())
    return Reply(f"I cannot {why}. Nothing was changed.", tone=Tone.WARN)


def _is_wish(meant: Understanding, asked: str) -> bool:
    """Say whether a message has the form of another change: "assign TCK-10235 to bea"."""
    plain = meant.verdict in {Verdict.CLEAR, Verdict.MISSING} and meant.action_id != asked
    return plain and not meant.best.reads_only and meant.best.formed and meant.confidence >= INSTEAD


def _which(turn: Turn, asking: Asking, argument: Argument, meant: Understanding) -> Reply:
    """Ask whether words are the text that was asked for, or a wish of their own."""
    owned, words = turn.desk.view.action(asking.action_id), turn.question.words
    text = command(owned, {**asking.args, argument.name: words})
    other = turn.desk.view.action(meant.action_id).item.about.splitlines()[0].strip().rstrip(".")
    choices = (
        Choice(label=f"It is the {argument.title}", words=text),
        Choice(label=f"{other}: {words[:SHOWN]}", words=meant.best.said),
    )
    reply = Reply(f"Is that the {argument.title}, or something else to do?", choices=choices, tone=Tone.ASK)
    picks = picks_of(reply, Via.MODEL)
    picks = (replace(picks[0], via=asking.via), replace(picks[1], asks=meant.best.missing))
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=None, paused=asking)
    return reply


def _is_new(argument: Argument, words: str, meant: Understanding, asked: str) -> bool:
    """Say whether a message is plainly a question of its own; nearly anything may be a text."""
    mood = mood_of(words)
    asks = mood.question or mood.shows
    if meant.lacks and argument.kind is not Kind.TEXT:
        return True
    if mood.question and meant.verdict in {Verdict.CLEAR, Verdict.HELD, Verdict.UNSURE}:
        return True
    if OPEN_MOST.match(words):
        return True  # "assign the newest to bea"
    sure = meant.verdict is Verdict.CLEAR and meant.confidence >= INSTEAD and len(words.split()) > 2  # noqa: PLR2004
    if argument.kind is Kind.ENTITY and (
        meant.verdict is not Verdict.UNKNOWN or len(words.split()) > LONGEST_NAME
    ):
        return True  # it names nothing that was asked for, and means something by itself
    return sure and meant.action_id != asked and (asks or argument.kind is not Kind.TEXT)


async def _names_it(turn: Turn, argument: Argument, words: str) -> bool:
    """Say whether the words name a thing of the kind that was asked for."""
    if argument.kind is not Kind.ENTITY or len(words) > LONGEST_REF:
        return False
    return bool(await turn.find(argument.entity, words))


def asked_argument(turn: Turn) -> Argument:
    """Return the argument asked for; a plugin that was turned off meanwhile says so."""
    asking = turn.thread.asking
    if asking is None:
        raise BadInput("Nothing was asked.")
    owned = turn.desk.view.action(asking.action_id)
    found = next((a for a in arguments_of(owned.item) if a.name == asking.argument), None)
    if found is None:
        raise BadInput("That command has changed meanwhile; say it again from the start.")
    return found
