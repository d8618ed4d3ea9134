"""The demo's Slack: the emulator of the tests with its web page, and the service connected to it."""

from __future__ import annotations

import errno
import importlib
import json
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.errors import BadInput, ConfigError

CLONE = Path(__file__).parents[2]
"""Where the tests lie beside the packages, in a clone of the repository."""
PARTS = ("slack", "agent", "worker", "scheduler")


def find_emulator() -> tuple[Any, Any]:
    """Return the emulator and its seeds; ConfigError in an installation that came without the tests."""
    if not (CLONE / "tests" / "slackd" / "page.py").is_file():
        raise ConfigError(
            "The demo's Slack comes with a clone of the repository, not with the installed package. "
            "`backhaul demo` without --slack talks here in the terminal."
        )
    if str(CLONE) not in sys.path:
        sys.path.insert(0, str(CLONE))
    return importlib.import_module("tests.slackd"), importlib.import_module("tests.slackd.seed")


def make_workspace(port: int) -> Any:
    """Return an emulated workspace of the demo's people, not yet listening."""
    from bot.slack.manifest import make_manifest

    emulator, seeds = find_emulator()
    manifest = make_manifest(agent=True)
    slack = emulator.Slackd(manifest=manifest, strict=False, port=port)
    for scopes in manifest["oauth_config"]["scopes"].values():  # whoever installs it leaves none out
        slack.world.install.scopes.update(scopes)
    slack.world.run = f"{int(slack.clock.now()):X}"  # the bot remembers the events of earlier demos
    seed = json.loads(seeds.SAVANNA.read_text())
    seeds.load_seed(slack.world, {"workspaces": seed["workspaces"][:1]})
    return slack


def settings_of(slack: Any) -> dict[str, object]:
    """Return what the service has to know to connect to it, whatever the environment says."""
    return {
        "slack_api_url": slack.api_url,
        "slack_bot_token": slack.world.bot_token,
        "slack_app_token": slack.world.app_token,
        "slack_signing_secret": None,
        "slack_tenant": "savanna",
    }


def page_of(slack: Any, email: str) -> str:
    """Return the address of the page, in the seat of the person with this e-mail address."""
    user = next((each.id for each in slack.world.people.values() if each.email == email), "")
    return f"http://{slack.base}/?user={user}"


async def serve_slack(email: str, *, port: int, size: int | None, stale_after: timedelta) -> None:
    """Run emulator and service until Ctrl-C."""
    slack = make_workspace(port)
    try:
        async with slack:
            await _serve(slack, email, size=size, stale_after=stale_after)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise BadInput(f"Port {port} is taken on this machine. Say another one with --port.") from error


async def _serve(slack: Any, email: str, *, size: int | None, stale_after: timedelta) -> None:
    from bot.cli.opened import opened, out, steps
    from bot.cli.talk import load_world
    from bot.serve import Process

    async with opened(migrate=True, demo=True, more=settings_of(slack)) as app:
        process = Process(app, PARTS)
        logging.getLogger("backhaul.slack.sdk").setLevel(logging.ERROR)  # its comings and goings are no news
        try:
            with steps() as step:
                await load_world(app, step, size=size, stale_after=stale_after)
                await process.start(step)
            out.print(f"The demo's Slack is at {page_of(slack, email)}", soft_wrap=True)
            out.print("Choose at the top of the page whose seat you take. Ctrl-C ends it.")
            await process.wait()
        finally:
            await process.stop()
