"""A bot that is an agent, and answers that take as long as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.contract.reply import Reply
from bot.core import progress
from bot.core.question import Question
from bot.errors import UserError
from bot.slack.agent.tempo import Tempo
from tests.bot.slack.office import Answers, Office
from tests.slackd import Slackd

QUICK = Tempo(after=0.03, apart=0.03, look=0.03, patience=3.0)
LOOK, READ = "Show a customer", "List the open tickets"


class Slow(Answers):
    """Answers by working for it."""

    work: Work | None = None

    async def answer(self, question: Question) -> Reply:
        if self.work is None:
            return await super().answer(question)
        self.asked.append(question)
        return await self.work(question)


@dataclass
class Work:
    """An answer whose steps a test lets go on: `began` fills, `go` releases each by its number."""

    office: Office
    steps: tuple[str, ...] = (LOOK, READ)
    writes: bool = False
    words: tuple[str, ...] = ()
    reply: Reply = field(default_factory=lambda: Reply("Amina owes 40."))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    tries: int = 0

    def __post_init__(self) -> None:
        self.gates = {each: asyncio.Event() for each in (*self.steps, *self.words)}
        assert isinstance(self.office.answers, Slow)
        self.office.answers.work = self

    async def __call__(self, question: Question) -> Reply:
        self.tries += 1
        try:
            for title in self.steps:
                progress.check()
                with progress.doing(title, writes=self.writes) as step:
                    await self._step(title)
                    step.ended(self.reply)
            for words in self.words:
                progress.say(words)
                await self.gates[words].wait()
        except UserError as error:
            return Reply(str(error), error=type(error).__name__)
        return self.reply

    async def _step(self, title: str) -> None:
        if self.writes:
            await self.gates[title].wait()
        else:
            await progress.unless_stopped(self.gates[title].wait())

    def go(self, *which: str) -> None:
        for each in which or self.gates:
            self.gates[each].set()


def declare_agent(slack: Slackd) -> None:
    """Let the app be an agent, with the scope that Slack grants every one."""
    slack.world.install.scopes.add("assistant:write")


def streams(office: Office) -> list[Any]:
    """Every message that grew, in order."""
    return [office.slack.world.home.streams[key] for key in sorted(office.slack.world.home.streams)]


async def until(office: Office, is_so: Callable[[], Any]) -> None:
    """Wait for what the bot does."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


async def ask(office: Office, words: str = "who owes?", channel: str = "CNOC", user: str = "UANN") -> str:
    """Say something to the bot, in a channel or ("D") directly; return its ts."""
    seat = office.slack.seat(user)
    if channel == "D":
        return await seat.say(direct(office, user), words)
    return await seat.say(channel, f"<@UBOT> {words}")


def direct(office: Office, user: str = "UANN") -> str:
    """The channel of a person's conversation with the bot."""
    return str(office.slack.world.direct(user).id)


def said(office: Office, ts: str, channel: str = "CNOC") -> list[dict[str, Any]]:
    """What the bot has in a thread."""
    place = office.slack.world.channels[channel]
    return [m for m in place.messages if m.get("thread_ts") == ts and m.get("bot_id")]


def text_of(message: dict[str, Any]) -> str:
    """All words of a message, also those in its blocks."""

    def words(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [str(part[key]) for key in ("text", "title") if isinstance(part.get(key), str)]
            return own + [each for value in part.values() for each in words(value)]
        return [each for value in part for each in words(value)] if isinstance(part, list) else []

    return "\n".join(words(message.get("blocks", [])))
