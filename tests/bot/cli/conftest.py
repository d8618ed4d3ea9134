"""The command line as a person or a script uses it, on a real database."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from tests.databases import TestServer, Urls
from tests.vectors import seed_vectors


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
        with pytest.MonkeyPatch.context() as patch:
            for name in ("BACKHAUL_KEY", "BACKHAUL_PLUGINS_OFF", "BACKHAUL_LOG", "SLACK_BOT_TOKEN"):
                patch.delenv(name, raising=False)
            done = CliRunner().invoke(app, list(words), input=stdin, env={**env, **more})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    yield Backhaul(run, urls)
    server.give_back(urls)
