"""The Slack room as a process of its own, that dies at a chosen step: `python -m tests.bot.slack.victim`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.glance import Glance
from bot.core.question import Question
from bot.db import outbox
from bot.db.database import Database
from bot.db.jobs import enqueue
from bot.jobs.job import Kind
from bot.jobs.worker import Worker
from bot.slack import calls_out
from bot.slack.calls import Calls
from bot.slack.ingest import Ingest
from bot.slack.reader import Reader
from bot.slack.room import SlackRoom
from tests.bot.slack.conftest import KEY, Answers

LINK_STEPS = ("kept", "finishing", "finished", "before unfurl", "unfurled", "marked")
STEPS = ("kept", "answering", "finishing", "finished", "before post", "posted", "marked")


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


def after(fn: Callable[..., Any]) -> Callable[..., Any]:
    async def dying(*args: Any, **more: Any) -> Any:
        await fn(*args, **more)
        die()

    return dying


def arm(step: str) -> None:
    """Make this process die when it comes to the step."""
    if step == "kept":  # committed, not acknowledged
        Ingest.take_in = after(Ingest.take_in)
    elif step == "finishing":  # in the transaction that ends the work
        outbox.do_put = after(outbox.do_put)
    elif step == "finished":
        Reader._finish = after(Reader._finish)
    elif step == "before post":
        Calls.post = die
    elif step == "posted":  # Slack has it, we have not noted it
        Calls.post = after(Calls.post)
    elif step == "before unfurl":
        calls_out.unfurl = die
    elif step == "unfurled":
        calls_out.unfurl = after(calls_out.unfurl)
    elif step == "marked":
        outbox.do_mark_sent = after(outbox.do_mark_sent)


async def main(url: str, api_url: str, step: str, way: dict[str, str]) -> None:
    arm(step)
    database = Database(runtime_url=url, pool_size=3)

    class Counter(Answers):
        async def answer(self, question: Question) -> Reply:
            if step == "answering":
                die()
            return await super().answer(question)

        async def glance(self, question: Question, kind: str, key: str) -> Glance | None:
            return Glance(kind=kind, key=key, title=f"{key} No light", facts={"status": "open"})

    async def find_user(_tenant: Tenant, _surface: str, _who: str, _email: str | None) -> User:
        return User.with_permissions("1", "Ann", frozenset())

    room = SlackRoom(
        Config(slack_api_url=api_url, **way),
        database=database,
        cipher=KEY,
        counter=Counter(),
        find_user=find_user,
        enqueue=enqueue,
        sweep_every=timedelta(seconds=0.3),
        lease=timedelta(seconds=1),
    )
    await room.start()
    kinds = {
        name: Kind(run=lambda job, handle=handle: handle(job.tenant, job.payload), pool="interactive")
        for name, handle in room.handlers.items()
    }
    await Worker(database, kinds, heartbeat=timedelta(seconds=1)).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])))
