"""The emulated Slack answers as `backlot` does, which repeats what was measured against slack.com."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from tests.slackd import Slackd
from tests.slackd.messages import add, text_blocks
from tests.slackd_conformance.backlot.cases import AT, CORPUS
from tests.slackd_conformance.backlot.play import Answers, play
from tests.slackd_conformance.backlot.record import GOLDEN
from tests.slackd_conformance.worker import SCOPES, worker

SAID = json.loads(GOLDEN.read_text())
OURS = {"people": "has_2fa is seen by admins only, which a bot is not"}
"""Where we answer otherwise, and why."""
KEYS = frozenset({"keys", "message", "channel", "channels", "members"})


def seed(slack: Slackd) -> None:
    world = slack.world
    world.add_person("UANN", "ann")
    world.add_person("UBEN", "ben")
    channel = world.add_channel("CNOC", "noc", "UANN", "UBEN")
    minute = 0

    def said(text: str, root: str = "") -> str:
        nonlocal minute
        message = {"type": "message", "text": text, "ts": f"{AT + 60 * minute}.000001", "team": "T1"}
        minute += 1
        message |= {"user": "UANN" if minute % 2 else "UBEN", "blocks": text_blocks(world, text)}
        message["client_msg_id"] = world.next_id("client-")
        return str(add(channel, message, root)["ts"])

    for text, replies in CORPUS:
        root = said(text)
        for each in replies:
            said(each, root)


async def ask(slack: Slackd) -> Answers:
    headers = {"Authorization": f"Bearer {slack.world.bot_token}"}
    async with aiohttp.ClientSession(slack.api_url, headers=headers) as http:

        async def send(method: str, how: str, args: dict[str, str]) -> dict[str, Any]:
            verb = "GET" if how == "query" else "POST"
            what = {"query": {"params": args}, "json": {"json": args}, "form": {"data": args}}[how]
            async with http.request(verb, method, **what) as got:
                return await got.json()

        return await play(send)


def differs(theirs: Any, ours: Any) -> bool:
    """Lists of keys may say more than theirs; everything else is the same."""
    if ours is None or theirs.keys() != ours.keys():
        return True
    return any(
        not set(value) <= set(ours[name]) if name in KEYS else value != ours[name]
        for name, value in theirs.items()
    )


async def test_answers_agree() -> None:
    scopes = (*SCOPES, "chat:write.public")
    async with Slackd(manifest=worker(scopes=scopes, events=()), strict=False, paced=False) as slack:
        seed(slack)
        answers = await ask(slack)
    other = {title: (theirs, answers.get(title)) for title, theirs in SAID.items()}
    other = {title: both for title, both in other.items() if differs(*both)}
    assert answers.keys() == SAID.keys(), "record.py has not been run since a case was added"
    assert other.keys() == OURS.keys(), json.dumps(other, indent=1)
