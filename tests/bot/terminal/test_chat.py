"""The chat: whatever one message meets, the next one is asked."""

import asyncio
import os
import signal
from io import StringIO
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.api import Reply, Unavailable
from bot.terminal.chat import STOPPED, Chat


def chat_with(ask) -> Chat:
    return Chat(ask=ask, picks=lambda _: (), person="Sam", role="support", place="Acme", zone=ZoneInfo("UTC"))


async def said(chat: Chat, words: str) -> str:
    page = StringIO()
    await chat.answer(Console(file=page, width=200), words)
    return page.getvalue().strip()


async def test_what_does_not_answer_is_said_and_the_chat_goes_on() -> None:
    async def ask(words: str) -> Reply:
        if words == "first":
            raise Unavailable("The database does not answer.")
        return Reply("Here again.")

    chat = chat_with(ask)
    assert await said(chat, "first") == "The database does not answer."
    assert await said(chat, "second") == "Here again."


async def test_ctrl_c_stops_the_waiting_and_not_the_chat() -> None:
    before = signal.getsignal(signal.SIGINT)

    async def ask(_words: str) -> Reply:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
        return Reply("never")

    assert await said(chat_with(ask), "hang") == STOPPED
    assert signal.getsignal(signal.SIGINT) is before
