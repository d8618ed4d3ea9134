"""Backhaul between a real PostgreSQL and Slack, its core replaced by an echo: what Slack costs, and no more.

Who asks is looked up in the tables, as the bot does it.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.identity import find_linked
from bot.core.question import Question
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.jobs import enqueue
from bot.errors import NotFound
from bot.host.registry import Registry
from bot.jobs.job import Kind
from bot.jobs.worker import Worker
from bot.log import set_up_logging
from bot.slack.room import SlackRoom
from bot.web.serve import WebServer
from bot.web.site import Probes, make_site

NOTHING = "There is nothing of that kind here: I only say again what you say."


class Echo:
    """Stands where the core answers."""

    async def answer(self, question: Question) -> Reply:
        """Say it again."""
        return Reply(f"You said: {question.words.removeprefix('echo ')}")

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Know of no such thing: an echo has nothing to press, to decide on or to undo."""
        raise NotFound(NOTHING)

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        """Know of no such thing: an echo has nothing to press, to decide on or to undo."""
        raise NotFound(NOTHING)

    async def undo(self, question: Question, call_id: str) -> Reply:
        """Know of no such thing: an echo has nothing to press, to decide on or to undo."""
        raise NotFound(NOTHING)


async def main() -> None:
    """Serve until killed."""
    set_up_logging(level="error", form="json")
    port = os.environ.get("PEER_PORT")
    only = {"slack_app_token": None} if port else {"slack_signing_secret": None}
    database = Database(runtime_url=os.environ["PEER_DATABASE"], pool_size=20)

    async def find_user(tenant: Tenant, surface: str, who: str, email: str | None) -> User:
        return await find_linked(database, Registry({}, ()), tenant, surface, who, email)

    room = SlackRoom(
        Config(slack_tenant="acme", **only),  # type: ignore[arg-type]  # pydantic checks them
        database=database,
        cipher=Cipher(keys={"t": b"k" * 32}, seals_with="t"),
        counter=Echo(),
        find_user=find_user,
        enqueue=enqueue,
    )
    await room.start()

    async def ping() -> None:
        return None

    if port:
        site = make_site(Probes(ping=ping), slack=lambda: room.gate)
        await WebServer(site, host="127.0.0.1", port=int(port)).start()
    kinds = {
        name: Kind(
            run=lambda job, handle=handle: handle(job.tenant, job.payload),
            pool="interactive",
            deadline=timedelta(minutes=2),
        )
        for name, handle in room.handlers.items()
    }
    await Worker(database, kinds).run()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
