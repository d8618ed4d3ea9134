"""What a deed of a person means to the core: words, a pressed action, a decision, an undo, an opinion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.contract.people import User
from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply
from bot.core.journal import note
from bot.core.question import Question
from bot.db.origins import get_answer
from bot.db.session import Session
from bot.slack.again import Presses
from bot.slack.cards import who_can
from bot.slack.clicks import DO, JUDGE
from bot.slack.commands import COMMAND
from bot.slack.event import FOLLOW, WORDS, Heard
from bot.slack.place import SURFACE
from bot.slack.ports import NOTICE_JOB, Counter, Enqueue
from bot.slack.sealed import Seals
from bot.slack.teams import Team

DONE_WITH = frozenset({"Conflict", "TakenOver", "NotFound", "NotAllowed", "NotHere", "LimitExceeded"})
"""What the core answers when a card shows buttons for what is over, or not theirs any more."""
NOT_THEIRS = frozenset({"NotFound", "NotAllowed", "LimitExceeded"})
"""What the core answers who may not decide."""
UNKNOWN = "You cannot decide this, so nothing was changed."
ALONE = Place(surface=SURFACE, kind=PlaceKind.DIRECT)
"""Where nobody but the person reads the answer."""
HEAL = "heal"
"""The notice that only brings the cards of a call up to date."""
Write = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One deed, with who did it and where, by their rights of this moment."""

    team: Team
    heard: Heard
    question: Question


@dataclass(frozen=True, kw_only=True)
class Done:
    """What to say, if anything, and what is written in the transaction that ends the work.

    `as_there`: the rules of the place where it was asked let the answer be seen there. `by`: who did it, by
    the rights they had then. `unseen`: that it is answered elsewhere is told to them alone, too. `inside`: it
    was made for a place where only members of the tenant read.
    """

    reply: Reply | None
    also: Write | None = None
    as_there: bool = False
    by: User | None = None
    unseen: bool = False
    inside: bool = False


Deed = Callable[[Asked], Awaitable[Done]]


