"""slack-machine with one plugin."""

import asyncio
import os

from machine import Machine
from machine.plugins.base import MachineBasePlugin
from machine.plugins.decorators import respond_to
from machine.plugins.message import Message
from machine.utils.collections import CaseInsensitiveDict
from redirected import redirect


class Echo(MachineBasePlugin):
    """Echo."""

    @respond_to(r"^echo (?P<word>.+)")
    async def echo(self, msg: Message, word: str) -> None:
        """echo: say it again"""
        await msg.reply(f"You said: {word}", in_thread=True)


SETTINGS = {
    "PLUGINS": ["machine_peer.Echo"],
    "STORAGE_BACKEND": "machine.storage.backends.memory.MemoryStorage",
    "HTTP_PROXY": None,
    "TZ": "UTC",
    "LOGLEVEL": "ERROR",
    "LOG_HANDLED_MESSAGES": False,
    "SLACK_APP_TOKEN": os.environ["SLACK_APP_TOKEN"],
    "SLACK_BOT_TOKEN": os.environ["SLACK_BOT_TOKEN"],
}

if __name__ == "__main__":
    redirect()
    asyncio.run(Machine(settings=CaseInsensitiveDict(SETTINGS)).run())
