"""What is asked in the drill, each of it a change, and what must have come of it exactly once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.contract.reply import Button
from bot.db.database import Database
from bot.slack.sealed import Seals
from bot.slack.teams import Team
from tests.slackd import Slackd

KINDS = ("mention", "command", "click", "form")
USERS = {kind: f"U{kind.upper()}" for kind in KINDS}
ROOM = "CNOC"
Message = dict[str, Any]


@dataclass
class Deed:
    """One thing a person does; `taken`: Slack had it acknowledged."""

    kind: str
    word: str
    ts: str = ""
    view: Any = None
    taken: bool = False


@dataclass
class People:
    """Four people, one for each way of asking."""

    slack: Slackd
    database: Database
    tenant: str
    seals: Seals
    deeds: list[Deed] = field(default_factory=list)

    async def prepare(self, number: int) -> list[Deed]:
        """Put before each person what they are going to use, while the service is well."""
        deeds = [Deed(kind, f"Zq{number:03}{kind}") for kind in KINDS]
        for deed in deeds:
            if deed.kind == "click":
                deed.ts = await self._post(deed, "do:1", self._sealed(deed.word))
            if deed.kind == "form":
                deed.ts = await self._post(deed, "feedback:1", "feedback:bad")
                seat = self.slack.seat(USERS["form"])
                assert await seat.click(ROOM, deed.ts, "feedback:1", "negative")
                deed.view = await seat.wait_for_view("Not good?")
                await seat.enter("why", deed.word)
        self.deeds += deeds
        return deeds

    async def do(self, deed: Deed) -> None:
        """Do it; who sees a click or a command fail does it again, unless the bot has it (it is told later)."""
        seat = self.slack.seat(USERS[deed.kind])
        while not deed.taken:
            had = await self._kept(deed)
            match deed.kind:
                case "mention":
                    named = f'<@{self.slack.world.bot_user}> tickets create subject="{deed.word}"'
                    deed.ts = await seat.say(ROOM, named)
                    deed.taken = True
                case "command":
                    seen = await seat.command(ROOM, f'/backhaul tickets create subject="{deed.word}"')
                    deed.taken = bool(seen)
                case "click":
                    deed.taken = bool(await seat.click(ROOM, deed.ts, "do:1"))
                case "form":
                    deed.taken = bool(await seat.submit({"why": deed.word}, view=deed.view))
            deed.taken = deed.taken or await self._kept(deed) > had

    async def _kept(self, deed: Deed) -> int:
        async with self.database.tenant(self.tenant) as session:
            found = await session.execute(
                text("select count(*) from slack_inbox where payload->>'user' = :user"),
                {"user": USERS[deed.kind]},
            )
            return int(found.scalar_one())

    def answers(self, deed: Deed) -> list[Message]:
        """What was said to it, first and again."""
        place = self.slack.world.channels[ROOM]
        everywhere = [
            m for each in self.slack.world.channels.values() for m in each.messages + each.ephemeral
        ]
        own = [m for m in everywhere if m.get("bot_id") and m["ts"] != deed.ts and deed.word in json.dumps(m)]
        assert all(m.get("thread_ts") == deed.ts for m in own if m in place.messages)
        return own

    def is_direct(self, message: Message) -> bool:
        """Whether it stands in a direct conversation: a command is answered there when nobody can tell
        whether the answer in the channel arrived, and it says so."""
        return any(message in each.messages for each in self.slack.world.channels.values() if each.direct)

    async def done(self, deed: Deed) -> int:
        """How often it was done."""
        question = (
            "select count(*) from audit_texts where told::text like :word"
            if deed.kind == "form"
            else "select count(*) from isp_tickets where subject like :word"
        )
        async with self.database.tenant(self.tenant) as session:
            found = await session.execute(text(question), {"word": f"%{deed.word}%"})
            return int(found.scalar_one())

    async def is_over(self, deed: Deed) -> bool:
        """Whether it was done and answered; a form is answered by nothing."""
        return deed.taken and await self.done(deed) > 0 and (deed.kind == "form" or bool(self.answers(deed)))

    async def report(self, deed: Deed) -> str:
        """What is known of a deed that did not come to its end."""
        async with self.database.tenant(self.tenant) as session:
            kept = await session.execute(
                text(
                    "select i.state, i.attempts, i.error, i.payload->>'deed', o.state, o.kind, o.error, o.attempts"
                    " from slack_inbox i left join slack_outbox o on o.inbox_id = i.id"
                    " where i.payload->>'user' = :user order by i.received_at desc limit 4"
                ),
                {"user": USERS[deed.kind]},
            )
            rows = kept.all()
        place = self.slack.world.channels[ROOM]
        said = [m["text"][:80] for m in place.messages[-8:] + place.ephemeral[-2:]]
        return f"{deed} done {await self.done(deed)} said {len(self.answers(deed))} {rows} {said}"

    def _sealed(self, word: str) -> str:
        world = self.slack.world
        team = Team(
            team_id="T1",
            tenant_id=self.tenant,
            bot_user_id=world.bot_user,
            bot_id=world.bot_id,
            token=world.bot_token,
        )
        value = self.seals.value(team, Button("Make a ticket", "tickets_create", {"subject": word}))
        assert value is not None
        return value

    async def _post(self, deed: Deed, action_id: str, value: str) -> str:
        """Let the bot post a message with a button."""
        from slack_sdk.web.async_client import AsyncWebClient

        client = AsyncWebClient(token=self.slack.world.bot_token, base_url=self.slack.api_url)
        words = {"type": "plain_text", "text": "press"}
        if action_id.startswith("feedback"):
            good = {"text": words, "value": "feedback:good"}
            bad = {"text": words, "value": value}
            element: Message = {
                "type": "feedback_buttons",
                "action_id": action_id,
                "positive_button": good,
                "negative_button": bad,
            }
            block: Message = {"type": "context_actions", "elements": [element]}
        else:
            element = {"type": "button", "action_id": action_id, "text": words, "value": value}
            block = {"type": "actions", "elements": [element]}
        found = await client.chat_postMessage(
            channel=ROOM, text="card", blocks=[block], unfurl_links=False, unfurl_media=False
        )
        return str(found["ts"])
