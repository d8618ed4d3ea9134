"""The answer to what the bot asked for: taken at once, or after a question that came between."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Action
from bot.contract.reply import Reply
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import BadInput
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.mood import mood_of
from bot.understand.understanding import Understanding, Verdict
from bot.understand.values import read_value

LONGEST_NAME, LONGEST_REF = 4, 200
"""Words, and letters, in which people name a thing."""
INSTEAD = 0.6
"""How sure a whole new question must be to be taken instead of the answer to what the bot asked."""


async def asked_for(turn: Turn) -> Reply | None:
    """Take the message as the argument the bot asked for, unless it is plainly a new question."""
    asking = turn.thread.asking
    if asking is None:
        return None
    argument, words = asked_argument(turn), turn.question.words
    meant = await turn.desk.understander.understand(ask_of(turn))
    other = not await _names_it(turn, argument, words)
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
    paused = turn.thread.paused
    if paused is None or paused.action_id not in {owned.id for owned in turn.desk.view.all(Action)}:
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    argument = next(
        (a for a in arguments_of(turn.desk.view.action(paused.action_id).item) if a.name == paused.argument),
        None,
    )
    if argument is None or meant.lacks or meant.verdict not in {Verdict.UNKNOWN, Verdict.UNSURE}:
        return None
    words = turn.question.words
    if argument.kind is Kind.ENTITY and not await _names_it(turn, argument, words):
        return None
    if meant.verdict is Verdict.UNSURE and (argument.kind is Kind.TEXT or mood_of(words).question):
        return None
    try:
        value = read_value(argument, words, turn.clock, turn.question.tenant.currency)
    except BadInput:
        return None
    return await turn.call(paused.action_id, {**paused.args, argument.name: value}, paused.via)


def _is_new(argument: Argument, words: str, meant: Understanding, asked: str) -> bool:
    """Say whether a message is plainly a question of its own; nearly anything may be a text."""
    mood = mood_of(words)
    asks = mood.question or mood.shows
    if meant.lacks and argument.kind is not Kind.TEXT:
        return True
    if mood.question and meant.verdict in {Verdict.CLEAR, Verdict.HELD, Verdict.UNSURE}:
        return True
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
