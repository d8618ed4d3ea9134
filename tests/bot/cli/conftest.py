"""The command line as a person or a script uses it, on a real database."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from tests.databases import TestServer, Urls
from tests.left_behind import logging_kept
from tests.vectors import seed_vectors

Server = TypeVar("Server", bound=AbstractAsyncContextManager[Any])


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Backhaul:
    """Runs `backhaul WORDS…`; `urls` is the database behind it."""

    def __init__(self, run: Callable[..., Ran], urls: Urls) -> None:
        self._run, self.urls = run, urls

    def __call__(self, *words: str, stdin: str = "", **more: str) -> Ran:
        return self._run(*words, stdin=stdin, **more)


@contextmanager
def in_a_thread(server: Server) -> Iterator[Server]:
    """Let a server run beside commands, which have event loops of their own."""
    ready, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def backhaul(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backhaul]:
    """Run `backhaul WORDS…` on one database per test module."""
    urls = asyncio.run(server.take())
    home = tmp_path_factory.mktemp("home")
    seed_vectors(home)
    env = {
        "BACKHAUL_HOME": str(home),
        "DATABASE_URL": urls.runtime,
        "DATABASE_OWNER_URL": urls.owner,
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }

    def run(*words: str, stdin: str = "", **more: str) -> Ran:
        with logging_kept(), pytest.MonkeyPatch.context() as patch:
            for name in ("BACKHAUL_KEY", "BACKHAUL_PLUGINS_OFF", "BACKHAUL_LOG", "SLACK_BOT_TOKEN"):
                patch.delenv(name, raising=False)
            done = CliRunner().invoke(app, list(words), input=stdin, env={**env, **more})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    yield Backhaul(run, urls)
    server.give_back(urls)
