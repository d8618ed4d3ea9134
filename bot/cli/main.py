"""The command `backhaul`: every command and group, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import __version__
from bot.cli import audit, channels, files, jobs, oncall, plugins, policies, roles, sso, tenants, users
from bot.cli.check import check
from bot.cli.database import backup, migrate, reseal, restore
from bot.cli.exits import EPILOG
from bot.cli.importing import import_file
from bot.cli.replay import replay
from bot.cli.serve import run
from bot.cli.slack import app as slack
from bot.cli.talk import ask, chat, demo

app = typer.Typer(
    name="backhaul",
    help="The operations bot for internet service providers.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

TALK, SERVE, ADMIN, DATA, AUTHORS = "Talk", "Serve", "Administer", "Database", "Plugin authors"

for command, panel in (
    (demo, TALK),
    (chat, TALK),
    (ask, TALK),
    (run, SERVE),
    (check, SERVE),
    (replay, SERVE),
    (migrate, DATA),
    (backup, DATA),
    (restore, DATA),
    (reseal, DATA),
):
    app.command(rich_help_panel=panel)(command)
app.command("import", rich_help_panel=DATA)(import_file)
app.command("new-plugin", rich_help_panel=AUTHORS)(plugins.new_plugin)
for name, group in (
    ("plugins", plugins.app),
    ("tenants", tenants.app),
    ("users", users.app),
    ("roles", roles.app),
    ("policies", policies.app),
    ("oncall", oncall.app),
    ("channels", channels.app),
    ("sso", sso.app),
    ("audit", audit.app),
):
    app.add_typer(group, name=name, rich_help_panel=ADMIN)
app.add_typer(files.app, name="files", rich_help_panel=TALK)
app.add_typer(jobs.app, name="jobs", rich_help_panel=SERVE)
app.add_typer(slack, name="slack", rich_help_panel=SERVE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backhaul {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Nothing of its own."""
