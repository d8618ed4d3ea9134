"""Free text: act on what was understood, ask where it is open, say so where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.contract.action import Action, Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.help import suggest
from bot.core.threads import picks_of
from bot.core.turn import Turn
from bot.core.twofold import joined, twofold
from bot.db.unanswered import do_count_unanswered
from bot.errors import BadInput, NotAllowed, NotFound
from bot.understand.arguments import Kind, arguments_of
from bot.understand.judge import NEAR
from bot.understand.phrasing import spoken
from bot.understand.understanding import Ask, Guess, Understanding, Verdict

IDEAS = 3


def ask_of(turn: Turn) -> Ask:
    """Return the message with what surrounds it."""
    return Ask(
        words=turn.question.words,
        user=turn.user,
        clock=turn.clock,
        resolve=turn.find,
        currency=turn.question.tenant.currency,
        focus={**turn.thread.focus, **_asked_about(turn)},
        last=turn.thread.last,
    )


def _asked_about(turn: Turn) -> Mapping[str, str]:
    """Return what the call is about whose argument was asked for: "her" is she, before it ran."""
    asking = turn.thread.asking
    if asking is None or asking.action_id not in {o.id for o in turn.desk.view.all(Action)}:
        return {}
    arguments = arguments_of(turn.desk.view.action(asking.action_id).item)
    return {
        a.entity: str(asking.args[a.name])
        for a in arguments
        if a.kind is Kind.ENTITY and asking.args.get(a.name)
    }


async def understood(turn: Turn) -> Reply:
    """Answer free text."""
    ask = ask_of(turn)
    meant = _for_here(turn, await turn.desk.understander.understand(ask))
    if (two := await twofold(turn, ask, meant)) and all(turn.fits(guess.action_id) for guess in two):
        first = await _act(turn, two[0])
        return first if first.error or first.tone is Tone.ASK else await _both(turn, first, two[1])
    match meant.verdict:
        case Verdict.CLEAR | Verdict.MISSING:
            return await _act(turn, meant.best)
        case Verdict.UNSURE:
            return _offer(turn, meant, "I am not sure what you mean. Do you want:")
        case Verdict.HELD:
            reads_first = replace(meant, guesses=tuple(sorted(meant.guesses, key=lambda g: not g.reads_only)))
            text = "I change nothing on a question, a “don't” or an “if”. If you want one of these, say so:"
            return _offer(turn, reads_first, text)
        case Verdict.FORBIDDEN:
            return await _forbidden(turn, meant)
    return await _unknown(turn, meant)


async def _both(turn: Turn, first: Reply, guess: Guess) -> Reply:
    """Answer the second question of a message as well; what the thread then knows is both."""
    reply = joined(first, await _act(turn, guess))
    turn.thread = replace(turn.thread.about(reply.focus), picks=picks_of(reply))
    return reply


def _for_here(turn: Turn, meant: Understanding) -> Understanding:
    """Return a message that may mean several things without those that are not for this place.

    When none is, the likeliest stays alone, and is refused with the reason.
    """
    if meant.verdict not in {Verdict.UNSURE, Verdict.HELD, Verdict.UNKNOWN}:
        return meant
    fitting = tuple(guess for guess in meant.guesses if turn.fits(guess.action_id))
    if fitting or not meant.guesses or meant.verdict is Verdict.UNKNOWN:
        return replace(meant, guesses=fitting)
    return replace(meant, verdict=Verdict.CLEAR, guesses=meant.guesses[:1])


async def _act(turn: Turn, guess: Guess) -> Reply:
    """Run a read; a change goes to the gate as a proposal, which shows it and waits for a yes."""
    via = Via.PERSON if guess.reads_only else Via.MODEL
    reply = await turn.call(guess.action_id, guess.args, via, guess.missing)
    said = f"I read this as: `{guess.said}`"
    if guess.unused:
        left = ", ".join(f"“{words}”" for words in guess.unused)
        said += f" (not used: {left})"
        if not guess.reads_only and (reply.waiting or reply.tone is Tone.ASK):
            warning = f"⚠ I did not use {left}. If that matters, say no and say it otherwise."
            reply = replace(reply, text=f"{warning}\n\n{reply.text}")
    return replace(reply, understood=f"{said}; {reply.understood}" if reply.understood else said)


def _offer(turn: Turn, meant: Understanding, text: str) -> Reply:
    """Offer the readings; what changes something is still shown before it runs."""
    choices = tuple(
        Choice(label=_spoken(turn, guess), words=guess.said, detail="") for guess in meant.guesses[:IDEAS]
    )
    reply = Reply(text, choices=choices, tone=Tone.ASK)
    asks = [guess.missing for guess in meant.guesses]
    picks = [replace(pick, asks=names) for pick, names in zip(picks_of(reply, Via.MODEL), asks, strict=False)]
    turn.thread = replace(turn.thread, picks=tuple(picks), rows=(), asking=None, waiting="", version="")
    return reply


def _spoken(turn: Turn, guess: Guess) -> str:
    """Return a reading in words: what it does, with what."""
    owned = turn.desk.view.action(guess.action_id)
    about = owned.item.about.split("\n")[0].rstrip(".")
    kinds = {a.name: a.kind for a in arguments_of(owned.item)}
    given = ", ".join(
        f"{name.replace('_', ' ')}: {shown(kinds.get(name), value, turn.question.tenant.zone)}"
        for name, value in guess.args.items()
    )
    lacking = [a.title for a in arguments_of(owned.item) if a.name in guess.missing]
    asks = f" (I will ask for the {', '.join(lacking)})" if lacking else ""
    return (f"{about}: {given}" if given else about)[:140] + asks


def shown(kind: Kind | None, value: object, zone: ZoneInfo) -> object:
    """Return a value of a reading as people read it: `yes`, `18h 50m`, `Tue 24 Nov 10:00`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is Kind.INSTANT and isinstance(value, str):
        with suppress(ValueError):  # one that is not whole yet stands as it was said
            at = datetime.fromisoformat(value).astimezone(zone)
            return f"{at:%a} {at.day} {at:%b}" + (f" {at:%H:%M}" if at.time() != time() else "")
    return spoken(kind, value)


