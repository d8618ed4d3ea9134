"""Slack: what it costs to find the handler of a payload, from 10 to 1,000 actions. Run: `python -m tests.bench.bench_routes`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.slack.routes import Route, Routes

ROUNDS = 200_000


def press(number: int) -> dict[str, Any]:
    """Return a click on the button of one action."""
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "api_app_id": "A1",
        "token": "x",
        "actions": [{"type": "button", "action_id": f"action{number}:1", "value": "1", "action_ts": "1.1"}],
    }


def own(count: int) -> float:
    """Return the microseconds of one look-up among so many handlers of ours, the last one asked for."""
    routes = Routes({f"click:action{n}": Route() for n in range(count)})
    body = press(count - 1)
    assert routes.find(body) is not None
    began = time.perf_counter()
    for _ in range(ROUNDS):
        routes.find(body)
    return 1e6 * (time.perf_counter() - began) / ROUNDS


async def bolt(count: int, rounds: int = 50) -> float:
    """Return the microseconds of one dispatch by a Bolt app with so many listeners, the last one asked for."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U", bot_id="B"
        )

    app = AsyncApp(authorize=authorize, request_verification_enabled=False, process_before_response=True)
    for number in range(count):

        @app.action(f"action{number}:1")
        async def handle(ack: Any) -> None:
            await ack()

    import json
    from urllib.parse import quote

    text = f"payload={quote(json.dumps(press(count - 1)))}"
    began = time.perf_counter()
    for _ in range(rounds):
        answer = await app.async_dispatch(AsyncBoltRequest(body=text, headers={}))
        assert answer.status == 200, answer.status
    return 1e6 * (time.perf_counter() - began) / rounds


async def main() -> None:
    """Print a line per number of actions."""
    print("actions | ours, µs a look-up | slack-bolt's listeners, µs a dispatch")
    for count in (10, 100, 1000):
        print(f"{count:7} | {own(count):18.2f} | {await bolt(count):10.0f}")


if __name__ == "__main__":
    asyncio.run(main())
