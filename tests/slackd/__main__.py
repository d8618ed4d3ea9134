"""`python -m tests.slackd --port 8123 --manifest app.json --seed seed.json`: an emulated Slack to talk to."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.slackd.seed import SAVANNA, load_seed
from tests.slackd.server import Slackd


def main(argv: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.slackd", description=__doc__)
    asked.add_argument("--port", type=int, default=8123)
    asked.add_argument(
        "--manifest", type=Path, help="the app's manifest as JSON; without one everything is allowed"
    )
    asked.add_argument(
        "--seed", type=Path, default=SAVANNA, help="who is there (default: the demo's provider)"
    )
    asked.add_argument("--lenient", action="store_true", help="mind only what Slack itself refuses")
    asyncio.run(serve(asked.parse_args(argv)))


async def serve(asked: argparse.Namespace) -> None:
    """Run until interrupted; then tell what went against the rules."""
    manifest = json.loads(asked.manifest.read_text()) if asked.manifest else None
    slack = Slackd(manifest=manifest, strict=not asked.lenient, port=asked.port)
    slack.world.run = f"{int(slack.clock.now()):X}"
    load_seed(slack.world, asked.seed)
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    async with slack:
        print(describe(slack), flush=True)
        await stopped.wait()
    print(
        f"{len(slack.calls)} calls, {len(slack.violations)} violations",
        *slack.violations,
        sep="\n",
        flush=True,
    )


def describe(slack: Slackd) -> str:
    """What the bot needs to know to connect, and who can be played."""
    world = slack.world
    people = [each for team in world.workspaces.values() for each in team.people.values() if not each.is_bot]
    return "\n".join(
        [
            f"# {', '.join(team.name for team in world.workspaces.values())} at http://{slack.base}/",
            f"export SLACK_API_URL={slack.api_url}",
            f"export SLACK_BOT_TOKEN={world.bot_token}",
            f"export SLACK_APP_TOKEN={world.app_token}",
            f"export SLACK_SIGNING_SECRET={world.signing_secret}",
            *(f"# {each.id:<10} {each.name}, {each.title}" for each in people),
        ]
    )


if __name__ == "__main__":
    main()