async def _forbidden(turn: Turn, meant: Understanding) -> Reply:
    """Let the gate refuse it, so that the refusal is written down and says who may."""
    text = "That sounds like something your roles here do not allow, so I did nothing."
    if meant.beyond:
        wish = meant.beyond
        secret = {
            a.name for a in arguments_of(turn.desk.view.action(wish.action_id).item) if a.kind is Kind.SECRET
        }
        args = {name: value for name, value in wish.args.items() if name not in secret}
        where = turn.question
        try:
            reply = await turn.desk.gate.call(
                turn.user, wish.action_id, args, via=Via.MODEL, thread=where.thread, place=where.place
            )
        except NotAllowed as error:
            text = f"{text} {error}"
        else:  # the right was given meanwhile: a read is answered, a change waits for a yes
            return turn.answered(reply, wish.action_id, args)
    return replace(_with_ideas(turn, text), error=NotAllowed.__name__)


async def _unknown(turn: Turn, meant: Understanding) -> Reply:
    """Say honestly that it is not known, show what is, and count the words for the admins."""
    if meant.masked:
        async with turn.desk.database.tenant(turn.question.tenant.id) as session:
            await do_count_unanswered(session, meant.masked)
    if meant.lacks:
        turn.thread = replace(turn.thread, picks=(), rows=(), asking=None, waiting="", version="")
        text = f"I cannot {meant.lacks}: no plugin that is on here does that."
        return Reply(text, tone=Tone.WARN, error=NotFound.__name__)
    near = [
        g
        for g in meant.guesses
        if g.reads_only and g.score >= NEAR and not g.missing and not _searched(turn, g)
    ][:2]
    perhaps = tuple(Choice(label=_spoken(turn, guess), words=guess.said) for guess in near)
    reply = _with_ideas(turn, "I did not understand that, or cannot do it.", perhaps)
    return replace(reply, error=BadInput.__name__)


def _searched(turn: Turn, guess: Guess) -> bool:
    """Say whether a guess only looks for the words that were not understood."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return any(a.kind is Kind.TEXT and a.name in guess.args for a in arguments)


def _with_ideas(turn: Turn, text: str, perhaps: tuple[Choice, ...] = ()) -> Reply:
    ideas = suggest(turn.view, turn.user, turn.thread.focus, IDEAS)
    choices = (*perhaps, *(Choice(label=i, words=i) for i in ideas))
    text = f"{text} What you can do, for example:" if choices else text
    reply = Reply(text, choices=choices[:IDEAS], tone=Tone.ASK)
    picks = picks_of(reply, Via.MODEL)
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=None, waiting="", version="")
    return reply
