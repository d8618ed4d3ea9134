"""The step that takes a number, a label, "the second one" or "the next" as a choice of what was shown."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Reply, Tone
from bot.core.asked import asked_argument
from bot.core.candidates import asked_of_these, described, described_before, which_of
from bot.core.choosing import chosen
from bot.core.command import Command, parse
from bot.core.narrowing import narrowed
from bot.core.pointing import (
    AND_ASKS,
    BACK_TO,
    beyond,
    offered,
    others_of,
    pointed,
    step,
    walked,
    which_other,
    with_others,
)
from bot.core.the_one import the_one
from bot.core.threads import Pick
from bot.core.turn import Turn
from bot.core.whose_row import for_whom
from bot.core.why_row import why_row
from bot.understand.arguments import Kind
from bot.understand.words import tokens


async def pick(turn: Turn) -> Reply | None:
    """Take a number, a label or "the second one" as a choice of the last reply."""
    asking = turn.thread.asking
    if asking and asked_argument(turn).kind in {Kind.WHOLE, Kind.NUMBER, Kind.MONEY, Kind.TEXT}:
        return None
    if (at := step(turn.thread, turn.question.words)) is not None:
        return await _stepped(turn, at)
    found = chosen(turn.thread, turn.question.words)
    told = described(turn.thread.picks, turn.question.words) or described_before(
        turn.thread, turn.question.words
    )
    if found is None and told:
        found = told[0]
        if len(told) > 1:
            reply, turn.thread = which_of(turn.thread, told)
            return reply
    found = found or await the_one(turn)
    if found is None:
        again = asked_of_these(turn.thread, turn.question.words)
        return again or await narrowed(turn) or await _pointed(turn)
    turn.thread = with_others(turn.thread, found)
    if isinstance(found, str):
        turn.walk_on(walked(turn.thread, found))
        turn.question = replace(turn.question, words=found)
        return None
    return await picked(turn, found)


async def _stepped(turn: Turn, at: int) -> Reply | None:
    """Ask of the next row what was asked of the one before: "and the next one"."""
    walk = turn.thread.walk
    if not 0 <= at < len(walk):
        return Reply(
            "That was the last one of this list." if at > 0 else "That was the first one of this list."
        )
    row, before = walk[at], walk[turn.thread.at]
    turn.walk_on(replace(turn.thread, at=at))
    action_id, args = turn.thread.last or ("", {})
    same = next((name for name, value in args.items() if str(value) == before), "")
    if same and turn.desk.view.action(action_id).item.reads_only:
        return await turn.call(action_id, {**args, same: row}, Via.PERSON)
    turn.question = replace(turn.question, words=row)
    return None


async def _pointed(turn: Turn) -> Reply | None:
    """Take "show the second one" for what it points at, and "the other one" for what was not taken."""
    others, words = others_of(turn.thread, turn.question.words), turn.question.words
    turn.thread = replace(turn.thread, others=())
    if len(others) > 1:
        reply = which_other(others)
        turn.thread = offered(turn.thread, reply, others)
        return reply
    if others:
        return await picked(turn, others[0])
    if (plain := pointed(turn.thread, words)) is not None:
        turn.walk_on(walked(turn.thread, plain))
        if why := await why_row(turn, words):
            return why
        turn.question = replace(turn.question, words=await for_whom(turn, plain))
    elif not any(p.about for p in turn.thread.picks) and (gone := beyond(turn.thread, words)):
        return Reply(gone, tone=Tone.ASK)
    elif (back := BACK_TO.match(words)) and (key := await _known_as(turn, back["who"])):
        kind, asked = _kind_of(turn, key), AND_ASKS.match(back["rest"])
        if kind and asked:  # "back to Naomi, any notes on her"
            turn.thread, words = turn.thread.about({kind: key}), asked["rest"]
        else:
            words = f"{back['lead']}{key}{back['rest']}"
        turn.question = replace(turn.question, words=words)
    return None


def _kind_of(turn: Turn, key: str) -> str:
    """Return of which kind the thread knew this thing."""
    known = (*turn.thread.focus.items(), *turn.thread.before.items())
    return next((kind for kind, one in known if one == key), "")


async def _known_as(turn: Turn, words: str) -> str:
    """Return the one of what the thread was about that goes by these words: "back to Amina"."""
    for kind, key in (*turn.thread.focus.items(), *turn.thread.before.items()):
        label = next((m.label for m in await turn.find(kind, key) if m.key == key), "")
        if words.lower().removesuffix("'s") in {token.low for token in tokens(label)}:
            return key
    return ""


async def picked(turn: Turn, found: Pick) -> Reply | None:
    """Press the button, or say the words; what free text proposed is still shown before it runs."""
    if found.action_id:
        return await turn.call(found.action_id, found.args, Via.PERSON)
    if turn.thread.asking is None or turn.thread.asking.via is found.via:
        command = command_in(turn, found.words)
        if command and not command.wants_help:
            return await turn.call(command.owned.id, command.args, found.via, found.asks)
    turn.question = replace(turn.question, words=found.words)
    return None


def command_in(turn: Turn, words: str) -> Command | None:
    """Return the exact command that some words are."""
    return parse(words, turn.desk.view, turn.user, turn.clock, turn.question.tenant.currency)
