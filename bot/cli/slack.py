"""Slack: `slack manifest` and `slack check`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.exits import Exit, run

app = typer.Typer(no_args_is_help=True, help="Connect a Slack workspace.")


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Public address of this bot for signed HTTP; without it: Socket Mode.")
    ] = None,
) -> None:
    """Print the app manifest to paste at Slack (“Create an app”, “From a manifest”)."""
    from bot.slack.manifest import make_manifest

    typer.echo(json.dumps(make_manifest(url), indent=2))


@app.command()
def check() -> None:
    """Ask Slack whether the configured tokens work."""
    run(_check())


async def _check() -> None:
    from bot.cli.exits import fail
    from bot.cli.opened import config, out
    from bot.slack.calls import CallError, Calls

    settings = config()
    if settings.slack_bot_token is None:
        fail("SLACK_BOT_TOKEN is not set. The README says where to get one.", Exit.UNAVAILABLE)
    calls = Calls(settings.slack_api_url)
    await calls.open()
    try:
        account = await calls.who_am_i(settings.slack_bot_token.get_secret_value())
    except CallError as error:
        fail(f"Slack says no: {error.reason}", Exit.UNAVAILABLE)
    finally:
        await calls.close()
    out.print(f"Connected to workspace {account.team_id} as bot {account.bot_user_id}.")
