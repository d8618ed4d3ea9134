"""Free text: act on what was understood, ask where it is open, say so where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.contract.action import Action, Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.all_of_them import to_all
from bot.core.holding import held_open
from bot.core.howto import told_how, told_not
from bot.core.ideas import harms_unsaid, named_in, questions_about, sentence, with_ideas
from bot.core.lacking import lacking
from bot.core.left_aside import left_aside
from bot.core.listed import picks_of
from bot.core.policy import doing
from bot.core.said_whole import said_whole
from bot.core.smalltalk import ANGRY, SORRY
from bot.core.turn import Turn
from bot.core.twofold import joined, twofold
from bot.core.which_one import keep_several, which_one, with_named
from bot.db.unanswered import do_count_unanswered
from bot.errors import BadInput, NotAllowed, UserError
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.marks import PEOPLE
from bot.understand.mood import mood_of
from bot.understand.phrasing import spoken
from bot.understand.understanding import Ask, Guess, Understanding, Verdict

OFFERED = 3


def ask_of(turn: Turn) -> Ask:
    """Return the message with what surrounds it."""
    return Ask(
        words=said_whole(turn.question.words, _settled(turn)),
        user=turn.user,
        clock=turn.clock,
        resolve=turn.find,
        currency=turn.question.tenant.currency,
        focus={**_settled(turn), **_asked_about(turn)},
        last=turn.thread.last,
    )


def _settled(turn: Turn) -> Mapping[str, str]:
    """Return what the thread is about; who was named last and not settled on is not who came before."""
    left = turn.thread.left_open
    return {kind: key for kind, key in turn.thread.focus.items() if left is None or kind != left.kind}


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
    reply = await _answered(turn, ask)
    await keep_several(turn, ask)
    return reply


async def _answered(turn: Turn, ask: Ask) -> Reply:  # noqa: PLR0911 - one per verdict
    if left := turn.thread.left_open:
        kept = replace(left, turns=left.turns - 1) if left.turns > 1 else None
        turn.thread = replace(turn.thread, left_open=kept)
    meant = await with_named(turn, ask, await turn.desk.understander.understand(ask))
    meant = _for_here(turn, meant)
    if meant.lacks and meant.guesses and (leaves := meant.best.leaves):
        return await left_aside(turn, meant.best, leaves, act_on)
    if (two := await twofold(turn, ask, meant)) and all(turn.fits(guess.action_id) for guess in two):
        first = await act_on(turn, two[0])
        return first if first.error or first.tone is Tone.ASK else await _both(turn, first, two[1])
    match meant.verdict:
        case Verdict.CLEAR | Verdict.MISSING:
            return await act_on(turn, meant.best)
        case Verdict.UNSURE if offered := tuple(g for g in meant.guesses if not harms_unsaid(g)):
            meant = replace(meant, guesses=offered)
            turn.thread = turn.thread.about(await _common(turn, offered))
            return _offer(turn, meant, "I am not sure what you mean. Do you want:")
        case Verdict.HELD:
            return await _held(turn, meant)
        case Verdict.FORBIDDEN:
            return await _forbidden(turn, ask, meant)
    return await _unknown(turn, ask, meant)


async def _held(turn: Turn, meant: Understanding) -> Reply:
    """Offer what is only spoken of: how it is done where that was asked, else what can be looked at first."""
    if meant.how:
        return await told_how(turn, meant, _offer)
    reads_first = replace(meant, guesses=tuple(sorted(meant.guesses, key=lambda g: not g.reads_only)))
    if mood_of(turn.question.words).banned:
        text = _forbade(turn, meant)
        return (
            _offer(turn, reads_first, f"{text} If you want one of these, say so:")
            if meant.guesses
            else Reply(text)
        )
    text = "I change nothing on a question, a “don't” or an “if”. If you want one of these, say so:"
    return _offer(turn, reads_first, text)


def _forbade(turn: Turn, meant: Understanding) -> str:
    """Say what was understood as forbidden; that binds nobody else, whatever somebody hopes."""
    text = "I read that as a “don’t”: "
    if change := next((guess for guess in meant.guesses if guess.action_id == meant.forbids), None):
        named = ", ".join(
            str(change.args[a.name]) for a in _things_of(turn, change) if change.args.get(a.name)
        )
        deed = doing(turn.desk.view.action(change.action_id).item)
        text += f"I will not {deed}{f' ({named})' if named else ''}. "
    return f"{text}Nothing was changed; others may still change it.".replace(": N", ": n")


async def _both(turn: Turn, first: Reply, guess: Guess) -> Reply:
    """Answer the second question of a message as well; what the thread then knows is both."""
    reply = joined(first, await act_on(turn, guess))
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


async def act_on(turn: Turn, guess: Guess) -> Reply:
    """Run a read; a change goes to the gate as a proposal, which shows it and waits for a yes."""
    if (wished := await to_all(turn, guess) or await which_one(turn, guess)) is not None:
        return wished
    if (held := held_open(turn, guess, told(turn, guess))) is not None:
        return held
    via = Via.PERSON if guess.reads_only else Via.MODEL
    reply = await turn.call(guess.action_id, guess.args, via, guess.missing)
    said = f"I read this as: `{guess.said}`"
    if guess.unused:
        left = ", ".join(f"“{words}”" for words in guess.unused)
        said += f" (not used: {left})"
        if guess.reads_only and not reply.error:
            warning = f"⚠ This is not narrowed by {left}; I cannot do that here."
            reply = replace(reply, text=f"{warning}\n\n{reply.text}")
        elif not guess.reads_only and (reply.waiting or reply.tone is Tone.ASK):
            warning = f"⚠ I did not use {left}. If that matters, say no and say it otherwise."
            reply = replace(reply, text=f"{warning}\n\n{reply.text}")
    return replace(reply, understood=f"{said}; {reply.understood}" if reply.understood else said)


async def _common(turn: Turn, guesses: Sequence[Guess]) -> Mapping[str, str]:
    """Return what all the readings are about, whichever was meant: "open a ticket for her" knows whom."""
    every = [
        {(a.entity, str(guess.args[a.name])) for a in _things_of(turn, guess) if guess.args.get(a.name)}
        for guess in guesses
    ]
    named: dict[str, str] = {}
    for kind, words in sorted(set.intersection(*every)):
        with suppress(UserError):  # not for this person, or its system is away
            found = await turn.find(kind, words)
            exact = [match for match in found if match.exact] or list(found)
            named |= {kind: exact[0].key} if len(exact) == 1 else {}
    return named


def _things_of(turn: Turn, guess: Guess) -> Sequence[Argument]:
    """Return the arguments of a reading that name things, people aside."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return [a for a in arguments if a.kind is Kind.ENTITY and a.entity not in PEOPLE]


