"""The people in the storm: what each asks, with a word nobody else says, and what was said back to it."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.slackd import Slackd

WORD = re.compile(r"Zq\d{6}x")
TAKEN_BACK = re.compile(r"Cancelled TCK-|Cancel a ticket")
READ, WRITE = "customers find query={word}", 'tickets create subject="{word}"'
Message = dict[str, Any]
MOST_OPEN = 300
"""Requests that may wait for their answer at once; a crowd gets impatient."""


@dataclass
class Request:
    """One thing a person wants: `kind` is mention, direct or command; `root` the thread it belongs to."""

    word: str
    user: str
    channel: str
    kind: str
    writes: bool
    ts: str = ""
    root: str = ""
    pressed: bool = False
    unsure: bool = False
    """Slack told the person that it did not arrive, which need not be so."""


class Door:
    """Keeps what Slack never repeats (clicks, commands) and what breaks connections apart.

    Slack tells a person at once when a click was not taken, and the person presses again; that is tried
    elsewhere. Here every request is one that Slack delivered.
    """

    def __init__(self) -> None:
        self._inside = 0
        self._shut = False
        self._change = asyncio.Condition()

    @asynccontextmanager
    async def interacting(self) -> AsyncIterator[None]:
        """Click while nobody breaks anything."""
        async with self._change:
            await self._change.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            async with self._change:
                self._inside -= 1
                self._change.notify_all()

    @asynccontextmanager
    async def breaking(self) -> AsyncIterator[None]:
        """Break things while nobody clicks."""
        async with self._change:
            await self._change.wait_for(lambda: not self._shut)
            self._shut = True
            await self._change.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            async with self._change:
                self._shut = False
                self._change.notify_all()


@dataclass
class Crowd:
    """People who ask, in channels, threads, private and by command, until `wanted` events were sent."""

    slack: Slackd
    people: list[str]
    channels: list[str]
    wanted: int
    door: Door
    seed: int
    lots: dict[str, random.Random] = field(default_factory=dict)
    """Each person draws their own, whoever else is faster."""
    requests: dict[str, Request] = field(default_factory=dict)
    threads: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _seen: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _growing: list[Message] = field(default_factory=list)

    async def ask(self) -> None:
        """Everybody asks until enough was asked."""
        await asyncio.gather(*(self._live(user) for user in self.people))

    @property
    def enough(self) -> bool:
        """Whether Slack has had enough to tell."""
        return self.slack.delivery.tally.events >= self.wanted

    @property
    def unanswered(self) -> list[str]:
        """Words nobody said anything to yet."""
        self.listen()
        return [word for word, one in self.requests.items() if word not in self.heard and not one.unsure]

    def listen(self) -> None:
        """Note what the bot said since; of a message that grows what it says in the end, if it is ended empty first."""
        growing, self._growing = self._growing, []
        for message in growing:
            self._hear(message)
        for place in list(self.slack.world.channels.values()):
            for kept, name in ((place.messages, "messages"), (place.ephemeral, "ephemeral")):
                for message in kept[self._seen[place.id, name] :]:
                    if message.get("bot_id") == self.slack.world.bot_id:
                        self._hear(message)
                self._seen[place.id, name] = len(kept)

    def _hear(self, message: Message) -> None:
        words = dict.fromkeys(WORD.findall(json.dumps(message)))
        state = message.get("streaming_state")
        if state == "in_progress" or (state and not words):
            self._growing.append(message)
            return
        for word in words:
            self.heard[word].append(message)

    def __post_init__(self) -> None:
        self.lots = {user: random.Random(f"{self.seed} {user}") for user in self.people}

    async def _live(self, user: str) -> None:
        lot = self.lots[user]
        while not self.enough:
            while len(self.unanswered) > MOST_OPEN:
                await asyncio.sleep(0.1)
            what = lot.random()
            if what < 0.1:
                await self.slack.seat(user).say(lot.choice(self.channels), "who wants lunch?")
            elif what < 0.25:
                await self._command(user)
            elif what < 0.32 and (made := self._made_by(user)):
                await self._undo(made)
            else:
                await self._talk(user)

    async def _talk(self, user: str) -> None:
        """One to three requests in one thread, each said when Slack has told of the one before."""
        lot = self.lots[user]
        direct = lot.random() < 0.25
        seat, named = self.slack.seat(user), "" if direct else f"<@{self.slack.world.bot_user}> "
        channel = self.slack.world.direct(user).id if direct else lot.choice(self.channels)
        root = ""
        for _ in range(lot.randint(1, 3)):
            one = self._new(user, channel, "direct" if direct else "mention")
            one.ts = await seat.say(channel, named + self._words(one), thread=root or None)
            root = root or one.ts
            one.root = root
            self.threads[channel, root].append(one.word)

    async def _command(self, user: str) -> None:
        channel = self.lots[user].choice(self.channels)
        async with self.door.interacting():
            one = self._new(user, channel, "command")
            one.unsure = not await self.slack.seat(user).command(channel, f"/backhaul {self._words(one)}")

    async def _undo(self, made: Request) -> None:
        """Take a ticket back by the button under it."""
        made.pressed = True
        async with self.door.interacting():
            made.unsure = not await self.slack.seat(made.user).click(
                made.channel, self.heard[made.word][0]["ts"], "call:undo"
            )

    def _made_by(self, user: str) -> Request | None:
        found = [
            one
            for one in self.requests.values()
            if one.user == user and one.writes and one.kind != "command" and not one.pressed
        ]
        ready = [one for one in found if has_button(self.heard.get(one.word, []), "call:undo")]
        return self.lots[user].choice(ready) if ready else None

    def _new(self, user: str, channel: str, kind: str) -> Request:
        own = sum(one.user == user for one in self.requests.values())
        word = f"Zq{self.people.index(user):02}{own:04}x"
        writes = self.lots[user].random() < 0.3
        self.requests[word] = Request(word, user, channel, kind, writes)
        return self.requests[word]

    def _words(self, one: Request) -> str:
        return (WRITE if one.writes else READ).format(word=one.word)


def has_button(messages: list[Message], name: str) -> bool:
    """Whether the first of these messages has such a button."""
    blocks = messages[0].get("blocks") or [] if messages else []
    return any(
        each.get("action_id", "").startswith(name) for block in blocks for each in block.get("elements", ())
    )


def is_taken_back(message: Message) -> bool:
    """Whether it says that a ticket was taken back; what grew has its words in its blocks alone."""
    return bool(TAKEN_BACK.search(message["text"] or json.dumps(message)))
