"""Bringing the tables to a version, up or down, as the role that owns them."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.db.bootstrap import defaults
from bot.db.outage import said
from bot.db.revisions import FOLDER, current, heads
from bot.db.urls import normal_url, role_of
from bot.errors import BadInput, ConfigError

__all__ = ["current", "downgrade", "heads", "script", "upgrade"]

ONE_AT_A_TIME = 723402
"""Advisory lock: several processes may start and migrate at once."""

NEWER = (
    "The database is at a revision this version of the bot does not have: a newer one migrated it. Run that "
    "version, or go back with its own `backhaul migrate --down-to`."
)


async def upgrade(owner_url: str, target: str = "heads", *, runtime_url: str | None = None) -> None:
    """Migrate up; `runtime_url` names the role that gets to use the tables of a database of your own."""
    before: tuple[str, ...] = ()
    if runtime_url is not None and role_of(runtime_url) != role_of(owner_url):
        before = defaults(role_of(owner_url), role_of(runtime_url))
    await _run(owner_url, lambda config: command.upgrade(config, target), before)


async def downgrade(owner_url: str, target: str) -> None:
    """Migrate down to `target`; "base" removes every table. Raises BadInput for a revision there is not."""
    check_target(target)
    await _run(owner_url, lambda config: command.downgrade(config, target))


def check_target(target: str) -> None:
    """Refuse a revision to go back to that this version of the bot does not have."""
    try:
        script().get_revisions(() if target.lstrip("-+").isdigit() and target[0] in "-+" else target)
    except CommandError:
        newest = ", ".join(heads())
        raise BadInput(
            f"There is no revision {target[:40]!r} to go back to. The newest is {newest}; `base` removes all."
        ) from None


def script() -> ScriptDirectory:
    """Return the revisions of this version of the bot."""
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def _run(owner_url: str, task: Callable[[AlembicConfig], None], before: tuple[str, ...] = ()) -> None:
    engine = create_async_engine(normal_url(owner_url), poolclass=pool.NullPool)
    try:
        with said(connecting=True):
            async with engine.connect() as connection:
                await connection.execute(
                    text(f"select pg_advisory_lock({ONE_AT_A_TIME})")
                )  # until disconnect
                await _check_vector(connection)
                for statement in before:
                    await connection.execute(text(statement))
                await connection.commit()  # alembic opens and commits one transaction per revision
                try:
                    await connection.run_sync(lambda sync: task(_config(sync)))
                except CommandError as error:
                    raise ConfigError(NEWER) from error
                except asyncpg.RaiseError as error:  # a revision's own words: what stands in its way
                    raise ConfigError(str(error)) from error
    finally:
        await engine.dispose()


async def _check_vector(connection: AsyncConnection) -> None:
    """Say what to do where only a superuser can create the extension."""
    there = await connection.scalar(
        text(
            "select rolsuper or exists (select from pg_extension where extname = 'vector')"
            " from pg_roles where rolname = current_user"
        )
    )
    if not there:
        raise ConfigError(
            "The extension vector is missing, and the role of DATABASE_OWNER_URL can not create it. "
            "Install the server's pgvector package, then run in this database as a superuser: "
            "create extension vector;"
        )