def _offer(turn: Turn, meant: Understanding, text: str) -> Reply:
    """Offer the readings; what changes something is still shown before it runs."""
    choices = tuple(
        Choice(label=sentence(turn, guess, told), words=guess.said) for guess in meant.guesses[:OFFERED]
    )
    reply = Reply(text, choices=choices, tone=Tone.ASK)
    asks = [guess.missing for guess in meant.guesses]
    picks = [replace(pick, asks=names) for pick, names in zip(picks_of(reply, Via.MODEL), asks, strict=False)]
    turn.thread = replace(turn.thread, picks=tuple(picks), rows=(), asking=None, waiting="", version="")
    return reply


def told(turn: Turn, guess: Guess) -> str:
    """Return a reading in words: what it does, with what."""
    owned = turn.desk.view.action(guess.action_id)
    about = owned.item.about.split("\n")[0].rstrip(".")
    there = {a.name: a for a in arguments_of(owned.item)}
    given = ", ".join(_given(there.get(name), name, value, turn) for name, value in guess.args.items())
    open_ones = [
        "time" if a.name == "at" else a.title for a in arguments_of(owned.item) if a.name in guess.missing
    ]
    asks = f" (I will ask for the {', '.join(open_ones)})" if open_ones else ""
    return (f"{about}: {given}" if given else about)[:140] + asks


def _given(argument: Argument | None, name: str, value: object, turn: Turn) -> str:
    """Return one argument in words: a thing by itself, anything else with what it is."""
    if argument and argument.entity == name:
        return str(value)
    said = shown(argument.kind if argument else None, value, turn.question.tenant.zone)
    return f"{name.replace('_', ' ')}: {said}"


def shown(kind: Kind | None, value: object, zone: ZoneInfo) -> object:
    """Return a value of a reading as people read it: `yes`, `18h 50m`, `Tue 24 Nov 10:00`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is Kind.INSTANT and isinstance(value, str):
        with suppress(ValueError):  # one that is not whole yet stands as it was said
            at = datetime.fromisoformat(value).astimezone(zone)
            return f"{at:%a} {at.day} {at:%b}" + (f" {at:%H:%M}" if at.time() != time() else "")
    return spoken(kind, value)


async def _forbidden(turn: Turn, ask: Ask, meant: Understanding) -> Reply:
    """Let the gate refuse it, so that the refusal is written down and says who may; asking how is no try."""
    if meant.how:
        return await told_not(turn, meant)
    text = "Your roles here do not allow that, so I did nothing."
    if wish := meant.beyond:
        item = turn.desk.view.action(wish.action_id).item
        secret = {a.name for a in arguments_of(item) if a.kind is Kind.SECRET}
        args = {name: value for name, value in wish.args.items() if name not in secret}
        where = turn.question
        try:
            reply = await turn.desk.gate.call(
                turn.user, wish.action_id, args, via=Via.MODEL, thread=where.thread, place=where.place
            )
        except NotAllowed as error:
            text = f"{text} {error} {await turn.whom(item.permission)}".strip()
        else:  # the right was given meanwhile: a read is answered, a change waits for a yes
            return turn.answered(reply, wish.action_id, args)
    named = await named_in(turn, ask)  # what they may see of it, and nothing else
    about = questions_about(turn, named)
    lead = f" About {named.said} you may see:" if about else ""
    reply = Reply(
        f"{text}{lead}", choices=about, tone=Tone.ASK if about else Tone.WARN, error=NotAllowed.__name__
    )
    turn.thread = replace(
        turn.thread, picks=picks_of(reply, Via.MODEL), rows=(), asking=None, waiting="", version=""
    )
    return reply


async def _unknown(turn: Turn, ask: Ask, meant: Understanding) -> Reply:
    """Say honestly that it is not known, show what is, and count the words for the admins."""
    if meant.masked:
        async with turn.desk.database.tenant(turn.question.tenant.id) as session:
            await do_count_unanswered(session, meant.masked)
    if ANGRY.search(ask.words) and not (await named_in(turn, ask)).things:
        return Reply(SORRY, error=BadInput.__name__)
    if meant.lacks:
        return await lacking(turn, ask, meant, told)
    reply = await with_ideas(turn, ask, meant, "I did not understand that, or cannot do it.", told)
    return replace(reply, error=BadInput.__name__)
