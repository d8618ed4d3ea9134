"""The first start's work in a process of its own: what it takes of memory goes back when it ends.

To embed ten thousand phrases and to learn from them leaves a hundred megabytes behind in whichever process
does it. The child writes what it computed to the folder of kept vectors and ends; the bot then reads them as
at any other start. Whatever becomes of the child, what is not there then the bot computes itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from bot.llm.embedding import LocalEmbedder
from bot.understand.gathered import Said, gathered

COMMAND = ("-P", "-m", "bot.understand.apart")
OURS = "BACKHAUL_"
"""How the names of the settings begin, secrets among them: a child that reads phrases needs none."""
POLITE = 5
"""By how much the child gives way: people are answered meanwhile."""


async def learn_apart(said: Said, folder: Path) -> bool:
    """Compute what is missing in `folder` with the built-in model; say whether the child did all of it."""
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *COMMAND, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=_environment()
        )
    except OSError:  # no room for another process
        return False
    try:
        return await _told(child, said, folder)
    finally:
        if child.returncode is None:  # the bot is being stopped
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _told(child: Process, said: Said, folder: Path) -> bool:
    """Tell the child what to compute; its input stays open, so that it ends when the bot does."""
    if child.stdin is None:
        return False
    wanted = {"folder": str(folder), "plugins": list(said.plugins), "phrases": list(map(list, said.phrases))}
    try:
        child.stdin.write(json.dumps(wanted).encode() + b"\n")
        await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):  # it ended at once
        await child.wait()
        return False
    done = await child.wait() == 0
    child.stdin.close()
    return done


def _environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return plain | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def main() -> None:
    """Be the child: read one line, compute, end; end at once when whoever started it does."""
    with suppress(AttributeError, OSError):  # not on every system
        os.nice(POLITE)
    wanted = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    said = Said(wanted["plugins"], wanted["phrases"])
    asyncio.run(gathered(LocalEmbedder(), said, Path(wanted["folder"])))
    os._exit(0)  # the thread that waits for the parent is still reading


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
