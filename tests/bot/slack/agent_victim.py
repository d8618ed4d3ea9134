"""The Slack room answering slowly, as a process that dies at a step: `python -m tests.bot.slack.agent_victim`."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core import progress
from bot.core.question import Question
from bot.db import outbox, slack_streams
from bot.db.database import Database
from bot.db.jobs import enqueue
from bot.jobs.job import Kind
from bot.jobs.worker import Worker
from bot.slack.agent import calls
from bot.slack.reader import Reader
from bot.slack.room import SlackRoom
from tests.bot.slack.agent_office import LOOK, QUICK, READ
from tests.bot.slack.conftest import KEY, Answers
from tests.bot.slack.victim import after, die

STEPS = (
    *("begun", "status", "opening", "started", "live", "appended", "rolled"),
    *("finishing", "finished", "before end", "ended", "marked"),
)
ANSWER = "Amina owes 40."


def arm(step: str) -> None:
    """Make this process die when it comes to the step."""
    match step:
        case "begun":  # noted, and Slack not asked yet
            calls.set_status = die
        case "status":
            calls.set_status = after(calls.set_status)
        case "opening":  # noted that there may be a message
            calls.start = die
        case "started":  # there is one, and nobody knows its name
            calls.start = after(calls.start)
        case "live":
            calls.append = die
        case "appended":
            calls.append = after(calls.append)
        case "rolled" | "ended":
            calls.end = after(calls.end)
        case "before end":
            calls.end = die
        case "finishing":  # in the transaction that ends the work
            slack_streams.do_end_all = after(slack_streams.do_end_all)
        case "finished":
            Reader._finish = after(Reader._finish)
        case "marked":
            outbox.do_mark_sent = after(outbox.do_mark_sent)


class Slowly(Answers):
    """Comes to an answer in steps that take their time."""

    async def answer(self, question: Question) -> Reply:
        for title in (LOOK, READ):
            with progress.doing(title, writes=False) as step:
                await asyncio.sleep(0.3)
                step.ended(Reply("x"))
        return Reply(ANSWER)


async def main(url: str, api_url: str, step: str, way: dict[str, Any]) -> None:
    arm(step)
    database = Database(runtime_url=url, pool_size=3)

    async def find_user(_tenant: Tenant, _surface: str, _who: str, _email: str | None) -> User:
        return User.with_permissions("1", "Ann", frozenset())

    room = SlackRoom(
        Config(slack_api_url=api_url, **way),
        database=database,
        cipher=KEY,
        counter=Slowly(),
        find_user=find_user,
        enqueue=enqueue,
        sweep_every=timedelta(seconds=0.3),
        lease=timedelta(seconds=1),
        tempo=replace(QUICK, roll=0.2) if step == "rolled" else QUICK,
    )
    await room.start()
    kinds = {
        name: Kind(run=lambda job, handle=handle: handle(job.tenant, job.payload), pool="interactive")
        for name, handle in room.handlers.items()
    }
    await Worker(database, kinds, heartbeat=timedelta(seconds=1)).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])))
