"""What is asked in the drill, each of it a change, and what must have come of it exactly once."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from bot.contract.reply import Button
from bot.db.database import Database
from bot.slack.sealed import Seals
from bot.slack.teams import Team
from tests.slackd import Slackd

KINDS = ("mention", "command", "click", "form", "sheet", "approve")
"""Words, a command, a button, why an answer was bad, the form of an action, and a yes to what another asks."""
USERS = {kind: f"U{kind.upper()}" for kind in (*KINDS, "asker")}
APPROVER_ROLE = "noc"
NEEDS_A_YES = "urgent"
"""Tickets of this priority need the yes of somebody with that role."""
ROOM = "CNOC"
SAID_YES = "said yes, and this is done"
Message = dict[str, Any]


@dataclass
class Deed:
    """One thing a person does; `taken`: Slack had it acknowledged.

    `ts` is what they say or press, in `channel`; `thread` is where somebody else asked for it.
    """

    kind: str
    word: str
    ts: str = ""
    channel: str = ROOM
    thread: str = ""
    view: Any = None
    taken: bool = False


@dataclass
class People:
    """One person for each way of asking."""

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
            if deed.kind == "sheet":
                await self._open(deed)
            if deed.kind == "approve":
                await self._asked(deed)
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
                case "approve":
                    deed.taken = bool(await seat.click(deed.channel, deed.ts, "call:approve"))
                case "sheet":
                    deed.taken = bool(await seat.submit({"f:subject": deed.word}, view=deed.view))
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
        if deed.thread:  # the asker is told in the thread, beside the card there; the approver by their card
            return [m for m in place.messages if _is_ours(m, deed.thread) and SAID_YES in m["text"]]
        own = [m for m in everywhere if m.get("bot_id") and m["ts"] != deed.ts and deed.word in json.dumps(m)]
        assert all(m.get("thread_ts") == deed.ts for m in own if m in place.messages)
        return own

    def beside(self) -> list[str]:
        """What the bot said in threads that answers nothing: neither a word of it nor that it is done."""
        return [
            m["text"]
            for m in self.slack.world.channels[ROOM].messages
            if _is_ours(m) and not ("Zq" in json.dumps(m) or SAID_YES in m["text"])
        ]

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

    async def _open(self, deed: Deed) -> None:
        """Open the form of an action and fill it in; a busy machine may open it too late for Slack."""
        seat = self.slack.seat(USERS[deed.kind])
        while deed.view is None:
            await seat.command(ROOM, "/backhaul form tickets create")
            with suppress(TimeoutError):
                deed.view = await seat.wait_for_view()
        await seat.enter("f:subject", deed.word)

    async def _asked(self, deed: Deed) -> None:
        """Let somebody ask for what needs this person's yes, and wait for the card that asks for it."""
        named = f'<@{self.slack.world.bot_user}> tickets create subject="{deed.word}" priority={NEEDS_A_YES}'
        deed.thread = await self.slack.seat(USERS["asker"]).say(ROOM, named)
        direct = self.slack.world.direct(USERS[deed.kind])

        def card() -> Message | None:
            return next((m for m in direct.messages if deed.word in json.dumps(m)), None)

        found = await self.slack.until(card, 30)
        deed.channel, deed.ts = direct.id, found["ts"]

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


def _is_ours(message: Message, thread: str = "") -> bool:
    """Whether the bot said it in a thread, or in this one."""
    found = str(message.get("thread_ts") or "")
    return bool(message.get("bot_id") and found) and found != message["ts"] and thread in ("", found)