class Deeds:
    """The deeds by their names in the inbox."""

    def __init__(self, counter: Counter, seals: Seals, presses: Presses, enqueue: Enqueue) -> None:
        self._counter, self._seals, self._presses, self._enqueue = counter, seals, presses, enqueue
        self._deeds: dict[str, Deed] = {
            WORDS: self._words,
            COMMAND: self._words,
            FOLLOW: self._words,
            DO: self._press,
            "approve": self._decide,
            "deny": self._decide,
            "cancel": self._withdraw,
            "undo": self._undo,
            JUDGE: self._judge,
        }

    def add(self, name: str, deed: Deed) -> None:
        """Know one more; ValueError when there is one of that name."""
        if name in self._deeds:
            raise ValueError(f"{name} is a deed already")
        self._deeds[name] = deed

    def knows(self, name: str) -> bool:
        """Say whether there is a deed of that name in this version."""
        return name in self._deeds

    async def do(self, asked: Asked) -> Done:
        """Have the core do it."""
        return await self._deeds[asked.heard.deed](asked)

    async def _words(self, asked: Asked) -> Done:
        reply, as_there = await _where_allowed(asked, self._counter.answer)
        question = asked.question
        if unseen := reply.error == "NotHere" and question.place.outsiders and not asked.heard.only_them:
            reply = replace(await self._counter.answer(replace(question, place=ALONE)), private=True)
        return Done(reply=reply, as_there=as_there, by=question.user, unseen=unseen)

    async def _press(self, asked: Asked) -> Done:
        call = self._seals.open(asked.team, str(asked.heard.told["sealed"]))

        async def press(question: Question) -> Reply:
            return await self._counter.press(question, call.action_id, call.args)

        async def pressed() -> Reply:
            return (await _where_allowed(asked, press))[0]

        return Done(reply=await self._presses.once(asked.team, asked.heard, asked.question, call, pressed))

    async def _decide(self, asked: Asked) -> Done:
        told, yes = asked.heard.told, asked.heard.deed == "approve"
        reason, version = str(told.get("reason", "")), str(told.get("version", ""))

        async def decide(question: Question) -> Reply:
            call = str(told["call"])
            return await self._counter.decide(question, call, yes=yes, reason=reason, version=version)

        reply = await self._with_who_may(asked, (await _where_allowed(asked, decide))[0])
        if yes and reply.waiting and reply.waiting.version == version:  # the card they pressed says the rest
            text = f"Noted. This still needs {reply.waiting.needs}."
            reply = replace(reply, text=text, waiting=None, call_id=None)
        return self._healing(asked, reply)

    async def _with_who_may(self, asked: Asked, reply: Reply) -> Reply:
        """Say who can decide, where somebody pressed a card who cannot; it is told to them alone."""
        shown_to_all = "message" in asked.heard.told and not asked.heard.direct
        if reply.error not in NOT_THEIRS or not shown_to_all:
            return reply
        question = asked.question
        asking = await self._counter.asking(question.tenant, str(asked.heard.told["call"]), SURFACE)
        if asking is None or asking.get(question.user.id) is not None:
            return reply
        who = [one.name for one in asking.deciders]
        text = UNKNOWN if reply.error == "NotFound" else reply.text
        return replace(reply, text=f"{text} {who_can(asking.waiting, who, asking.more)}")

    async def _withdraw(self, asked: Asked) -> Done:
        """Cancel for who asked; somebody else's press on it is no no."""

        async def withdraw(question: Question) -> Reply:
            return await self._counter.withdraw(question, str(asked.heard.told["call"]))

        return self._healing(asked, (await _where_allowed(asked, withdraw))[0])

    async def _undo(self, asked: Asked) -> Done:
        async def undo(question: Question) -> Reply:
            return await self._counter.undo(question, str(asked.heard.told["call"]))

        return self._healing(asked, (await _where_allowed(asked, undo))[0])

    def _healing(self, asked: Asked, reply: Reply) -> Done:
        """Have a card brought up to date that still offered what is over."""
        if reply.error not in DONE_WITH:
            return Done(reply=reply)
        payload = {"call": str(asked.heard.told["call"]), "event": HEAL}

        async def heal(session: Session) -> None:
            await self._enqueue(session, NOTICE_JOB, payload, tenant=asked.team.tenant_id)

        return Done(reply=reply, also=heal)

    async def _judge(self, asked: Asked) -> Done:
        """Write an opinion about an answer down; Slack itself shows that it was given."""
        heard = asked.heard
        what = "good" if heard.told["good"] else "bad"
        reason = str(heard.told.get("reason", ""))
        facts = _about(heard) | {"good": heard.told["good"], "reason": reason}

        async def write(session: Session) -> None:
            if found := await get_answer(
                session,
                str(heard.told.get("inbox", "")),
                team_id=asked.team.team_id,
                ts=str(heard.told.get("message", "")),
            ):
                facts.update(inbox=found.inbox, letter=found.letter)
            text = f"called an answer {what}{f': {reason}' if reason else ''}"
            await note(session, event="feedback", by=asked.question.user.id, text=text, facts=facts)

        return Done(reply=None, also=write)


async def _where_allowed(asked: Asked, ask: Callable[[Question], Awaitable[Reply]]) -> tuple[Reply, bool]:
    """Ask under the rules of the place; what they forbid as in private, where only they read the answer.

    Return also whether the rules of the place let it be seen there.

    Of a channel that the bot is not in, nobody knows who reads there; an answer to one person does not care.
    """
    question = asked.question
    if not asked.heard.only_them:
        return await ask(question), True
    if question.place.kind in {PlaceKind.PRIVATE, PlaceKind.PUBLIC}:
        reply = await ask(question)
        if reply.error not in {"NotAllowed", "NotHere"}:
            return reply, True
    return await ask(replace(question, place=ALONE)), False


def _about(heard: Heard) -> dict[str, object]:
    """Return which answer it is: where it stands at Slack."""
    told: Mapping[str, object] = heard.told
    return {"channel": heard.channel, "message": told.get("message", ""), "thread": heard.thread}
