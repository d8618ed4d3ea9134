"""Opening the application for one command, with progress for what takes longer than a second."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import typer
from rich.console import Console

from bot.app import App
from bot.config import Config, read_config
from bot.contract.people import Tenant, User
from bot.contract.reply import Column, Reply, Table
from bot.contract.wire import to_wire
from bot.errors import BadInput
from bot.log import set_up_logging
from bot.terminal.render import render

err = Console(stderr=True, highlight=False)
out = Console(highlight=False)
SLOW = 1.0
"""Seconds after which a step that is done says how long it took."""


@dataclass
class Steps:
    """Says what is going on: one line that is overwritten on a screen, slow steps only in a log."""

    console: Console
    started: float = field(default_factory=monotonic)
    current: str = ""

    def __call__(self, step: str) -> None:
        """Begin a step; the one before is over."""
        if step == self.current:
            return
        self.end()
        self.current, self.started = step, monotonic()
        if self.console.is_terminal:
            self.console.print(f"  {step} …", style="dim", end="\r", no_wrap=True, overflow="ellipsis")

    def end(self) -> None:
        """End the current step."""
        took = monotonic() - self.started
        if self.current and self.console.is_terminal:
            self.console.print(" " * min(len(self.current) + 4, self.console.width - 1), end="\r")
        if self.current and took >= SLOW:
            self.console.print(f"  {self.current} ({took:.1f} s)", style="dim")
        self.current = ""


@contextmanager
def steps(*, quiet: bool = False) -> Iterator[Steps]:
    """Show the steps of what follows."""
    shown = Steps(Console(quiet=True) if quiet else err)
    try:
        yield shown
    finally:
        shown.end()


def config(**overrides: object) -> Config:
    """Read the environment and set up logging for a command: errors only, on standard error."""
    made = read_config(**overrides)
    set_up_logging(level="error", form="console")
    return made


@asynccontextmanager
async def opened(
    *,
    migrate: bool = False,
    quiet: bool = False,
    demo: bool = False,
    more: Mapping[str, object] | None = None,
) -> AsyncIterator[App]:
    """Open the application for one command and close it whatever happens.

    A demo lives in a folder and a database of its own, whatever DATABASE_URL says. `more`: settings that win.
    """
    with steps(quiet=quiet) as step:
        settings = config(**({} if demo else more or {}))
        if demo:
            own = {"home": settings.home / "demo", "slack_bot_token": None, **(more or {})}
            settings = config(database_url=None, database_owner_url=None, **own)
        app = await App.open(settings, progress=step, migrate=migrate)
    try:
        yield app
    finally:
        await app.close()


async def the_tenant(app: App, slug: str | None) -> Tenant:
    """Return the tenant a command means: the one named, or the only one there is."""
    if slug:
        return await app.tenant(slug)
    tenants = await app.tenants()
    if len(tenants) == 1:
        return tenants[0]
    if not tenants:
        raise BadInput("There is no tenant yet. Create one with `backhaul tenants create SLUG NAME`.")
    names = ", ".join(t.slug for t in tenants)
    raise BadInput(f"There are several tenants ({names}). Say which one with --tenant.")


def show(
    records: Sequence[Any], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, as_json: bool
) -> None:
    """Print records as JSON, or as a table."""
    if as_json:
        typer.echo(json.dumps(to_wire(records), ensure_ascii=False, indent=2))
        return
    from zoneinfo import ZoneInfo

    table = Table(columns=[Column(title) for title in columns], rows=rows)
    render(Reply("" if rows else "None.", table=table if rows else None), out, ZoneInfo("UTC"))


def operator() -> str:
    """Return who runs this command, for the audit."""
    return f"cli:{getpass.getuser()}"


def operator_user() -> User:
    """Return who runs this command as somebody: with no right, for the audit to name."""
    return User(id=operator(), name=operator())


def interactive() -> bool:
    """Say whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()
