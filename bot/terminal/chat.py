"""The chat in a terminal: a prompt with history and completion, answers as they come."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.text import Text

from bot.contract.reply import Reply, Tone
from bot.errors import UserError
from bot.terminal.render import clean, render

STOPPED = "I stopped. If you asked for a change, look whether it was made before you ask again."
LEAVE = frozenset({"exit", "quit", "bye", ":q", "/quit", "/exit"})

Ask = Callable[[str], Awaitable[Reply]]
Picks = Callable[[Reply], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One person talking to the bot in a terminal.

    `ask` answers one message; `picks` says what of a reply can be chosen by number. `news` is one line
    to begin with.
    """

    ask: Ask
    picks: Picks
    person: str
    role: str
    place: str
    zone: ZoneInfo
    suggestions: Sequence[str] = ()
    commands: Sequence[str] = ()
    history: Path | None = None
    news: str = ""

    async def run(self, console: Console) -> None:
        """Talk until the person leaves or the input ends."""
        self.greet(console)
        async for words in self.messages():
            if words.lower() in LEAVE:
                return
            await self.answer(console, words)

    def greet(self, console: Console) -> None:
        """Say who one is here, and what could be asked."""
        name, place = (clean(self.person), "bold"), (clean(self.place), "bold")
        who = Text.assemble("You are ", name, f" ({self.role}) at ", place)
        console.print(
            Text.assemble(
                who, ". Ask in your own words, or type help; hand in a file with /file PATH. Leave with exit."
            )
        )
        if self.suggestions:
            console.print("For example:", style="dim")
            for words in self.suggestions:
                console.print(Text.assemble(("  › ", "cyan"), clean(words)))
        if self.news:
            console.print(clean(self.news), style="yellow", markup=False)
        console.print()

    async def answer(self, console: Console, words: str) -> None:
        """Answer one message; Ctrl-C stops the waiting, not the chat."""
        if console.is_terminal:
            with console.status("…", spinner="dots"):
                reply = await self.asked(words)
        else:
            reply = await self.asked(words)
        render(reply, console, self.zone, tuple(self.picks(reply)))
        console.print()

    async def asked(self, words: str) -> Reply:
        """Return the answer, or why there is none; the next message may fare better."""
        waiting = asyncio.ensure_future(self.ask(words))
        before = signal.getsignal(signal.SIGINT)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, waiting.cancel)
        try:
            return await waiting
        except UserError as error:
            return Reply(str(error), tone=Tone.BAD)
        except asyncio.CancelledError:
            if not waiting.cancelled():
                raise
            return Reply(STOPPED, tone=Tone.WARN)
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, before)

    async def messages(self) -> AsyncIterator[str]:
        """Yield what is typed, or the lines of a pipe."""
        if not sys.stdin.isatty():
            for line in sys.stdin:
                if line.strip():
                    yield line.strip()
            return
        session = self.session()
        while True:
            try:
                typed = await session.prompt_async(HTML("<ansicyan><b>› </b></ansicyan>"))
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if typed.strip():
                yield typed.strip()

    def session(self) -> PromptSession[str]:
        """Return the prompt, with history kept in a file only its owner reads."""
        history: History = InMemoryHistory()
        if self.history is not None:
            with suppress(OSError):
                self.history.touch(mode=0o600)
                history = FileHistory(str(self.history))
        return PromptSession(
            history=history,
            auto_suggest=AutoSuggestFromHistory(),
            completer=WordCompleter(list(self.commands), sentence=True),
            complete_while_typing=False,
        )
