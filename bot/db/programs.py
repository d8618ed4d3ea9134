"""PostgreSQL's own programs, run beside the bot: which ones fit, and how they reach the database."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.db.urls import connect_kwargs
from bot.embedded.distribution import find_distribution
from bot.errors import ConfigError, Unavailable

NEEDED = ("pg_dump", "pg_restore", "psql")
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
}
QUIET = {"LC_ALL": "C", "PGAPPNAME": "backhaul-backup", "PGCONNECT_TIMEOUT": "10"}


@dataclass(frozen=True, kw_only=True)
class Programs:
    """One folder of programs, pointed at one database by the environment: no password on a command line."""

    folder: Path
    environment: Mapping[str, str]

    async def run(self, program: str, *arguments: str | Path) -> str:
        """Run one to its end and return what it printed; raises Unavailable with its own last words."""
        process = await asyncio.create_subprocess_exec(
            self.folder / program,
            *arguments,
            env=dict(self.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await process.communicate()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        if process.returncode:
            said = [line for line in err.decode(errors="replace").splitlines() if line.strip()]
            last = next(
                (line for line in said if "error" in line.lower()), said[-1] if said else "no reason given"
            )
            raise Unavailable(f"{program} failed: {last}")
        return out.decode(errors="replace")


async def find_programs(url: str, server_major: int, first: Path | None = None) -> Programs:
    """Return programs that are not older than the server: pg_dump refuses newer ones."""
    environment = {**_inherited(), **QUIET, **_connection(url)}
    found = []
    for folder in _folders(first):
        if all((folder / name).exists() for name in NEEDED):
            major = await _major(folder)
            if major >= server_major:
                return Programs(folder=folder, environment=environment)
            found.append(f"{major} in {folder}")
    raise ConfigError(
        f"The database is PostgreSQL {server_major}, and no pg_dump, pg_restore and psql of that version or "
        f"newer were found ({', '.join(found) or 'none at all'}). "
        f"Install the package postgresql-client-{server_major}."
    )


def _folders(first: Path | None) -> Iterable[Path]:
    if first is not None:
        yield first
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    try:
        yield find_distribution().bindir
    except ConfigError:
        return


async def _major(folder: Path) -> int:
    said = await Programs(folder=folder, environment=_inherited()).run("pg_dump", "--version")
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _connection(url: str) -> dict[str, str]:
    arguments = connect_kwargs(url)
    chosen = {variable: str(arguments[name]) for name, variable in VARIABLES.items() if arguments.get(name)}
    return {**chosen, "PGSSLMODE": str(arguments["ssl"])} if arguments.get("ssl") else chosen
