"""The database: `migrate`, `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import run


def migrate(
    down_to: Annotated[
        str | None, typer.Option("--down-to", help="Go back to this revision; `base` removes every table.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before going back.")] = False,
) -> None:
    """Bring the database to this version of the bot (or back with --down-to)."""
    if down_to and not yes:
        typer.confirm(f"Go back to {down_to}? What later versions stored is lost.", abort=True)
    run(_migrate(down_to))


async def _migrate(down_to: str | None) -> None:
    from bot.cli.opened import config, out, steps
    from bot.db import migrate as migrations
    from bot.db.database import Database

    with steps() as step:
        database = await Database.open(config(), on_progress=step)
        try:
            step("Migrating the database")
            if down_to:
                await migrations.downgrade(database.owner_url, down_to)
            else:
                await migrations.upgrade(database.owner_url, runtime_url=database.runtime_url)
            now = await migrations.current(database.owner_url)
        finally:
            await database.close()
    out.print(f"The database is at {', '.join(now) or 'nothing: it has no tables'}.")


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")]) -> None:
    """Write everything into one file: tables, privileges, a manifest. Secrets stay sealed in it."""
    run(_backup(file))


async def _backup(file: Path) -> None:
    from bot.cli.opened import config, out, steps
    from bot.db.backup import backup as write

    with steps() as step:
        made = await write(config(), file, step)
    out.print(f"Wrote {file} ({file.stat().st_size:,} bytes): {made}.")
    out.print(
        "Keep the master key apart from it (master.key, or BACKHAUL_KEY): without it secrets do not open."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backhaul backup` wrote.", exists=True)],
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds.")] = False,
) -> None:
    """Put a backup into an empty database (or, with --force, in place of what is there)."""
    run(_restore(file, force=force))


async def _restore(file: Path, *, force: bool) -> None:
    from bot.cli.opened import config, out, steps
    from bot.db.backup import restore as read

    with steps() as step:
        made = await read(config(), file, step, force=force)
    out.print(f"Restored {file}: {made}.")


def reseal() -> None:
    """Seal every stored secret anew with the newest key of BACKHAUL_KEY (key rotation)."""
    run(_reseal())


async def _reseal() -> None:
    from bot.cli.opened import opened, out
    from bot.core.rotation import reseal as seal_anew

    async with opened() as app:
        tenants = await app.tenants()
        done = sum([await seal_anew(app.database, app.cipher, tenant) for tenant in tenants])
    out.print(f"Sealed {done} secrets of {len(tenants)} tenants anew. The old key is no longer needed.")
