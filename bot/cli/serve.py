"""The service: `run`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import run as run_work


def run(
    only: Annotated[
        str, typer.Option(help="Only these parts: web, slack, agent, worker, scheduler (comma-separated).")
    ] = "",
    migrate: Annotated[bool, typer.Option("--migrate", help="Migrate the database first.")] = False,
) -> None:
    """Run the service: Slack, web, workers and scheduler, as far as they are configured.

    For more machines run it several times on one PostgreSQL, each with its --only.
    """
    parts = [part.strip() for part in only.split(",") if part.strip()]
    run_work(_run(parts, migrate=migrate), fast=True)


async def _run(parts: list[str], *, migrate: bool) -> None:
    from bot.app import App
    from bot.cli.opened import err, steps
    from bot.config import read_config
    from bot.log import set_up_logging
    from bot.serve import check_roles, serve
    from bot.tracing import set_up_tracing

    check_roles(parts)
    config = read_config()
    set_up_logging(level=config.log, form=config.log_format)
    stop_tracing = set_up_tracing(config)
    with steps() as step:
        app = await App.open(config, progress=step, migrate=migrate)
        try:
            has_slack = config.slack_bot_token is not None or config.slack_client_id
            if not has_slack and parts != ["slack"]:
                step.end()
                err.print(
                    "Slack is not configured (SLACK_BOT_TOKEN is not set): serving the rest.", style="yellow"
                )
            await serve(app, parts, step)
        finally:
            await app.close()
            stop_tracing()
