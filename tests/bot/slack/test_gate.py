"""The gate against garbage: never a 5xx, nothing kept."""

from __future__ import annotations

import copy
import json
import random
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
from sqlalchemy import text

from tests.bot.slack.conftest import Office
from tests.slackd.delivery import sign

EVENT = {
    "token": "x",
    "team_id": "T1",
    "api_app_id": "A1",
    "type": "event_callback",
    "event_id": "Ev1",
    "event_time": 1,
    "event": {
        "type": "app_mention",
        "user": "UANN",
        "text": "<@UBOT> hi",
        "ts": "1.5",
        "channel": "CNOC",
        "event_ts": "1.5",
    },
    "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
}
CLICK = {
    "type": "block_actions",
    "user": {"id": "UANN", "team_id": "T1"},
    "team": {"id": "T1", "domain": "d"},
    "channel": {"id": "CNOC"},
    "trigger_id": "1.2",
    "response_url": "https://x",
    "container": {"type": "message"},
    "actions": [{"action_id": "say:1", "block_id": "b", "type": "button", "value": "1", "action_ts": "2.5"}],
    "message": {"ts": "1.5"},
}
JUNK: list[Any] = [
    None,
    0,
    -1,
    1e308,
    True,
    "",
    [],
    {},
    "\x00",
    "A" * 70_000,
    [[]],
    {"a": {}},
    "\ud83d",
    float("nan"),
    "Ev1\n",
    {"id": None},
    10**400,
    "T1",
    "C\ud800",
]
ROUNDS = 2500


def mutated(rng: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(given)
    for _ in range(rng.randint(1, 4)):
        node: Any = found
        while keys := (list(node) if isinstance(node, dict) else list(range(len(node)))):
            key = rng.choice(keys)
            if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.6:
                node = node[key]
                continue
            if rng.random() < 0.25 and isinstance(node, dict):
                del node[key]
            else:
                node[key] = copy.deepcopy(rng.choice(JUNK))
            break
    return found


def request(rng: random.Random) -> tuple[bytes, str]:
    kind = rng.random()
    if kind < 0.5:
        return json.dumps(mutated(rng, EVENT)).encode("utf8", "surrogatepass"), "application/json"
    if kind < 0.8:
        form = "payload=" + quote(json.dumps(mutated(rng, CLICK)), errors="replace")
        return form.encode(), "application/x-www-form-urlencoded"
    if kind < 0.9:
        body = bytearray(json.dumps(EVENT).encode())
        for _ in range(rng.randint(1, 9)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        return bytes(body), "application/json"
    return rng.randbytes(rng.randint(0, 400)), rng.choice(
        ["application/json", "application/x-www-form-urlencoded", "text/plain", ""]
    )


async def test_no_signed_garbage_makes_a_server_error(office: Office) -> None:
    rng = random.Random(11)
    office.queue.lose = True
    codes: dict[int, int] = {}
    assert office.room.gate is not None
    transport = httpx.ASGITransport(app=office.room.gate)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as web:
        for _ in range(ROUNDS):
            body, kind = request(rng)
            headers = {"Content-Type": kind, **sign("s" * 32, body)}
            status = (await web.post("/slack/events", content=body, headers=headers)).status_code
            codes[status] = codes.get(status, 0) + 1
            assert status < 500, body[:500]
        for _ in range(300):
            body = rng.randbytes(rng.randint(1, 300))
            assert (await web.post("/slack/events", content=body)).status_code == 401
        assert (await web.get("/slack/events")).status_code == 405
    assert codes[400] > ROUNDS / 10
    assert codes[200] > ROUNDS / 20


async def test_text_postgres_cannot_keep_is_kept_without_it(office: Office) -> None:
    office.queue.lose = True
    event = copy.deepcopy(EVENT)
    event["event"]["text"] = "<@UBOT> nul \x00 end"
    body = json.dumps(event).encode()
    transport = httpx.ASGITransport(app=office.room.gate)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as web:
        headers = {"Content-Type": "application/json", **sign("s" * 32, body)}
        assert (await web.post("/slack/events", content=body, headers=headers)).status_code == 200
    async with office.database.tenant(office.tenant.id) as session:
        kept = (await session.execute(text("select payload->>'text' from slack_inbox"))).scalar_one()
    assert kept == "<@UBOT> nul  end"
    await office.queue.idle()
